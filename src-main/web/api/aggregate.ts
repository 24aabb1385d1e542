import type { ReadingPoint } from '../../health/readings.ts'

export const aggregations = ['avg', 'sum', 'min', 'max', 'count'] as const
export type Aggregation = (typeof aggregations)[number]

export interface Summary {
  count: number
  min: number | null
  max: number | null
  avg: number | null
  sum: number
  latest: number | null
}

function valueOf(values: readonly number[], how: Aggregation): number {
  if (how === 'count') return values.length
  if (how === 'min') return values.reduce((least, value) => Math.min(least, value), Infinity)
  if (how === 'max') return values.reduce((most, value) => Math.max(most, value), -Infinity)
  const sum = values.reduce((total, value) => total + value, 0)
  return how === 'sum' ? sum : sum / values.length
}

/** One value for each interval that has points, at its beginning; intervals are counted from 1970, so that they never move. */
export function aggregate(points: readonly ReadingPoint[], intervalMs: number, how: Aggregation): ReadingPoint[] {
  const groups = new Map<number, number[]>()
  for (const { atMs, value } of points) {
    const startMs = Math.floor(atMs / intervalMs) * intervalMs
    const group = groups.get(startMs)
    if (group) group.push(value)
    else groups.set(startMs, [value])
  }
  return [...groups].sort(([a], [b]) => a - b).map(([atMs, values]) => ({ atMs, value: valueOf(values, how) }))
}

/** Of the points as they were recorded. */
export function summarise(points: readonly ReadingPoint[]): Summary {
  const values = points.map(({ value }) => value)
  const sum = values.reduce((total, value) => total + value, 0)
  const last = points.reduce<ReadingPoint | null>(
    (newest, one) => (newest && newest.atMs > one.atMs ? newest : one),
    null
  )
  return {
    count: values.length,
    min: values.length > 0 ? valueOf(values, 'min') : null,
    max: values.length > 0 ? valueOf(values, 'max') : null,
    avg: values.length > 0 ? sum / values.length : null,
    sum,
    latest: last?.value ?? null
  }
}
