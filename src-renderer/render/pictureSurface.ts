import { missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { PictureColours, PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import type { PictureBands } from './pictureBands.ts'
import { slotsPerBlock, type RowRing } from './rowRing.ts'

/** Draws rings. Owns what it allocates on the canvas that it was made for. */
export interface PictureSurface {
  readonly kind: 'webgl2' | 'canvas2d'
  /** False while the context is lost: nothing can be drawn. */
  readonly isUsable: boolean
  /** Values sent to the graphics processor so far; changes of levels, colours and zoom send none. */
  readonly uploadedValues: number
  setColourMap(rgba: Uint8Array): void
  setColours(colours: PictureColours): void
  /** Uploads what changed in the rings of the bands and draws. `view` counts in rows. */
  draw(view: PictureView, bands: PictureBands): void
  /** A ring that will be drawn no more. */
  release(ring: RowRing): void
  dispose(): void
}

/** Above this many slots per pixel the peaks of whole blocks are read instead of single slots. */
export const usesPeaks = (slotsPerPixel: number): boolean => Math.abs(slotsPerPixel) > slotsPerBlock

/** Where the cells that a picture reads lie. */
export const cellsOf = (ring: RowRing, fromPeaks: boolean): Float32Array => (fromPeaks ? ring.peaks : ring.values)

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
  const index = greatestIndex(ring, columnFirst, columnEnd, slotFirst, slotEnd, fromPeaks)
  return index < 0 ? missingValue : cellsOf(ring, fromPeaks)[index]!
}

/** Index of that value in `cellsOf`; −1: there is none. An index is returned without an allocation, a fraction need not be. */
export function greatestIndex(
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
  if (c0 >= c1 || s0 >= s1) return -1
  const cells = cellsOf(ring, fromPeaks)
  const rows = fromPeaks ? ring.capacity / slotsPerBlock : ring.capacity
  const from = fromPeaks ? Math.floor(s0 / slotsPerBlock) : s0
  const end = fromPeaks ? Math.floor((s1 - 1) / slotsPerBlock) + 1 : s1
  let found = -1
  for (let row = from; row < end; row++) {
    const at = (row % rows) * ring.stride
    for (let index = at + c0; index < at + c1; index++) {
      if (found < 0 || cells[index]! > cells[found]!) found = index
    }
  }
  return found
}
