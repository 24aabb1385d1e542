import type { ColourMap } from './colourMaps.ts'
import { AxisLabels } from './axisLabels.ts'
import type { DrawingCanvas, DrawingContext, MakeDrawingCanvas } from './drawingContext.ts'
import { exponentFromLevel, powerOfTenText, powerUnit } from './powerText.ts'
import { firstTickIndex, niceStep, tickText } from './ticks.ts'
import type { TileGeometry } from './tileGeometry.ts'
import type { TileTheme } from './tileTheme.ts'

const tickGap = 64

/** Where the bar is, device pixels. */
export type ColourBarPlace = Pick<TileGeometry, 'scale' | 'width' | 'top' | 'pictureHeight' | 'barLeft' | 'barWidth'>

/** Paints the colour bar beside the picture: colours, ticks in dB and the unit. */
export class ColourBarPainter {
  private readonly context: DrawingContext
  private readonly labels = new AxisLabels((index, step) => tickText(index * step, step))
  private readonly strip: DrawingCanvas | null

  constructor(context: DrawingContext, makeCanvas: MakeDrawingCanvas) {
    this.context = context
    this.strip = makeCanvas(1, 256)
  }

  setColourMap(map: ColourMap): void {
    const context = this.strip?.context
    if (!context) return
    const image = context.createImageData(1, 256)
    for (let y = 0; y < 256; y++) image.data.set(map.rgba.subarray((255 - y) * 4, (256 - y) * 4), y * 4)
    context.putImageData(image, 0, 0)
  }

  /** @param isLinear colours are even in power: ticks are powers, and the unit is theirs */
  paint(
    lowDb: number,
    highDb: number,
    unit: string,
    geometry: ColourBarPlace,
    theme: TileTheme,
    isLinear = false
  ): void {
    const { context } = this
    const { scale, barLeft, top, pictureHeight } = geometry
    if (this.strip) context.drawImage(this.strip.image, barLeft, top, geometry.barWidth, pictureHeight)
    context.font = `${11 * scale}px ${theme.fontFamily}`
    context.fillStyle = theme.text
    context.strokeStyle = theme.line
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    // Powers are written with the exponent of the upper level, which the unit names.
    const exponent = isLinear ? exponentFromLevel(highDb) : 0
    const low = isLinear ? 10 ** (lowDb / 10 - exponent) : lowDb
    const high = isLinear ? 10 ** (highDb / 10 - exponent) : highDb
    const unitText = isLinear ? `${powerOfTenText(exponent)} ${powerUnit(unit)}`.trim() : unit
    const span = high - low
    const step = niceStep((span * tickGap * scale) / pictureHeight)
    const right = barLeft + geometry.barWidth
    for (let index = firstTickIndex(low, step); index * step <= high; index++) {
      const y = Math.floor(top + ((high - index * step) / span) * pictureHeight) + 0.5
      context.beginPath()
      context.moveTo(right, y)
      context.lineTo(right + 4 * scale, y)
      context.stroke()
      if (y < top + 5 * scale || y > top + pictureHeight - 5 * scale) continue
      context.fillText(this.labels.get(index, step), right + 7 * scale, y)
    }
    context.save()
    context.translate(geometry.width - Math.round(10 * scale), top + pictureHeight / 2)
    context.rotate(-Math.PI / 2)
    context.textAlign = 'center'
    context.fillText(unitText, 0, 0, pictureHeight)
    context.restore()
  }
}
