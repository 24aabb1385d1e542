import {
  endCell,
  firstCell,
  greatestValue,
  invalidCheckPixels,
  usesPeaks,
  type PictureColours,
  type PictureSurface,
  type PictureView
} from './pictureView.ts'
import { checkPhase, DrawnLines } from './drawnLines.ts'
import { isInvalid, isMissing, type RowRing } from './rowRing.ts'

/** 0xRRGGBB → the little-endian RGBA word of an ImageData. */
const wordFromColour = (colour: number): number =>
  (0xff000000 | ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16)) >>> 0

/** The picture without WebGL: the same cells and colours, put pixel by pixel into an image that is kept. */
export class Canvas2dSurface implements PictureSurface {
  readonly kind = 'canvas2d'
  readonly isUsable = true
  private readonly context: CanvasRenderingContext2D
  private ring: RowRing | null = null
  private readonly words = new Uint32Array(256)
  private nothing = 0xff000000
  private invalidDark = 0xff000000
  private invalidLight = 0xff000000
  private image: ImageData | null = null
  private pixels = new Uint32Array(0)
  private readonly lines = new DrawnLines()
  private checkPhase = 0
  private columnFirst = new Int32Array(0)
  private columnEnd = new Int32Array(0)

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
    for (let index = 0; index < 256; index++) {
      const at = index * 4
      this.words[index] = wordFromColour((rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!)
    }
  }

  setColours(colours: PictureColours): void {
    this.lines.invalidate()
    this.nothing = wordFromColour(colours.nothing)
    this.invalidDark = wordFromColour(colours.invalidDark)
    this.invalidLight = wordFromColour(colours.invalidLight)
  }

  draw(view: PictureView): void {
    const image = this.imageFor(view)
    const { ring } = this
    if (!ring || ring.isEmpty) {
      this.pixels.fill(this.nothing)
      this.lines.invalidate()
    } else {
      this.lines.plan(view, ring)
      const { shift, first, end } = this.lines
      if (shift > 0) this.pixels.copyWithin(0, shift * view.width)
      else if (shift < 0) this.pixels.copyWithin(-shift * view.width, 0)
      this.checkPhase = checkPhase(view)
      for (let x = 0; x < view.width; x++) {
        const left = view.columnAtLeft + x * view.columnsPerPixel
        this.columnFirst[x] = firstCell(left, left + view.columnsPerPixel)
        this.columnEnd[x] = endCell(left, left + view.columnsPerPixel)
      }
      for (let y = first; y < end; y++) this.drawLine(ring, view, y)
      ring.clearDirty()
    }
    this.context.putImageData(image, 0, 0)
  }

  dispose(): void {
    this.ring = null
    this.image = null
    this.pixels = new Uint32Array(0)
  }

  private drawLine(ring: RowRing, view: PictureView, y: number): void {
    const top = view.slotAtTop + y * view.slotsPerPixel
    const bottom = top + view.slotsPerPixel
    const slotFirst = firstCell(Math.min(top, bottom), Math.max(top, bottom))
    const slotEnd = endCell(Math.min(top, bottom), Math.max(top, bottom))
    const fromPeaks = usesPeaks(view.slotsPerPixel)
    const scale = 255 / (view.highDb - view.lowDb)
    const at = y * view.width
    for (let x = 0; x < view.width; x++) {
      const value = greatestValue(ring, this.columnFirst[x]!, this.columnEnd[x]!, slotFirst, slotEnd, fromPeaks)
      if (isMissing(value)) this.pixels[at + x] = this.nothing
      else if (isInvalid(value)) {
        const check = (Math.floor(x / invalidCheckPixels) + Math.floor((y + this.checkPhase) / invalidCheckPixels)) & 1
        this.pixels[at + x] = check === 0 ? this.invalidDark : this.invalidLight
      } else {
        const index = Math.floor((value - view.lowDb) * scale + 0.5)
        this.pixels[at + x] = this.words[index < 0 ? 0 : index > 255 ? 255 : index]!
      }
    }
  }

  private imageFor(view: PictureView): ImageData {
    if (this.image?.width === view.width && this.image.height === view.height) return this.image
    this.lines.invalidate()
    this.image = this.context.createImageData(view.width, view.height)
    this.pixels = new Uint32Array(this.image.data.buffer)
    this.columnFirst = new Int32Array(view.width)
    this.columnEnd = new Int32Array(view.width)
    return this.image
  }
}
