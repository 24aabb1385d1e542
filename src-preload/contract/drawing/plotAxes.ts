import { countStep } from './axesPainter.ts'
import type { DrawingContext, MakeDrawingCanvas } from './drawingContext.ts'
import { HatchPattern } from './hatchPattern.ts'
import type { TimeScale } from './pictureAxes.ts'
import { clockText, firstTickIndex, niceStep, niceTimeStep, tickText, timeTickText } from './ticks.ts'
import type { TileGeometry } from './tileGeometry.ts'
import type { TileTheme } from './tileTheme.ts'

const timeTickGap = 96
const valueTickGap = 48
const tickLength = 4
/** As in waterfalls: it must be seen however short it is. */
const thinnestGap = 3

export interface PlotPlace {
  context: DrawingContext
  geometry: TileGeometry
  theme: TileTheme
}

function prepare({ context, geometry, theme }: PlotPlace): void {
  context.font = `${11 * geometry.scale}px ${theme.fontFamily}`
  context.fillStyle = theme.text
  context.strokeStyle = theme.line
  context.lineWidth = Math.max(1, Math.round(geometry.scale))
  context.textBaseline = 'middle'
}

function tick(context: DrawingContext, x: number, y: number, dx: number, dy: number): void {
  const half = (context.lineWidth % 2) / 2
  context.beginPath()
  context.moveTo(Math.floor(x) + half, Math.floor(y) + half)
  context.lineTo(Math.floor(x) + half + Math.round(dx), Math.floor(y) + half + Math.round(dy))
  context.stroke()
}

/** Hatches what was never there in a picture whose time runs to the right; parts of its width, from 0 to 1. */
export function paintGapBands(
  { context, geometry }: PlotPlace,
  makeCanvas: MakeDrawingCanvas,
  gaps: readonly { from: number; to: number }[]
): void {
  if (gaps.length === 0) return
  const { scale, left, top, pictureWidth, pictureHeight } = geometry
  context.save()
  context.beginPath()
  context.rect(left, top, pictureWidth, pictureHeight)
  context.clip()
  context.fillStyle = new HatchPattern(makeCanvas).styleFor(context, scale)
  for (const { from, to } of gaps) {
    const width = Math.max(thinnestGap * scale, (to - from) * pictureWidth)
    const middle = left + ((from + to) / 2) * pictureWidth
    context.fillRect(Math.round(middle - width / 2), top, Math.round(width), pictureHeight)
  }
  context.restore()
}

/** Times below the picture, from its left edge to its right one; milliseconds as in `PictureAxes`. `firstMs`: what the date is of. */
export function paintTimeBelow(
  place: PlotPlace,
  fromMs: number,
  toMs: number,
  timeScale: TimeScale,
  firstMs = fromMs
): void {
  const { context, geometry } = place
  const { scale, left, top, pictureWidth, pictureHeight } = geometry
  prepare(place)
  const bottom = top + pictureHeight
  const labelY = Math.round((bottom + geometry.height) / 2)
  const least = ((toMs - fromMs) * timeTickGap * scale) / pictureWidth
  const step = timeScale === 'utc' ? niceTimeStep(least) : countStep(least, timeScale)
  context.textAlign = 'center'
  for (let index = firstTickIndex(fromMs, step); index * step <= toMs; index++) {
    const x = left + ((index * step - fromMs) / (toMs - fromMs)) * pictureWidth
    const text = timeScale === 'utc' ? timeTickText(index * step, step) : tickText((index * step) / 1000, step / 1000)
    tick(context, x, bottom, 0, tickLength * scale)
    const half = context.measureText(text).width / 2
    // The date stands at the left end, the name of the axis at the right one.
    if (x - half < left + 8 * scale || x + half > left + pictureWidth - 2 * scale) continue
    context.fillText(text, x, labelY)
  }
  context.textAlign = 'left'
  const name = { utc: 'UTC', seconds: 's', rows: 'row' }[timeScale]
  context.fillText(name, left + pictureWidth + 6 * scale, labelY)
  if (timeScale !== 'utc') return
  context.textAlign = 'right'
  context.fillText(new Date(firstMs).toISOString().slice(0, 10), left - 4 * scale, labelY)
}

/** Numbers at the left of the picture, from its bottom edge to its top one, and their unit above. */
export function paintValuesLeft(place: PlotPlace, bottomValue: number, topValue: number, unit: string): void {
  const { context, geometry } = place
  const { scale, left, top, pictureHeight } = geometry
  prepare(place)
  const from = Math.min(bottomValue, topValue)
  const to = Math.max(bottomValue, topValue)
  const step = niceStep(((to - from) * valueTickGap * scale) / pictureHeight)
  context.textAlign = 'right'
  for (let index = firstTickIndex(from, step); index * step <= to; index++) {
    const y = top + ((topValue - index * step) / (topValue - bottomValue)) * pictureHeight
    tick(context, left, y, -tickLength * scale, 0)
    if (y < top + 5 * scale || y > top + pictureHeight - 5 * scale) continue
    context.fillText(tickText(index * step, step), left - 8 * scale, y)
  }
  context.fillText(unit, left - 8 * scale, Math.round(top / 2))
}

/** What a picture begins and ends with: `2023-04-26 16:14:49.04 – 16:15:09.04 UTC`. */
export function timeSpanText(fromMs: number, toMs: number): string {
  const step = toMs - fromMs < 10_000 ? 1 : toMs - fromMs < 100_000 ? 10 : 1000
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
  const end = day(fromMs) === day(toMs) ? '' : `${day(toMs)} `
  return `${day(fromMs)} ${clockText(fromMs, step)} – ${end}${clockText(toMs, step)} UTC`
}
