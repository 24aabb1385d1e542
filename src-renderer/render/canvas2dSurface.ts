import { CellPainter, type CellSource } from '../../src-preload/contract/drawing/cellPainter.ts'
import { missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { PictureColours, PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { checkPhase, DrawnLines } from './drawnLines.ts'
import { LineReader } from './lineReader.ts'
import { slotsOf, type PictureBands } from './pictureBands.ts'
import { greatestValue, usesPeaks, type PictureSurface } from './pictureSurface.ts'
import type { RowRing } from './rowRing.ts'

const noView = (): PictureView => ({
  width: 0,
  height: 0,
  columnAtLeft: 0,
  columnsPerPixel: 1,
  slotAtTop: 0,
  slotsPerPixel: 1,
  lowDb: 0,
  highDb: 1
})

/**
 * The picture without WebGL: the same cells and colours, put pixel by pixel into an image that is kept. What each pixel
 * shows is kept too: other levels or colours change the image without looking at a cell.
 */
export class Canvas2dSurface implements PictureSurface, CellSource {
  readonly kind = 'canvas2d'
  readonly isUsable = true
  readonly uploadedValues = 0
  private readonly context: CanvasRenderingContext2D
  private readonly painter = new CellPainter()
  private ring: RowRing | null = null
  private image: ImageData | null = null
  private pixels = new Uint32Array(0)
  private values = new Float32Array(0)
  /** Lines whose pixels show other values, and lines that are coloured anew. */
  private readonly readLines = new DrawnLines()
  private readonly colouredLines = new DrawnLines()
  private readonly reader = new LineReader()
  private readonly lineRange = { first: 0, end: 0 }
  private readonly slots = noView()
  private readonly placed = noView()

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false })
    if (!context) throw new Error('This browser has neither WebGL2 nor a 2D canvas.')
    this.context = context
  }

  setColourMap(rgba: Uint8Array): void {
    this.colouredLines.invalidate()
    this.painter.setColourMap(rgba)
  }

  setColours(colours: PictureColours): void {
    this.colouredLines.invalidate()
    this.painter.setColours(colours)
  }

  draw(view: PictureView, bands: PictureBands): void {
    const image = this.imageFor(view)
    const { readLines, colouredLines, pixels, values } = this
    readLines.plan(this.withoutLevels(view), bands)
    colouredLines.plan(view, bands)
    moveLines(values, readLines.shift, view.width)
    moveLines(pixels, colouredLines.shift, view.width)
    this.reader.begin(view, bands.rings, readLines.end - readLines.first)
    for (let index = 0; index < bands.count; index++) {
      const { ring, lineFirst, lineEnd } = bands.bands[index]!
      this.read(view, ring, Math.max(lineFirst, readLines.first), Math.min(lineEnd, readLines.end))
    }
    for (const ring of bands.rings) ring.clearDirty()
    this.ring = null
    const { first, end, shift } = colouredLines
    this.painter.colourLines(pixels, values, view, colouredLines, checkPhase(view))
    if (shift !== 0) this.context.putImageData(image, 0, 0)
    else if (end > first) this.context.putImageData(image, 0, 0, 0, first, view.width, end - first)
  }

  release(ring: RowRing): void {
    this.reader.release(ring)
    this.invalidate()
  }

  greatest(columnFirst: number, columnEnd: number, slotFirst: number, slotEnd: number, slotsPerPixel: number): number {
    return greatestValue(this.ring!, columnFirst, columnEnd, slotFirst, slotEnd, usesPeaks(slotsPerPixel))
  }

  greatestLine(
    values: Float32Array,
    at: number,
    columnFirst: Int32Array,
    columnEnd: Int32Array,
    slotFirst: number,
    slotEnd: number,
    slotsPerPixel: number
  ): void {
    const fromPeaks = usesPeaks(slotsPerPixel)
    this.reader.read(this.ring!, values, at, columnFirst, columnEnd, slotFirst, slotEnd, fromPeaks)
  }

  dispose(): void {
    this.ring = null
    this.image = null
    this.pixels = new Uint32Array(0)
    this.values = new Float32Array(0)
    this.reader.clear()
  }

  private invalidate(): void {
    this.readLines.invalidate()
    this.colouredLines.invalidate()
  }

  private read(view: PictureView, ring: RowRing | null, first: number, end: number): void {
    if (first >= end) return
    if (!ring) {
      this.values.fill(missingValue, first * view.width, end * view.width)
      return
    }
    this.ring = ring
    this.lineRange.first = first
    this.lineRange.end = end
    this.painter.readLines(this.values, this, slotsOf(view, ring, this.slots), this.lineRange)
  }

  /** Where the cells lie: levels change nothing of what a pixel shows. */
  private withoutLevels(view: PictureView): PictureView {
    Object.assign(this.placed, view)
    this.placed.lowDb = 0
    this.placed.highDb = 1
    this.placed.isLinear = false
    return this.placed
  }

  private imageFor(view: PictureView): ImageData {
    if (this.image?.width === view.width && this.image.height === view.height) return this.image
    this.invalidate()
    this.image = this.context.createImageData(view.width, view.height)
    this.pixels = new Uint32Array(this.image.data.buffer)
    this.values = new Float32Array(view.width * view.height).fill(missingValue)
    return this.image
  }
}

/** Moves what is kept up by so many lines (negative: down). */
function moveLines(kept: Uint32Array | Float32Array, shift: number, width: number): void {
  if (shift > 0) kept.copyWithin(0, shift * width)
  else if (shift < 0) kept.copyWithin(-shift * width, 0)
}
