import { type Alert, type AlertPayload, alertSeverities } from '../../../src-preload/contract/alerts.ts'

/** One thing to tell about one alert. `picture` resolves to a PNG, or null where there is none or it takes too long. */
export interface AlertMessage {
  kind: 'raised' | 'resolved' | 'test'
  alert: Alert
  /** Of its rule; it may name channels that are not asked otherwise. */
  picture(): Promise<Uint8Array | null>
}

const number = (value: number): string => {
  const rounded = Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)))
  return rounded.replace('-', '−')
}

const iso = (atMs: number): string => new Date(atMs).toISOString()
const time = (atMs: number): string => `${iso(atMs).slice(0, 19).replace('T', ' ')} UTC`

/** `CRITICAL: Stream stalled · job-3`, `RESOLVED: …`. */
export function headline({ kind, alert }: AlertMessage): string {
  const word = kind === 'test' ? 'TEST' : kind === 'resolved' ? 'RESOLVED' : alert.severity.toUpperCase()
  return `${word}: ${alert.title}`
}

/** Value against threshold, since when, how often; one line each. */
export function detailLines({ kind, alert }: AlertMessage): string[] {
  const unit = alert.unit ? ` ${alert.unit}` : ''
  const took = alert.resolvedAtMs === null ? null : Math.round((alert.resolvedAtMs - alert.createdAtMs) / 1000)
  return [
    alert.description,
    alert.value === null
      ? ''
      : `Value ${number(alert.value)}${unit}${alert.threshold === null ? '' : `, threshold ${number(alert.threshold)}${unit}`}`,
    alert.isForecast ? 'This is a forecast.' : '',
    `Component ${alert.component}${alert.jobId ? `, job ${alert.jobId}` : ''}, since ${time(alert.createdAtMs)}` +
      (alert.count > 1 ? `, ${alert.count} times` : ''),
    kind === 'resolved' && took !== null ? `Over at ${time(alert.resolvedAtMs!)}, after ${took} s.` : ''
  ].filter((line) => line !== '')
}

/** The worst of them, for what stands for many. */
export const worstOf = (messages: readonly AlertMessage[]): Alert['severity'] =>
  alertSeverities[Math.max(...messages.map(({ alert }) => alertSeverities.indexOf(alert.severity)))] ?? 'info'

/** `12 alerts: 3 critical, 9 warning; 4 of them are over`. */
export function summaryHeadline(messages: readonly AlertMessage[]): string {
  const bySeverity = [...alertSeverities].reverse().flatMap((severity) => {
    const count = messages.filter(({ alert }) => alert.severity === severity).length
    return count > 0 ? [`${count} ${severity}`] : []
  })
  const over = messages.filter(({ kind }) => kind === 'resolved').length
  return `${messages.length} alerts: ${bySeverity.join(', ')}${over > 0 ? `; ${over} of them are over` : ''}`
}

const summaryLinesMost = 20

/** One line for each, the worst first; beyond twenty they are counted. */
export function summaryLines(messages: readonly AlertMessage[]): string[] {
  const sorted = [...messages].sort(
    (a, b) => alertSeverities.indexOf(b.alert.severity) - alertSeverities.indexOf(a.alert.severity)
  )
  const rest = sorted.length - summaryLinesMost
  return [
    ...sorted.slice(0, summaryLinesMost).map((message) => `${headline(message)} (${time(message.alert.createdAtMs)})`),
    ...(rest > 0 ? [`… and ${rest} more`] : [])
  ]
}

const statusOf = ({ kind, alert }: AlertMessage): string => (kind === 'test' ? 'test' : alert.status)

/**
 * What webhooks, own handlers and sockets get: exactly `{timestamp, severity, component, memory_usage, threshold, message,
 * metadata}`. `memory_usage`: resident memory of the program, MB.
 */
export function payloadOf(
  messages: readonly AlertMessage[],
  memoryUsageMb: number | null,
  nowMs: number
): AlertPayload {
  const [message] = messages
  if (!message) throw new Error('a payload of no alert was asked for')
  if (messages.length > 1)
    return {
      timestamp: iso(nowMs),
      severity: worstOf(messages),
      component: 'alerts',
      memory_usage: memoryUsageMb,
      threshold: null,
      message: summaryHeadline(messages),
      metadata: {
        status: 'summary',
        count: messages.length,
        alerts: messages.slice(0, 100).map(({ kind, alert }) => ({
          alert_id: alert.id,
          rule: alert.ruleId,
          status: kind === 'test' ? 'test' : alert.status,
          severity: alert.severity,
          component: alert.component,
          title: alert.title,
          value: alert.value,
          threshold: alert.threshold,
          started_at: iso(alert.createdAtMs)
        }))
      }
    }
  const { alert } = message
  return {
    timestamp: iso(nowMs),
    severity: alert.severity,
    component: alert.component,
    memory_usage: memoryUsageMb,
    threshold: alert.threshold,
    message: `${alert.title}${alert.description ? `. ${alert.description}` : ''}`,
    metadata: {
      alert_id: alert.id,
      rule: alert.ruleId,
      status: statusOf(message),
      title: alert.title,
      value: alert.value,
      unit: alert.unit,
      count: alert.count,
      job: alert.jobId,
      labels: alert.labels,
      is_forecast: alert.isForecast,
      started_at: iso(alert.createdAtMs),
      resolved_at: alert.resolvedAtMs === null ? null : iso(alert.resolvedAtMs)
    }
  }
}
