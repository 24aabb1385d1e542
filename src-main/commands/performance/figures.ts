export interface Percentiles {
  p50: number
  p95: number
  p99: number
}

/** Null where there are no values. */
export function percentilesOf(values: ArrayLike<number>): Percentiles | null {
  if (values.length === 0) return null
  const sorted = Float64Array.from(values).sort()
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length

export const greatest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0)
