import { describe, expect, it } from 'vitest'
import { createLatencyWindow } from '../../../src-main/analysis/latencyWindow.ts'

describe('latency window', () => {
  it('gives percentiles of what is young enough', () => {
    const window = createLatencyWindow({ capacity: 1000, maxAgeMs: 100 })
    expect(window.percentiles(0)).toBeNull()
    for (let value = 1; value <= 100; value++) window.add(value, value)
    expect(window.percentiles(100)).toEqual({ p50: 50, p95: 95, p99: 99 })
    expect(window.percentiles(190)).toEqual({ p50: 95, p95: 100, p99: 100 })
    expect(window.percentiles(500)).toBeNull()
  })

  it('keeps the newest readings only, and no nonsense', () => {
    const window = createLatencyWindow({ capacity: 4 })
    for (const value of [1000, 1000, 1, 2, Number.NaN, 3, Infinity, 4]) window.add(value, 0)
    expect(window.percentiles(0)).toEqual({ p50: 2, p95: 4, p99: 4 })
  })
})
