import { AxisLabels } from './axisLabels.ts'
import type { DrawingContext } from './drawingContext.ts'
import type { PictureAxes, TimeScale } from './pictureAxes.ts'
import {
  columnFromPixel,
  pixelFromChannel,
  pixelFromDistance,
  pixelFromTime,
  slotFromPixel,
  type PictureView
} from './pictureView.ts'
import { distanceUnit, firstTickIndex, niceStep, niceTimeStep, tickText, timeTickText } from './ticks.ts'
import type { TileGeometry } from './tileGeometry.ts'
import type { TileTheme } from './tileTheme.ts'

const timeTickGap = 56
const distanceTickGap = 96
const tickLength = 4
const dayMs = 86_400_000
const timeScaleNames: Record<TimeScale, string> = { utc: 'UTC', seconds: 's', rows: 'row' }

/** Rows are whole. */
export const countStep = (leastMs: number, scale: TimeScale): number =>
  niceStep(scale === 'rows' ? Math.max(1000, leastMs) : leastMs)

/** Half the width of a digit at this size, CSS pixels, a little more than any system font needs. */
const halfDigit = 3.4

/** Paints the axes around a picture on the tile's overlay: distance above, channels below, UTC at the left. */
export class AxesPainter {
  private readonly context: DrawingContext
  private readonly times = new AxisLabels((index, step) => timeTickText(index * step, step))
  /** The day of the newest edge, below the clock times. */
  private readonly dates = new AxisLabels((index, step) => timeTickText(index * step, step))
  /** Seconds or rows. */
  private readonly counts = new AxisLabels((index, step) => tickText((index * step) / 1000, step / 1000))
  private readonly distances = new AxisLabels((index, step) => tickText(index * step, step))
  private readonly kilometres = new AxisLabels((index, step) => tickText((index * step) / 1000, step / 1000))
  private readonly channels = new AxisLabels((index, step) => tickText(index * step, step))

  constructor(context: DrawingContext) {
    this.context = context
  }

  paint(view: PictureView, axes: PictureAxes, geometry: TileGeometry, theme: TileTheme): void {
    const { context } = this
    context.font = `${11 * geometry.scale}px ${theme.fontFamily}`
    context.fillStyle = theme.text
    context.strokeStyle = theme.line
    context.lineWidth = Math.max(1, Math.round(geometry.scale))
    this.paintTimes(view, axes, geometry, theme)
    if (axes.hasDistance) this.paintDistances(view, axes, geometry)
    this.paintChannels(view, axes, geometry, theme)
  }

  private paintTimes(view: PictureView, axes: PictureAxes, geometry: TileGeometry, theme: TileTheme): void {
    const { context } = this
    const { scale, left, top } = geometry
    const atTop = axes.timeFromSlot(slotFromPixel(view, 0))
    const atBottom = axes.timeFromSlot(slotFromPixel(view, view.height))
    const from = Math.min(atTop, atBottom)
    const to = Math.max(atTop, atBottom)
    const isClock = axes.timeScale === 'utc'
    const least = ((to - from) * timeTickGap * scale) / view.height
    const step = isClock ? niceTimeStep(least) : countStep(least, axes.timeScale)
    const labels = isClock ? this.times : this.counts
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    for (let index = firstTickIndex(from, step); index * step <= to; index++) {
      const y = top + pixelFromTime(view, axes, index * step)
      this.tick(left, y, -tickLength * scale, 0)
      // A label half outside would touch those of the other axes.
      if (y < top + 5 * scale || y > top + view.height - 5 * scale) continue
      context.fillText(labels.get(index, step), left - 8 * scale, y)
    }
    context.textAlign = 'left'
    context.fillStyle = theme.text
    context.fillText(timeScaleNames[axes.timeScale], Math.round(6 * scale), Math.round(top / 2))
    if (!isClock) return
    const newest = Math.floor(to / dayMs)
    context.fillText(
      this.dates.get(newest, dayMs),
      Math.round(3 * scale),
      Math.round((top + view.height + geometry.height) / 2)
    )
  }

  private paintDistances(view: PictureView, axes: PictureAxes, geometry: TileGeometry): void {
    const { context } = this
    const { scale, left, top } = geometry
    const first = axes.distanceFromColumn(columnFromPixel(view, 0))
    const last = axes.distanceFromColumn(columnFromPixel(view, view.width))
    const from = Math.min(first, last)
    const to = Math.max(first, last)
    const unit = distanceUnit(Math.max(Math.abs(from), Math.abs(to)))
    const step = niceStep((((to - from) / unit.metres) * distanceTickGap * scale) / view.width) * unit.metres
    const labels = unit.name === 'km' ? this.kilometres : this.distances
    context.textBaseline = 'middle'
    context.textAlign = 'center'
    const labelY = Math.round(top / 2)
    for (let index = firstTickIndex(from, step); index * step <= to; index++) {
      const x = left + pixelFromDistance(view, axes, index * step)
      this.tick(x, top, 0, -tickLength * scale)
      if (x > left + view.width - 24 * scale) continue
      context.fillText(labels.get(index, step), x, labelY)
    }
    context.textAlign = 'left'
    context.fillText(unit.name, left + view.width + 2 * scale, labelY)
  }

  /** Below the picture; above it too where there are no distances. */
  private paintChannels(view: PictureView, axes: PictureAxes, geometry: TileGeometry, theme: TileTheme): void {
    const { context } = this
    const { scale, left, top } = geometry
    const first = axes.channelFromColumn(columnFromPixel(view, 0))
    const last = axes.channelFromColumn(columnFromPixel(view, view.width))
    const from = Math.min(first, last)
    const to = Math.max(first, last)
    const step = Math.max(1, niceStep(((to - from) * distanceTickGap * scale) / view.width))
    const bottom = top + view.height
    context.textBaseline = 'middle'
    context.fillStyle = theme.text
    const labelY = Math.round((bottom + geometry.height) / 2)
    for (let index = firstTickIndex(from, step); index * step <= to; index++) {
      const x = left + pixelFromChannel(view, axes, index * step)
      this.tick(x, bottom, 0, tickLength * scale)
      context.textAlign = 'center'
      if (x > left + view.width - 24 * scale) continue
      const text = this.channels.get(index, step)
      // The date stands left of the picture; a label that reaches over the edge would touch it. Its tick stays.
      if (x - text.length * halfDigit * scale >= left + 2 * scale) context.fillText(text, x, labelY)
      if (!axes.hasDistance) {
        this.tick(x, top, 0, -tickLength * scale)
        context.fillText(text, x, Math.round(top / 2))
      }
    }
    context.textAlign = 'left'
    context.fillText('channel', left + view.width + 2 * scale, labelY)
    if (!axes.hasDistance) context.fillText('channel', left + view.width + 2 * scale, Math.round(top / 2))
  }

  /** A line from the picture's edge outwards, on whole device pixels. */
  private tick(x: number, y: number, dx: number, dy: number): void {
    const { context } = this
    const half = (context.lineWidth % 2) / 2
    const startX = Math.floor(x) + half
    const startY = Math.floor(y) + half
    context.beginPath()
    context.moveTo(startX, startY)
    context.lineTo(startX + Math.round(dx), startY + Math.round(dy))
    context.stroke()
  }
}
