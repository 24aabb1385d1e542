import { useEffect, useRef } from 'react'
import type { LayerSource } from '../../layout/layerSource.ts'
import { tellReading, useThemeChange } from '../../layout/panes/useSpectraTile.ts'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { SpectraTileModel } from '../../render/spectraTileModel.ts'
import { TracesController } from '../../render/tracesController.ts'
import type { MultiDisplay } from '../../stores/tileDisplay.ts'
import { addPane } from '../../stores/viewStore.ts'

/** Stacked traces: mounts their controller. */
export function TracesPane({
  source,
  model,
  channels,
  display,
  onFits
}: {
  source: LayerSource
  model: SpectraTileModel
  channels: readonly number[]
  display: MultiDisplay
  onFits: (count: number) => void
}) {
  const { scheduler, clock } = useWindow()
  const tile = useTile()
  const element = useRef<HTMLDivElement>(null)
  const controller = useRef<TracesController | null>(null)
  const told = useRef(onFits)
  useEffect(() => {
    told.current = onFits
  })
  useEffect(() => {
    const host = element.current
    if (!host) return
    const traces = new TracesController(host, {
      scheduler,
      model,
      layer: source.layer,
      coreNowMs: clock.nowMs,
      listener: {
        fits: (count) => told.current(count),
        reading: (reading) => tellReading(tile, reading),
        drawn: source.drawn
      }
    })
    controller.current = traces
    const remove = source.add(traces)
    const removePane = addPane(tile, traces.measuring)
    return () => {
      removePane()
      remove()
      traces.dispose()
      controller.current = null
    }
  }, [scheduler, clock, source, model, tile])
  useEffect(() => controller.current?.setChannels(channels), [channels, source, model])
  const { gain, clip, scale, polarity, spacing } = display
  useEffect(
    () =>
      controller.current?.setStack({
        gain,
        isClipped: clip === 'clip',
        scale,
        isPolarityReversed: polarity === 'reversed',
        spacing
      }),
    [gain, clip, scale, polarity, spacing, source, model]
  )
  useThemeChange(() => controller.current?.themeChanged())
  return <div className="pane-picture" ref={element} data-testid="traces-pane" />
}
