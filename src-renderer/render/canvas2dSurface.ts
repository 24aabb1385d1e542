import { CellPainter, type CellSource } from '../../src-preload/contract/drawing/cellPainter.ts'
import type { PictureColours, PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { checkPhase, DrawnLines } from './drawnLines.ts'
import { greatestValue, usesPeaks, type PictureSurface } from './pictureSurface.ts'
import type { RowRing } from './rowRing.ts'

/** The picture without WebGL: the same cells and colours, put pixel by pixel into an image that is kept. */
export class Canvas2dSurface implements PictureSurface, CellSource {
  readonly kind = 'canvas2d'
  readonly isUsable = true
  private readonly context: CanvasRenderingContext2D
  private readonly painter = new CellPainter()
  private ring: RowRing | null = null
  private image: ImageData | null = null
  private pixels = new Uint32Array(0)
  private readonly lines = new DrawnLines()

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false })
    if (!context) throw new Error('This browser has neither WebGL2 nor a 2D canvas.')
    this.context = context
  }

  setRing(ring: RowRing | null): void {
    this.ring = ring
    this.lines.invalidate()
  }

  setColourMap(rgba: Uint8Array): void {
    this.lines.invalidate()
    this.painter.setColourMap(rgba)
  }

  setColours(colours: PictureColours): void {
    this.lines.invalidate()
    this.painter.setColours(colours)
  }

  draw(view: PictureView): void {
    const image = this.imageFor(view)
    const { ring } = this
    if (!ring || ring.isEmpty) {
      this.pixels.fill(this.painter.nothingWord)
      this.lines.invalidate()
    } else {
      this.lines.plan(view, ring)
      const { shift } = this.lines
      if (shift > 0) this.pixels.copyWithin(0, shift * view.width)
      else if (shift < 0) this.pixels.copyWithin(-shift * view.width, 0)
      this.painter.paintLines(this.pixels, this, view, this.lines, checkPhase(view))
      ring.clearDirty()
    }
    this.context.putImageData(image, 0, 0)
  }

  greatest(columnFirst: number, columnEnd: number, slotFirst: number, slotEnd: number, slotsPerPixel: number): number {
    return greatestValue(this.ring!, columnFirst, columnEnd, slotFirst, slotEnd, usesPeaks(slotsPerPixel))
  }

  dispose(): void {
    this.ring = null
    this.image = null
    this.pixels = new Uint32Array(0)
  }

  private imageFor(view: PictureView): ImageData {
    if (this.image?.width === view.width && this.image.height === view.height) return this.image
    this.lines.invalidate()
    this.image = this.context.createImageData(view.width, view.height)
    this.pixels = new Uint32Array(this.image.data.buffer)
    return this.image
  }
}
