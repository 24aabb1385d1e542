import { nanosecondsFromMilliseconds, type Nanoseconds } from '../../src-preload/contract/units.ts'

/** Puts rows on one time grid: row k is centred at originNs + k · intervalNs, whatever the server's counter does. */
export interface RowTimes {
  /** Null before the first row. */
  originNs(): Nanoseconds | null
  /** Row on the grid; null where neither index nor time say. */
  place(index: number | null, timestampMs: number | null): number | null
  timeOf(row: number): Nanoseconds
  /** The server may have begun to count anew. */
  reconnected(): void
}

/** How far counter and timestamps may come apart while connected before the timestamps win. */
const driftMaxNs = 1e9
const driftMinRows = 5

export function createRowTimes(intervalNs: number): RowTimes {
  let originNs: Nanoseconds | null = null
  let offset = 0
  let next: number | null = null
  let mustCheck = false

  const timeOf = (row: number): Nanoseconds => (originNs ?? 0n) + BigInt(Math.round(row * intervalNs))

  return {
    originNs: () => originNs,
    timeOf,
    reconnected() {
      mustCheck = true
    },
    place(index, timestampMs) {
      if (originNs === null) {
        if (timestampMs === null) return null
        originNs = nanosecondsFromMilliseconds(timestampMs) - BigInt(Math.round((index ?? 0) * intervalNs))
        next = (index ?? 0) + 1
        return index ?? 0
      }
      const byTime =
        timestampMs === null
          ? null
          : Math.round(Number(nanosecondsFromMilliseconds(timestampMs) - originNs) / intervalNs)
      let row = index === null ? (byTime ?? next ?? 0) : index + offset
      if (byTime !== null && index !== null) {
        const allowed = mustCheck ? 1.5 : Math.max(driftMinRows, driftMaxNs / intervalNs)
        if (Math.abs(byTime - row) > allowed) {
          offset = byTime - index
          row = byTime
        }
        mustCheck = false
      }
      next = row + 1
      return row
    }
  }
}
