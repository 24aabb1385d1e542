import { performance } from 'node:perf_hooks'

export interface Measured {
  median: number
  min: number
  max: number
  rounds: number
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1]!
}

export const measured = (values: readonly number[]): Measured => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
  rounds: values.length
})

/** Calls `work` for about `milliseconds` and returns how often a second it runs. */
export function ratePerSecond(work: () => void, milliseconds: number): number {
  const startedAt = performance.now()
  let calls = 0
  let elapsed = 0
  while (elapsed < milliseconds) {
    work()
    calls++
    elapsed = performance.now() - startedAt
  }
  return (calls * 1000) / elapsed
}
