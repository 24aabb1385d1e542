import { CellPainter, type CellSource } from '../../src-preload/contract/drawing/cellPainter.ts'
import { missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { PictureColours, PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import type { SpectraPlane } from './spectraPlane.ts'
import type { SpectraSurface, SpectraView } from './spectraSurface.ts'

/** Pictures of a plane without WebGL: coloured pixel by pixel, by the code that colours a waterfall. */
export class SpectraCanvasSurface implements SpectraSurface, CellSource {
  readonly kind = 'canvas2d'
  readonly isUsable = true
  private readonly context: CanvasRenderingContext2D
  private readonly painter = new CellPainter()
  private readonly lines = { first: 0, end: 0 }
  private readonly view: PictureView = {
    width: 0,
    height: 0,
    columnAtLeft: 0,
    columnsPerPixel: 1,
    slotAtTop: 0,
    slotsPerPixel: 1,
    lowDb: 0,
    highDb: 1
  }
  private image: ImageData | null = null
  private pixels = new Uint32Array(0)
  private plane: SpectraPlane | null = null
  private pictureAt = 0
  private pixelAtLeft = 0

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d')
    if (!context) throw new Error('This browser has neither WebGL2 nor a 2D canvas.')
    this.context = context
  }

  setColourMap(rgba: Uint8Array): void {
    this.painter.setColourMap(rgba)
  }

  setColours(colours: PictureColours): void {
    this.painter.setColours(colours)
  }

  draw(plane: SpectraPlane, view: SpectraView): void {
    const { context } = this
    plane.clearChanged()
    context.clearRect(0, 0, view.width, view.height)
    if (plane.width === 0 || plane.height === 0) return
    const image = this.imageFor(plane)
    this.plane = plane
    this.pixelAtLeft = view.pixelAtLeft
    this.view.lowDb = view.lowDb
    this.view.highDb = view.highDb
    this.lines.end = plane.height
    for (let index = 0; index < plane.count; index++) {
      this.pictureAt = index * plane.height
      this.painter.paintLines(this.pixels, this, this.view, this.lines, 0)
      context.putImageData(image, view.places[index]!.left, view.places[index]!.top)
    }
    this.plane = null
  }

  greatest(columnFirst: number, _columnEnd: number, line: number): number {
    const { plane } = this
    if (!plane) return missingValue
    return plane.values[plane.offsetOf(this.pixelAtLeft + columnFirst) + this.pictureAt + line]!
  }

  dispose(): void {
    this.image = null
    this.pixels = new Uint32Array(0)
  }

  private imageFor(plane: SpectraPlane): ImageData {
    if (this.image?.width === plane.width && this.image.height === plane.height) return this.image
    this.image = this.context.createImageData(plane.width, plane.height)
    this.pixels = new Uint32Array(this.image.data.buffer)
    this.view.width = plane.width
    this.view.height = plane.height
    return this.image
  }
}
