import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { RecordingInfo, TimeSegment } from './recording.ts'

export interface TimeAxis {
  startTimeNs: Nanoseconds | null
  endTimeNs: Nanoseconds | null
  sampleIntervalNs: number | null
  sampleRateHz: number | null
  gaps: RecordingInfo['gaps']
  segments: RecordingInfo['segments']
  warnings: string[]
}

/** What an axis says of a recording, and nothing else that its maker knows. */
export const timeFields = ({ startTimeNs, endTimeNs, sampleIntervalNs, sampleRateHz, gaps, segments }: TimeAxis) => ({
  startTimeNs,
  endTimeNs,
  sampleIntervalNs,
  sampleRateHz,
  gaps,
  segments
})

/** 1999.9999999998 is a rounding of 2000: files keep periods where rates are meant and the other way round. */
export function snapped(value: number): number {
  const whole = Math.round(value)
  return whole !== 0 && Math.abs(value - whole) <= Math.abs(whole) * 1e-9 ? whole : value
}

/** A year a row: no interval, but a damaged number. */
const longestIntervalNs = 3.2e16

export function intervalFromRate(rateHz: number | null): number | null {
  const intervalNs = rateHz ? 1e9 / rateHz : 0
  return intervalNs > 0 && intervalNs < longestIntervalNs ? snapped(intervalNs) : null
}

export const rateFromInterval = (intervalNs: number | null): number | null =>
  intervalNs ? snapped(1e9 / intervalNs) : null

/** `count` intervals as whole nanoseconds, exact where the interval is whole. */
export function durationNs(count: number, intervalNs: number): Nanoseconds {
  return Number.isInteger(intervalNs) ? BigInt(count) * BigInt(intervalNs) : BigInt(Math.round(count * intervalNs))
}

/** The axis of a recording that says its start and rate and no more. */
export function evenTimeAxis(startTimeNs: Nanoseconds | null, rateHz: number | null, rows: number): TimeAxis {
  const sampleIntervalNs = intervalFromRate(rateHz)
  const isKnown = startTimeNs !== null && sampleIntervalNs !== null
  return {
    startTimeNs,
    endTimeNs: isKnown ? startTimeNs + durationNs(rows, sampleIntervalNs) : null,
    sampleIntervalNs,
    sampleRateHz: sampleIntervalNs === null ? null : rateHz,
    gaps: [],
    segments: null,
    warnings: []
  }
}

const mostGaps = 10_000
/** A step longer than this many intervals is a hole. */
const holeFrom = 1.5
/** A rate that is off by more moves the end of the recording by more than clocks do. */
const rateTolerance = 1e-3

/**
 * Follows the stored time of every row, in blocks, and finds interval and holes. `nominalIntervalNs` is what the header
 * says, or null. `unitNs` is what the stored numbers count.
 */
export class TimeStampScan {
  readonly #unitNs: bigint
  readonly #nominalNs: number | null
  #first: bigint | null = null
  #last = 0n
  #rows = 0
  #backwards = 0
  #intervalNs: number | null
  #evenSteps = 0
  #evenSpan = 0n
  #lostGaps = 0
  readonly #gaps: RecordingInfo['gaps'] = []
  readonly #segments: TimeSegment[] = []

  constructor(unitNs: bigint, nominalIntervalNs: number | null) {
    this.#unitNs = unitNs
    this.#nominalNs = nominalIntervalNs
    this.#intervalNs = nominalIntervalNs
  }

  add(block: BigInt64Array): void {
    if (block.length === 0) return
    this.#settleInterval(block)
    const limit = this.#intervalNs === null ? null : (this.#intervalNs * holeFrom) / Number(this.#unitNs)
    for (const stamp of block) {
      if (this.#first === null) this.#first = stamp
      else this.#step(stamp, limit)
      this.#last = stamp
      this.#rows += 1
    }
  }

  /** Compares the header's interval with the first block; the times win where they disagree about it. */
  #settleInterval(block: BigInt64Array): void {
    if (this.#rows > 0 || block.length < 2) return
    const steps = Array.from({ length: Math.min(block.length, 10_000) - 1 }, (_, i) =>
      Number(block[i + 1]! - block[i]!)
    )
    const middle = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)]! * Number(this.#unitNs)
    if (middle <= 0) return
    const nominal = this.#nominalNs
    const tolerance = nominal === null ? 0 : Math.max(Number(this.#unitNs) * 2, nominal * 0.25)
    if (nominal === null || Math.abs(middle - nominal) > tolerance) this.#intervalNs = middle
  }

  #step(stamp: bigint, limit: number | null): void {
    const step = stamp - this.#last
    if (step <= 0n) {
      this.#backwards += 1
    } else if (limit !== null && Number(step) > limit) {
      if (this.#gaps.length >= mostGaps) this.#lostGaps += 1
      else {
        const endTimeNs = stamp * this.#unitNs
        this.#gaps.push({ startTimeNs: this.#last * this.#unitNs + BigInt(Math.round(this.#intervalNs!)), endTimeNs })
        this.#segments.push({ firstIndex: this.#rows, startTimeNs: endTimeNs })
      }
    } else {
      this.#evenSteps += 1
      this.#evenSpan += step
    }
  }

  /** `name` is what the warnings call the stored times. */
  axis(name: string): TimeAxis & { lastTimeNs: Nanoseconds | null } {
    const warnings: string[] = []
    const meanNs = this.#evenSteps > 0 ? (Number(this.#evenSpan) * Number(this.#unitNs)) / this.#evenSteps : null
    let intervalNs = this.#intervalNs
    if (meanNs !== null && meanNs > 0 && intervalNs !== null) {
      // Stored times are rounded to their unit: over n steps the mean is known to a unit in n.
      const roundingNs = (Number(this.#unitNs) * 2) / this.#evenSteps
      const isOff = Math.abs(meanNs - intervalNs) > Math.max(roundingNs, intervalNs * rateTolerance)
      if (isOff) intervalNs = snapped(meanNs)
    }
    if (this.#nominalNs !== null && intervalNs !== null && intervalNs !== this.#nominalNs)
      warnings.push(
        `The header says ${rateFromInterval(this.#nominalNs)} Hz, ${name} ${rateFromInterval(intervalNs)} Hz: the times were taken.`
      )
    if (this.#backwards > 0)
      warnings.push(
        `${name} does not rise at ${this.#backwards} of ${this.#rows} rows; times there are those of an even grid.`
      )
    if (this.#gaps.length > 0) warnings.push(`${name} has ${this.#gaps.length + this.#lostGaps} gaps.`)
    if (this.#lostGaps > 0) warnings.push(`Only the first ${mostGaps} gaps are listed.`)
    const startTimeNs = this.#first === null ? null : this.#first * this.#unitNs
    const lastTimeNs = this.#first === null ? null : this.#last * this.#unitNs
    return {
      startTimeNs,
      lastTimeNs,
      endTimeNs: this.#end(startTimeNs, lastTimeNs, intervalNs),
      sampleIntervalNs: intervalNs,
      sampleRateHz: rateFromInterval(intervalNs),
      gaps: this.#gaps,
      segments:
        startTimeNs === null || this.#segments.length === 0
          ? null
          : [{ firstIndex: 0, startTimeNs }, ...this.#segments],
      warnings
    }
  }

  #end(start: Nanoseconds | null, last: Nanoseconds | null, intervalNs: number | null): Nanoseconds | null {
    if (start === null || last === null || intervalNs === null) return null
    if (this.#gaps.length > 0 && last > start) return last + BigInt(Math.round(intervalNs))
    return start + durationNs(this.#rows, intervalNs)
  }
}

/** Time of a row; rows of a recording with gaps are counted within their run. Null where the times are not known. */
export function timeOfRow(
  info: Pick<RecordingInfo, 'startTimeNs' | 'sampleIntervalNs' | 'segments'>,
  row: number
): Nanoseconds | null {
  const { startTimeNs, sampleIntervalNs, segments } = info
  if (startTimeNs === null || sampleIntervalNs === null) return null
  let run: TimeSegment = { firstIndex: 0, startTimeNs }
  for (let low = 0, high = (segments?.length ?? 0) - 1; low <= high;) {
    const middle = (low + high) >> 1
    if (segments![middle]!.firstIndex <= row) {
      run = segments![middle]!
      low = middle + 1
    } else high = middle - 1
  }
  return run.startTimeNs + durationNs(row - run.firstIndex, sampleIntervalNs)
}
