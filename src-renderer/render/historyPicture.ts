import type { ReducedFrame } from '../../src-preload/contract/frames.ts'
import type { ViewExtent } from '../../src-preload/contract/schemas.ts'
import { RowRing } from './rowRing.ts'

/** Where kept rows are asked for; null where they cannot be had now. */
export interface HistorySource {
  extent(): Promise<ViewExtent | null>
  history(level: number, firstRow: number, rowCount: number): Promise<ReducedFrame[] | null>
}

/** A part of the history that is or shall be in memory. */
export interface HistoryRange {
  level: number
  /** Rows of level 0 that one of its rows stands for. */
  factor: number
  /** In the level's rows. */
  first: number
  end: number
  plane: 'mean' | 'maximum'
}

/** Values of one request, so that a view that moves on leaves little behind. */
const valuesPerRequest = 1 << 20

/**
 * Kept rows around a view, in a ring of their own: first what is in view, then what lies next to it. Dropped when the view
 * moves on before it is there.
 */
export class HistoryPicture {
  readonly range: HistoryRange
  readonly ring: RowRing
  /** All of the view is there. */
  hasView = false
  isComplete = false
  hasFailed = false
  private isDropped = false
  private readonly source: HistorySource
  private readonly changed: () => void

  /**
   * @param view the rows that are in view, in the level's rows
   * @param changed rows came, or will come no more
   */
  constructor(
    source: HistorySource,
    range: HistoryRange,
    view: { first: number; end: number },
    shape: { columns: number; textureSize: number },
    changed: () => void
  ) {
    this.source = source
    this.range = range
    this.changed = changed
    const { columns, textureSize } = shape
    this.ring = new RowRing({ columns, capacity: range.end - range.first + 16, rowsPerSlot: range.factor, textureSize })
    void this.load(Math.max(range.first, view.first), Math.min(range.end, view.end))
  }

  /** What still comes is thrown away. */
  drop(): void {
    this.isDropped = true
  }

  private async load(viewFirst: number, viewEnd: number): Promise<void> {
    const { range } = this
    const most = Math.max(8, Math.floor(valuesPerRequest / this.ring.columns))
    const hasAll =
      (await this.loadUpwards(viewFirst, viewEnd, most)) &&
      this.viewIsThere() &&
      (await this.loadUpwards(viewEnd, range.end, most)) &&
      (await this.loadDownwards(viewFirst, range.first, most))
    if (this.isDropped) return
    this.isComplete = true
    this.hasFailed = !hasAll
    this.changed()
  }

  private viewIsThere(): boolean {
    this.hasView = true
    this.changed()
    return true
  }

  private async loadUpwards(from: number, end: number, most: number): Promise<boolean> {
    for (let first = from; first < end; first += most) {
      if (!(await this.loadPart(first, Math.min(most, end - first)))) return false
    }
    return true
  }

  private async loadDownwards(from: number, end: number, most: number): Promise<boolean> {
    for (let last = from; last > end; last -= most) {
      const first = Math.max(end, last - most)
      if (!(await this.loadPart(first, last - first))) return false
    }
    return true
  }

  private async loadPart(first: number, count: number): Promise<boolean> {
    const frames = await this.source.history(this.range.level, first, count)
    if (!frames || this.isDropped) return false
    const { ring, range } = this
    for (const frame of frames) {
      if (frame.columnCount !== ring.columns || frame.level !== range.level) return false
      const values = range.plane === 'mean' ? frame.mean : frame.maximum
      for (let row = 0; row < frame.rowCount; row++) {
        ring.writeKeptSlot(frame.firstRow + row, values, row * frame.columnCount)
      }
    }
    if (this.hasView) this.changed()
    return true
  }
}
