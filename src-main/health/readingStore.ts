import { Registry, type Metric } from 'prom-client'
import type { Clock } from '../clock.ts'
import type { ReadingKind } from './readings.ts'

export interface StoredSeries {
  /** Unique over all kinds, stable over restarts. */
  readonly key: string
  readonly name: string
  readonly labels: Record<string, string>
  value: number
  atMs: number
}

/** A kind as it is declared here. */
export interface DeclaredKind extends ReadingKind {
  /** Different label sets that are kept apart; what is beyond goes into one series `other`. Default 64. */
  seriesMax?: number
  /** Written when something happens, not at each collection: it stays until the program ends. */
  isPushed?: boolean
  /** Upper bounds of a histogram, in its unit. */
  buckets?: readonly number[]
}

/** How often something took how long: counts for each bound (the last one: beyond all), and the sum. */
export interface BucketCounts {
  counts: readonly number[]
  sum: number
}

/** All readings of one core, bounded in number; `metrics` is what a scraper of Prometheus reads. */
export interface ReadingStore {
  declare(...kinds: DeclaredKind[]): void
  kinds(): ReadingKind[]
  /** Gauge, or a counter that is counted elsewhere. */
  set(name: string, labels: Record<string, string>, value: number): void
  add(name: string, labels?: Record<string, string>, amount?: number): void
  observe(name: string, labels: Record<string, string>, value: number): void
  /** What another thread counted since it was last asked. */
  observeBuckets(name: string, labels: Record<string, string>, counted: BucketCounts): void
  /** Of a histogram since the core began; null before the first. Linear within a bucket. */
  quantile(name: string, labels: Record<string, string>, quantile: number): number | null
  /** A collection begins: what it does not touch is gone when it ends. */
  beginCollection(): void
  endCollection(): void
  series(): Iterable<StoredSeries>
  matching(name: string, labels?: Record<string, string>): StoredSeries[]
  metrics(): Promise<string>
}

export const secondsBuckets = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const
const defaultSeriesMax = 64
const labelLengthMax = 100
const otherLabel = 'other'
export const foldedName = 'wavefall_monitoring_folded_series_total'

interface KindSeries extends StoredSeries {
  round: number
  buckets: number[] | null
  sum: number
}

interface StoredKind {
  kind: DeclaredKind
  series: Map<string, KindSeries>
}

const finite = (value: number): number => (Number.isFinite(value) ? value : 0)

function matches(series: StoredSeries, labels: Record<string, string>): boolean {
  for (const name in labels) if (series.labels[name] !== labels[name]) return false
  return true
}

export function createReadingStore(clock: Clock): ReadingStore {
  const registry = new Registry()
  const stored = new Map<string, StoredKind>()
  /** Which metrics were folded, so that the counter of them is bounded itself. */
  let round = 0

  function valuesOf({ kind, series }: StoredKind): { value: number; labels: object; metricName?: string }[] {
    if (kind.type !== 'histogram') return [...series.values()].map(({ value, labels }) => ({ value, labels }))
    return [...series.values()].flatMap(({ labels, buckets, sum }) => {
      let total = 0
      const bounds = [...kind.buckets!.map(String), '+Inf']
      const lines: { value: number; labels: object; metricName?: string }[] = bounds.map((le, at) => {
        total += buckets![at]!
        return { metricName: `${kind.name}_bucket`, labels: { ...labels, le }, value: total }
      })
      lines.push({ metricName: `${kind.name}_sum`, labels, value: sum })
      lines.push({ metricName: `${kind.name}_count`, labels, value: total })
      return lines
    })
  }

  function declare(...kinds: DeclaredKind[]): void {
    for (const kind of kinds) {
      const entry: StoredKind = { kind, series: new Map() }
      stored.set(kind.name, entry)
      // The library writes out what `get` answers; values are copied for a scrape alone, not at each collection.
      const { name, help, type } = kind
      const metric = { name, help, type, get: async () => ({ name, help, type, values: valuesOf(entry) }) }
      registry.registerMetric(metric as unknown as Metric)
    }
  }

  function kindOf(name: string): StoredKind {
    const entry = stored.get(name)
    if (!entry) throw new Error(`There is no reading named ${name}.`)
    return entry
  }

  function seriesOf(name: string, labels: Record<string, string>): KindSeries {
    const entry = kindOf(name)
    const { kind, series } = entry
    let key = ''
    for (const label of kind.labels) key += `\u0001${labels[label] ?? ''}`
    let found = series.get(key)
    if (!found && series.size >= (kind.seriesMax ?? defaultSeriesMax)) {
      if (name !== foldedName) add(foldedName, { metric: name })
      key = `\u0001${otherLabel}`.repeat(kind.labels.length)
      found = series.get(key)
      labels = Object.fromEntries(kind.labels.map((label) => [label, otherLabel]))
    }
    if (found) return found
    const own: Record<string, string> = {}
    for (const label of kind.labels) own[label] = (labels[label] ?? '').slice(0, labelLengthMax)
    const buckets = kind.buckets ? new Array<number>(kind.buckets.length + 1).fill(0) : null
    const created: KindSeries = {
      key: name + key,
      name,
      labels: own,
      value: 0,
      atMs: 0,
      round: -1,
      buckets,
      sum: 0
    }
    series.set(key, created)
    return created
  }

  function set(name: string, labels: Record<string, string>, value: number): void {
    const series = seriesOf(name, labels)
    // Several that were folded into one add up within a collection.
    series.value =
      series.round === round && series.key.endsWith(otherLabel) ? series.value + finite(value) : finite(value)
    series.round = round
    series.atMs = clock.nowMs()
  }

  function add(name: string, labels: Record<string, string> = {}, amount = 1): void {
    const series = seriesOf(name, labels)
    series.value += finite(amount)
    series.round = round
    series.atMs = clock.nowMs()
  }

  function observeBuckets(name: string, labels: Record<string, string>, { counts, sum }: BucketCounts): void {
    const series = seriesOf(name, labels)
    const { buckets } = series
    for (let at = 0; at < buckets!.length; at++) {
      const counted = finite(counts[at] ?? 0)
      buckets![at]! += counted
      series.value += counted
    }
    series.sum += finite(sum)
    series.atMs = clock.nowMs()
  }

  return {
    declare,
    kinds: () =>
      [...stored.values()].map(({ kind: { name, help, unit, type, labels } }) => ({ name, help, unit, type, labels })),
    set,
    add,
    observe(name, labels, value) {
      const series = seriesOf(name, labels)
      const bounds = kindOf(name).kind.buckets!
      let at = 0
      while (at < bounds.length && value > bounds[at]!) at++
      series.buckets![at]! += 1
      series.sum += finite(value)
      series.value += 1
      series.atMs = clock.nowMs()
    },
    observeBuckets,
    quantile(name, labels, quantile) {
      const { kind, series } = kindOf(name)
      const counts = new Array<number>(kind.buckets!.length + 1).fill(0)
      for (const one of series.values())
        if (matches(one, labels)) one.buckets!.forEach((count, at) => (counts[at]! += count))
      return bucketQuantile(kind.buckets!, counts, quantile)
    },
    beginCollection() {
      round++
    },
    endCollection() {
      for (const { kind, series } of stored.values()) {
        if (kind.isPushed || kind.type === 'histogram') continue
        for (const [key, one] of series) if (one.round !== round) series.delete(key)
      }
    },
    *series() {
      for (const { series } of stored.values()) yield* series.values()
    },
    matching: (name, labels = {}) => {
      const entry = stored.get(name)
      return entry ? [...entry.series.values()].filter((series) => matches(series, labels)) : []
    },
    metrics: () => registry.metrics()
  }
}

/** Linear within the bucket that holds the quantile, as `histogram_quantile` does it; null where nothing was counted. */
export function bucketQuantile(bounds: readonly number[], counts: readonly number[], quantile: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  const wanted = quantile * total
  let before = 0
  for (let at = 0; at < bounds.length; at++) {
    const count = counts[at]!
    if (count > 0 && before + count >= wanted) {
      const low = at === 0 ? 0 : bounds[at - 1]!
      return low + (bounds[at]! - low) * ((wanted - before) / count)
    }
    before += count
  }
  return bounds[bounds.length - 1]!
}
