import { describe, expect, it } from 'vitest'
import { createCatalogue } from '../../../src-main/focus-server/catalogue.ts'
import type { ConfigureRequest } from '../../../src-main/focus-server/configureRequest.ts'
import { countingSource, countingStartNs } from './countingSource.ts'

const second = 1_000_000_000n
const nowNs = countingStartNs + 100n * second
const named = (name: string, startS: number, sampleCount: number) =>
  countingSource({ startNs: countingStartNs + BigInt(startS) * second, sampleCount, description: { name } })
const fibre = countingSource({ live: true, sampleCount: 100_000, description: { name: 'fibre', kind: 'simulated' } })
const long = named('long', 10, 30_000)
const short = named('short', 30, 5500)
const old = countingSource({ startNs: 0n, sampleCount: 300, description: { name: 'old' } })
const catalogue = createCatalogue({ live: fibre, historic: [fibre, short, long, old] }, () => nowNs)

const choose = (range: [number, number] | null, recording: string | null = null) => {
  const timeRange = range && {
    startNs: countingStartNs + BigInt(range[0]) * second,
    endNs: countingStartNs + BigInt(range[1]) * second
  }
  return catalogue.choose({ timeRange, recording } as ConfigureRequest)?.description.name ?? null
}

describe('which source a range means', () => {
  it('is the recording that overlaps it most', () => {
    expect(choose([10, 40])).toBe('long')
    expect(choose([30, 36])).toBe('long')
    expect(choose([38, 60])).toBe('long')
  })

  it('is a recording before the running fibre, whose last day overlaps everything', () => {
    expect(choose([0, 11])).toBe('long')
    expect(choose([60, 90])).toBe('fibre')
  })

  it('is the one that is named, where it lies in the range', () => {
    expect(choose([30, 36], 'short')).toBe('short')
    expect(choose([30, 36], 'fibre')).toBe('fibre')
    expect(choose([60, 90], 'short')).toBeNull()
    expect(choose([30, 36], 'none')).toBeNull()
  })

  it('is the live fibre without a range', () => {
    expect(choose(null)).toBe('fibre')
    expect(choose(null, 'fibre')).toBe('fibre')
    expect(choose(null, 'short')).toBeNull()
  })
})

it('lists ranges in whole seconds that hold the recording, a running one without an end', () => {
  const start = Number(countingStartNs / second)
  expect(catalogue.ranges(countingStartNs, nowNs)).toEqual([
    [start, -1],
    [start + 10, start + 40],
    [start + 30, start + 36]
  ])
  expect(catalogue.ranges(0n, second)).toEqual([[0, 1]])
  expect(catalogue.ranges(-5n * second, 0n)).toEqual([])
})

it('lists recordings with what a form needs', () => {
  expect(catalogue.listed()).toContainEqual({
    name: 'old',
    start_time_ns: '0',
    end_time_ns: '300000000',
    format: 'test',
    channels: { min: 1, max: 12 },
    sample_rate_hz: 1000,
    bands: [],
    unit: 'counts'
  })
  expect(catalogue.listed()).toContainEqual(expect.objectContaining({ name: 'fibre', end_time_ns: null }))
})
