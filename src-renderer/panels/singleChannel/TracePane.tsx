import { useEffect, useRef } from 'react'
import 'uplot/dist/uPlot.min.css'
import type { LayerSource } from '../../layout/layerSource.ts'
import { tellReading, useThemeChange } from '../../layout/panes/useSpectraTile.ts'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { SpectraTileModel } from '../../render/spectraTileModel.ts'
import { TraceController, type TraceRangeKind } from '../../render/traceController.ts'
import { addPane } from '../../stores/viewStore.ts'

/** The samples of one channel: mounts their controller. */
export function TracePane({
  source,
  model,
  channel,
  range
}: {
  source: LayerSource
  model: SpectraTileModel
  /** Index of the layer's column. */
  channel: number
  range: TraceRangeKind
}) {
  const { scheduler, clock } = useWindow()
  const tile = useTile()
  const element = useRef<HTMLDivElement>(null)
  const controller = useRef<TraceController | null>(null)
  useEffect(() => {
    const host = element.current
    if (!host) return
    const trace = new TraceController(host, {
      scheduler,
      model,
      layer: source.layer,
      coreNowMs: clock.nowMs,
      listener: { reading: (reading) => tellReading(tile, reading), drawn: source.drawn }
    })
    controller.current = trace
    const remove = source.add(trace)
    const removePane = addPane(tile, trace.measuring)
    return () => {
      removePane()
      remove()
      trace.dispose()
      controller.current = null
    }
  }, [scheduler, clock, source, model, tile])
  useEffect(() => controller.current?.setChannel(channel), [channel, source, model])
  useEffect(() => controller.current?.setRange(range), [range, source, model])
  useThemeChange(() => controller.current?.themeChanged())
  return <div className="pane-picture" ref={element} data-testid="trace-pane" />
}
