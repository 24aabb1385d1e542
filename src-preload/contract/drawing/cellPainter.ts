import { isInvalid, isValue } from './cellValues.ts'
import {
  endCell,
  firstCell,
  invalidCheckPixels,
  linearShareAbove,
  lowPower,
  type PictureColours,
  type PictureView
} from './pictureView.ts'

/** Where the cells of a picture come from. */
export interface CellSource {
  /**
   * Greatest value (see `cellValues.ts`) of the cells [columnFirst, columnEnd) × [slotFirst, slotEnd), which may lie outside:
   * what a pixel shows.
   */
  greatest(columnFirst: number, columnEnd: number, slotFirst: number, slotEnd: number, slotsPerPixel: number): number
  /**
   * The same for a line of pixels at once, where a source can do that faster: pixel x shows the columns
   * [columnFirst[x], columnEnd[x]) and goes into values[at + x].
   */
  greatestLine?(
    values: Float32Array,
    at: number,
    columnFirst: Int32Array,
    columnEnd: Int32Array,
    slotFirst: number,
    slotEnd: number,
    slotsPerPixel: number
  ): void
}

/** 0xRRGGBB → the little-endian RGBA word of an image's bytes. */
const wordFromColour = (colour: number): number =>
  (0xff000000 | ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16)) >>> 0

/** Colours pixels after the cells under them, on the processor; a graphics processor follows the same rule. */
export class CellPainter {
  private readonly words = new Uint32Array(256)
  private nothing = 0xff000000
  private invalidDark = 0xff000000
  private invalidLight = 0xff000000
  private columnFirst = new Int32Array(0)
  private columnEnd = new Int32Array(0)
  private line = new Float32Array(0)

  /** The word of a pixel that shows no cell. */
  get nothingWord(): number {
    return this.nothing
  }

  setColourMap(rgba: Uint8Array): void {
    for (let index = 0; index < 256; index++) {
      const at = index * 4
      this.words[index] = wordFromColour((rgba[at]! << 16) | (rgba[at + 1]! << 8) | rgba[at + 2]!)
    }
  }

  setColours(colours: PictureColours): void {
    this.nothing = wordFromColour(colours.nothing)
    this.invalidDark = wordFromColour(colours.invalidDark)
    this.invalidLight = wordFromColour(colours.invalidLight)
  }

  /**
   * Paints the lines [first, end) of a picture.
   *
   * @param pixels width × height words of RGBA bytes, line after line from above
   * @param checkPhase line of the check of invalid cells at the top, so that it can move with the cells
   */
  paintLines(
    pixels: Uint32Array,
    source: CellSource,
    view: PictureView,
    lines: { first: number; end: number },
    checkPhase = 0
  ): void {
    this.placeColumns(view)
    if (this.line.length !== view.width) this.line = new Float32Array(view.width)
    for (let y = lines.first; y < lines.end; y++) {
      this.readLine(this.line, 0, source, view, y)
      this.colourLine(pixels, this.line, 0, view, y, checkPhase)
    }
  }

  /** What the pixels of the lines show, width × height values: kept, they can be coloured again without their cells. */
  readLines(values: Float32Array, source: CellSource, view: PictureView, lines: { first: number; end: number }): void {
    this.placeColumns(view)
    for (let y = lines.first; y < lines.end; y++) this.readLine(values, y * view.width, source, view, y)
  }

  /** Colours lines whose values were read before. */
  colourLines(
    pixels: Uint32Array,
    values: Float32Array,
    view: PictureView,
    lines: { first: number; end: number },
    checkPhase = 0
  ): void {
    for (let y = lines.first; y < lines.end; y++) this.colourLine(pixels, values, y * view.width, view, y, checkPhase)
  }

  private placeColumns(view: PictureView): void {
    if (this.columnFirst.length !== view.width) {
      this.columnFirst = new Int32Array(view.width)
      this.columnEnd = new Int32Array(view.width)
    }
    for (let x = 0; x < view.width; x++) {
      const left = view.columnAtLeft + x * view.columnsPerPixel
      this.columnFirst[x] = firstCell(left, left + view.columnsPerPixel)
      this.columnEnd[x] = endCell(left, left + view.columnsPerPixel)
    }
  }

  private readLine(values: Float32Array, at: number, source: CellSource, view: PictureView, y: number): void {
    const { width, slotsPerPixel } = view
    const top = view.slotAtTop + y * slotsPerPixel
    const bottom = top + slotsPerPixel
    const slotFirst = firstCell(Math.min(top, bottom), Math.max(top, bottom))
    const slotEnd = endCell(Math.min(top, bottom), Math.max(top, bottom))
    const { columnFirst, columnEnd } = this
    if (source.greatestLine) {
      source.greatestLine(values, at, columnFirst, columnEnd, slotFirst, slotEnd, slotsPerPixel)
      return
    }
    for (let x = 0; x < width; x++) {
      values[at + x] = source.greatest(columnFirst[x]!, columnEnd[x]!, slotFirst, slotEnd, slotsPerPixel)
    }
  }

  private colourLine(
    pixels: Uint32Array,
    values: Float32Array,
    from: number,
    view: PictureView,
    y: number,
    checkPhase: number
  ): void {
    const { width, lowDb, highDb, isLinear } = view
    const { words } = this
    const scale = 255 / (highDb - lowDb)
    const low = isLinear ? lowPower(lowDb, highDb) : 0
    const at = y * width
    for (let x = 0; x < width; x++) {
      const value = values[from + x]!
      if (!isValue(value)) {
        const check = (Math.floor(x / invalidCheckPixels) + Math.floor((y + checkPhase) / invalidCheckPixels)) & 1
        const invalid = check === 0 ? this.invalidDark : this.invalidLight
        pixels[at + x] = isInvalid(value) ? invalid : this.nothing
      } else {
        const index = (isLinear ? linearShareAbove(value, highDb, low) * 255 : (value - lowDb) * scale) + 0.5
        // Most pixels of a picture lie between the levels: they take the first branch.
        pixels[at + x] = words[index >= 1 ? (index >= 255 ? 255 : index | 0) : 0]!
      }
    }
  }
}
