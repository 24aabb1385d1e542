/** Rows whose samples are there, in order, not yet handed to the workers, with marks between them. */
export interface RowQueue {
  /** Rows. */
  readonly length: number
  /** No row waits, and no mark. */
  readonly isEmpty: boolean
  /** Of the oldest row; null where none waits. */
  readonly readySinceMs: number | null
  add(firstRow: number, endRow: number, positionOffset: number, readyMs: number): void
  /** Something that has its place between the rows before and those after it. */
  addMark(mark: () => void): void
  /** Takes the mark at the front; null where rows come first. */
  takeMark(): (() => void) | null
  /** Takes rows from the front that follow each other and share an offset; null where none waits. */
  take(rowsMax: number): ReadyRows | null
  /** Oldest row that waits, with its offset. */
  first(): ReadyRows | null
}

export interface ReadyRows {
  firstRow: number
  endRow: number
  positionOffset: number
  readyMs: number
}

export function createRowQueue(): RowQueue {
  const entries: (ReadyRows & { mark: (() => void) | null })[] = []
  const firstRows = (): ReadyRows | null => entries.find((entry) => entry.mark === null) ?? null
  let length = 0
  return {
    get length() {
      return length
    },
    get readySinceMs() {
      return firstRows()?.readyMs ?? null
    },
    get isEmpty() {
      return entries.length === 0
    },
    add(firstRow, endRow, positionOffset, readyMs) {
      entries.push({ firstRow, endRow, positionOffset, readyMs, mark: null })
      length += endRow - firstRow
    },
    addMark: (mark) => void entries.push({ firstRow: 0, endRow: 0, positionOffset: 0, readyMs: 0, mark }),
    takeMark: () => (entries[0]?.mark ? entries.shift()!.mark : null),
    take(rowsMax) {
      const head = entries[0]
      if (!head || head.mark) return null
      const taken = { ...head, endRow: Math.min(head.endRow, head.firstRow + rowsMax) }
      for (;;) {
        const entry = entries[0]
        if (!entry || entry.mark || entry.firstRow > taken.endRow || entry.positionOffset !== taken.positionOffset)
          break
        taken.endRow = Math.min(entry.endRow, taken.firstRow + rowsMax)
        entry.firstRow = taken.endRow
        if (entry.firstRow < entry.endRow) break
        entries.shift()
      }
      length -= taken.endRow - taken.firstRow
      return taken
    },
    first: firstRows
  }
}
