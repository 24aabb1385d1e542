import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { Annotation } from '../../../src-preload/contract/annotations.ts'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { millisecondsFromNanoseconds, nanosecondsFromMilliseconds } from '../../../src-preload/contract/units.ts'
import { useTile } from '../../layout/tileContext.ts'
import { useWindow } from '../../layout/windowContext.ts'
import { fitApparentVelocity } from '../../render/measure/apparentVelocity.ts'
import { MarksLayer, type DrawnMark, type DrawnPoint } from '../../render/measure/marksLayer.ts'
import { BoxMarkTool, ClickTool, TwoPlacesTool } from '../../render/measure/pointerTools.ts'
import type { MeasureModel, MeasureStore } from '../../stores/measureStore.ts'
import { nothingMeasured, picksMost } from '../../stores/measureStore.ts'
import type { PointerPlace, PointerTool, TilePicture } from '../../stores/tilePicture.ts'
import type { TileTool } from '../../stores/viewStore.ts'
import { markOf } from './marks.ts'
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

function toolOf(
  name: TileTool,
  picture: TilePicture,
  measure: MeasureStore,
  keep: (mark: Annotation) => void,
  nowNs: () => bigint
): PointerTool | null {
  // On the row and the channel, not between them: differences are exact then.
  const cursorAt = (place: PointerPlace): MeasureModel['first'] => {
    const channel = Math.round(place.channel)
    return {
      timeNs: place.rowTimeNs,
      timeMs: millisecondsFromNanoseconds(BigInt(place.rowTimeNs)),
      channel,
      distanceM: picture.projection()?.distanceFromChannel(channel) ?? null,
      value: place.rawValue ?? place.value
    }
  }
  const annotate = (kind: Annotation['kind'], places: readonly PointerPlace[]): void =>
    keep(
      markOf(
        kind,
        places.map(({ timeMs, channel }) => ({ timeNs: nanosecondsFromMilliseconds(timeMs).toString(), channel })),
        nowNs()
      )
    )
  switch (name) {
    case 'cursors':
      return new TwoPlacesTool<PointerPlace>({
        hasFirstAlone: () => measure.getState().first !== null && measure.getState().second === null,
        first: (place) => measure.setState({ first: cursorAt(place), second: null }),
        second: (place) => measure.setState({ second: cursorAt(place) })
      })
    case 'line':
      return new ClickTool<PointerPlace>(({ timeMs, channel, distanceM }) =>
        measure.setState(({ picks }) => ({ picks: [...picks, { timeMs, channel, distanceM }].slice(-picksMost) }))
      )
    case 'point':
      return new ClickTool<PointerPlace>((place) => annotate('point', [place]))
    case 'box':
      return new BoxMarkTool<PointerPlace>({
        drawn: (from, to) => measure.setState({ draft: { kind: 'box', points: [from, to] } }),
        ended(from, to) {
          measure.setState({ draft: null })
          const first = {
            ...from,
            timeMs: Math.min(from.timeMs, to.timeMs),
            channel: Math.min(from.channel, to.channel)
          }
          const last = { ...to, timeMs: Math.max(from.timeMs, to.timeMs), channel: Math.max(from.channel, to.channel) }
          annotate('box', [first, last])
        },
        left: () => measure.setState({ draft: null })
      })
    default:
      return null
  }
}

/** Cursors, picks and annotations on the picture of a tile, and the choice of tools that make them. */
export function MeasureLayer({ job }: { job: JobSnapshot }) {
  const { stores, clock } = useWindow()
  const tile = useTile()
  const { annotations } = stores
  const measure = stores.measures.of(tile.tileId)
  const jobId = job.id
  const picture = useStore(tile.picture, (model) => model.picture)
  const tool = useStore(tile.tool, (model) => model.tool)
  const layer = useMemo(() => new MarksLayer(), [])
  useEffect(() => annotations.follow(jobId), [annotations, jobId])
  // Places on one job mean nothing on the next one that the tile shows.
  useEffect(() => () => measure.setState(nothingMeasured), [measure, jobId])

  useEffect(() => {
    if (!picture) return
    const remove = picture.addLayer(layer)
    const show = (): void => {
      const { first, second, picks, draft } = measure.getState()
      const { selectedId } = annotations.getState()
      const marks = annotations.of(jobId).map((mark): DrawnMark => ({
        kind: mark.kind,
        points: drawnPoints(mark),
        label: mark.label,
        colour: colourOf(mark.colour),
        isSelected: mark.id === selectedId
      }))
      const cursors = [
        { name: 'A', at: first },
        { name: 'B', at: second }
      ].flatMap(({ name, at }) => (at ? [{ name, at }] : []))
      layer.set({ marks, cursors, picks, fit: fitEnds(picks), draft })
      picture.redraw()
    }
    show()
    const stops = [measure.subscribe(show), annotations.subscribe(show), stores.core.subscribe(show)]
    return () => {
      for (const stop of stops) stop()
      remove()
    }
  }, [picture, layer, measure, annotations, stores.core, jobId])

  useEffect(() => {
    if (!picture) return
    const made = toolOf(
      tool,
      picture,
      measure,
      (mark) => {
        void annotations.put(jobId, [mark])
        annotations.setState({ selectedId: mark.id })
      },
      () => nanosecondsFromMilliseconds(clock.nowMs())
    )
    if (!made) return
    picture.setTool(made)
    // Escape takes a box away while it is drawn: the rest of the drag is nothing then.
    const stop = measure.subscribe((now, before) => {
      if (before.draft && !now.draft) made.cancel()
    })
    // The next tool takes this one's place; the picture's own tools are set by the picture.
    return () => {
      stop()
      made.cancel()
    }
  }, [picture, tool, measure, annotations, clock, jobId])
  return <ToolMenu />
}
