import type { ChartPoint } from '../../src-preload/contract/health.ts'
import type { StoredSeries } from './readingStore.ts'
import type { ReadingPoint } from './readings.ts'
import { createSeriesRing, type SeriesRing } from './seriesRing.ts'

/** One reading over the time of a record. */
export interface RecordedValue {
  key: string
  name: string
  labels: Record<string, string>
  min: number
  mean: number
  max: number
}

export interface HistoryRecord {
  atMs: number
  values: RecordedValue[]
}

/**
 * What every reading was: each collection of the last quarter of an hour, and before that records of least, mean and
 * greatest, 2 000 of them.
 */
export interface History {
  collect(series: Iterable<StoredSeries>, atMs: number, monotonicMs: number): void
  /** What was collected since the last record becomes one: the program ends. */
  finish(atMs: number): void
  /** Records of an earlier run, the oldest first; before the first own one is made. */
  restore(records: HistoryRecord[]): void
  points(name: string, labels: Record<string, string>, fromMs: number, toMs: number): SeriesPoints<ReadingPoint>[]
  chart(
    name: string,
    labels: Record<string, string>,
    fromMs: number,
    toMs: number,
    pointsMax: number
  ): SeriesPoints<ChartPoint>[]
  reading(): { series: number; records: number; bytes: number; evictedSeries: number }
}

export interface SeriesPoints<Point> {
  labels: Record<string, string>
  points: Point[]
}

export interface HistoryOptions {
  recordIntervalMs: number
  /** Default 2 000. */
  recordsMax?: number
  /** Default 1 000. */
  collectionsMax?: number
  /** Series that are kept, those of ended jobs too; the one that was not written for longest goes. Default 1 500. */
  seriesMax?: number
  recorded(record: HistoryRecord): void
}

interface KeptSeries {
  key: string
  name: string
  labels: Record<string, string>
  fine: SeriesRing
  records: SeriesRing
  min: number
  max: number
  sum: number
  count: number
  touchedMs: number
}

/** Times of the newest `capacity` numbered entries. */
class Times {
  readonly #atMs: Float64Array
  next = 0

  constructor(capacity: number) {
    this.#atMs = new Float64Array(capacity)
  }

  push(atMs: number): number {
    this.#atMs[this.next % this.#atMs.length] = atMs
    return this.next++
  }

  get first(): number {
    return Math.max(0, this.next - this.#atMs.length)
  }

  at(number: number): number {
    return this.#atMs[number % this.#atMs.length]!
  }
}

export function createHistory(options: HistoryOptions): History {
  const { recordIntervalMs, recordsMax = 2000, collectionsMax = 1000, seriesMax = 1500 } = options
  const series = new Map<string, KeptSeries>()
  const byName = new Map<string, Set<KeptSeries>>()
  const fineTimes = new Times(collectionsMax)
  const recordTimes = new Times(recordsMax)
  let recordSinceMs: number | null = null
  let evictedSeries = 0

  function evictOldest(): void {
    let oldest: KeptSeries | null = null
    for (const one of series.values()) if (!oldest || one.touchedMs < oldest.touchedMs) oldest = one
    if (!oldest) return
    series.delete(oldest.key)
    byName.get(oldest.name)?.delete(oldest)
    evictedSeries++
  }

  function keptOf({ key, name, labels }: Pick<StoredSeries, 'key' | 'name' | 'labels'>): KeptSeries {
    const found = series.get(key)
    if (found) return found
    if (series.size >= seriesMax) evictOldest()
    const created: KeptSeries = {
      key,
      name,
      labels,
      fine: createSeriesRing(1, collectionsMax),
      records: createSeriesRing(3, recordsMax),
      min: Infinity,
      max: -Infinity,
      sum: 0,
      count: 0,
      touchedMs: 0
    }
    series.set(key, created)
    const sameName = byName.get(name) ?? new Set()
    byName.set(name, sameName.add(created))
    return created
  }

  function closeRecord(atMs: number): void {
    const record = recordTimes.push(atMs)
    const values: RecordedValue[] = []
    for (const kept of series.values()) {
      if (kept.count === 0) continue
      const { key, name, labels, min, max } = kept
      const mean = kept.sum / kept.count
      kept.records.set(record, min, mean, max)
      values.push({ key, name, labels, min, mean, max })
      kept.min = Infinity
      kept.max = -Infinity
      kept.sum = 0
      kept.count = 0
    }
    options.recorded({ atMs, values })
  }

  function* matching(name: string, labels: Record<string, string>): Iterable<KeptSeries> {
    for (const kept of byName.get(name) ?? []) {
      let isMatch = true
      for (const label in labels) if (kept.labels[label] !== labels[label]) isMatch = false
      if (isMatch) yield kept
    }
  }

  /** Numbers of the entries of a tier in a range of time. A clock that was set back makes them unordered. */
  function* numbersIn(times: Times, fromMs: number, toMs: number): Iterable<number> {
    for (let number = times.first; number < times.next; number++) {
      const atMs = times.at(number)
      if (atMs >= fromMs && atMs <= toMs) yield number
    }
  }

  function chartPoints(kept: KeptSeries, fromMs: number, toMs: number): ChartPoint[] {
    const points: ChartPoint[] = []
    const fineFromMs = fineTimes.next > fineTimes.first ? fineTimes.at(fineTimes.first) : Infinity
    if (fromMs < fineFromMs)
      for (const number of numbersIn(recordTimes, fromMs, Math.min(toMs, fineFromMs))) {
        const mean = kept.records.mean(number)
        if (Number.isNaN(mean)) continue
        points.push({
          atMs: recordTimes.at(number),
          min: kept.records.min(number),
          mean,
          max: kept.records.max(number)
        })
      }
    for (const number of numbersIn(fineTimes, fromMs, toMs)) {
      const value = kept.fine.mean(number)
      if (!Number.isNaN(value)) points.push({ atMs: fineTimes.at(number), min: value, mean: value, max: value })
    }
    return points
  }

  return {
    collect(all, atMs, monotonicMs) {
      recordSinceMs ??= monotonicMs
      const number = fineTimes.push(atMs)
      for (const one of all) {
        const kept = keptOf(one)
        const { value } = one
        kept.fine.set(number, value, value, value)
        kept.min = Math.min(kept.min, value)
        kept.max = Math.max(kept.max, value)
        kept.sum += value
        kept.count++
        kept.touchedMs = monotonicMs
      }
      if (monotonicMs - recordSinceMs < recordIntervalMs) return
      recordSinceMs = monotonicMs
      closeRecord(atMs)
    },
    finish(atMs) {
      if ([...series.values()].some(({ count }) => count > 0)) closeRecord(atMs)
    },
    restore(records) {
      for (const { atMs, values } of records.slice(-recordsMax)) {
        const record = recordTimes.push(atMs)
        for (const value of values) keptOf(value).records.set(record, value.min, value.mean, value.max)
      }
    },
    points: (name, labels, fromMs, toMs) =>
      [...matching(name, labels)].map((kept) => ({
        labels: kept.labels,
        points: chartPoints(kept, fromMs, toMs).map(({ atMs, mean }) => ({ atMs, value: mean }))
      })),
    chart: (name, labels, fromMs, toMs, pointsMax) =>
      [...matching(name, labels)].map((kept) => ({
        labels: kept.labels,
        points: thinned(chartPoints(kept, fromMs, toMs), fromMs, toMs, pointsMax)
      })),
    reading() {
      let bytes = 0
      for (const { fine, records } of series.values()) bytes += fine.bytes + records.bytes + 400
      return { series: series.size, records: recordTimes.next - recordTimes.first, bytes, evictedSeries }
    }
  }
}

/** At most so many points: each is what lies in an equal part of the time, its least and greatest kept. */
function thinned(points: ChartPoint[], fromMs: number, toMs: number, pointsMax: number): ChartPoint[] {
  const sorted = points.every(({ atMs }, at) => at === 0 || atMs >= points[at - 1]!.atMs)
    ? points
    : points.sort((a, b) => a.atMs - b.atMs)
  if (sorted.length <= pointsMax) return sorted
  const partMs = Math.max(1, (toMs - fromMs) / pointsMax)
  const parts = new Map<number, ChartPoint & { count: number }>()
  for (const { atMs, min, mean, max } of sorted) {
    const number = Math.min(pointsMax - 1, Math.floor((atMs - fromMs) / partMs))
    const part = parts.get(number)
    if (!part) {
      parts.set(number, { atMs, min, mean, max, count: 1 })
      continue
    }
    part.min = Math.min(part.min, min)
    part.max = Math.max(part.max, max)
    part.mean += (mean - part.mean) / ++part.count
    part.atMs = atMs
  }
  return [...parts.values()].map(({ atMs, min, mean, max }) => ({ atMs, min, mean, max }))
}
