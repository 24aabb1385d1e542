import { describe, expect, it } from 'vitest'
import { decibelFloor, exactDecibels, fastDecibels } from '../../../src-main/dsp/decibels.ts'
import { bandBins, binFrequencies } from '../../../src-main/dsp/frequencyBins.ts'
import { createRowGrid } from '../../../src-main/dsp/rowGrid.ts'
import { windowPower, windowWeights } from '../../../src-main/dsp/windows.ts'

function fast(values: number[]): number[] {
  const powers = Float32Array.from(values)
  const target = new Float32Array(powers.length)
  fastDecibels(new Int32Array(powers.buffer), target, powers.length)
  return [...target]
}

describe('decibels', () => {
  it('are right to 0.001 dB over the whole range of powers', () => {
    const powers: number[] = []
    for (let exponent = -29.9; exponent < 38; exponent += 0.00137) powers.push(10 ** exponent)
    const worst = fast(powers).reduce(
      (most, value, index) => Math.max(most, Math.abs(value - exactDecibels(powers[index]!))),
      0
    )
    expect(worst).toBeLessThan(0.001)
  })

  it('have a floor, and no level for what is no power', () => {
    for (const power of [0, -0, 1e-30, 1e-36, 1e-42]) {
      expect(exactDecibels(power)).toBe(decibelFloor)
      expect(fast([power])).toEqual([decibelFloor])
    }
    for (const power of [-1, Number.NaN, -Infinity, -1e-20]) {
      expect(exactDecibels(power)).toBeNaN()
      expect(fast([power])[0]).toBeNaN()
    }
    expect(fast([Infinity])[0]).toBeGreaterThan(385)
  })
})

describe('window and bins', () => {
  it('is the periodic Hann window', () => {
    const window = windowWeights('hann', 8)
    expect(window[0]).toBe(0)
    expect(window[4]).toBe(1)
    expect(window[1]).toBeCloseTo(window[7]!, 15)
    expect(windowPower(windowWeights('hann', 1024))).toBeCloseTo((1024 * 3) / 8, 9)
  })

  it('holds both ends of a band and nothing beyond Nyquist', () => {
    expect(bandBins(1000, 1000, 10, 12)).toEqual({ first: 10, count: 3 })
    expect(bandBins(1024, 2000, 0, 1e9)).toEqual({ first: 0, count: 513 })
    expect(bandBins(1024, 2000, 2.1, 2.2)).toEqual({ first: 2, count: 0 })
    // A rate from a period in nanoseconds that is no whole number: the ends still hold.
    expect(bandBins(10, 1e9 / 3_333_333.3333, 30, 60)).toEqual({ first: 1, count: 2 })
    expect([...binFrequencies(8, 1000, { first: 3, count: 2 })]).toEqual([375, 500])
  })
})

describe('row grid', () => {
  it('knows which rows need which samples', () => {
    for (const rowIntervalS of [0.0333, 0.05, 0.0105, 0.25]) {
      const nfft = 64
      const grid = createRowGrid({ sampleIntervalNs: 1e6, rowIntervalS, nfft })
      for (const [from, end] of [
        [0, 10],
        [100, 101],
        [500, 777],
        [3, 3]
      ] as const) {
        const needed: number[] = []
        for (let row = 0; row < 200; row++) {
          const first = Math.round(row * rowIntervalS * 1000)
          if (first < end && first + nfft > from && end > from) needed.push(row)
        }
        const touching = grid.rowsTouching(from, end)
        expect(touching.count).toBe(needed.length)
        if (needed.length > 0) expect(touching.first).toBe(needed[0])
      }
      let within = 0
      while (grid.firstSample(within) + nfft <= 1000) within++
      expect(grid.rowsWithin(1000)).toBe(within)
      expect(grid.rowsWithin(nfft - 1)).toBe(0)
      expect(grid.rowsWithin(nfft)).toBe(1)
    }
  })

  it('does not drift after months of rows', () => {
    const grid = createRowGrid({ sampleIntervalNs: 500_000, rowIntervalS: 0.05, nfft: 256 })
    const origin = 1_700_000_000_000_000_123n
    expect(grid.centreNs(origin, 1_000_000_000)).toBe(origin + 64_000_000n + 50_000_000n * 1_000_000_000n)
    expect(grid.firstRowFrom(grid.firstSample(1_000_000_000))).toBe(1_000_000_000)
    expect(grid.firstRowFrom(grid.firstSample(1_000_000_000) + 1)).toBe(1_000_000_001)
  })
})
