import type { EventName } from '../../../src-preload/contract/events.ts'
import type { ApiAlert, ApiSource } from './apiSource.ts'
import { isoTime } from './healthRoutes.ts'
import type { Live, LiveCurrent } from './live.ts'

/** What the core tells its windows, for those who listen without one. */
export interface CoreNews {
  /** Returns what ends it. */
  listen(listener: (name: EventName, payload: unknown) => void): () => void
  jobs(): Promise<unknown[]>
  tasks(): Promise<unknown[]>
}

/** After the last one has left, readings go on for so long: who comes back misses nothing. */
const lingersMs = 120_000

const alertItem = ({ createdAtMs, resolvedAtMs, ...alert }: ApiAlert) => ({
  ...alert,
  createdAt: isoTime(createdAtMs),
  resolvedAt: resolvedAtMs === null ? null : isoTime(resolvedAtMs)
})

const metricItems = ({ readings }: ApiSource): unknown[] =>
  readings.current().map(({ name, labels, value }) => ({ name, labels, value }))

export function liveCurrent(source: ApiSource, news: CoreNews): LiveCurrent {
  return async (type) => {
    if (type === 'metrics') return metricItems(source)
    if (type === 'alerts') return (await source.alerts({})).filter(({ status }) => status !== 'resolved').map(alertItem)
    return type === 'jobs' ? news.jobs() : news.tasks()
  }
}

/** Carries readings and news to the live sockets; the returned function ends it. */
export function feedLive(live: Live, source: ApiSource, news: CoreNews): () => void {
  let wantedMs = -Infinity
  let told = new Map<string, string>()
  const stopReadings = source.readings.onRecord((atMs) => {
    if (live.isWanted('metrics')) wantedMs = atMs
    if (atMs - wantedMs <= lingersMs) live.publish('metrics', metricItems(source))
  })
  /** Alerts are told by what changed. */
  const tellAlerts = async (): Promise<void> => {
    const alerts = (await source.alerts({})).map(alertItem)
    const now = new Map(alerts.map((alert) => [alert.id, JSON.stringify(alert)]))
    const changed = alerts.filter((alert) => told.get(alert.id) !== now.get(alert.id))
    told = now
    if (changed.length > 0) live.publish('alerts', changed)
  }
  const stopNews = news.listen((name, payload) => {
    if (name === 'job.changed') live.publish('jobs', [payload])
    else if (name === 'tasks.changed') live.publish('tasks', (payload as { tasks?: unknown[] }).tasks ?? [payload])
    else if ((name as string) === 'alerts.changed') void tellAlerts()
  })
  return () => {
    stopReadings()
    stopNews()
  }
}
