import type { AlertRule } from '../../../src-preload/contract/alerts.ts'
import type { Reading, ReadingKind, Readings } from '../readings.ts'
import type { Raised } from './alertBook.ts'
import type { ReadingsAt } from './conditionProbe.ts'
import { createRuleWatch, type RuleChange, type RuleWatch } from './ruleWatch.ts'
import { hasLabels } from './seriesKey.ts'

export interface FollowedChange extends RuleChange {
  rule: AlertRule
}

export interface RuleFollower {
  /** Rules that are new, changed or switched off. A changed one starts anew. */
  follow(rules: readonly AlertRule[]): void
  /** One look at all readings; `atMs` never goes back. */
  step(readings: Readings, atMs: number): FollowedChange[]
  /** Series that no rule could watch, because there were too many. */
  overflow(): number
}

/** The enabled rules that look at readings, each with its state. */
export function createRuleFollower(): RuleFollower {
  let followed = new Map<string, { rule: AlertRule; watch: RuleWatch }>()

  return {
    follow(rules) {
      const next: typeof followed = new Map()
      for (const rule of rules) {
        if (!rule.isEnabled || rule.condition.kind === 'finding') continue
        const before = followed.get(rule.id)
        next.set(rule.id, before?.rule === rule ? before : { rule, watch: createRuleWatch(rule) })
      }
      followed = next
    },
    step(readings, atMs) {
      const at = readingsNow(readings)
      const changes: FollowedChange[] = []
      for (const { rule, watch } of followed.values())
        for (const change of watch.step(at, atMs)) changes.push({ ...change, rule })
      return changes
    },
    overflow: () => [...followed.values()].reduce((sum, { watch }) => sum + watch.overflow, 0)
  }
}

function readingsNow(readings: Readings): ReadingsAt {
  const byName = new Map<string, Reading[]>()
  for (const reading of readings.current()) {
    const same = byName.get(reading.name)
    if (same) same.push(reading)
    else byName.set(reading.name, [reading])
  }
  const counters = countersOf(readings.kinds())
  return {
    select: (name, labels) => (byName.get(name) ?? []).filter((reading) => hasLabels(reading.labels, labels)),
    isCounter: (name) => counters.has(name)
  }
}

/** Names of what only rises; a histogram's count and sum are two of them. */
export const countersOf = (kinds: readonly ReadingKind[]): Set<string> =>
  new Set(
    kinds.flatMap(({ name, type }) =>
      type === 'gauge' ? [] : type === 'counter' ? [name] : [`${name}_count`, `${name}_sum`]
    )
  )

/** What a rule says about one series, for the book. */
export function raisedBy(rule: AlertRule, { labels, value }: RuleChange, unit: string): Raised {
  const { condition } = rule
  // Which quantile it is, the rule says.
  const named = Object.entries(labels).flatMap(([name, text]) => (name === 'quantile' || text === '' ? [] : [text]))
  return {
    ruleId: rule.id,
    component: rule.component,
    severity: rule.severity ?? 'warning',
    title: named.length > 0 ? `${rule.title} · ${named.join(' · ')}` : rule.title,
    description: rule.description,
    labels,
    jobId: labels['job'] ?? null,
    isForecast: false,
    value,
    threshold: 'value' in condition ? condition.value : null,
    unit: 'unit' in condition ? condition.unit : condition.kind === 'rate' ? `${unit}/s` : unit,
    repeatS: rule.repeatS,
    channels: rule.channels,
    isEvent: false
  }
}
