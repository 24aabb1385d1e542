import type { Reading, ReadingKind, ReadingPoint, Readings } from '../../src-main/health/readings.ts'

export interface WrittenReadings extends Readings {
  /** What is there from now on; series that are not named are gone. */
  write(series: { name: string; labels?: Record<string, string>; value: number }[], atMs: number): void
}

const matches = (labels: Record<string, string>, wanted: Record<string, string>): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value)

/** Readings that a test writes: kept whole, told as the collector tells. */
export function writtenReadings(kinds: Partial<ReadingKind>[]): WrittenReadings {
  const known = kinds.map((kind): ReadingKind => ({
    name: 'reading',
    help: '',
    unit: '',
    type: 'gauge',
    labels: [],
    ...kind
  }))
  const listeners = new Set<(atMs: number) => void>()
  const all: Reading[] = []
  let current: Reading[] = []
  return {
    kinds: () => known,
    current: () => current,
    value(name, labels = {}) {
      const found = current.filter((one) => one.name === name && matches(one.labels, labels))
      return found.length === 0 ? null : found.reduce((sum, one) => sum + one.value, 0)
    },
    history(name, labels, fromMs, toMs) {
      const series = new Map<string, { labels: Record<string, string>; points: ReadingPoint[] }>()
      for (const one of all) {
        if (one.name !== name || !matches(one.labels, labels) || one.atMs < fromMs || one.atMs > toMs) continue
        const key = JSON.stringify(one.labels)
        const found = series.get(key) ?? { labels: one.labels, points: [] }
        series.set(key, found)
        found.points.push({ atMs: one.atMs, value: one.value })
      }
      return [...series.values()]
    },
    onRecord(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    write(series, atMs) {
      current = series.map(({ name, labels = {}, value }) => ({ name, labels, value, atMs }))
      all.push(...current)
      for (const listener of listeners) listener(atMs)
    }
  }
}
