import { describe, expect, test } from 'vitest'
import {
  decimateRows,
  type DecimationFilter,
  designDecimationFilter,
  designDecimationMean,
  neededRows
} from '../../../src-main/dsp/decimation.ts'

/** |H| at a frequency in cycles per sample: the sum that defines it. A symmetric filter's response is real. */
function response({ taps, half }: DecimationFilter, frequency: number): number {
  return taps.reduce((sum, tap, i) => sum + tap * Math.cos(2 * Math.PI * frequency * (i - half)), 0)
}

const decibels = (value: number): number => 20 * Math.log10(Math.abs(value))

function decimated(filter: DecimationFilter, values: number[], channels = 1): number[] {
  const rows = values.length / channels
  const found: number[] = []
  decimateRows(filter, { values, channels, firstRow: 0 }, 0, Math.ceil(rows / filter.factor), (_row, sums) =>
    found.push(...sums)
  )
  return found
}

describe.each([2, 3, 5, 10, 64])('the low-pass filter for every %ith row', (factor) => {
  const filter = designDecimationFilter(factor)
  const nyquist = 0.5 / factor

  test('is flat below 0.8 of the new Nyquist frequency and 80 dB down from it on', () => {
    for (let share = 0; share <= 0.8; share += 0.02)
      expect(Math.abs(decibels(response(filter, share * nyquist)))).toBeLessThan(0.002)
    for (let frequency = nyquist; frequency <= 0.5; frequency += nyquist / 37)
      expect(decibels(response(filter, frequency))).toBeLessThan(-79.5)
  })

  test('is symmetric and has a sum of 1', () => {
    const { taps, half } = filter
    expect(taps.length).toBe(2 * half + 1)
    for (let i = 0; i < half; i++) expect(taps[i]).toBeCloseTo(taps[2 * half - i]!, 15)
    expect(taps.reduce((sum, tap) => sum + tap, 0)).toBeCloseTo(1, 12)
  })

  test('shifts nothing: a slow sine keeps its phase', () => {
    const rows = 200 * factor
    const sine = (row: number): number => Math.sin((2 * Math.PI * 0.3 * nyquist * row) / 1 + 0.7)
    const found = decimated(
      filter,
      Array.from({ length: rows }, (_, row) => sine(row))
    )
    for (let row = 30; row < 170; row++) expect(found[row]).toBeCloseTo(sine(row * factor), 3)
  })

  test('a sine above the new Nyquist frequency does not come back as another', () => {
    const rows = 200 * factor
    const found = decimated(
      filter,
      Array.from({ length: rows }, (_, row) => Math.sin(2 * Math.PI * 1.3 * nyquist * row))
    )
    for (let row = 30; row < 170; row++) expect(Math.abs(found[row]!)).toBeLessThan(2e-4)
  })
})

test('a constant stays what it is, up to the ends', () => {
  const found = decimated(
    designDecimationFilter(4),
    Array.from({ length: 101 }, () => 5)
  )
  expect(found).toHaveLength(26)
  for (const value of found) expect(value).toBeCloseTo(5, 12)
})

test('channels do not mix, and a NaN stays within the length of the filter', () => {
  const filter = designDecimationFilter(2)
  const rows = 600
  const values = Array.from({ length: rows * 2 }, (_, i): number => (i % 2 === 0 ? 1 : -3))
  values[2 * 300 + 1] = NaN
  const found = decimated(filter, values, 2)
  for (let row = 0; row < rows / 2; row++) {
    expect(found[2 * row]).toBeCloseTo(1, 12)
    const isNear = Math.abs(row * 2 - 300) <= filter.half
    if (isNear) expect(found[2 * row + 1]).toBeNaN()
    else expect(found[2 * row + 1]).toBeCloseTo(-3, 12)
  }
})

test('pieces come out as the whole does', () => {
  const filter = designDecimationFilter(3)
  const rows = 1000
  const values = Array.from({ length: rows }, (_, i) => ((i * 7919) % 1009) - 500)
  const whole = decimated(filter, values)
  const parts: number[] = []
  for (let from = 0; from < whole.length; from += 37) {
    const to = Math.min(whole.length, from + 37)
    const needed = neededRows(filter, from, to, { from: 0, to: rows })
    const block = { values: values.slice(needed.from, needed.to), channels: 1, firstRow: needed.from }
    decimateRows(filter, block, from, to, (_row, sums) => parts.push(...sums))
  }
  expect(parts).toEqual(whole)
})

test('means of energies are never negative', () => {
  const filter = designDecimationMean(5)
  expect(filter.taps.every((tap) => tap >= 0)).toBe(true)
  const impulse = decimated(
    filter,
    Array.from({ length: 100 }, (_, row) => (row === 50 ? 1 : 0))
  )
  expect(Math.min(...impulse)).toBeGreaterThanOrEqual(0)
  expect(impulse.indexOf(Math.max(...impulse))).toBe(10)
})

test('no factor below one', () => {
  expect(() => designDecimationFilter(0)).toThrow(RangeError)
  expect(designDecimationFilter(1)).toEqual({ factor: 1, half: 0, taps: Float64Array.of(1) })
})
