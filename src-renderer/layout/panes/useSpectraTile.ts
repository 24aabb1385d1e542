import { useEffect, useMemo, useRef, useState } from 'react'
import type { JobSnapshot, ViewDescription, ViewLayer } from '../../../src-preload/contract/schemas.ts'
import { channelNumber } from '../../render/spectraChannelNames.ts'
import type { SpectraReading } from '../../render/spectraReading.ts'
import { SpectraTileModel } from '../../render/spectraTileModel.ts'
import { viewAtFirst, type TileStores } from '../../stores/viewStore.ts'
import { LayerSource } from '../layerSource.ts'
import { useIsTileShown, useTile } from '../tileContext.ts'
import { useWindow } from '../windowContext.ts'

/** One layer of a tile: its rows, what they are, and why there are none. */
export interface TileLayerState {
  source: LayerSource | null
  description: ViewDescription | null
  problem: string | null
}

const nothing: TileLayerState = { source: null, description: null, problem: null }

/** Rows of a layer while they are wanted. */
export function useLayer(
  job: JobSnapshot,
  layer: ViewLayer,
  model: SpectraTileModel,
  isWanted: boolean
): TileLayerState {
  const services = useWindow()
  const isShown = useIsTileShown()
  const [state, setState] = useState<TileLayerState>(nothing)
  const jobId = job.id
  useEffect(() => {
    if (!isWanted) return
    const change = (part: Partial<TileLayerState>): void => setState((before) => ({ ...before, ...part }))
    const source = new LayerSource({
      services,
      jobId,
      layer,
      model,
      onDescription: (description) => change({ description, problem: null }),
      onProblem: (problem) => change({ problem })
    })
    change({ source })
    return () => {
      source.dispose()
      setState(nothing)
    }
  }, [services, jobId, layer, model, isWanted])
  useEffect(() => state.source?.setShown(isShown), [state.source, isShown])
  return state
}

/** What a tile with a time axis shares between its panes, told to the tile's stores. */
export function useSpectraModel(jobId: string, automaticLevels: () => void): SpectraTileModel {
  const tile = useTile()
  const model = useMemo(() => {
    void jobId
    return new SpectraTileModel()
  }, [jobId])
  const levels = useRef(automaticLevels)
  useEffect(() => {
    levels.current = automaticLevels
  })
  useEffect(() => follow(model, tile, () => levels.current()), [model, tile])
  return model
}

const reportEveryMs = 100

function follow(model: SpectraTileModel, tile: TileStores, automaticLevels: () => void): () => void {
  const zoom = (factor: number): void => {
    model.remember()
    model.window.zoomByKey(model.bounds(), factor)
    model.changed()
  }
  tile.actions.setState({
    tile: {
      goLive: () => model.goLive(),
      reset: () => {
        if (model.selectedMs !== null) {
          model.select(null)
          return
        }
        model.band.reset()
        model.reset()
      },
      zoomTime: zoom,
      zoomDistance: (factor) => {
        model.remember()
        model.band.zoom(factor, 0.5)
        model.changed()
      },
      automaticLevels,
      back: () => model.back(),
      showBand: (lowHz, highHz) => {
        if (lowHz >= model.band.lowHz && highHz <= model.band.highHz) return
        model.band.reset()
        model.changed()
      },
      showRange: ({ startMs, endMs, isFollowing }) => {
        const { baseMs } = model
        if (baseMs === null) return
        if (isFollowing && model.isLive) model.goLive()
        else if (startMs !== undefined && endMs !== undefined) {
          model.window.show(model.bounds(), startMs - baseMs, endMs - baseMs)
        }
        model.changed()
      }
    }
  })
  let timer: ReturnType<typeof setTimeout> | null = null
  const report = (): void => {
    timer = null
    const { window, pointer, baseMs } = model
    if (baseMs === null) return
    const { view, range, cursor } = tile
    const behindMs = model.behindMs()
    view.setState({ isFollowing: window.isFollowing, behindMs, hasPicture: model.hasRows, backSteps: model.backSteps })
    const columns = model.columns
    const channelOf = (index: number): number => (columns ? channelNumber(columns, index) : index)
    const at = pointer && { timeMs: baseMs + pointer.ms, channel: channelOf(pointer.channel ?? 0) }
    const before = cursor.getState().at
    if (at?.timeMs !== before?.timeMs || at?.channel !== before?.channel) cursor.setState({ at })
    range.setState({
      range: {
        startMs: baseMs + window.startMs,
        endMs: baseMs + window.endMs,
        firstChannel: channelOf(0),
        lastChannel: channelOf((columns?.count ?? 1) - 1),
        isFollowing: window.isFollowing
      },
      isByHand: model.isByHand
    })
    model.isByHand = false
  }
  const stops = [
    model.listen(() => {
      timer ??= setTimeout(report, model.isByHand || model.pointer ? 0 : reportEveryMs)
    }),
    tile.cursor.subscribe(({ linked }, before) => {
      if (linked === before.linked) return
      model.linkedMs = linked && model.baseMs !== null ? linked.timeMs - model.baseMs : null
      model.changed()
    })
  ]
  return () => {
    if (timer !== null) clearTimeout(timer)
    for (const stop of stops) stop()
    tile.actions.setState({ tile: null })
    tile.range.setState({ range: null, isByHand: false })
    tile.cursor.setState({ reading: null, at: null })
    tile.view.setState(viewAtFirst)
  }
}

export const tellReading = (tile: TileStores, reading: SpectraReading | null): void =>
  tile.cursor.setState({ reading: reading && { ...reading, processing: null, raw: null } })

/** Calls back when the window's colours change. */
export function useThemeChange(changed: () => void): void {
  const callback = useRef(changed)
  useEffect(() => {
    callback.current = changed
  })
  useEffect(() => {
    const observer = new MutationObserver(() => callback.current())
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => observer.disconnect()
  }, [])
}
