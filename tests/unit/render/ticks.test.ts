import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  clockText,
  distanceUnit,
  durationText,
  firstTickIndex,
  niceStep,
  niceTimeStep,
  numberText,
  tickText,
  timeTickText
} from '../../../src-preload/contract/drawing/ticks.ts'

describe('nice steps', () => {
  it('are 1, 2 or 5 times a power of ten and at least what is asked for, never more than 2.5 times as much', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (least) => {
        const step = niceStep(least)
        const mantissa = step / 10 ** Math.floor(Math.log10(step) + 1e-9)
        expect([1, 2, 5]).toContain(Math.round(mantissa * 1e6) / 1e6)
        expect(step).toBeGreaterThanOrEqual(least * (1 - 1e-6))
        expect(step).toBeLessThanOrEqual(least * 2.5 * (1 + 1e-6))
      })
    )
  })

  it('survive nonsense', () => {
    expect(niceStep(0)).toBe(1)
    expect(niceStep(Number.NaN)).toBe(1)
    expect(niceStep(Infinity)).toBe(1)
  })

  it('are clock-aligned for times: each divides a minute, an hour or a day', () => {
    for (const [least, step] of [
      [0.3, 1],
      [30, 50],
      [700, 1000],
      [6000, 10_000],
      [11_000, 15_000],
      [40_000, 60_000],
      [16 * 60_000, 30 * 60_000],
      [2 * 3_600_000, 2 * 3_600_000],
      [20 * 3_600_000, 86_400_000],
      [3 * 86_400_000, 5 * 86_400_000]
    ]) {
      expect(niceTimeStep(least!)).toBe(step)
    }
  })

  it('start at the first multiple inside', () => {
    expect(firstTickIndex(0.25, 0.1)).toBe(3)
    expect(firstTickIndex(0.3, 0.1)).toBe(3)
    expect(firstTickIndex(-0.25, 0.1)).toBe(-2)
  })
})

describe('texts', () => {
  const at = Date.parse('2023-04-26T16:14:49.042Z')

  it('show as many decimals of a second as the step needs', () => {
    expect(clockText(at, 1000)).toBe('16:14:49')
    expect(clockText(at, 100)).toBe('16:14:49.0')
    expect(clockText(at, 20)).toBe('16:14:49.04')
    expect(clockText(at, 2)).toBe('16:14:49.042')
  })

  it('say the date where a day begins', () => {
    expect(timeTickText(Date.parse('2023-04-26T00:00:00Z'), 3_600_000)).toBe('2023-04-26')
    expect(timeTickText(at, 60_000)).toBe('16:14:49')
  })

  it('group thousands, use a real minus and no negative zero', () => {
    expect(numberText(2222)).toBe('2222')
    expect(numberText(33500)).toBe('33\u202f500')
    expect(numberText(1234567.891, 2)).toBe('1\u202f234\u202f567.89')
    expect(numberText(-41.24, 1)).toBe('−41.2')
    expect(numberText(-0.04, 1)).toBe('0.0')
    expect(tickText(0.30000000000000004, 0.1)).toBe('0.3')
    expect(tickText(1500, 500)).toBe('1500')
  })

  it('change to kilometres from ten on', () => {
    expect(distanceUnit(9_999).name).toBe('m')
    expect(distanceUnit(-10_000).name).toBe('km')
  })

  it('tell durations as an operator says them', () => {
    expect(durationText(430)).toBe('0.4 s')
    expect(durationText(12_300)).toBe('12 s')
    expect(durationText(103_000)).toBe('1 m 43 s')
    expect(durationText(7_500_000)).toBe('2 h 05 m')
    expect(durationText(76 * 3_600_000)).toBe('3 d 4 h')
  })
})
