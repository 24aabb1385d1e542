import type { Frame } from '../../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../../src-preload/contract/schemas.ts'

/** End of a row's data → received, above which it counts as late. */
export const lateRowMs = 1000
/** Latencies that are kept of one measurement; beyond it the oldest are overwritten. */
const latenciesKept = 100_000

export interface RowCounts {
  frames: number
  rows: number
  /** Rows that came more than a second after the end of their data. */
  lateRows: number
  /** Rows of a gap that was told. */
  gapRows: number
  /** Rows that the core left out for this client, as it says itself. */
  shedRows: number
  /** Rows that nobody accounted for: there must be none. */
  missingRows: number
  /** The longest time without a frame, ms. */
  longestSilenceMs: number
}

const noCounts = (): RowCounts => ({
  frames: 0,
  rows: 0,
  lateRows: 0,
  gapRows: 0,
  shedRows: 0,
  missingRows: 0,
  longestSilenceMs: 0
})

/** One view's rows, counted and timed as they come, without keeping them. */
export interface RowWatch {
  describe(description: ViewDescription): void
  take(frame: Frame, nowMs: number): void
  /** Counts since the last `restart`. */
  counts(nowMs: number): RowCounts
  /** End of data → received, ms, of the rows since the last `restart`; live rows only. */
  latencies(): Float64Array
  restart(nowMs: number): void
}

export function createRowWatch(): RowWatch {
  const latency = new Float64Array(latenciesKept)
  let timed = 0
  let counts = noCounts()
  let rowIntervalMs = 0
  let epoch = -1
  let nextRow: number | null = null
  let lastFrameMs: number | null = null

  return {
    describe(description) {
      rowIntervalMs = description.rowIntervalNs / 1e6
      if (description.epoch !== epoch) nextRow = null
      epoch = description.epoch
    },
    take(frame, nowMs) {
      if (frame.kind === 'gap') {
        counts.gapRows += frame.rowCount
        if (nextRow !== null) nextRow = Math.max(nextRow, frame.firstRow + frame.rowCount)
        return
      }
      if (frame.kind === 'reduced') return
      if (lastFrameMs !== null) counts.longestSilenceMs = Math.max(counts.longestSilenceMs, nowMs - lastFrameMs)
      lastFrameMs = nowMs
      counts.frames++
      counts.rows += frame.rowCount
      counts.shedRows += frame.shedRows
      if (nextRow !== null) counts.missingRows += Math.max(0, frame.firstRow - nextRow - frame.shedRows)
      nextRow = frame.firstRow + frame.rowCount
      // History has no latency: it was kept before this view came.
      if (frame.dataEndMs <= 0) return
      for (let row = 0; row < frame.rowCount; row++) {
        const ms = nowMs - frame.dataEndMs + (frame.rowCount - 1 - row) * rowIntervalMs
        if (ms > lateRowMs) counts.lateRows++
        latency[timed++ % latenciesKept] = ms
      }
    },
    counts: (nowMs) => ({
      ...counts,
      longestSilenceMs: Math.max(counts.longestSilenceMs, lastFrameMs === null ? 0 : nowMs - lastFrameMs)
    }),
    latencies: () => latency.slice(0, Math.min(timed, latenciesKept)),
    restart(nowMs) {
      counts = noCounts()
      timed = 0
      lastFrameMs = nowMs
    }
  }
}
