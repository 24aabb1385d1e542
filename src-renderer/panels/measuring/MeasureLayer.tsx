import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { Annotation } from '../../../src-preload/contract/annotations.ts'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { millisecondsFromNanoseconds, nanosecondsFromMilliseconds } from '../../../src-preload/contract/units.ts'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { fitApparentVelocity } from '../../render/measure/apparentVelocity.ts'
import { MarksLayer, type DrawnMark } from '../../render/measure/marksLayer.ts'
import type { DrawnPoint } from '../../render/measure/marksProjection.ts'
import { BoxMarkTool, ClickTool, TwoPlacesTool } from '../../render/measure/pointerTools.ts'
import { nothingMeasured, picksMost, type MeasureModel, type MeasureStore } from '../../stores/measureStore.ts'
import type { MeasuredPlace, PointerTool } from '../../stores/tilePicture.ts'
import type { TileTool, ViewPlace } from '../../stores/viewStore.ts'
import { markOf } from './marks.ts'
import { toolFits } from './toolFits.ts'
import { ToolMenu } from './ToolMenu.tsx'

const colourOf = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--mark-${name}`).trim() || '#4cb8ff'

const drawnPoints = (mark: Annotation): DrawnPoint[] =>
  mark.points.map(({ timeNs, channel }) => ({ timeMs: millisecondsFromNanoseconds(BigInt(timeNs)), channel }))

/** Ends of the fitted line, over the channels that were picked. */
function fitEnds(picks: MeasureModel['picks']): [DrawnPoint, DrawnPoint] | null {
  const known = picks.filter(({ distanceM }) => distanceM !== null)
  // Where no distances are known the line goes through channels; only its velocity has no meaning then.
  const points = (known.length === picks.length ? known : picks).map(({ timeMs, channel }) => ({
    timeS: timeMs / 1000,
    distanceM: channel
  }))
  const fit = fitApparentVelocity(points)
  if (!fit) return null
  const channels = points.map(({ distanceM }) => distanceM)
  const [from, to] = [Math.min(...channels), Math.max(...channels)]
  return [
    { channel: from, timeMs: fit.timeAt(from) * 1000 },
    { channel: to, timeMs: fit.timeAt(to) * 1000 }
  ]
}

const bandBetween = (from: number | null, to: number | null): Annotation['band'] =>
  from === null || to === null ? null : { lowHz: Math.max(0, Math.min(from, to)), highHz: Math.max(from, to) }

function toolOf(
  name: TileTool,
  measure: MeasureStore,
  keep: (mark: Annotation) => void,
  nowNs: () => bigint
): PointerTool | null {
  const annotate = (kind: Annotation['kind'], places: readonly ViewPlace[], band: Annotation['band']): void =>
    keep(
      markOf(
        kind,
        places.map(({ timeMs, channel }) => ({ timeNs: nanosecondsFromMilliseconds(timeMs).toString(), channel })),
        nowNs(),
        { band }
      )
    )
  switch (name) {
    case 'cursors':
      return new TwoPlacesTool<MeasuredPlace>({
        hasFirstAlone: () => measure.getState().first !== null && measure.getState().second === null,
        first: ({ point }) => measure.setState({ first: point, second: null }),
        second: ({ point, again }) =>
          measure.setState(({ first }) => ({ first: first && again ? again(first) : first, second: point }))
      })
    case 'line':
      return new ClickTool<MeasuredPlace>(({ timeMs, channel, distanceM }) =>
        measure.setState(({ picks }) => ({ picks: [...picks, { timeMs, channel, distanceM }].slice(-picksMost) }))
      )
    case 'point':
      return new ClickTool<MeasuredPlace>((place) => annotate('point', [place], place.bin))
    case 'box':
      return new BoxMarkTool<MeasuredPlace>({
        drawn: (from, to) =>
          measure.setState({ draft: { kind: 'box', points: [from, to], band: bandBetween(from.hertz, to.hertz) } }),
        ended(from, to) {
          measure.setState({ draft: null })
          const first = {
            ...from,
            timeMs: Math.min(from.timeMs, to.timeMs),
            channel: Math.min(from.channel, to.channel)
          }
          const last = { ...to, timeMs: Math.max(from.timeMs, to.timeMs), channel: Math.max(from.channel, to.channel) }
          annotate('box', [first, last], bandBetween(from.hertz, to.hertz))
        },
        left: () => measure.setState({ draft: null })
      })
    default:
      return null
  }
}

/** Cursors, picks and annotations on the panes of a tile, and the choice of tools that make them. */
export function MeasureLayer({ job }: { job: JobSnapshot }) {
  const { stores, clock } = useWindow()
  const tile = useTile()
  const { annotations } = stores
  const measure = stores.measures.of(tile.tileId)
  const jobId = job.id
  const panes = useStore(tile.panes, (model) => model.panes)
  const tool = useStore(tile.tool, (model) => model.tool)
  const layer = useMemo(() => new MarksLayer(), [])
  useEffect(() => annotations.follow(jobId), [annotations, jobId])
  // Places on one job mean nothing on the next one that the tile shows.
  useEffect(() => () => measure.setState(nothingMeasured), [measure, jobId])

  useEffect(() => {
    const removes = panes.map((pane) => pane.addLayer(layer))
    const show = (): void => {
      const { first, second, picks, draft } = measure.getState()
      const { selectedId } = annotations.getState()
      const marks = annotations.of(jobId).map((mark): DrawnMark => ({
        kind: mark.kind,
        points: drawnPoints(mark),
        band: mark.band,
        label: mark.label,
        colour: colourOf(mark.colour),
        isSelected: mark.id === selectedId
      }))
      const cursors = [first && { name: 'A', ...first }, second && { name: 'B', ...second }].filter(
        (one) => one !== null
      )
      layer.set({ marks, cursors, picks, fit: fitEnds(picks), draft })
      for (const pane of panes) pane.redraw()
    }
    show()
    const stops = [
      measure.subscribe(show),
      annotations.subscribe(show),
      // Readings of the machine come every second and change no mark.
      stores.core.subscribe((now, before) => {
        if (now.settings !== before.settings) show()
      })
    ]
    return () => {
      for (const stop of [...stops, ...removes]) stop()
    }
  }, [panes, layer, measure, annotations, stores.core, jobId])

  useEffect(() => {
    const made = toolOf(
      tool,
      measure,
      (mark) => {
        void annotations.put(jobId, [mark])
        annotations.setState({ selectedId: mark.id })
      },
      () => nanosecondsFromMilliseconds(clock.nowMs())
    )
    for (const pane of panes) {
      if (made && toolFits(tool, pane.kind)) pane.setTool(made)
      // The waterfall has tools of its own.
      else if (pane.kind !== 'waterfall') pane.setTool(null)
    }
    if (!made) return
    // Escape takes a box away while it is drawn: the rest of the drag is nothing then.
    const stop = measure.subscribe((now, before) => {
      if (before.draft && !now.draft) made.cancel()
    })
    // The next tool takes this one's place; the picture's own tools are set by the picture.
    return () => {
      stop()
      made.cancel()
    }
  }, [panes, tool, measure, annotations, clock, jobId])
  return <ToolMenu />
}
