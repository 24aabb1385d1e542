import { isInvalid, isMissing } from './cellValues.ts'
import {
  colourIndex,
  endCell,
  firstCell,
  invalidCheckPixels,
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
    for (let y = lines.first; y < lines.end; y++) this.paintLine(pixels, source, view, y, checkPhase)
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

  private paintLine(pixels: Uint32Array, source: CellSource, view: PictureView, y: number, checkPhase: number): void {
    const { width, slotsPerPixel, lowDb, highDb, isLinear } = view
    const top = view.slotAtTop + y * slotsPerPixel
    const bottom = top + slotsPerPixel
    const slotFirst = firstCell(Math.min(top, bottom), Math.max(top, bottom))
    const slotEnd = endCell(Math.min(top, bottom), Math.max(top, bottom))
    const scale = 255 / (highDb - lowDb)
    const at = y * width
    for (let x = 0; x < width; x++) {
      const value = source.greatest(this.columnFirst[x]!, this.columnEnd[x]!, slotFirst, slotEnd, slotsPerPixel)
      if (isMissing(value)) pixels[at + x] = this.nothing
      else if (isInvalid(value)) {
        const check = (Math.floor(x / invalidCheckPixels) + Math.floor((y + checkPhase) / invalidCheckPixels)) & 1
        pixels[at + x] = check === 0 ? this.invalidDark : this.invalidLight
      } else if (isLinear) {
        pixels[at + x] = this.words[colourIndex(value, lowDb, highDb, true)]!
      } else {
        const index = Math.floor((value - lowDb) * scale + 0.5)
        pixels[at + x] = this.words[index < 0 ? 0 : index > 255 ? 255 : index]!
      }
    }
  }
}
