import { hostname } from 'node:os'
import type { AlertChannelSettings } from '../../../../src-preload/contract/alertChannels.ts'
import type { AlertSeverity } from '../../../../src-preload/contract/alerts.ts'
import type { Clock } from '../../../clock.ts'
import { type AlertMessage, detailLines, headline, payloadOf, summaryHeadline, worstOf } from '../alertMessage.ts'
import { postJson } from './httpSending.ts'
import { type AlertSender, sent, type SendAnswer } from './sender.ts'

type Settings = Extract<AlertChannelSettings, { kind: 'pagerduty' }>

export interface PagerDutyOptions {
  settings: Settings
  secret(name: string): string | null
  memoryUsageMb(): number | null
  clock: Clock
}

/** PagerDuty knows critical, error, warning and info. */
const severities: Record<AlertSeverity, string> = {
  info: 'info',
  warning: 'warning',
  critical: 'error',
  emergency: 'critical'
}

/** Events API v2: an alert is one incident, opened and resolved under its own key; many at once are one. */
export function createPagerDutySender({ settings, secret, memoryUsageMb, clock }: PagerDutyOptions): AlertSender {
  const source = `${settings.service} on ${hostname()}`
  const manyKey = `${source}: many alerts`
  /** Alerts that the one incident of many stands for. */
  const many = new Set<string>()

  const post = (event: object, signal: AbortSignal): Promise<SendAnswer> =>
    postJson({
      address: settings.address,
      caFile: settings.caFile,
      body: { routing_key: secret('key') ?? '', client: 'Wavefall', ...event },
      clock,
      signal
    })

  function triggerOf(messages: readonly AlertMessage[], summary: string, key: string): object {
    const { component, timestamp, metadata } = payloadOf(messages, memoryUsageMb(), clock.nowMs())
    const [only] = messages
    return {
      event_action: 'trigger',
      dedup_key: key,
      payload: {
        summary: summary.slice(0, 1024),
        source,
        severity: severities[worstOf(messages)],
        timestamp,
        component,
        class: messages.length === 1 && only ? only.alert.ruleId : 'summary',
        custom_details: messages.length === 1 && only ? { ...metadata, text: detailLines(only).join('\n') } : metadata
      }
    }
  }

  async function sendOne(message: AlertMessage, signal: AbortSignal): Promise<SendAnswer> {
    const { kind, alert } = message
    if (kind === 'raised') return post(triggerOf([message], headline(message), alert.id), signal)
    if (kind === 'test') {
      const opened = await post(triggerOf([message], headline(message), alert.id), signal)
      // A test must leave nobody awake.
      if (opened.ok) await post({ event_action: 'resolve', dedup_key: alert.id }, signal)
      return opened
    }
    if (!many.delete(alert.id)) return post({ event_action: 'resolve', dedup_key: alert.id }, signal)
    if (many.size > 0) return sent('One of many is over; the incident stays open for the others.')
    return post({ event_action: 'resolve', dedup_key: manyKey }, signal)
  }

  return {
    lacks: () => (secret('key') === null ? 'Its integration key is not set.' : ''),
    async send(messages, signal) {
      const [first] = messages
      if (messages.length === 1 && first) return sendOne(first, signal)
      const over = messages.filter(({ kind }) => kind === 'resolved')
      const begun = messages.filter(({ kind }) => kind !== 'resolved')
      const wasOpen = many.size > 0
      // Incidents of their own are closed one by one; there are no more of them than were opened one by one.
      for (const message of over) {
        const answer = await sendOne(message, signal)
        if (!answer.ok) return answer
      }
      if (begun.length === 0) return sent(`${over.length} alerts are over.`)
      if (wasOpen && many.size === 0) await post({ event_action: 'resolve', dedup_key: manyKey }, signal)
      const answer = await post(triggerOf(begun, summaryHeadline(begun), manyKey), signal)
      if (answer.ok) for (const { alert } of begun) many.add(alert.id)
      return answer
    }
  }
}
