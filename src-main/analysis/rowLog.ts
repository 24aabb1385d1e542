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
 * The newest rows of a job in the order in which they came, with the gaps between them: a ring of fixed size that every
 * subscription reads with a cursor of its own. Positions count rows ever logged; `gapEnd` counts gaps.
 */
export interface RowLog {
  readonly columnCount: number
  readonly capacityRows: number
  /** Rows [start, end) are held. */
  readonly start: number
  readonly end: number
  readonly gapStart: number
  readonly gapEnd: number
  addRow(rowIndex: number, dataEndMs: number, values: Float32Array, offset: number): void
  addGap(gap: RowGap): void
  gapAt(number: number): LoggedGap
  rowIndexAt(position: number): number
  dataEndMsAt(position: number): number
  /** Rows from `position` on that lie together in memory, have consecutive indices and come before the next gap: how many. */
  runLength(position: number, rowsMax: number, nextGap: number): number
  /** The rows' values; a view, valid until more rows come. */
  valuesAt(position: number, rowCount: number): Float32Array
  /** Row indices of [fromRow, endRow) that no held gap covers, as ranges. */
  uncovered(fromRow: number, endRow: number): { first: number; count: number }[]
}

/** Bound of the gaps that are kept; the oldest go first. */
const gapsMax = 4096

export function createRowLog(columnCount: number, capacityRows: number): RowLog {
  const values = new Float32Array(columnCount * capacityRows)
  const indices = new Float64Array(capacityRows)
  const dataEnds = new Float64Array(capacityRows)
  const gaps: LoggedGap[] = []
  let end = 0
  let droppedGaps = 0

  const slotOf = (position: number): number => position % capacityRows
  const start = (): number => Math.max(0, end - capacityRows)

  return {
    columnCount,
    capacityRows,
    get start() {
      return start()
    },
    get end() {
      return end
    },
    get gapStart() {
      return droppedGaps
    },
    get gapEnd() {
      return droppedGaps + gaps.length
    },
    addRow(rowIndex, dataEndMs, source, offset) {
      const slot = slotOf(end)
      values.set(source.subarray(offset, offset + columnCount), slot * columnCount)
      indices[slot] = rowIndex
      dataEnds[slot] = dataEndMs
      end++
      // A gap before the oldest row that is held says nothing any more.
      while (gaps.length > 0 && gaps[0]!.position < start()) {
        gaps.shift()
        droppedGaps++
      }
    },
    addGap(gap) {
      gaps.push({ ...gap, position: end })
      if (gaps.length > gapsMax) {
        gaps.shift()
        droppedGaps++
      }
    },
    gapAt: (number) => gaps[number - droppedGaps]!,
    rowIndexAt: (position) => indices[slotOf(position)]!,
    dataEndMsAt: (position) => dataEnds[slotOf(position)]!,
    runLength(position, rowsMax, nextGap) {
      const gapPosition = nextGap < droppedGaps + gaps.length ? gaps[nextGap - droppedGaps]!.position : end
      const most = Math.min(rowsMax, gapPosition - position, capacityRows - slotOf(position))
      const first = indices[slotOf(position)]!
      let length = 1
      while (length < most && indices[slotOf(position + length)] === first + length) length++
      return length
    },
    valuesAt: (position, rowCount) =>
      values.subarray(slotOf(position) * columnCount, (slotOf(position) + rowCount) * columnCount),
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
