import { AxisLabels } from '../../src-preload/contract/drawing/axisLabels.ts'
import type { DrawingContext } from '../../src-preload/contract/drawing/drawingContext.ts'
import {
  firstTickIndex,
  niceStep,
  niceTimeStep,
  tickText,
  timeTickText
} from '../../src-preload/contract/drawing/ticks.ts'
import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'
import { pixelFromTimeMs, timeMsFromPixel, type TimePixels } from './spectraTimeWindow.ts'

const timeTickGap = 76
const frequencyTickGap = 30
const tickLength = 4

/** A horizontal axis of time: clock-aligned ticks, UTC. */
export class TimeAxisPainter {
  private readonly context: DrawingContext
  private readonly labels = new AxisLabels((index, step) => timeTickText(index * step, step))

  constructor(context: DrawingContext) {
    this.context = context
  }

  /** `left`, `top`: where the axis begins below a picture, device pixels. */
  paint(pixels: TimePixels, baseMs: number, left: number, top: number, scale: number, theme: TileTheme): void {
    const { context } = this
    context.font = `${11 * scale}px ${theme.fontFamily}`
    context.fillStyle = theme.text
    context.strokeStyle = theme.line
    context.lineWidth = Math.max(1, Math.round(scale))
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    const from = baseMs + timeMsFromPixel(pixels, 0)
    const to = baseMs + timeMsFromPixel(pixels, pixels.width)
    const step = niceTimeStep(((to - from) * timeTickGap * scale) / pixels.width)
    const half = (context.lineWidth % 2) / 2
    for (let index = firstTickIndex(from, step); index * step <= to; index++) {
      const x = pixelFromTimeMs(pixels, index * step - baseMs)
      const at = left + Math.floor(x) + half
      context.beginPath()
      context.moveTo(at, top)
      context.lineTo(at, top + tickLength * scale)
      context.stroke()
      const text = this.labels.get(index, step)
      const halfText = context.measureText(text).width / 2
      if (x - halfText < 0 || x + halfText > pixels.width) continue
      context.fillText(text, left + x, top + 13 * scale)
    }
  }
}

/** A vertical axis of frequency at the left of a picture. */
export class FrequencyAxisPainter {
  private readonly context: DrawingContext
  private readonly hertz = new AxisLabels((index, step) => tickText(index * step, step))
  private readonly kilohertz = new AxisLabels((index, step) => tickText((index * step) / 1000, step / 1000))

  constructor(context: DrawingContext) {
    this.context = context
  }

  paint(
    lowHz: number,
    highHz: number,
    place: { left: number; top: number; height: number; scale: number },
    theme: TileTheme
  ): void {
    const { context } = this
    const { left, top, height, scale } = place
    context.font = `${11 * scale}px ${theme.fontFamily}`
    context.fillStyle = theme.text
    context.strokeStyle = theme.line
    context.lineWidth = Math.max(1, Math.round(scale))
    context.textAlign = 'right'
    context.textBaseline = 'middle'
    const isKilo = highHz >= 10_000
    const step = niceStep(((highHz - lowHz) * frequencyTickGap * scale) / height)
    const labels = isKilo ? this.kilohertz : this.hertz
    const half = (context.lineWidth % 2) / 2
    let highest: { y: number; text: string } | null = null
    for (let index = firstTickIndex(lowHz, step); index * step <= highHz; index++) {
      const y = top + Math.floor(((highHz - index * step) / (highHz - lowHz)) * height) + half
      context.beginPath()
      context.moveTo(left, y)
      context.lineTo(left - tickLength * scale, y)
      context.stroke()
      const inside = Math.min(Math.max(y, top + 6 * scale), top + height - 6 * scale)
      if (highest) context.fillText(highest.text, left - 7 * scale, highest.y)
      highest = { y: inside, text: labels.get(index, step) }
    }
    // The unit stands once, at the highest tick.
    if (highest) context.fillText(`${highest.text} ${isKilo ? 'kHz' : 'Hz'}`, left - 7 * scale, highest.y)
  }
}
