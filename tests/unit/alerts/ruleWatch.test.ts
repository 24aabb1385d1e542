import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { alertRule, type AlertRule } from '../../../src-preload/contract/alerts.ts'
import { createRuleWatch, type RuleChange } from '../../../src-main/health/alerts/ruleWatch.ts'
import { hasLabels, type Series } from '../../../src-main/health/alerts/seriesKey.ts'

type Condition = z.input<typeof alertRule>['condition']

const ruleOf = (condition: Condition, more: Partial<z.input<typeof alertRule>> = {}): AlertRule =>
  alertRule.parse({ id: 'a', title: 'A', component: 'c', severity: 'warning', condition, clearForS: 0, ...more })

/** Steps once a second over values (or series) and says at which second something began or ended. */
function run(rule: AlertRule, values: (number | Series[] | null)[], counters = new Set<string>()): string[] {
  const watch = createRuleWatch(rule)
  return values.flatMap((value, second) => {
    const series = value === null ? [] : typeof value === 'number' ? [{ labels: {}, value }] : value
    const changes: RuleChange[] = watch.step(
      {
        select: (_name, labels) => series.filter((one) => hasLabels(one.labels, labels)),
        isCounter: (name) => counters.has(name)
      },
      second * 1000
    )
    return changes
      .filter(({ kind }) => kind !== 'goes on')
      .map(({ kind, labels }) => `${second} ${kind}${labels['job'] ? ` ${labels['job']}` : ''}`)
  })
}

describe('a rule over time', () => {
  const threshold: Condition = { kind: 'threshold', reading: 'x', value: 10 }

  it('begins when its condition held for its time, and ends by itself', () => {
    expect(run(ruleOf(threshold, { forS: 2 }), [11, 11, 11, 11, 9, 11])).toEqual(['2 began', '4 ended'])
  })

  it('does not begin where the condition was interrupted', () => {
    expect(run(ruleOf(threshold, { forS: 2 }), [11, 11, 9, 11, 11, 9])).toEqual([])
  })

  it('is not beyond at the value itself', () => {
    expect(run(ruleOf(threshold), [10, 10.001])).toEqual(['1 began'])
    expect(run(ruleOf({ ...threshold, compare: 'below' }), [10, 9.999])).toEqual(['1 began'])
  })

  it('ends only behind its clear value, and only after its clear time', () => {
    const rule = ruleOf({ ...threshold, clearValue: 8 }, { clearForS: 2 })
    expect(run(rule, [11, 9, 9, 7, 9, 7, 7, 7])).toEqual(['0 began', '7 ended'])
  })

  it('watches each series by itself, and ends what is gone', () => {
    const jobs = (one: number, two: number): Series[] => [
      { labels: { job: 'one' }, value: one },
      { labels: { job: 'two' }, value: two }
    ]
    expect(run(ruleOf(threshold), [jobs(11, 5), jobs(11, 12), [{ labels: { job: 'two' }, value: 12 }]])).toEqual([
      '0 began one',
      '1 began two',
      '2 ended one'
    ])
  })

  it.each([
    ['sum', ['1 began']],
    ['mean', []],
    ['greatest', ['2 began']],
    ['least', []]
  ] as const)('over all series: %s', (over, expected) => {
    const two = (a: number, b: number): Series[] => [
      { labels: { job: 'a' }, value: a },
      { labels: { job: 'b' }, value: b }
    ]
    const series = over === 'greatest' ? [two(1, 2), two(6, 6), two(0, 12)] : [two(1, 2), two(6, 6)]
    expect(run(ruleOf({ ...threshold, over }), series)).toEqual(expected)
  })

  it('follows the rise of a counter through its new beginning', () => {
    const rule = ruleOf({ kind: 'rate', reading: 'x_total', value: 5, windowS: 3 })
    const counters = new Set(['x_total'])
    // +1, +1, then +10 a second, then it begins anew at 10 and goes on by 10: never a negative rate.
    expect(run(rule, [0, 1, 2, 12, 22, 32, 10, 20, 30, 30, 30, 30, 30], counters)).toEqual(['4 began', '10 ended'])
  })

  it('follows the fall of a gauge', () => {
    const rule = ruleOf({ kind: 'rate', reading: 'free', compare: 'below', value: -5, windowS: 3 })
    expect(run(rule, [100, 99, 98, 80, 60, 40, 40, 40, 40, 40])[0]).toMatch(/^[34] began$/)
  })

  it('takes the mean over its window, and says nothing before the window is known', () => {
    const rule = ruleOf({ kind: 'threshold', reading: 'up', compare: 'below', value: 0.8, averageS: 10 })
    expect(run(rule, [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1])).toEqual([])
    expect(run(rule, [1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1])).toEqual(['9 began'])
  })

  it('tells that a reading is missing, and that a value stays the same', () => {
    const missing = ruleOf({ kind: 'silence', reading: 'x' }, { forS: 2 })
    expect(run(missing, [1, null, null, null, null, 2])).toEqual(['3 began', '5 ended'])
    const unchanged = ruleOf({ kind: 'silence', reading: 'x', mode: 'unchanged' }, { forS: 2 })
    expect(run(unchanged, [1, 2, 2, 2, 2, 2, 3])).toEqual(['4 began', '6 ended'])
  })

  it('waits for the nth time in a row', () => {
    const rule = ruleOf(threshold, { inARow: 3, repeatS: 3 })
    expect(run(rule, [11, 0, 11, 0, 11, 0])).toEqual(['4 began', '5 ended'])
    expect(run(rule, [11, 0, 0, 0, 0, 11, 0, 11, 0])).toEqual([])
  })

  it('computes over readings', () => {
    const rule = ruleOf({ kind: 'expression', expression: 'x / 2 - 1', value: 4 })
    expect(run(rule, [9, 10, 11, 8])).toEqual(['2 began', '3 ended'])
  })

  it('bounds the series that it watches, and counts the others', () => {
    const watch = createRuleWatch(ruleOf(threshold))
    const many = Array.from({ length: 1200 }, (_, at) => ({ labels: { job: `job-${at}` }, value: 11 }))
    const changes = watch.step({ select: () => many, isCounter: () => false }, 0)
    expect(changes).toHaveLength(1000)
    expect(watch.overflow).toBe(200)
  })
})
