import { useEffect, useRef } from 'react'
import type { LayerSource } from '../../layout/layerSource.ts'
import { tellReading, useThemeChange } from '../../layout/panes/useSpectraTile.ts'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import type { SpectraTileModel } from '../../render/spectraTileModel.ts'
import { SpectrumController, type SpectrumStatus } from '../../render/spectrumController.ts'
import type { StoredSpectrum } from '../../render/spectrumModel.ts'
import type { SingleDisplay } from '../../stores/tileDisplay.ts'
import { addPane } from '../../stores/viewStore.ts'

/** The spectrum of one channel: mounts its controller, which the controls of the tile speak to. */
export function SpectrumPane({
  source,
  model,
  channel,
  display,
  reference,
  onController,
  onStatus
}: {
  source: LayerSource
  model: SpectraTileModel
  channel: number
  display: SingleDisplay
  reference: StoredSpectrum | null
  /** Told when there is one, and when it is gone. */
  onController: (controller: SpectrumController | null) => void
  onStatus: (status: SpectrumStatus) => void
}) {
  const { scheduler, clock } = useWindow()
  const tile = useTile()
  const element = useRef<HTMLDivElement>(null)
  const controller = useRef<SpectrumController | null>(null)
  const told = useRef({ onStatus, onController })
  useEffect(() => {
    told.current = { onStatus, onController }
  })
  useEffect(() => {
    const host = element.current
    if (!host) return
    const spectrum = new SpectrumController(host, {
      scheduler,
      model,
      layer: source.layer,
      coreNowMs: clock.nowMs,
      listener: { reading: (reading) => tellReading(tile, reading), status: (status) => told.current.onStatus(status) }
    })
    controller.current = spectrum
    told.current.onController(spectrum)
    const remove = source.add(spectrum)
    const removePane = addPane(tile, spectrum.measuring)
    return () => {
      removePane()
      remove()
      spectrum.dispose()
      controller.current = null
      told.current.onController(null)
    }
  }, [scheduler, clock, source, model, tile])
  useEffect(() => controller.current?.setChannel(channel), [channel, source, model])
  const { meanRows, maxHold, scale, frequency } = display
  useEffect(
    () =>
      controller.current?.setOptions({
        meanRows,
        hasMaxHold: maxHold === 'on',
        scale,
        isLogFrequency: frequency === 'logarithmic'
      }),
    [meanRows, maxHold, scale, frequency, source, model, controller]
  )
  useEffect(() => controller.current?.setReference(reference), [reference, source, model])
  useThemeChange(() => controller.current?.themeChanged())
  return <div className="pane-picture" ref={element} data-testid="spectrum-pane" />
}
