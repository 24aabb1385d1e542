import { createRowStore, type RowStore } from './rowStore.ts'

/** A gap as a job tells it. */
export interface RowGap {
  firstRow: number
  rowCount: number
  missingMs: number
  reason: string
}

interface LoggedGap extends RowGap {
  /** Rows logged before it. */
  position: number
}

/**
 * The newest rows of a layer in the order in which they came, with the gaps between them: every subscription reads it with a
 * cursor of its own. Positions count rows ever logged; `gapEnd` counts gaps.
 */
export interface RowLog {
  readonly valuesPerRow: number
  readonly rows: RowStore
  /** Rows [start, end) are held. */
  readonly start: number
  readonly end: number
  readonly gapStart: number
  readonly gapEnd: number
  addRows(firstRow: number, rowCount: number, dataEndMs: number, values: Float32Array, offset: number): void
  addGap(gap: RowGap): void
  gapAt(number: number): LoggedGap
  /** Rows from `position` on that lie together in memory, have consecutive indices and come before the next gap: how many. */
  runLength(position: number, rowsMax: number, nextGap: number): number
  /** Number of the first held gap that has not ended before this row. */
  gapFrom(row: number): number
  /** Row indices of [fromRow, endRow) that no held gap covers, as ranges. */
  uncovered(fromRow: number, endRow: number): { first: number; count: number }[]
}

/** Bound of the gaps that are kept; the oldest go first. */
const gapsMax = 4096

export function createRowLog(valuesPerRow: number, capacityRows: number): RowLog {
  const rows = createRowStore(valuesPerRow, capacityRows)
  const gaps: LoggedGap[] = []
  let droppedGaps = 0

  return {
    valuesPerRow,
    rows,
    get start() {
      return rows.start
    },
    get end() {
      return rows.end
    },
    get gapStart() {
      return droppedGaps
    },
    get gapEnd() {
      return droppedGaps + gaps.length
    },
    addRows(firstRow, rowCount, dataEndMs, values, offset) {
      rows.add(firstRow, rowCount, dataEndMs, values, offset)
      // A gap before the oldest row that is held says nothing any more.
      while (gaps.length > 0 && gaps[0]!.position < rows.start) {
        gaps.shift()
        droppedGaps++
      }
    },
    addGap(gap) {
      gaps.push({ ...gap, position: rows.end })
      if (gaps.length > gapsMax) {
        gaps.shift()
        droppedGaps++
      }
    },
    gapAt: (number) => gaps[number - droppedGaps]!,
    runLength(position, rowsMax, nextGap) {
      const gapPosition = nextGap < droppedGaps + gaps.length ? gaps[nextGap - droppedGaps]!.position : rows.end
      return rows.runLength(position, Math.min(rowsMax, Math.max(1, gapPosition - position)))
    },
    gapFrom(row) {
      const found = gaps.findIndex((gap) => gap.firstRow + gap.rowCount > row)
      return droppedGaps + (found === -1 ? gaps.length : found)
    },
    uncovered(fromRow, endRow) {
      let open = [{ first: fromRow, count: endRow - fromRow }]
      for (const gap of gaps) {
        const gapEnd = gap.firstRow + gap.rowCount
        open = open.flatMap(({ first, count }) => [
          { first, count: Math.min(count, gap.firstRow - first) },
          { first: Math.max(first, gapEnd), count: Math.min(count, first + count - gapEnd) }
        ])
        open = open.filter(({ count }) => count > 0)
      }
      return open
    }
  }
}
