import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { RecordingInfo } from '../../recordings/recording.ts'
import { createSampleClock, fractionOfInterval } from './sampleClock.ts'

/** A run of the file's rows without a hole: sample `firstSample + i` is row `firstRow + i`. */
export interface Run {
  firstSample: number
  firstRow: number
  count: number
}

/** Where a recording's rows lie on an even grid of samples. The file numbers its rows without holes, time has holes. */
export interface RecordingClock {
  runs: Run[]
  /** Samples from the first row to the end of the last one, holes included. */
  sampleCount: number
  intervalNs: { numerator: bigint; denominator: bigint }
}

/**
 * Places every row at the sample of the grid nearest to its time (holes are seldom a whole number of intervals long). Gaps
 * that lie outside the rows, or are shorter than half an interval, are left out.
 */
export function createRecordingClock(info: RecordingInfo, sampleIntervalNs: number): RecordingClock {
  const intervalNs = fractionOfInterval(sampleIntervalNs)
  const rows = info.shape.time
  const runs: Run[] = []
  let firstRow = 0
  let firstSample = 0
  const grid = createSampleClock(info.startTimeNs ?? 0n, intervalNs)
  const halfNs = BigInt(Math.round(sampleIntervalNs / 2))
  const gaps = info.startTimeNs === null ? [] : [...info.gaps].sort((a, b) => (a.startTimeNs < b.startTimeNs ? -1 : 1))
  for (const gap of gaps) {
    const before = grid.indexAt(gap.startTimeNs - halfNs) - firstSample
    const next = grid.indexAt(gap.endTimeNs - halfNs)
    if (before <= 0 || firstRow + before >= rows || next <= firstSample + before) continue
    runs.push({ firstSample, firstRow, count: before })
    firstRow += before
    firstSample = next
  }
  runs.push({ firstSample, firstRow, count: rows - firstRow })
  return { runs, sampleCount: firstSample + rows - firstRow, intervalNs }
}

/** The holes between the runs, as half-open ranges of samples. */
export function holesOf(clock: RecordingClock): { from: number; to: number }[] {
  return clock.runs.slice(1).map((run, i) => ({
    from: clock.runs[i]!.firstSample + clock.runs[i]!.count,
    to: run.firstSample
  }))
}

/** Why a recording can't be opened as a historic job, or null: a historic job is found by its time. */
export function whyNotHistoric(info: RecordingInfo): string | null {
  if (info.sampleIntervalNs === null || !(info.sampleIntervalNs > 0)) return 'it does not say its sample rate'
  if (info.startTimeNs === null) return 'it does not say when it was recorded'
  if (info.shape.time === 0 || info.shape.channel === 0) return 'it holds no samples'
  return null
}

/** Why a recording can't be played as if live, or null. */
export function whyNotLive(info: RecordingInfo): string | null {
  if (info.sampleIntervalNs === null || !(info.sampleIntervalNs > 0)) return 'it does not say its sample rate'
  if (info.shape.time === 0 || info.shape.channel === 0) return 'it holds no samples'
  return null
}

export function sourceTimeOf(
  info: RecordingInfo,
  clock: RecordingClock,
  loopLive: boolean
): { timeOf(index: number): Nanoseconds; indexAt(timeNs: Nanoseconds): number } {
  return createSampleClock(loopLive ? 0n : (info.startTimeNs ?? 0n), clock.intervalNs)
}
