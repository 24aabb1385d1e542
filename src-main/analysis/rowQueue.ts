/** Rows whose samples are there, in order, not yet handed to the workers. */
export interface RowQueue {
  readonly length: number
  /** Of the oldest row; null where none waits. */
  readonly readySinceMs: number | null
  add(firstRow: number, endRow: number, positionOffset: number, readyMs: number): void
  /** Takes rows from the front that follow each other and share an offset; null where none waits. */
  take(rowsMax: number): ReadyRows | null
  /** Oldest row that waits, with its offset. */
  first(): ReadyRows | null
  /** Removes all but the newest row. Returns what was removed, as ranges. */
  keepNewest(): { first: number; count: number }[]
}

export interface ReadyRows {
  firstRow: number
  endRow: number
  positionOffset: number
  readyMs: number
}

export function createRowQueue(): RowQueue {
  const entries: ReadyRows[] = []
  let length = 0
  return {
    get length() {
      return length
    },
    get readySinceMs() {
      return entries[0]?.readyMs ?? null
    },
    add(firstRow, endRow, positionOffset, readyMs) {
      entries.push({ firstRow, endRow, positionOffset, readyMs })
      length += endRow - firstRow
    },
    take(rowsMax) {
      const head = entries[0]
      if (!head) return null
      const taken = { ...head, endRow: Math.min(head.endRow, head.firstRow + rowsMax) }
      for (;;) {
        const entry = entries[0]
        if (!entry || entry.firstRow > taken.endRow || entry.positionOffset !== taken.positionOffset) break
        taken.endRow = Math.min(entry.endRow, taken.firstRow + rowsMax)
        entry.firstRow = taken.endRow
        if (entry.firstRow < entry.endRow) break
        entries.shift()
      }
      length -= taken.endRow - taken.firstRow
      return taken
    },
    first: () => entries[0] ?? null,
    keepNewest() {
      const removed: { first: number; count: number }[] = []
      const newest = entries.at(-1)
      for (const entry of entries) {
        const endRow = entry === newest ? entry.endRow - 1 : entry.endRow
        if (endRow > entry.firstRow) removed.push({ first: entry.firstRow, count: endRow - entry.firstRow })
        length -= endRow - entry.firstRow
        entry.firstRow = endRow
      }
      if (newest) entries.splice(0, entries.length, newest)
      return removed
    }
  }
}
