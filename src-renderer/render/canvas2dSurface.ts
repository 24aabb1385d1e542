import { CellPainter, type CellSource } from '../../src-preload/contract/drawing/cellPainter.ts'
import { checkPhase, DrawnLines } from './drawnLines.ts'
import type { PictureColours, PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { greatestValue, usesPeaks, type PictureSurface } from './pictureSurface.ts'
import { slotsOf, type PictureBands } from './pictureBands.ts'
import type { RowRing } from './rowRing.ts'

/** The picture without WebGL: the same cells and colours, put pixel by pixel into an image that is kept. */
export class Canvas2dSurface implements PictureSurface, CellSource {
  readonly kind = 'canvas2d'
  readonly isUsable = true
  readonly uploadedValues = 0
  private readonly context: CanvasRenderingContext2D
  private readonly painter = new CellPainter()
  private ring: RowRing | null = null
  private image: ImageData | null = null
  private pixels = new Uint32Array(0)
  private readonly lines = new DrawnLines()
  private readonly lineRange = { first: 0, end: 0 }
  private readonly slots: PictureView = {
    width: 0,
    height: 0,
    columnAtLeft: 0,
    columnsPerPixel: 1,
    slotAtTop: 0,
    slotsPerPixel: 1,
    lowDb: 0,
    highDb: 1
  }

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false })
    if (!context) throw new Error('This browser has neither WebGL2 nor a 2D canvas.')
    this.context = context
  }

  setColourMap(rgba: Uint8Array): void {
    this.lines.invalidate()
    this.painter.setColourMap(rgba)
  }

  setColours(colours: PictureColours): void {
    this.lines.invalidate()
    this.painter.setColours(colours)
  }

  draw(view: PictureView, bands: PictureBands): void {
    const image = this.imageFor(view)
    const { lines, pixels } = this
    lines.plan(view, bands)
    if (lines.shift > 0) pixels.copyWithin(0, lines.shift * view.width)
    else if (lines.shift < 0) pixels.copyWithin(-lines.shift * view.width, 0)
    for (let index = 0; index < bands.count; index++) {
      const { ring, lineFirst, lineEnd } = bands.bands[index]!
      this.paint(view, ring, Math.max(lineFirst, lines.first), Math.min(lineEnd, lines.end))
    }
    for (const ring of bands.rings) ring.clearDirty()
    this.ring = null
    if (lines.shift !== 0) this.context.putImageData(image, 0, 0)
    else if (lines.end > lines.first) {
      this.context.putImageData(image, 0, 0, 0, lines.first, view.width, lines.end - lines.first)
    }
  }

  release(): void {
    this.lines.invalidate()
  }

  greatest(columnFirst: number, columnEnd: number, slotFirst: number, slotEnd: number, slotsPerPixel: number): number {
    return greatestValue(this.ring!, columnFirst, columnEnd, slotFirst, slotEnd, usesPeaks(slotsPerPixel))
  }

  dispose(): void {
    this.ring = null
    this.image = null
    this.pixels = new Uint32Array(0)
  }

  private paint(view: PictureView, ring: RowRing | null, first: number, end: number): void {
    if (first >= end) return
    if (!ring) {
      this.pixels.fill(this.painter.nothingWord, first * view.width, end * view.width)
      return
    }
    this.ring = ring
    this.lineRange.first = first
    this.lineRange.end = end
    this.painter.paintLines(this.pixels, this, slotsOf(view, ring, this.slots), this.lineRange, checkPhase(view))
  }

  private imageFor(view: PictureView): ImageData {
    if (this.image?.width === view.width && this.image.height === view.height) return this.image
    this.lines.invalidate()
    this.image = this.context.createImageData(view.width, view.height)
    this.pixels = new Uint32Array(this.image.data.buffer)
    return this.image
  }
}
