import type { AlertSeverity } from '../../src-preload/contract/alerts.ts'
import type { EventPayload } from '../../src-preload/contract/events.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { nanosecondsFromMilliseconds } from '../../src-preload/contract/units.ts'
import type { AlertsStore } from './alertsStore.ts'
import type { NoticesStore } from './noticesStore.ts'

const noticeSeverity: Record<AlertSeverity, 'info' | 'warning' | 'error'> = {
  info: 'info',
  warning: 'warning',
  critical: 'error',
  emergency: 'error'
}

/** The channel `in-app`: a notice that stays until it is read; of many at once one, with their number. */
function show({ kind, alerts, summary }: EventPayload<'alerts.shown'>, notices: NoticesStore): void {
  const [first] = alerts
  if (!first) return
  if (summary) {
    const worst = alerts.some(({ severity }) => noticeSeverity[severity] === 'error') ? 'error' : 'warning'
    return notices.add({
      id: 'window:alerts',
      severity: kind === 'resolved' ? 'info' : worst,
      title: summary,
      detail: 'The bell of alerts lists them.',
      jobId: null,
      atNs: String(nanosecondsFromMilliseconds(first.changedAtMs))
    })
  }
  const id = `window:${first.id}`
  const isShown = notices.getState().own.some((notice) => notice.id === id)
  // What was read already and is over is in the list of alerts.
  if (kind === 'resolved' && !isShown) return
  notices.dismissOwn(id)
  notices.add({
    id,
    severity: kind === 'resolved' ? 'info' : noticeSeverity[first.severity],
    title: kind === 'resolved' ? `Over: ${first.title}` : first.title,
    detail: first.description,
    jobId: first.jobId,
    atNs: String(nanosecondsFromMilliseconds(first.changedAtMs))
  })
}

/** Keeps the alerts of a window up to date with the core's; the returned function stops it. */
export function followAlerts(connection: CoreConnection, alerts: AlertsStore, notices: NoticesStore): () => void {
  const stops = [
    connection.onState((state) => {
      if (state === 'open') void alerts.load()
    }),
    connection.on('alerts.changed', ({ alerts: changed, counts }) => alerts.changed(changed, counts)),
    connection.on('alerts.shown', (shown) => show(shown, notices)),
    // What nobody has asked for yet is not asked for again.
    connection.on('alerts.rulesChanged', () => void (alerts.getState().rules && alerts.loadRules())),
    connection.on('alerts.channelsChanged', () => void (alerts.getState().channels && alerts.loadChannels()))
  ]
  return () => {
    for (const stop of stops) stop()
  }
}
