import type { AlertRule } from '../../../src-preload/contract/alerts.ts'
import { createConditionProbe, type Observation, type ReadingsAt } from './conditionProbe.ts'
import { seriesKey } from './seriesKey.ts'

export interface RuleChange {
  kind: 'began' | 'goes on' | 'ended'
  labels: Record<string, string>
  value: number
}

export interface RuleWatch {
  /** What changed with this reading. `atMs` is a time that never goes back. */
  step(readings: ReadingsAt, atMs: number): RuleChange[]
  /** Series beyond the bound that were not watched. */
  readonly overflow: number
}

interface Watched {
  labels: Record<string, string>
  value: number
  /** Since when it holds, or (firing) since when it is over. */
  sinceMs: number | null
  isFiring: boolean
  /** It was said that it began. */
  isSaid: boolean
  seenAt: number
}

const seriesMost = 1000

/** Counts what begins again and again: true when it is the nth, each at most `withinMs` after the one before. */
export function createRowCounter(inARow: number, withinMs: number): (atMs: number) => boolean {
  let count = 0
  let lastMs = -Infinity
  return (atMs) => {
    count = atMs - lastMs <= withinMs ? count + 1 : 1
    lastMs = atMs
    return count >= inARow
  }
}

/** A rule over time: it begins when its condition held for `forS`, and ends when it was over for `clearForS`. */
export function createRuleWatch(rule: AlertRule): RuleWatch {
  const probe = createConditionProbe(rule.condition)
  const watched = new Map<string, Watched>()
  const rows = new Map<string, (atMs: number) => boolean>()
  let overflow = 0
  let steps = 0

  const isRowComplete = (key: string, atMs: number): boolean => {
    if (rule.inARow <= 1) return true
    const counter = rows.get(key) ?? createRowCounter(rule.inARow, rule.repeatS * 1000)
    rows.set(key, counter)
    return counter(atMs)
  }

  /** Null: nothing is said. */
  function advance(key: string, series: Watched, observed: Observation | null, atMs: number): RuleChange | null {
    const { labels } = series
    if (observed) series.value = observed.value
    if (series.isFiring) {
      if (observed?.isBeyondClear) {
        series.sinceMs = null
        return series.isSaid ? { kind: 'goes on', labels, value: series.value } : null
      }
      series.sinceMs ??= atMs
      if (atMs - series.sinceMs < rule.clearForS * 1000) return null
      watched.delete(key)
      return series.isSaid ? { kind: 'ended', labels, value: series.value } : null
    }
    if (!observed?.holds) {
      watched.delete(key)
      return null
    }
    series.sinceMs ??= atMs
    if (atMs - series.sinceMs < rule.forS * 1000) return null
    series.sinceMs = null
    series.isFiring = true
    series.isSaid = isRowComplete(key, atMs)
    return series.isSaid ? { kind: 'began', labels, value: series.value } : null
  }

  return {
    step(readings, atMs) {
      steps++
      const changes: RuleChange[] = []
      for (const observed of probe.observe(readings, atMs)) {
        const key = seriesKey(observed.labels)
        let series = watched.get(key)
        if (!series) {
          if (!observed.holds) continue
          if (watched.size >= seriesMost) {
            overflow++
            continue
          }
          const { labels, value } = observed
          series = { labels, value, sinceMs: null, isFiring: false, isSaid: false, seenAt: steps }
          watched.set(key, series)
        }
        series.seenAt = steps
        const change = advance(key, series, observed, atMs)
        if (change) changes.push(change)
      }
      // A series that is gone (its job was closed) is over.
      for (const [key, series] of watched) {
        if (series.seenAt === steps) continue
        const change = advance(key, series, null, atMs)
        if (change) changes.push(change)
      }
      return changes
    },
    get overflow() {
      return overflow
    }
  }
}
