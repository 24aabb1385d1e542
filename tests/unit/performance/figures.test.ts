import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { percentilesOf } from '../../../src-main/commands/performance/figures.ts'
import { robustSlope } from '../../../src-main/robustSlope.ts'

/** Chance that is the same in every run. */
function* chance(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state / 2 ** 32
  }
}

describe('robust slope', () => {
  const x = Array.from({ length: 200 }, (_, at) => at / 10)

  test('a line gives its slope, whatever a tenth of the points does', () => {
    const y = x.map((value, at) => 3 * value + 7 + (at % 10 === 4 ? 1000 : 0))
    const slope = robustSlope(x, y)!
    expect(slope.perUnit).toBeCloseTo(3, 6)
    expect(slope.isTrend).toBe(true)
  })

  test('noise without a trend holds zero in its interval in about 95 of 100 series', () => {
    let withTrend = 0
    for (let series = 0; series < 100; series++) {
      const random = chance(series * 7919 + 1)
      const y = x.map(() => Number(random.next().value) + Number(random.next().value))
      if (robustSlope(x, y)!.isTrend) withTrend++
    }
    expect(withTrend).toBeLessThanOrEqual(12)
  })

  test('a small trend under noise is found, and its interval holds the truth', () => {
    const random = chance(3)
    const y = x.map((value) => 0.2 * value + Number(random.next().value))
    const slope = robustSlope(x, y)!
    expect(slope.isTrend).toBe(true)
    expect(slope.low).toBeLessThan(0.2)
    expect(slope.high).toBeGreaterThan(0.2)
  })

  test('long series are thinned and give the same slope; too few points give none', () => {
    const long = Array.from({ length: 5000 }, (_, at) => at)
    expect(
      robustSlope(
        long,
        long.map((value) => -2 * value)
      )!.perUnit
    ).toBeCloseTo(-2, 6)
    expect(robustSlope([1, 2, 3], [1, 2, 3])).toBeNull()
  })
})

test('percentiles lie among the values, in order', () => {
  expect(percentilesOf([])).toBeNull()
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }), (values) => {
      const { p50, p95, p99 } = percentilesOf(values)!
      return values.includes(p50) && values.includes(p99) && p50 <= p95 && p95 <= p99
    })
  )
  expect(percentilesOf(Array.from({ length: 100 }, (_, at) => at))).toEqual({ p50: 50, p95: 95, p99: 99 })
})
