import { describe, expect, it } from 'vitest'
import { alertRule } from '../../../src-preload/contract/alerts.ts'
import { tryRule } from '../../../src-main/health/alerts/ruleTrial.ts'
import { writtenReadings } from '../../support/writtenReadings.ts'

const hour = 3_600_000
const startMs = Date.UTC(2026, 0, 1, 21)
const second = (at: number): number => startMs + at * 1000

const rule = alertRule.parse({
  id: 'cpu',
  title: 'CPU',
  component: 'processor',
  severity: 'warning',
  condition: { kind: 'threshold', reading: 'cpu', value: 80 },
  forS: 30,
  clearForS: 0
})

describe('a rule tried against history', () => {
  it('says how often and when it would have fired', () => {
    const readings = writtenReadings([{ name: 'cpu' }])
    const busy = [
      [100, 160],
      [400, 420],
      [600, 700],
      [900, 1000]
    ]
    for (let at = 0; at < 1000; at += 2) {
      const isBusy = busy.some(([from, to]) => at >= from! && at < to!)
      readings.write([{ name: 'cpu', value: isBusy ? 90 + at / 100 : 20 }], second(at))
    }
    const trial = tryRule(rule, readings, startMs - hour, startMs + hour)
    expect(trial.sentence).toBe('It would have fired 3 × since 2026-01-01 21:00 UTC.')
    expect(trial.firings.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [second(130), second(160)],
      [second(630), second(700)],
      [second(930), null]
    ])
    expect(trial.firings[1]!.value).toBeCloseTo(96.98, 6)
    expect(trial.records).toBe(500)
  })

  it('counts more than it lists, and each series by itself', () => {
    const readings = writtenReadings([{ name: 'cpu' }])
    const quick = { ...rule, forS: 0 }
    for (let at = 0; at < 2400; at++)
      readings.write(
        ['a', 'b'].map((job) => ({ name: 'cpu', labels: { job }, value: at % 2 === 0 ? 90 : 10 })),
        second(at)
      )
    const trial = tryRule(quick, readings, startMs, startMs + hour)
    expect(trial.count).toBe(2400)
    expect(trial.firings).toHaveLength(1000)
    expect(trial.firings[0]!.labels).toEqual({ job: 'a' })
  })

  it('says where there is nothing to try', () => {
    const readings = writtenReadings([{ name: 'cpu' }])
    expect(tryRule(rule, readings, startMs, startMs + hour).sentence).toBe(
      'Nothing was recorded of its readings in this time.'
    )
    readings.write([{ name: 'cpu', value: 3 }], second(0))
    expect(tryRule(rule, readings, startMs, startMs + hour).sentence).toBe(
      'It would not have fired since 2026-01-01 21:00 UTC.'
    )
    const finding = { ...rule, condition: { kind: 'finding', finding: 'x', only: null, endsAfterS: null } as const }
    expect(tryRule(finding, readings, startMs, startMs + hour).sentence).toContain('cannot be tried')
  })

  it('takes the rate of a counter from what was recorded', () => {
    const readings = writtenReadings([{ name: 'lost_total', type: 'counter' }])
    for (let at = 0; at < 200; at += 5)
      readings.write([{ name: 'lost_total', value: at < 100 ? 7 : 7 + (at - 100) * 3 }], second(at))
    const lost = {
      ...rule,
      forS: 0,
      condition: alertRule.shape.condition.parse({ kind: 'rate', reading: 'lost_total', value: 0, windowS: 15 })
    }
    const trial = tryRule(lost, readings, startMs, startMs + hour)
    expect(trial.firings.map(({ fromMs }) => fromMs)).toEqual([second(105)])
    expect(trial.firings[0]!.value).toBeCloseTo(3, 6)
  })
})
