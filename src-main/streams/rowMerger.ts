/** Rows of all columns, put together from the blocks of channels that a job's streams carry. */
export interface RowMerger {
  /** Copies one stream's part of a row, from column `firstColumn` on. */
  add(stream: number, row: number, firstColumn: number, values: Float32Array): void
  /** Hands over what is left, complete or not. */
  flush(): void
}

/** Rows of one stream that wait for those of another; then they go without them. */
const waitingMax = 128

interface Partial {
  values: Float32Array
  streams: Set<number>
}

/** A value that never came is NaN. Rows come out in order; those that are late for good are dropped. */
export function createRowMerger(
  streamCount: number,
  columnCount: number,
  deliver: (row: number, values: Float32Array) => void
): RowMerger {
  const waiting = new Map<number, Partial>()
  let nextRow = -Infinity

  const deliverUpTo = (row: number): void => {
    for (const index of [...waiting.keys()].sort((a, b) => a - b)) {
      if (index > row) break
      deliver(index, waiting.get(index)!.values)
      waiting.delete(index)
      nextRow = index + 1
    }
  }

  return {
    add(stream, row, firstColumn, values) {
      if (row < nextRow) return
      let partial = waiting.get(row)
      if (!partial) {
        partial = { values: new Float32Array(columnCount).fill(NaN), streams: new Set() }
        waiting.set(row, partial)
      }
      partial.values.set(values, firstColumn)
      partial.streams.add(stream)
      // What is older than a complete row will not be completed: streams send in order.
      if (partial.streams.size === streamCount) deliverUpTo(row)
      else if (waiting.size > waitingMax) deliverUpTo(Math.min(...waiting.keys()))
    },
    flush: () => deliverUpTo(Infinity)
  }
}
