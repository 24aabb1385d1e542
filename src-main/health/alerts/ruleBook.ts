import { join } from 'node:path'
import {
  alertRule,
  type AlertRule,
  alertSilence,
  type AlertSilence,
  type ListedAlertRule
} from '../../../src-preload/contract/alerts.ts'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import type { Clock } from '../../clock.ts'
import type { ReadingKind } from '../readings.ts'
import { expressionOf, readingsFor } from './conditionProbe.ts'
import { openKeptLists } from './keptList.ts'
import { ExpressionError } from './readingExpression.ts'
import { shippedRules } from './shippedRules.ts'

export interface RuleBook {
  readonly problem: string
  /** In the order of the shipped ones, own ones after them. */
  rules(): readonly AlertRule[]
  rule(id: string): AlertRule | null
  listed(kinds: readonly ReadingKind[], openByRule: ReadonlyMap<string, number>): ListedAlertRule[]
  save(rule: AlertRule): Promise<Result<AlertRule>>
  /** Own ones alone. */
  remove(id: string): Promise<Result<null>>
  restore(id: string): Promise<Result<AlertRule>>
  silences(): readonly AlertSilence[]
  addSilence(silence: AlertSilence): Promise<void>
  removeSilence(id: string): Promise<boolean>
  settled(): Promise<void>
}

const ownMost = 500
const silencesMost = 200

const equal = (a: AlertRule, b: AlertRule): boolean =>
  JSON.stringify(alertRule.parse(a)) === JSON.stringify(alertRule.parse(b))

/** Rules that came with the program, changes of them, own ones, and silences: `rules.json` holds what is not as shipped. */
export async function openRuleBook(
  folder: string,
  clock: Clock,
  onWriteError: (error: unknown) => void
): Promise<RuleBook> {
  const shipped = new Map(shippedRules().map((rule) => [rule.id, rule]))
  const kept = await openKeptLists<{ rules: AlertRule[]; silences: AlertSilence[] }>(
    join(folder, 'rules.json'),
    { rules: alertRule, silences: alertSilence },
    clock,
    onWriteError
  )
  const own = new Map(kept.lists.rules.map((rule) => [rule.id, rule]))
  let silences = kept.lists.silences.filter(({ untilMs }) => untilMs > clock.nowMs())
  let rules: AlertRule[] = []

  const arrange = (): void => {
    rules = [
      ...[...shipped.values()].map((rule) => own.get(rule.id) ?? rule),
      ...[...own.values()].filter(({ id }) => !shipped.has(id))
    ]
  }
  const write = (): Promise<void> => {
    arrange()
    return kept.save({ rules: [...own.values()], silences })
  }
  arrange()

  return {
    problem: kept.problem,
    rules: () => rules,
    rule: (id) => own.get(id) ?? shipped.get(id) ?? null,
    listed: (kinds, openByRule) =>
      rules.map((rule) => {
        const before = shipped.get(rule.id)
        return {
          rule,
          isShipped: before !== undefined,
          isChanged: before !== undefined && own.has(rule.id),
          openAlerts: openByRule.get(rule.id) ?? 0,
          problem: ruleProblem(rule, kinds)
        }
      }),
    async save(rule) {
      const refusal = ruleRefusal(rule)
      if (refusal) return failure('invalid', refusal.message, { fields: [refusal] })
      const before = shipped.get(rule.id)
      if (before && equal(before, rule)) own.delete(rule.id)
      else if (!own.has(rule.id) && own.size >= ownMost)
        return failure('refused', `There are ${ownMost} rules already: delete one that is not needed.`)
      else own.set(rule.id, rule)
      await write()
      return ok(rule)
    },
    async remove(id) {
      if (shipped.has(id))
        return failure('refused', `The rule "${id}" came with the program: it can be switched off, not deleted.`)
      if (!own.delete(id)) return failure('not-found', `There is no rule "${id}".`)
      await write()
      return ok(null)
    },
    async restore(id) {
      const before = shipped.get(id)
      if (!before) return failure('not-found', `No rule "${id}" came with the program.`)
      own.delete(id)
      await write()
      return ok(before)
    },
    silences: () => silences,
    async addSilence(silence) {
      silences = [...silences.filter(({ untilMs }) => untilMs > clock.nowMs()), silence].slice(-silencesMost)
      await write()
    },
    async removeSilence(id) {
      const left = silences.filter((silence) => silence.id !== id)
      if (left.length === silences.length) return false
      silences = left
      await write()
      return true
    },
    settled: () => kept.settled()
  }
}

/** What makes a rule wrong whatever is recorded; null where nothing does. */
function ruleRefusal({ condition, severity }: AlertRule): { path: string; message: string } | null {
  if (severity === null && condition.kind !== 'finding')
    return { path: 'rule.severity', message: 'A severity is needed.' }
  if (condition.kind === 'expression') {
    const parsed = expressionOf(condition.expression)
    if (parsed instanceof ExpressionError)
      return { path: 'rule.condition.expression', message: `The expression cannot be read: ${parsed.message}.` }
    if (readingsFor(condition).length === 0)
      return { path: 'rule.condition.expression', message: 'The expression names no reading.' }
  }
  if ('compare' in condition && condition.clearValue !== null) {
    const { compare, value, clearValue } = condition
    if (compare === 'above' ? clearValue > value : clearValue < value)
      return {
        path: 'rule.condition.clearValue',
        message: `It would be over before it began: the value where it is over must be ${compare === 'above' ? 'at or below' : 'at or above'} ${value}.`
      }
  }
  return null
}

/** Why a rule has nothing to look at. */
function ruleProblem({ condition }: AlertRule, kinds: readonly ReadingKind[]): string {
  if (kinds.length === 0) return ''
  const names = new Set(
    kinds.flatMap(({ name, type }) => (type === 'histogram' ? [name, `${name}_count`, `${name}_sum`] : [name]))
  )
  const unknown = readingsFor(condition).find(({ name }) => !names.has(name))
  return unknown ? `There is no reading "${unknown.name}".` : ''
}
