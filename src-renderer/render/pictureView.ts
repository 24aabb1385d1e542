import { missingValue, slotsPerBlock, type RowRing } from './rowRing.ts'

/** Which part of a ring goes where, in device pixels. One object lives as long as its tile and is changed in place. */
export interface PictureView {
  width: number
  height: number
  /** Column coordinate of the left edge of pixel 0 (cell k spans [k, k + 1)), and columns per pixel. */
  columnAtLeft: number
  columnsPerPixel: number
  /** Slot coordinate of the top edge of pixel 0; `slotsPerPixel` is negative where newer rows are higher up. */
  slotAtTop: number
  slotsPerPixel: number
  /** dB at the first and last colour. */
  lowDb: number
  highDb: number
}

/** Colours that are not values, 0xRRGGBB. Invalid cells are a check of two greys, which no colour map contains. */
export interface PictureColours {
  nothing: number
  invalidDark: number
  invalidLight: number
}

/** Edge of the squares that mark invalid cells, device pixels. */
export const invalidCheckPixels = 3

/** Draws a ring. Owns what it allocates on the canvas that it was made for. */
export interface PictureSurface {
  readonly kind: 'webgl2' | 'canvas2d'
  /** False while the context is lost: nothing can be drawn. */
  readonly isUsable: boolean
  setRing(ring: RowRing | null): void
  setColourMap(rgba: Uint8Array): void
  setColours(colours: PictureColours): void
  /** Uploads what changed in the ring and draws. */
  draw(view: PictureView): void
  dispose(): void
}

/**
 * First cell of the pixel that spans cells [from, to): where cells are larger than pixels, the cell under the pixel's
 * centre; where they are smaller, the first whose centre lies inside. So every cell belongs to exactly one pixel and none
 * is left out. Both renderers and the read-out use this rule.
 */
export function firstCell(from: number, to: number): number {
  return to - from <= 1 ? Math.floor((from + to) / 2) : Math.ceil(from - 0.5)
}

/** One past the last cell of the pixel that spans cells [from, to). */
export function endCell(from: number, to: number): number {
  return to - from <= 1 ? Math.floor((from + to) / 2) + 1 : Math.ceil(to - 0.5)
}

/** Above this many slots per pixel the peaks of whole blocks are read instead of single slots. */
export const usesPeaks = (slotsPerPixel: number): boolean => Math.abs(slotsPerPixel) > slotsPerBlock

/**
 * Greatest value of the cells [columnFirst, columnEnd) × [slotFirst, slotEnd): what a pixel shows. Reads peaks where the
 * picture does, so a value may come from up to 7 slots outside, which is less than a pixel there.
 */
export function greatestValue(
  ring: RowRing,
  columnFirst: number,
  columnEnd: number,
  slotFirst: number,
  slotEnd: number,
  fromPeaks: boolean
): number {
  const c0 = columnFirst < 0 ? 0 : columnFirst
  const c1 = columnEnd > ring.columns ? ring.columns : columnEnd
  const s0 = slotFirst < ring.first ? ring.first : slotFirst
  const s1 = slotEnd > ring.end ? ring.end : slotEnd
  if (c0 >= c1 || s0 >= s1) return missingValue
  let greatest = missingValue
  const cells = fromPeaks ? ring.peaks : ring.values
  const rows = fromPeaks ? ring.capacity / slotsPerBlock : ring.capacity
  const from = fromPeaks ? Math.floor(s0 / slotsPerBlock) : s0
  const end = fromPeaks ? Math.floor((s1 - 1) / slotsPerBlock) + 1 : s1
  for (let row = from; row < end; row++) {
    const at = (row % rows) * ring.columns
    for (let index = at + c0; index < at + c1; index++) {
      if (cells[index]! > greatest) greatest = cells[index]!
    }
  }
  return greatest
}
