import { describe, expect, it } from 'vitest'
import { planGrid, rowsOfGap } from '../../../src-main/analysis/planGrid.ts'

describe('grid of a plan', () => {
  it('centres windows of samples', () => {
    const grid = planGrid({
      output: 'energy',
      content: 'samples',
      sampleIntervalNs: 500_000,
      rowIntervalS: 0.05,
      nfft: 256
    })
    expect(grid.centreNs(1000n, 0)).toBe(64_001_000n)
    expect(grid.centreNs(1000n, 20)).toBe(1_064_001_000n)
    expect(grid).toMatchObject({ rowIntervalNs: 5e7, windowSamples: 256 })
    expect(grid.rowsWithin(2000)).toBe(18)
  })

  it('keeps the times of recorded band energies', () => {
    const grid = planGrid({
      output: 'energy',
      content: 'bandEnergy',
      sampleIntervalNs: 262_144_000.5,
      rowIntervalS: 99,
      nfft: 1
    })
    expect(grid.centreNs(7n, 0)).toBe(7n)
    expect(grid.centreNs(7n, 10)).toBe(2_621_440_012n)
    expect(grid.rowIntervalNs).toBe(262_144_000.5)
    expect(grid.rowsWithin(10)).toBe(10)
    expect(grid.rowsTouching(3, 5)).toEqual({ first: 3, count: 2 })
  })
})

describe('rows of a hole', () => {
  const originNs = 1_700_000_000_000_000_000n
  const plan = {
    output: 'energy',
    content: 'samples',
    sampleIntervalNs: 500_000,
    rowIntervalS: 0.05,
    nfft: 256,
    originNs
  } as const

  it('are all rows whose windows touch it', () => {
    // Samples 1000..1999; windows start every 100 samples.
    const gap = { startNs: originNs + 500_000_000n, endNs: originNs + 1_000_000_000n, rows: null }
    expect(rowsOfGap(plan, gap)).toEqual({ first: 8, count: 12 })
  })

  it('do not begin before the job', () => {
    expect(rowsOfGap(plan, { startNs: originNs - 10n ** 12n, endNs: originNs + 500_000n, rows: null })).toEqual({
      first: 0,
      count: 1
    })
    expect(rowsOfGap(plan, { startNs: originNs - 10n ** 12n, endNs: originNs, rows: null }).count).toBe(0)
  })

  it("are the service's own where it counts rows", () => {
    expect(rowsOfGap(plan, { startNs: 0n, endNs: 0n, rows: { first: 5, count: 6 } })).toEqual({ first: 5, count: 6 })
  })
})
