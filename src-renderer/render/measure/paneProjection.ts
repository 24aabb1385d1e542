import type { Cross, DrawnCursor, DrawnShape, Figure, MarksArea, MarksProjection } from './marksProjection.ts'

/** One picture or trace of a pane: where it is, and which channels it shows (their own numbers, first ≤ last). */
export interface PaneLane {
  area: MarksArea
  firstChannel: number
  lastChannel: number
}

/** Parts of a lane's width or height, 0 at the left and at the top. */
export interface PaneScales {
  /** Of panes with time across; null: frequencies are across. */
  xFromTime: ((timeMs: number) => number) | null
  /** Of panes with frequencies across. */
  xFromHertz: ((hertz: number) => number) | null
  /** Of panes with frequencies up. */
  yFromHertz: ((hertz: number) => number) | null
  /** Where a value of a lane's own kind is; null: it cannot be told, or it is another quantity. */
  yFromValue: ((value: number, unit: string, lane: number) => number | null) | null
  /** What a pane without a time axis shows: marks of other times are not drawn there. */
  shownMs: { from: number; to: number } | null
}

/** Parts of the width beside a picture in which a mark still reaches into it. */
const nearView = 0.1
const nothing: readonly Figure[] = []

function extentOf(points: DrawnShape['points']) {
  const extent = { lowest: Infinity, highest: -Infinity, earliestMs: Infinity, latestMs: -Infinity }
  for (const { channel, timeMs } of points) {
    extent.lowest = Math.min(extent.lowest, channel)
    extent.highest = Math.max(extent.highest, channel)
    extent.earliestMs = Math.min(extent.earliestMs, timeMs)
    extent.latestMs = Math.max(extent.latestMs, timeMs)
  }
  return extent
}

const isInside = (part: number | null): part is number => part !== null && part >= 0 && part <= 1

/** Where marks and cursors lie in a pane whose pictures are of single channels: spectrograms, traces, spectra. */
export class PaneProjection implements MarksProjection {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  private readonly lanes: readonly PaneLane[]
  private readonly scales: PaneScales

  constructor(area: MarksArea, lanes: readonly PaneLane[], scales: PaneScales) {
    this.left = area.left
    this.top = area.top
    this.width = area.width
    this.height = area.height
    this.lanes = lanes
    this.scales = scales
  }

  figures(shape: DrawnShape): readonly Figure[] {
    const { xFromTime } = this.scales
    const { lowest, highest, earliestMs, latestMs } = extentOf(shape.points)
    // A fibre may have thousands of marks, few of them in view: this is asked of each in every frame.
    if (xFromTime && (xFromTime(latestMs) < -nearView || xFromTime(earliestMs) > 1 + nearView)) return nothing
    const figures: Figure[] = []
    for (const lane of this.lanes) {
      if (lowest >= lane.lastChannel + 0.5 || highest < lane.firstChannel - 0.5) continue
      figures.push(...this.figureIn(lane, shape))
    }
    return figures
  }

  crosses(cursor: DrawnCursor): readonly Cross[] {
    const { scales } = this
    const own = this.lanes.findIndex(({ firstChannel, lastChannel }) => {
      return cursor.channel >= firstChannel - 0.5 && cursor.channel < lastChannel + 0.5
    })
    const across = scales.xFromTime
      ? scales.xFromTime(cursor.timeMs)
      : cursor.hertz === null
        ? null
        : (scales.xFromHertz?.(cursor.hertz) ?? null)
    const crosses = this.lanes.flatMap(({ area }, index): Cross[] => {
      const up = index === own ? this.upOf(cursor, index) : null
      const x = isInside(across) ? area.left + across * area.width : null
      // Where frequencies are across, a level alone says nothing.
      const y = isInside(up) && (scales.yFromHertz || x !== null) ? area.top + up * area.height : null
      return x === null && y === null ? [] : [{ area, x, y, isNamed: index === own }]
    })
    if (crosses[0] && !crosses.some(({ isNamed }) => isNamed)) crosses[0].isNamed = true
    return crosses
  }

  private upOf({ hertz, value, unit }: DrawnCursor, lane: number): number | null {
    const { yFromHertz, yFromValue } = this.scales
    if (yFromHertz) return hertz === null ? null : yFromHertz(hertz)
    return value === null ? null : (yFromValue?.(value, unit, lane) ?? null)
  }

  private figureIn(lane: PaneLane, shape: DrawnShape): Figure[] {
    return this.scales.xFromTime ? this.inTime(lane, shape, this.scales.xFromTime) : this.inFrequency(lane, shape)
  }

  private inTime({ area, ...lane }: PaneLane, shape: DrawnShape, xFromTime: (timeMs: number) => number): Figure[] {
    const { yFromHertz } = this.scales
    const { kind, points } = shape
    // A pane without frequencies shows a band as what it is there: all of them.
    const band = yFromHertz ? shape.band : null
    const x = (timeMs: number): number => area.left + xFromTime(timeMs) * area.width
    const y = (part: number): number => area.top + part * area.height
    const top = y(band && yFromHertz ? yFromHertz(band.highHz) : 0)
    const bottom = y(band && yFromHertz ? yFromHertz(band.lowHz) : 1)
    const across = (at: number): Figure => ({
      kind: 'path',
      area,
      places: [
        [at, top],
        [at, bottom]
      ]
    })
    if (kind === 'line') {
      const timeMs = timeAtChannel(points, (lane.firstChannel + lane.lastChannel) / 2)
      return timeMs === null ? [] : [across(x(timeMs))]
    }
    if (kind === 'point') {
      const at = x(points[0]!.timeMs)
      return [band ? { kind: 'dot', area, x: at, y: (top + bottom) / 2 } : across(at)]
    }
    const [from, to] = [x(points[0]!.timeMs), x(points.at(-1)!.timeMs)]
    return [{ kind: 'box', area, left: Math.min(from, to), top, right: Math.max(from, to), bottom }]
  }

  private inFrequency({ area }: PaneLane, { kind, points, band }: DrawnShape): Figure[] {
    const { xFromHertz, shownMs } = this.scales
    if (!band || !xFromHertz || kind === 'line') return []
    const { earliestMs, latestMs } = extentOf(points)
    if (shownMs && (earliestMs > shownMs.to || latestMs < shownMs.from)) return []
    const x = (hertz: number): number => area.left + xFromHertz(hertz) * area.width
    const bottom = area.top + area.height
    if (kind === 'box') {
      return [{ kind: 'box', area, left: x(band.lowHz), top: area.top, right: x(band.highHz), bottom }]
    }
    const at = x((band.lowHz + band.highHz) / 2)
    return [
      {
        kind: 'path',
        area,
        places: [
          [at, area.top],
          [at, bottom]
        ]
      }
    ]
  }
}

/** When a line of points passes a channel; null where it does not reach it. */
export function timeAtChannel(points: DrawnShape['points'], channel: number): number | null {
  for (let index = 1; index < points.length; index++) {
    const [from, to] = [points[index - 1]!, points[index]!]
    // To half a channel: a line that ends between two channels has passed the nearer one.
    const isOn =
      Math.min(from.channel, to.channel) <= channel + 0.5 && Math.max(from.channel, to.channel) >= channel - 0.5
    if (!isOn) continue
    const part = from.channel === to.channel ? 0 : (channel - from.channel) / (to.channel - from.channel)
    return from.timeMs + Math.min(1, Math.max(0, part)) * (to.timeMs - from.timeMs)
  }
  return null
}
