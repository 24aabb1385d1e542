import { describe, expect, it } from 'vitest'
import { alertChannel, type AlertChannelKind } from '../../../src-preload/contract/alertChannels.ts'
import { alertRule } from '../../../src-preload/contract/alerts.ts'
import { ok } from '../../../src-preload/contract/errors.ts'
import { shippedChannels } from '../../../src-main/health/alerts/channels/shippedChannels.ts'
import { shippedRules } from '../../../src-main/health/alerts/shippedRules.ts'
import {
  channelFields,
  conditionNames,
  newRule,
  ruleFields,
  withConditionKind
} from '../../../src-renderer/stores/alertForms.ts'
import { createAlertsStore } from '../../../src-renderer/stores/alertsStore.ts'
import { followAlerts } from '../../../src-renderer/stores/followAlerts.ts'
import { createNoticesStore } from '../../../src-renderer/stores/noticesStore.ts'
import { judged, typedOf } from '../../../src-renderer/stores/typedForm.ts'
import { alertOf } from '../../support/alertOf.ts'
import { FakeConnection } from '../../support/fakeConnection.ts'

const counts = { open: 1, active: 1, acknowledged: 0, silenced: 0, worst: 'critical' as const, dropped: 0 }

describe('forms of alerts', () => {
  it('give back every shipped rule and channel as it was', () => {
    for (const rule of shippedRules()) {
      const fields = ruleFields(rule.condition.kind)
      expect(judged(alertRule, rule, typedOf(rule, fields), fields)).toEqual({ value: rule })
    }
    for (const channel of shippedChannels()) {
      const fields = channelFields(channel)
      expect(judged(alertChannel, channel, typedOf(channel, fields), fields)).toEqual({ value: channel })
    }
  })

  it('say what is wrong where it is wrong', () => {
    const rule = newRule('own-1')
    const fields = ruleFields('threshold')
    const typed = { ...typedOf(rule, fields), title: 'Mine', 'condition.reading': 'x', 'condition.value': 'many' }
    const result = judged(alertRule, rule, typed, fields)
    expect(result).toEqual({ messages: [{ path: 'condition.value', message: 'Is no number.' }] })
  })

  it('keep what fits when the kind of condition changes, and are judged as that kind', () => {
    for (const kind of Object.keys(conditionNames) as (keyof typeof conditionNames)[]) {
      const changed = withConditionKind(newRule('own-1'), kind)
      const fields = ruleFields(kind)
      const typed = {
        ...typedOf(changed, fields),
        title: 'Mine',
        'condition.reading': 'x',
        'condition.expression': 'x / 2',
        'condition.finding': 'y',
        'condition.labels': 'job=job-1, process="core"'
      }
      const result = judged(alertRule, changed, typed, fields)
      expect(result).toMatchObject({ value: { condition: { kind } } })
      if (kind === 'threshold')
        expect(result).toMatchObject({ value: { condition: { labels: { job: 'job-1', process: 'core' } } } })
    }
  })

  it('name every kind of channel', () => {
    const kinds = shippedChannels().map(({ settings }) => settings.kind)
    expect(new Set(kinds).size).toBe(10 satisfies number)
    expect(kinds).toContain('pagerduty' satisfies AlertChannelKind)
  })
})

describe('alerts of a window', () => {
  it('follow the core, the newest first, and show what is told in the program until it is read', async () => {
    const first = alertOf({ id: 'a', createdAtMs: 1000 })
    const connection = new FakeConnection({
      'alerts.list': () => ok({ alerts: [first], counts, matching: 1 }),
      'alerts.silences': () => ok([]),
      'alerts.acknowledge': ({ ids }) => ok(ids.map((id) => alertOf({ id, status: 'acknowledged' })))
    })
    const alerts = createAlertsStore(connection)
    const notices = createNoticesStore()
    const stop = followAlerts(connection, alerts, notices)
    await FakeConnection.until(() => alerts.getState().alerts.length === 1, 'alerts were loaded')
    const second = alertOf({ id: 'b', createdAtMs: 2000 })
    connection.emit('alerts.changed', { alerts: [second], counts: { ...counts, open: 2 } })
    expect(alerts.getState().alerts.map(({ id }) => id)).toEqual(['b', 'a'])
    expect(alerts.getState().counts?.open).toBe(2)
    await alerts.acknowledge(['b'])
    expect(alerts.getState().alerts.find(({ id }) => id === 'b')?.status).toBe('acknowledged')
    connection.emit('alerts.shown', { kind: 'raised', alerts: [second], summary: '' })
    expect(notices.getState().own).toMatchObject([{ severity: 'error', title: second.title }])
    connection.emit('alerts.shown', { kind: 'resolved', alerts: [second], summary: '' })
    expect(notices.getState().own).toMatchObject([{ severity: 'info', title: `Over: ${second.title}` }])
    notices.dismissOwn('window:b')
    connection.emit('alerts.shown', { kind: 'resolved', alerts: [second], summary: '' })
    expect(notices.getState().own).toEqual([])
    stop()
    expect(connection.listenerCount).toBe(0)
  })

  it('say why a wish was refused', async () => {
    const alerts = createAlertsStore(new FakeConnection({}))
    await alerts.resolve(['a'])
    expect(alerts.getState().problem).toContain('no answer for alerts.resolve')
  })
})
