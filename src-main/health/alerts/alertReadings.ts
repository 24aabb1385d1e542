import { alertSeverities, alertStatuses } from '../../../src-preload/contract/alerts.ts'
import type { DeclaredKind, ReadingStore } from '../readingStore.ts'
import type { Alerts } from './alerts.ts'

const own = { type: 'gauge', unit: '' } as const

/** What alerts tell of themselves; queues are told with all others, as `wavefall_queue_…{queue="alerts"}`. */
export const alertKinds: readonly DeclaredKind[] = [
  { ...own, name: 'wavefall_alerts', help: 'Alerts that are not resolved, by status.', labels: ['status'] },
  { ...own, name: 'wavefall_alerts_open', help: 'Active and acknowledged alerts, by severity.', labels: ['severity'] },
  {
    name: 'wavefall_alert_messages_total',
    help: 'What became of the alerts for a channel: sent, failed, retried.',
    unit: '',
    type: 'counter',
    labels: ['channel', 'outcome'],
    seriesMax: 200
  },
  { ...own, name: 'wavefall_alert_channel_failing', help: '1 while a channel of alerts fails.', labels: ['channel'] }
]

/** Into the registry, at each collection. */
export function collectAlerts({ set }: Pick<ReadingStore, 'set'>, alerts: Alerts): void {
  const open = alerts.list({ statuses: ['active', 'acknowledged', 'silenced'] })
  for (const status of alertStatuses)
    if (status !== 'resolved')
      set('wavefall_alerts', { status }, open.filter((alert) => alert.status === status).length)
  for (const severity of alertSeverities)
    set(
      'wavefall_alerts_open',
      { severity },
      open.filter((alert) => alert.status !== 'silenced' && alert.severity === severity).length
    )
  const { raising, channels } = alerts.readings()
  const queue = (of: string, length: number, capacity: number, ageMs: number, dropped: number): void => {
    const labels = { queue: 'alerts', of }
    set('wavefall_queue_length', labels, length)
    set('wavefall_queue_capacity', labels, capacity)
    set('wavefall_queue_age_seconds', labels, ageMs / 1000)
    set('wavefall_queue_dropped_total', labels, dropped)
  }
  queue('raised', raising.length, raising.capacity, 0, raising.dropped)
  for (const { channel, waiting, capacity, ageMs, sent, failed, retried, dropped, isFailing } of channels) {
    queue(channel, waiting, capacity, ageMs, dropped)
    for (const [outcome, count] of Object.entries({ sent, failed, retried }))
      set('wavefall_alert_messages_total', { channel, outcome }, count)
    set('wavefall_alert_channel_failing', { channel }, isFailing ? 1 : 0)
  }
}
