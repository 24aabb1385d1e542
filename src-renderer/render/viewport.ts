import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'

/** Fewest columns and slots that can be zoomed into. */
export const fewestCells = 4

/** What may be looked at: all columns, and the slots from the oldest kept to the newest edge. */
export interface ViewportBounds {
  columns: number
  slotFirst: number
  slotEnd: number
  /** Largest number of slots that fit into the view at once. */
  slotsMost: number
  /** A newest edge that moves, which a view can follow. */
  isLive: boolean
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

/**
 * The part of the picture in view, in cell coordinates: columns [columnStart, columnEnd), slots [slotStart, slotEnd).
 * `isFollowing`: the newest edge moves with the data. Changed in place; knows no pixels but those it is handed.
 */
export class Viewport {
  columnStart = 0
  columnEnd = 1
  slotStart = 0
  slotEnd = 1
  isFollowing = false
  isNewestAtTop = false

  get slotSpan(): number {
    return this.slotEnd - this.slotStart
  }

  get columnSpan(): number {
    return this.columnEnd - this.columnStart
  }

  /** Everything: a historic range from end to end. */
  showAll(bounds: ViewportBounds): void {
    this.isFollowing = false
    this.columnStart = 0
    this.columnEnd = bounds.columns
    this.slotStart = bounds.slotFirst
    this.slotEnd = Math.max(bounds.slotEnd, bounds.slotFirst + 1)
  }

  /** All columns and the newest `slots`, moving along. */
  showLive(bounds: ViewportBounds, slots: number): void {
    this.columnStart = 0
    this.columnEnd = bounds.columns
    this.follow(bounds, slots)
  }

  /** Goes to the newest edge and stays there; columns and span are kept. */
  follow(bounds: ViewportBounds, slots = this.slotSpan): void {
    this.isFollowing = true
    const span = clamp(slots, fewestCells, bounds.slotsMost)
    this.slotEnd = bounds.slotEnd
    this.slotStart = bounds.slotEnd - span
  }

  /**
   * Moves a following view to the newest edge, by whole pixels: then a cell keeps its pixel while it scrolls, and nothing
   * needs drawing in between.
   */
  moveToEdge(edge: number, heightPixels: number): void {
    const span = this.slotSpan
    const step = span / Math.max(1, heightPixels)
    this.slotEnd = Math.ceil(edge / step - 1e-6) * step
    this.slotStart = this.slotEnd - span
  }

  /** Zooms by `factor` (< 1: closer) so that the given fractions of width and height keep what is under them. */
  zoom(bounds: ViewportBounds, factors: { columns: number; slots: number }, at: { x: number; y: number }): void {
    if (factors.columns !== 1) {
      const column = this.columnStart + at.x * this.columnSpan
      const least = Math.min(fewestCells, bounds.columns)
      const span = clamp(this.columnSpan * factors.columns, least, bounds.columns)
      this.columnStart = clamp(column - at.x * span, 0, bounds.columns - span)
      this.columnEnd = this.columnStart + span
    }
    if (factors.slots !== 1) {
      const fraction = this.slotFraction(at.y)
      const slot = this.slotStart + fraction * this.slotSpan
      const span = clamp(this.slotSpan * factors.slots, fewestCells, bounds.slotsMost)
      this.slotStart = slot - fraction * span
      this.slotEnd = this.slotStart + span
      this.detach(bounds, true)
    }
  }

  /** Zooms time about the newest edge, which a following view keeps. */
  zoomTimeAtEdge(bounds: ViewportBounds, factor: number): void {
    const span = clamp(this.slotSpan * factor, fewestCells, bounds.slotsMost)
    if (this.isFollowing) {
      this.slotStart = this.slotEnd - span
      return
    }
    const middle = (this.slotStart + this.slotEnd) / 2
    this.slotStart = middle - span / 2
    this.slotEnd = this.slotStart + span
    this.keepInside(bounds)
  }

  /** Moves by fractions of the view; positive: what is shown moves right and down. */
  pan(bounds: ViewportBounds, right: number, down: number): void {
    const columns = clamp(this.columnStart - right * this.columnSpan, 0, bounds.columns - this.columnSpan)
    this.columnEnd = columns + this.columnSpan
    this.columnStart = columns
    if (down === 0) return
    const slots = (this.isNewestAtTop ? down : -down) * this.slotSpan
    this.slotStart += slots
    this.slotEnd += slots
    this.detach(bounds, slots > 0)
  }

  /** Keeps a standing view inside what is held; old slots that fell out of the ring push it along. */
  keepInside(bounds: ViewportBounds): void {
    if (this.isFollowing) return
    const span = this.slotSpan
    const latest = Math.max(bounds.slotEnd - span, bounds.slotFirst)
    this.slotStart = clamp(this.slotStart, Math.min(bounds.slotFirst, latest), latest)
    this.slotEnd = this.slotStart + span
  }

  /** Fills in where everything goes in a picture of the view's size. */
  fill(view: PictureView): void {
    view.columnAtLeft = this.columnStart
    view.columnsPerPixel = this.columnSpan / view.width
    const perPixel = this.slotSpan / view.height
    view.slotAtTop = this.isNewestAtTop ? this.slotEnd : this.slotStart
    view.slotsPerPixel = this.isNewestAtTop ? -perPixel : perPixel
  }

  private slotFraction(y: number): number {
    return this.isNewestAtTop ? 1 - y : y
  }

  /** `mayFollow`: pushed against the newest edge of a live picture, it follows rather than stand still there. */
  private detach(bounds: ViewportBounds, mayFollow: boolean): void {
    const overshoot = this.slotEnd - bounds.slotEnd
    this.isFollowing = false
    this.keepInside(bounds)
    // A view that is longer than what has arrived reaches over the edge even while it is pulled back.
    if (bounds.isLive && mayFollow && overshoot >= 0) this.isFollowing = true
  }
}

/**
 * Slots to show of a live picture: near `targetMs`, and a whole number of pixels a slot or slots a pixel, so that rows look
 * alike.
 */
export function liveSlotSpan(heightPixels: number, slotMs: number, targetMs: number): number {
  const wanted = targetMs / slotMs / Math.max(1, heightPixels)
  const perPixel = wanted >= 1 ? Math.round(wanted) : 1 / Math.round(1 / wanted)
  return Math.max(fewestCells, perPixel * heightPixels)
}
