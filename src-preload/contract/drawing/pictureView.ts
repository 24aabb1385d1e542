import type { PictureAxes } from './pictureAxes.ts'

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
  /** Colours are even in power, not in dB. */
  isLinear?: boolean
}

/** Which of the 256 colours a value has; `lowDb` < `highDb`. Beyond both it is the first or the last. */
export function colourIndex(value: number, lowDb: number, highDb: number, isLinear: boolean): number {
  const share = isLinear ? linearShare(value, lowDb, highDb) : (value - lowDb) / (highDb - lowDb)
  const index = Math.floor(share * 255 + 0.5)
  return index < 0 ? 0 : index > 255 ? 255 : index
}

/** Part of the way from the power of `lowDb` to that of `highDb`; powers relative to the higher one, so none overflows. */
export function linearShare(value: number, lowDb: number, highDb: number): number {
  return linearShareAbove(value, highDb, lowPower(lowDb, highDb))
}

/** Power of `lowDb` relative to that of `highDb`: what `linearShareAbove` wants, once for many values. */
export const lowPower = (lowDb: number, highDb: number): number => Math.exp((lowDb - highDb) * perDecibel)

export const linearShareAbove = (value: number, highDb: number, low: number): number =>
  (Math.exp(Math.min(value - highDb, 100) * perDecibel) - low) / (1 - low)

/** Inverse of `linearShare`. */
export function levelFromLinearShare(share: number, lowDb: number, highDb: number): number {
  const low = lowPower(lowDb, highDb)
  return highDb + Math.log(low + share * (1 - low)) / perDecibel
}

const perDecibel = Math.LN10 / 10

/** Colours that are not values, 0xRRGGBB. Invalid cells are a check of two greys, which no colour map contains. */
export interface PictureColours {
  nothing: number
  invalidDark: number
  invalidLight: number
}

/** Edge of the squares that mark invalid cells, device pixels. */
export const invalidCheckPixels = 3

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

export const pixelFromColumn = (view: PictureView, column: number): number =>
  (column - view.columnAtLeft) / view.columnsPerPixel

export const pixelFromSlot = (view: PictureView, slot: number): number => (slot - view.slotAtTop) / view.slotsPerPixel

/** Device pixels from the left of the picture; the centre of channel k's column is at its distance. */
export const pixelFromDistance = (view: PictureView, axes: PictureAxes, metres: number): number =>
  pixelFromColumn(view, axes.columnFromDistance(metres))

export const pixelFromChannel = (view: PictureView, axes: PictureAxes, channel: number): number =>
  pixelFromColumn(view, axes.columnFromChannel(channel))

/** Device pixels from the top of the picture. */
export const pixelFromTime = (view: PictureView, axes: PictureAxes, ms: number): number =>
  pixelFromSlot(view, axes.slotFromTime(ms))

export const columnFromPixel = (view: PictureView, x: number): number => view.columnAtLeft + x * view.columnsPerPixel

export const slotFromPixel = (view: PictureView, y: number): number => view.slotAtTop + y * view.slotsPerPixel
