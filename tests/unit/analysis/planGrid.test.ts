import { describe, expect, it } from 'vitest'
import { planGrid } from '../../../src-main/analysis/planGrid.ts'

describe('grid of a plan', () => {
  it('centres windows of samples', () => {
    const grid = planGrid({ content: 'samples', sampleIntervalNs: 500_000, rowIntervalS: 0.05, nfft: 256 })
    expect(grid.centreNs(1000n, 0)).toBe(64_001_000n)
    expect(grid.centreNs(1000n, 20)).toBe(1_064_001_000n)
    expect(grid).toMatchObject({ rowIntervalNs: 5e7, windowSamples: 256 })
    expect(grid.rowsWithin(2000)).toBe(18)
  })

  it('keeps the times of recorded band energies', () => {
    const grid = planGrid({ content: 'bandEnergy', sampleIntervalNs: 262_144_000.5, rowIntervalS: 99, nfft: 1 })
    expect(grid.centreNs(7n, 0)).toBe(7n)
    expect(grid.centreNs(7n, 10)).toBe(2_621_440_012n)
    expect(grid.rowIntervalNs).toBe(262_144_000.5)
    expect(grid.rowsWithin(10)).toBe(10)
    expect(grid.rowsTouching(3, 5)).toEqual({ first: 3, count: 2 })
  })
})
