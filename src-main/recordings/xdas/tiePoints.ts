import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { RecordingInfo, TimeSegment } from '../recording.ts'
import { durationNs, rateFromInterval, snapped, type TimeAxis } from '../timeAxis.ts'

/** A coordinate that is known at some indices and runs straight between them (CF conventions 1.13, section 8.3). */
export interface TiePoints {
  indices: number[]
  times: Nanoseconds[]
}

/** Of an interval: less is rounding, more is a step in time. */
const stepFrom = 0.5

/** Why tie points cannot be a coordinate of `rows` rows, or null. Those of a sampled one (`isSampled`) are starts of runs alone. */
export function whyNotTies(indices: number[], values: number, rows: number, isSampled: boolean): string | null {
  if (indices.length === 0 || indices.length !== values) return `has ${indices.length} indices for ${values} values`
  if (!indices.every((index, i) => Number.isSafeInteger(index) && index > (indices[i - 1] ?? -1)))
    return 'has indices that do not rise'
  const last = indices.at(-1)!
  if (indices[0] !== 0 || last > rows - 1 || (!isSampled && last !== rows - 1))
    return `covers rows ${indices[0]} to ${last} of ${rows}`
  return null
}

/** Nanoseconds a row over all stretches between tie points that are not next to each other; null where there is none. */
function meanInterval({ indices, times }: TiePoints): number | null {
  let rows = 0
  let span = 0n
  for (let i = 1; i < indices.length; i++) {
    const count = indices[i]! - indices[i - 1]!
    const duration = times[i]! - times[i - 1]!
    if (count < 2 || duration <= 0n) continue
    rows += count
    span += duration
  }
  if (rows > 0) return Number(span) / rows
  const step = indices.length > 1 ? times[1]! - times[0]! : 0n
  return step > 0n ? Number(step) / (indices[1]! - indices[0]!) : null
}

/**
 * The time axis of tie points. Two neighbouring rows that are both tied are where time may jump: forth, which is a gap, or
 * back, which is an overlap and a warning. `saidNs` is the interval that the file says beside them, or null; a sampled
 * coordinate has no other.
 */
export function tiePointAxis(ties: TiePoints, rows: number, saidNs: number | null, isSampled: boolean): TimeAxis {
  const { indices, times } = ties
  const mean = isSampled ? null : meanInterval(ties)
  const isSaid = saidNs !== null && mean !== null && Math.abs(saidNs - mean) <= mean * 1e-3
  const intervalNs = isSaid ? saidNs : mean === null ? saidNs : snapped(mean)
  const warnings: string[] = []
  const gaps: RecordingInfo['gaps'] = []
  const segments: TimeSegment[] = [{ firstIndex: 0, startTimeNs: times[0]! }]
  let overlaps = 0
  for (let i = 1; intervalNs !== null && i < indices.length; i++) {
    const run = segments.at(-1)!
    const expected = run.startTimeNs + durationNs(indices[i]! - run.firstIndex, intervalNs)
    const late = Number(times[i]! - expected)
    if (Math.abs(late) <= intervalNs * stepFrom) continue
    const firstIndex = indices[i]!
    segments.push({ firstIndex, startTimeNs: times[i]! })
    const previousEnd = times[i - 1]! + durationNs(indices[i]! - indices[i - 1]!, intervalNs)
    if (late < 0) overlaps += 1
    else if (times[i]! > previousEnd) gaps.push({ startTimeNs: previousEnd, endTimeNs: times[i]! })
  }
  if (gaps.length > 0) warnings.push(`The times have ${gaps.length} gaps.`)
  if (overlaps > 0) warnings.push(`The times step back ${overlaps} times: parts of the recording overlap.`)
  const last = segments.at(-1)!
  return {
    startTimeNs: times[0]!,
    endTimeNs: intervalNs === null ? null : last.startTimeNs + durationNs(rows - last.firstIndex, intervalNs),
    sampleIntervalNs: intervalNs,
    sampleRateHz: rateFromInterval(intervalNs),
    gaps,
    segments: segments.length > 1 ? segments : null,
    warnings
  }
}

/** Values at and between tie points, for coordinates that are no times; `step` is that of a sampled one. */
export function interpolated(indices: number[], values: number[], count: number, step: number | null): number[] {
  let at = 0
  return Array.from({ length: count }, (_, i) => {
    while (at + 1 < indices.length && i >= indices[at + 1]!) at += 1
    const from = indices[at]!
    const slope = step ?? (values[at + 1]! - values[at]!) / (indices[at + 1]! - from)
    return i === from ? values[at]! : values[at]! + slope * (i - from)
  })
}
