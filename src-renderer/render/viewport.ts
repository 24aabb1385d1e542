import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'

/** Fewest columns and rows that can be zoomed into. */
export const fewestCells = 4

/** What may be looked at: all columns, and the rows from the oldest kept to the newest edge. */
export interface ViewportBounds {
  columns: number
  rowFirst: number
  rowEnd: number
  /** Largest number of rows that fit into the view at once. */
  rowsMost: number
  /** A newest edge that moves, which a view can follow. */
  isLive: boolean
}

/** Cells [start, end), which may be fractional. */
export interface CellRange {
  start: number
  end: number
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

/**
 * The part of the picture in view, in cell coordinates: columns [columnStart, columnEnd), rows [rowStart, rowEnd).
 * `isFollowing`: the newest edge moves with the data. Changed in place; knows no pixels but those it is handed.
 */
export class Viewport {
  columnStart = 0
  columnEnd = 1
  rowStart = 0
  rowEnd = 1
  isFollowing = false
  isNewestAtTop = false

  get rowSpan(): number {
    return this.rowEnd - this.rowStart
  }

  get columnSpan(): number {
    return this.columnEnd - this.columnStart
  }

  /** Everything: a historic range from end to end. */
  showAll(bounds: ViewportBounds): void {
    this.isFollowing = false
    this.columnStart = 0
    this.columnEnd = bounds.columns
    this.rowStart = bounds.rowFirst
    this.rowEnd = Math.max(bounds.rowEnd, bounds.rowFirst + 1)
  }

  /** All columns and the newest `rows`, moving along. */
  showLive(bounds: ViewportBounds, rows: number): void {
    this.columnStart = 0
    this.columnEnd = bounds.columns
    this.follow(bounds, rows)
  }

  /** Goes to the newest edge and stays there; columns and span are kept. */
  follow(bounds: ViewportBounds, rows = this.rowSpan): void {
    this.isFollowing = true
    const span = clamp(rows, fewestCells, bounds.rowsMost)
    this.rowEnd = bounds.rowEnd
    this.rowStart = bounds.rowEnd - span
  }

  /**
   * Moves a following view to the newest edge, by whole pixels: then a cell keeps its pixel while it scrolls, and nothing
   * needs drawing in between.
   */
  moveToEdge(edge: number, heightPixels: number): void {
    const span = this.rowSpan
    const step = span / Math.max(1, heightPixels)
    this.rowEnd = Math.ceil(edge / step - 1e-6) * step
    this.rowStart = this.rowEnd - span
  }

  /** Zooms by `factor` (< 1: closer) so that the given fractions of width and height keep what is under them. */
  zoom(bounds: ViewportBounds, factors: { columns: number; rows: number }, at: { x: number; y: number }): void {
    if (factors.columns !== 1) {
      const column = this.columnStart + at.x * this.columnSpan
      const least = Math.min(fewestCells, bounds.columns)
      const span = clamp(this.columnSpan * factors.columns, least, bounds.columns)
      this.columnStart = clamp(column - at.x * span, 0, bounds.columns - span)
      this.columnEnd = this.columnStart + span
    }
    if (factors.rows !== 1) {
      const fraction = this.rowFraction(at.y)
      const row = this.rowStart + fraction * this.rowSpan
      const span = clamp(this.rowSpan * factors.rows, fewestCells, bounds.rowsMost)
      this.rowStart = row - fraction * span
      this.rowEnd = this.rowStart + span
      this.detach(bounds, true)
    }
  }

  /** Zooms time about the newest edge, which a following view keeps. */
  zoomTimeAtEdge(bounds: ViewportBounds, factor: number): void {
    const span = clamp(this.rowSpan * factor, fewestCells, bounds.rowsMost)
    if (this.isFollowing) {
      this.rowStart = this.rowEnd - span
      return
    }
    const middle = (this.rowStart + this.rowEnd) / 2
    this.rowStart = middle - span / 2
    this.rowEnd = this.rowStart + span
    this.keepInside(bounds)
  }

  /** Moves by fractions of the view; positive: what is shown moves right and down. */
  pan(bounds: ViewportBounds, right: number, down: number): void {
    const columns = clamp(this.columnStart - right * this.columnSpan, 0, bounds.columns - this.columnSpan)
    this.columnEnd = columns + this.columnSpan
    this.columnStart = columns
    if (down === 0) return
    const rows = (this.isNewestAtTop ? down : -down) * this.rowSpan
    this.rowStart += rows
    this.rowEnd += rows
    this.detach(bounds, rows > 0)
  }

  /** Shows these rows and columns, as far as they are there; null: as they are. */
  show(bounds: ViewportBounds, rows: CellRange | null, columns: CellRange | null): void {
    if (columns) {
      const span = clamp(columns.end - columns.start, Math.min(fewestCells, bounds.columns), bounds.columns)
      const middle = (columns.start + columns.end) / 2
      this.columnStart = clamp(middle - span / 2, 0, bounds.columns - span)
      this.columnEnd = this.columnStart + span
    }
    if (rows) {
      const span = clamp(rows.end - rows.start, fewestCells, bounds.rowsMost)
      const middle = (rows.start + rows.end) / 2
      this.rowStart = middle - span / 2
      this.rowEnd = this.rowStart + span
      this.isFollowing = false
      this.keepInside(bounds)
    }
  }

  /** Keeps a standing view inside what is held; old rows that are kept no more push it along. */
  keepInside(bounds: ViewportBounds): void {
    if (this.isFollowing) return
    const span = this.rowSpan
    const latest = Math.max(bounds.rowEnd - span, bounds.rowFirst)
    this.rowStart = clamp(this.rowStart, Math.min(bounds.rowFirst, latest), latest)
    this.rowEnd = this.rowStart + span
  }

  /** Fills in where everything goes in a picture of the view's size. */
  fill(view: PictureView): void {
    view.columnAtLeft = this.columnStart
    view.columnsPerPixel = this.columnSpan / view.width
    const perPixel = this.rowSpan / view.height
    view.slotAtTop = this.isNewestAtTop ? this.rowEnd : this.rowStart
    view.slotsPerPixel = this.isNewestAtTop ? -perPixel : perPixel
  }

  private rowFraction(y: number): number {
    return this.isNewestAtTop ? 1 - y : y
  }

  /** `mayFollow`: pushed against the newest edge of a live picture, it follows rather than stand still there. */
  private detach(bounds: ViewportBounds, mayFollow: boolean): void {
    const overshoot = this.rowEnd - bounds.rowEnd
    this.isFollowing = false
    this.keepInside(bounds)
    // A view that is longer than what has arrived reaches over the edge even while it is pulled back.
    if (bounds.isLive && mayFollow && overshoot >= 0) this.isFollowing = true
  }
}

/**
 * Rows to show of a live picture: near `targetMs`, and a whole number of pixels a row or rows a pixel, so that rows look
 * alike.
 */
export function liveRowSpan(heightPixels: number, rowMs: number, targetMs: number): number {
  const wanted = targetMs / rowMs / Math.max(1, heightPixels)
  const perPixel = wanted >= 1 ? Math.round(wanted) : 1 / Math.round(1 / wanted)
  return Math.max(fewestCells, perPixel * heightPixels)
}
