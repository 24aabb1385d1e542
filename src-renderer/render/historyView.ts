import type { ViewExtent } from '../../src-preload/contract/schemas.ts'
import { HistoryPicture, type HistoryRange, type HistorySource } from './historyPicture.ts'

/** What a view asks of the history, in rows of level 0. */
export interface HistoryWish {
  rowStart: number
  rowEnd: number
  /** Lines of the picture: levels finer than these are not worth their bytes. */
  lines: number
  columns: number
  textureSize: number
  /** Largest number of slots that a ring of these columns may have. */
  slotsMost: number
  plane: 'mean' | 'maximum'
  /** Rows needed before the view to work out its values. */
  rowsBefore: number
}

/** Bytes of one picture from the history, peaks left out. */
const historyBytesMost = 24 * 1024 * 1024
const wideBytesMost = 48 * 1024 * 1024
/** How long a view must rest before another part is asked for, milliseconds: a wheel passes many. */
const restMs = 60
const extentEveryMs = 2000
/** Where nothing of the history is in view, so that it can be zoomed out to. */
const idleExtentEveryMs = 10_000
/** After a failure. */
const retryMs = 3000

/**
 * Which part of the history a view needs and which it has: the finest level whose rows of three screens fit into memory.
 * The old part stays in use until the new one can replace it.
 */
export class HistoryView {
  extent: ViewExtent | null = null
  /** In use; null while there is none. */
  current: HistoryPicture | null = null
  /** On its way. */
  private coming: HistoryPicture | null = null
  private readonly source: HistorySource
  private readonly changed: () => void
  private readonly released: (picture: HistoryPicture) => void
  private extentAtMs = -Infinity
  private isAskingExtent = false
  private wishedAtMs = -Infinity
  private wishKey = ''
  private failedAtMs = -Infinity
  private generation = 0

  constructor(source: HistorySource, changed: () => void, released: (picture: HistoryPicture) => void) {
    this.source = source
    this.changed = changed
    this.released = released
  }

  /** Another picture begins: nothing of the last one counts. */
  reset(): void {
    this.generation++
    this.extent = null
    this.extentAtMs = -Infinity
    this.failedAtMs = -Infinity
    this.isAskingExtent = false
    this.forget()
  }

  /** Other values are wanted of the same rows. */
  forget(): void {
    this.coming?.drop()
    this.coming = null
    if (this.current) this.replaceWith(null)
  }

  dispose(): void {
    this.reset()
  }

  get loading(): HistoryPicture | null {
    return this.coming
  }

  get bytes(): number {
    return (this.current?.ring.bytes ?? 0) + (this.coming?.ring.bytes ?? 0)
  }

  /** Oldest row of level 0 that any level still has; null where that is not known. */
  get oldestRow(): number | null {
    let oldest: number | null = null
    for (const { factor, firstRow, endRow } of this.extent?.levels ?? []) {
      if (endRow > firstRow && (oldest === null || firstRow * factor < oldest)) oldest = firstRow * factor
    }
    return oldest
  }

  /** Learns what there is, from time to time. */
  refreshExtent(nowMs: number, isInView = true): void {
    if (this.isAskingExtent || nowMs - this.extentAtMs < (isInView ? extentEveryMs : idleExtentEveryMs)) return
    this.isAskingExtent = true
    this.extentAtMs = nowMs
    const { generation } = this
    void this.source.extent().then((extent) => {
      if (generation !== this.generation) return
      this.isAskingExtent = false
      if (!extent) return
      this.extent = extent
      this.changed()
    })
  }

  /** Asks for what the wish needs and is not there. Returns after how many milliseconds it wants to be asked again, or null. */
  update(wish: HistoryWish, nowMs: number): number | null {
    this.takeComing(nowMs)
    const need = this.rangeFor(wish)
    if (!need || this.covers(this.current, need) || nowMs - this.failedAtMs < retryMs) return null
    if (this.coming) {
      if (this.covers(this.coming, need)) return null
      this.coming.drop()
      this.coming = null
    }
    const step = (wish.rowEnd - wish.rowStart) / 20
    const key = `${need.level} ${need.plane} ${Math.round(wish.rowStart / step)} ${Math.round(wish.rowEnd / step)}`
    if (key !== this.wishKey) {
      this.wishKey = key
      this.wishedAtMs = nowMs
    }
    const restedMs = nowMs - this.wishedAtMs
    if (restedMs < restMs && this.current) return restMs - restedMs
    this.ask(need, wish)
    return null
  }

  private ask(need: Need, wish: HistoryWish): void {
    const { level, factor, plane, firstMargin: first, endMargin: end } = need
    const range: HistoryRange = { level, factor, plane, first, end }
    this.coming = new HistoryPicture(
      this.source,
      range,
      { first: need.first, end: need.end },
      { columns: wish.columns, textureSize: wish.textureSize },
      this.changed
    )
  }

  private takeComing(nowMs: number): void {
    const { coming } = this
    if (!coming) return
    if (coming.hasView && this.current !== coming) this.replaceWith(coming)
    if (!coming.isComplete) return
    if (coming.hasFailed) this.failedAtMs = nowMs
    this.coming = null
  }

  private replaceWith(next: HistoryPicture | null): void {
    const before = this.current
    this.current = next
    if (before && before !== next) {
      before.drop()
      this.released(before)
    }
  }

  private covers(picture: HistoryPicture | null, need: Need): boolean {
    if (!picture) return false
    const { range } = picture
    if (picture.isComplete && picture.hasFailed) return false
    return (
      range.level === need.level && range.plane === need.plane && range.first <= need.first && range.end >= need.end
    )
  }

  private rangeFor(wish: HistoryWish): Need | null {
    const levels = this.extent?.levels.filter(({ firstRow, endRow }) => endRow > firstRow) ?? []
    const oldest = this.oldestRow
    if (levels.length === 0 || oldest === null) return null
    const rowsMost = rowsThatFit(wish)
    const span = wish.rowEnd - wish.rowStart
    const wanted = Math.max(wish.rowStart, oldest)
    let chosen = levels.at(-1)!
    for (const level of levels) {
      const isAffordable = (1.5 * span + wish.rowsBefore) / level.factor <= rowsMost
      // Finer than two rows a line shows nothing more.
      const isUseful = span / level.factor <= wish.lines * 8 || level.factor >= chosen.factor
      const isKept = level.firstRow * level.factor <= wanted + level.factor
      if (isAffordable && isUseful && isKept) {
        chosen = level
        break
      }
    }
    const { level, factor } = chosen
    const clampRow = (row: number): number => Math.min(Math.max(Math.floor(row), chosen.firstRow), chosen.endRow)
    const first = clampRow(wish.rowStart / factor)
    const end = clampRow(wish.rowEnd / factor + 1)
    if (end <= first) return null
    const before = clampRow((wish.rowStart - wish.rowsBefore) / factor)
    const spare = Math.max(0, Math.floor((rowsMost - (end - before)) / 2))
    const margin = Math.min(Math.ceil(span / factor), spare)
    return {
      level,
      factor,
      plane: wish.plane,
      first,
      end,
      firstMargin: clampRow(before - margin),
      endMargin: clampRow(end + margin)
    }
  }
}

/** Wide pictures get more, so that they have as many lines as a screen needs at least at a coarse level. */
function rowsThatFit({ columns, lines, slotsMost }: HistoryWish): number {
  const bytes = Math.min(wideBytesMost, Math.max(historyBytesMost, lines * columns * 4))
  return Math.max(16, Math.min(Math.floor(bytes / (columns * 4)), slotsMost - 24))
}

interface Need {
  level: number
  factor: number
  plane: 'mean' | 'maximum'
  first: number
  end: number
  firstMargin: number
  endMargin: number
}
