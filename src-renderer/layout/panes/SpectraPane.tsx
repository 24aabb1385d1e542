import { useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import { SpectraController } from '../../render/spectraController.ts'
import type { SpectraStatus } from '../../render/spectraOptions.ts'
import type { SpectraTileModel } from '../../render/spectraTileModel.ts'
import { displayBeforeSettings } from '../../stores/coreStore.ts'
import { addPane } from '../../stores/viewStore.ts'
import type { LayerSource } from '../layerSource.ts'
import { notifySurface } from '../surfaceNotices.ts'
import { useTile } from '../tileContext.ts'
import { useWindow } from '../windowContext.ts'
import { tellReading, useThemeChange } from './useSpectraTile.ts'
import './panes.css'

/** Spectrograms of some channels of a layer: mounts their controller. */
export function SpectraPane({
  source,
  model,
  channels,
  hasLabels,
  jobState,
  onStatus
}: {
  source: LayerSource
  model: SpectraTileModel
  /** Indices of the layer's columns, in the order shown. */
  channels: readonly number[]
  hasLabels: boolean
  jobState: string
  onStatus: (status: SpectraStatus) => void
}) {
  const services = useWindow()
  const tile = useTile()
  const element = useRef<HTMLDivElement>(null)
  const controller = useRef<SpectraController | null>(null)
  const told = useRef(onStatus)
  useEffect(() => {
    told.current = onStatus
  })
  const setting = useStore(services.stores.core, (core) => core.settings?.display ?? displayBeforeSettings).colourMap
  const own = useStore(tile.display, (display) => display.colourMap)
  const levels = useStore(tile.display, (display) => display.levels)

  useEffect(() => {
    const host = element.current
    if (!host) return
    const { scheduler, renderer, clock, actions } = services
    const spectra = new SpectraController(host, {
      scheduler,
      renderer,
      model,
      layer: source.layer,
      hasLabels,
      coreNowMs: clock.nowMs,
      listener: {
        status: (status) => {
          const { areLevelsAutomatic, lowDb, highDb } = status
          tile.view.setState({ areLevelsAutomatic, lowDb, highDb, renderer: status.renderer })
          told.current(status)
        },
        reading: (reading) => tellReading(tile, reading),
        levels: (next) => tile.display.setState({ levels: next }),
        drawn: source.drawn,
        surface: (event) => notifySurface(actions, event)
      }
    })
    controller.current = spectra
    const remove = source.add(spectra)
    const removePane = addPane(tile, spectra.measuring)
    return () => {
      removePane()
      remove()
      spectra.dispose()
      controller.current = null
    }
  }, [services, source, model, hasLabels, tile])

  useEffect(() => controller.current?.setChannels(channels), [channels, source, model, hasLabels])
  useEffect(() => controller.current?.setColourMap(own ?? setting), [own, setting, source, model, hasLabels])
  useEffect(() => controller.current?.setLevels(levels), [levels, source, model, hasLabels])
  useEffect(() => controller.current?.setJobState(jobState), [jobState, source, model, hasLabels])
  useThemeChange(() => controller.current?.themeChanged())

  return <div className="pane-picture" ref={element} data-testid="spectra-pane" />
}
