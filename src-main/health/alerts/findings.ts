import type { AlertRule } from '../../../src-preload/contract/alerts.ts'
import type { Clock } from '../../clock.ts'
import type { Finding } from '../readings.ts'
import type { AlertBook, Raised } from './alertBook.ts'
import { createRowCounter } from './ruleWatch.ts'

export interface FindingsOptions {
  clock: Clock
  book: AlertBook
  rules(): readonly AlertRule[]
}

/** A finding with the labels of what it is about; two with different labels are two alerts. */
export interface LabelledFinding extends Finding {
  labels?: Record<string, string>
}

export interface Findings {
  raise(finding: LabelledFinding): void
  resolve(ruleId: string, component: string, labels?: Record<string, string>): void
  /** Ends what happens and is over at once, when it was shown long enough. */
  tick(): void
}

/** What is not followed, because too many different ones came at once. */
const followedMost = 2000

const keyOf = (ruleId: string, component: string, labels: Record<string, string>): string =>
  JSON.stringify([ruleId, component, labels])

/** What other parts of the program find, through the rules that say whether and how it is told. */
export function createFindings({ clock, book, rules }: FindingsOptions): Findings {
  const rows = new Map<string, (atMs: number) => boolean>()
  /** When what ends by itself ends. */
  const ends = new Map<string, { endsAtMs: number; end(): void }>()

  const matching = ({ ruleId, severity }: Finding): { rule: AlertRule | null; isWatched: boolean } => {
    const all = rules().filter(({ condition }) => condition.kind === 'finding' && condition.finding === ruleId)
    // What no rule knows is told as it is: nothing that is found may get lost.
    if (all.length === 0) return { rule: null, isWatched: true }
    const rule = all.find(
      ({ isEnabled, condition }) =>
        isEnabled && condition.kind === 'finding' && (condition.only === null || condition.only === severity)
    )
    return { rule: rule ?? null, isWatched: rule !== undefined }
  }

  function isRowComplete(rule: AlertRule | null, key: string): boolean {
    if (!rule || rule.inARow <= 1) return true
    if (rows.size >= followedMost) rows.clear()
    const counter = rows.get(key) ?? createRowCounter(rule.inARow, rule.repeatS * 1000)
    rows.set(key, counter)
    return counter(clock.monotonicMs())
  }

  return {
    raise(finding) {
      const { rule, isWatched } = matching(finding)
      if (!isWatched) return
      const labels = finding.labels ?? {}
      const ruleId = rule?.id ?? finding.ruleId
      const key = keyOf(ruleId, finding.component, labels)
      if (!isRowComplete(rule, key)) return
      const endsAfterS = rule?.condition.kind === 'finding' ? rule.condition.endsAfterS : null
      const raised: Raised = {
        ruleId,
        component: finding.component,
        severity: rule?.severity ?? finding.severity,
        title: finding.title,
        description: finding.description || (rule?.description ?? ''),
        labels,
        jobId: finding.jobId ?? null,
        isForecast: finding.isForecast ?? false,
        value: finding.value,
        threshold: finding.threshold,
        unit: '',
        repeatS: rule?.repeatS ?? 300,
        channels: rule?.channels ?? null,
        isEvent: endsAfterS !== null
      }
      book.raise(raised)
      if (endsAfterS === null) return
      if (!ends.has(key) && ends.size >= followedMost) ends.delete(ends.keys().next().value!)
      ends.set(key, {
        endsAtMs: clock.monotonicMs() + endsAfterS * 1000,
        end: () => book.end(ruleId, finding.component, labels)
      })
    },
    resolve(ruleId, component, labels = {}) {
      const own = rules().filter(({ condition }) => condition.kind === 'finding' && condition.finding === ruleId)
      for (const id of new Set([ruleId, ...own.map((rule) => rule.id)])) book.end(id, component, labels)
    },
    tick() {
      const nowMs = clock.monotonicMs()
      for (const [key, { endsAtMs, end }] of ends) {
        if (nowMs < endsAtMs) continue
        ends.delete(key)
        end()
      }
    }
  }
}
