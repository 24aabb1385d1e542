import type { Nanoseconds } from '../../../src-preload/contract/units.ts'

/** Steps of a nanosecond in which intervals are held: any interval to within 1e-6 ns. */
const stepsPerNanosecond = 1_000_000n

/** Times of samples that are equally spaced, exact for any index: nothing drifts and nothing is rounded twice. */
export interface SampleClock {
  /** Rounded down to the nanosecond. */
  timeOf(index: number): Nanoseconds
  /** The first sample at or after a time; `indexAt(timeOf(i))` is `i`. */
  indexAt(timeNs: Nanoseconds): number
}

/** `intervalNs` as a fraction of integers; sample 0 is at `startNs`. */
export function createSampleClock(
  startNs: Nanoseconds,
  intervalNs: { numerator: bigint; denominator: bigint }
): SampleClock {
  const { numerator, denominator } = intervalNs
  return {
    timeOf: (index) => startNs + floorDivide(BigInt(index) * numerator, denominator),
    indexAt: (timeNs) => Number(-floorDivide(-(timeNs - startNs) * denominator, numerator))
  }
}

/** An interval that is known as a number of nanoseconds, perhaps with a fraction. */
export function fractionOfInterval(intervalNs: number): { numerator: bigint; denominator: bigint } {
  return { numerator: BigInt(Math.round(intervalNs * Number(stepsPerNanosecond))), denominator: stepsPerNanosecond }
}

/** A rate in Hz, to a thousandth: 2000 Hz and 1999.98 Hz are exact. */
export function intervalOfRate(rateHz: number): { numerator: bigint; denominator: bigint } {
  return { numerator: 1_000_000_000_000n, denominator: BigInt(Math.round(rateHz * 1000)) }
}

function floorDivide(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor
  return dividend % divisor < 0n ? quotient - 1n : quotient
}
