import { glyphAdvance, glyphHeight, glyphOf, glyphWidth } from './bitmapFont.ts'

/** `0xrrggbb`. */
export type Colour = number

/** Dots of a glyph are squares of this many pixels. */
const dot = 2
export const textHeight = glyphHeight * dot
export const textWidth = (text: string): number => Math.max(0, [...text].length * glyphAdvance * dot - dot)

/** Opaque pixels, RGBA, and what is drawn on them. What lies outside is left out. */
export class PictureCanvas {
  readonly width: number
  readonly height: number
  readonly pixels: Uint8Array

  constructor(width: number, height: number, ground: Colour) {
    this.width = width
    this.height = height
    this.pixels = new Uint8Array(width * height * 4)
    this.fill(0, 0, width, height, ground)
  }

  set(x: number, y: number, colour: Colour): void {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return
    const at = (y * this.width + x) * 4
    this.pixels[at] = colour >> 16
    this.pixels[at + 1] = (colour >> 8) & 255
    this.pixels[at + 2] = colour & 255
    this.pixels[at + 3] = 255
  }

  /** `colour` may depend on the pixel. */
  fill(
    left: number,
    top: number,
    width: number,
    height: number,
    colour: Colour | ((x: number, y: number) => Colour)
  ): void {
    for (let y = top; y < top + height; y++)
      for (let x = left; x < left + width; x++) this.set(x, y, typeof colour === 'number' ? colour : colour(x, y))
  }

  /** A line of one pixel around a rectangle. */
  frame(left: number, top: number, width: number, height: number, colour: Colour): void {
    this.fill(left - 1, top - 1, width + 2, 1, colour)
    this.fill(left - 1, top + height, width + 2, 1, colour)
    this.fill(left - 1, top, 1, height, colour)
    this.fill(left + width, top, 1, height, colour)
  }

  /** `left` and `top` are those of the first glyph. */
  text(text: string, left: number, top: number, colour: Colour): void {
    ;[...text].forEach((character, index) => {
      glyphOf(character).forEach((bits, column) => {
        const x = left + (index * glyphAdvance + column) * dot
        for (let row = 0; row < glyphHeight; row++)
          if ((bits >> row) & 1) this.fill(x, top + row * dot, dot, dot, colour)
      })
    })
  }
}

/** As much of a text as there is room for, pixels. */
export function fittingText(text: string, room: number): string {
  const most = Math.floor((room + (glyphAdvance - glyphWidth) * dot) / (glyphAdvance * dot))
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, Math.max(0, most - 1)).join('')}…`
}
