import type { AlertRule, RuleTrial } from '../../../src-preload/contract/alerts.ts'
import type { Readings } from '../readings.ts'
import { type ReadingsAt, readingsFor } from './conditionProbe.ts'
import { createRuleWatch } from './ruleWatch.ts'
import { hasLabels, type Series, seriesKey } from './seriesKey.ts'

const listedMost = 1000

interface Recorded {
  name: string
  labels: Record<string, string>
  points: { atMs: number; value: number }[]
  /** Index of the newest point that is not after the replayed time. */
  index: number
}

/** Beyond this a recorded value no longer stands for the time: three times the usual distance. */
function staleAfterMs(times: readonly number[]): number {
  const steps = times
    .slice(1)
    .map((time, index) => time - times[index]!)
    .sort((a, b) => a - b)
  return Math.max(5000, 3 * (steps[steps.length >> 1] ?? 0))
}

const timeText = (atMs: number): string => new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')

/** Runs a rule over what was recorded in [fromMs, toMs], as it would have run then. */
export function tryRule(
  rule: AlertRule,
  readings: Pick<Readings, 'history' | 'kinds'>,
  fromMs: number,
  toMs: number
): RuleTrial {
  const counters = new Set(readings.kinds().flatMap(({ name, type }) => (type === 'gauge' ? [] : [name])))
  const recorded: Recorded[] = readingsFor(rule.condition).flatMap(({ name, labels }) =>
    readings.history(name, labels, fromMs, toMs).map((series) => ({ name, ...series, index: -1 }))
  )
  const times = [...new Set(recorded.flatMap(({ points }) => points.map(({ atMs }) => atMs)))].sort((a, b) => a - b)
  const stale = staleAfterMs(times)
  let nowMs = fromMs
  const at: ReadingsAt = {
    select: (name, labels) =>
      recorded.flatMap((series): Series[] => {
        if (series.name !== name || !hasLabels(series.labels, labels)) return []
        const point = series.points[series.index]
        return point && nowMs - point.atMs <= stale ? [{ labels: series.labels, value: point.value }] : []
      }),
    isCounter: (name) => counters.has(name.replace(/_(count|sum)$/, '')) || counters.has(name)
  }

  const watch = createRuleWatch(rule)
  const open = new Map<string, RuleTrial['firings'][number]>()
  const firings: RuleTrial['firings'] = []
  let count = 0
  const worse = rule.condition.kind !== 'finding' && 'compare' in rule.condition && rule.condition.compare === 'below'
  for (nowMs of times) {
    for (const series of recorded)
      while (series.index + 1 < series.points.length && series.points[series.index + 1]!.atMs <= nowMs) series.index++
    for (const { kind, labels, value } of watch.step(at, nowMs)) {
      const key = seriesKey(labels)
      const firing = open.get(key)
      if (kind === 'began') {
        const begun = { fromMs: nowMs, toMs: null, labels, value }
        open.set(key, begun)
        count++
        if (firings.length < listedMost) firings.push(begun)
      } else if (kind === 'ended') {
        if (firing) firing.toMs = nowMs
        open.delete(key)
      } else if (firing) firing.value = worse ? Math.min(firing.value, value) : Math.max(firing.value, value)
    }
  }
  return { fromMs, toMs, records: times.length, firings, count, sentence: sentenceOf(rule, times, count, fromMs) }
}

function sentenceOf(rule: AlertRule, times: readonly number[], count: number, fromMs: number): string {
  if (rule.condition.kind === 'finding')
    return 'It follows what the program finds, which is not recorded as numbers: it cannot be tried against history.'
  const first = times[0]
  if (first === undefined) return 'Nothing was recorded of its readings in this time.'
  const since = `since ${timeText(Math.max(fromMs, first))} UTC`
  if (count === 0) return `It would not have fired ${since}.`
  return `It would have fired ${count} × ${since}.`
}
