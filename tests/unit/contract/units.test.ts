import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isoFromNanoseconds,
  millisecondsFromNanoseconds,
  nanosecondsFromIso,
  nanosecondsFromMilliseconds,
  nanosecondsFromSeconds,
  secondsFromNanoseconds
} from '../../../src-preload/contract/units.ts'

describe('times', () => {
  it('writes nine decimals in UTC, before 1970 too', () => {
    expect(isoFromNanoseconds(1_682_525_689_042_000_000n)).toBe('2023-04-26T16:14:49.042000000Z')
    expect(isoFromNanoseconds(-1n)).toBe('1969-12-31T23:59:59.999999999Z')
  })

  it('reads what it writes, for any nanosecond of four centuries', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -6_000_000_000_000_000_000n, max: 6_000_000_000_000_000_000n }), (time) => {
        expect(nanosecondsFromIso(isoFromNanoseconds(time))).toBe(time)
      })
    )
  })

  it('reads zones, few decimals and no zone, and refuses what is no time', () => {
    expect(nanosecondsFromIso('1970-01-01T01:00:00.5+01:00')).toBe(500_000_000n)
    expect(nanosecondsFromIso('1970-01-01 00:00:01')).toBe(1_000_000_000n)
    for (const bad of ['', 'yesterday', '1970-13-01T00:00:00Z', '1970-01-01', '12:00:00'])
      expect(nanosecondsFromIso(bad)).toBeNull()
  })

  it('converts to seconds and milliseconds and back within a double', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2_000_000_000_000, max: 4_000_000_000_000 }), (milliseconds) => {
        expect(nanosecondsFromMilliseconds(milliseconds)).toBe(BigInt(milliseconds) * 1_000_000n)
        expect(millisecondsFromNanoseconds(BigInt(milliseconds) * 1_000_000n)).toBe(milliseconds)
      })
    )
    expect(nanosecondsFromSeconds(1.25)).toBe(1_250_000_000n)
    expect(secondsFromNanoseconds(-1_250_000_000n)).toBe(-1.25)
  })
})
