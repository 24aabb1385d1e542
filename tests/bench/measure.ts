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

/**
 * Milliseconds that this thread has had a processor. What other programs of a shared machine take is not counted, so ratios
 * hold beside them. The wall clock where the runtime cannot say (Node before 23.9).
 */
export function threadCpuMs(): number {
  if (typeof process.threadCpuUsage !== 'function') return performance.now()
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Calls `work` for about `milliseconds` and returns how often it runs in a second of the processor. */
export function ratePerSecond(work: () => void, milliseconds: number): number {
  const startedAt = performance.now()
  const startedCpuMs = threadCpuMs()
  let calls = 0
  do {
    work()
    calls++
  } while (performance.now() - startedAt < milliseconds)
  return (calls * 1000) / (threadCpuMs() - startedCpuMs)
}
