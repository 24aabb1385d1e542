import type { TaskSnapshot } from '../src-preload/contract/tasks.ts'
import type { Access } from './access/access.ts'
import type { Clock } from './clock.ts'
import type { ReadingStore } from './health/readingStore.ts'
import type { ApiServerCounters } from './web/api/apiServer.ts'
import type { LiveCounters } from './web/api/live.ts'
import type { CoreNews } from './web/api/liveFeed.ts'

export interface NetworkCounters {
  /** Windows over the web shell. */
  webClients(): number
  /** Connections of the web shell, whatever they carry; null: there is none. */
  webSockets(): number | null
  live(): LiveCounters
  /** By the name of the port. */
  ports(): { name: string; counters: ApiServerCounters }[]
  statsdFailures(): number
}

const sessionsEveryMs = 30_000

type SetReading = Pick<ReadingStore, 'set'>

/** Adds what ports, guard and users tell to the readings; the returned function ends it. */
export function feedReadings(options: {
  addSource(collect: (store: SetReading) => void): () => void
  access: Access
  clock: Clock
  news: CoreNews
  /** How many sessions there are; null where the catalogue does not answer. */
  countSessions(): Promise<number | null>
  counters: NetworkCounters
}): () => void {
  const { access, clock, counters } = options
  let sessions: number | null = null
  let exportedBytes = 0
  const counted = new Set<string>()

  const countSessions = async (): Promise<void> => {
    sessions = await options.countSessions().catch(() => null)
  }
  const countExports = (tasks: readonly TaskSnapshot[]): void => {
    for (const { id, state, result } of tasks) {
      if (state !== 'completed' || !result || counted.has(id)) continue
      counted.add(id)
      exportedBytes += result.bytes
    }
  }
  // What ended before this start is not of this start.
  void options.news.tasks().then((tasks) => {
    for (const { id, state } of tasks as TaskSnapshot[]) if (state === 'completed') counted.add(id)
  })
  void countSessions()
  const stopSessions = clock.every(sessionsEveryMs, () => void countSessions())
  const stopNews = options.news.listen((name, payload) => {
    if (name === 'tasks.changed') countExports((payload as { tasks: TaskSnapshot[] }).tasks)
    if (name === 'sessions.changed') void countSessions()
  })
  const stopSource = options.addSource(({ set }) => {
    const { admitted, ...refused } = access.counters()
    set('wavefall_access_admitted_total', {}, admitted)
    for (const [why, count] of Object.entries(refused)) set('wavefall_access_refused_total', { why }, count)
    set('wavefall_audit_failures_total', {}, access.audit.counters().failures)
    const live = counters.live()
    set('wavefall_clients', { kind: 'web' }, counters.webClients())
    const sockets = counters.webSockets()
    if (sockets !== null) set('wavefall_web_sockets', {}, sockets)
    set('wavefall_clients', { kind: 'live' }, live.connections)
    set('wavefall_live_dropped_messages_total', {}, live.dropped)
    set('wavefall_statsd_failures_total', {}, counters.statsdFailures())
    for (const { name, counters: port } of counters.ports()) {
      set('wavefall_port_connections', { port: name }, port.connections)
      set('wavefall_port_dropped_connections_total', { port: name }, port.dropped)
      set('wavefall_port_timeouts_total', { port: name }, port.timedOut)
    }
    if (sessions !== null) set('wavefall_sessions', {}, sessions)
    set('wavefall_exported_bytes_total', {}, exportedBytes)
  })
  return () => {
    stopSessions()
    stopNews()
    stopSource()
  }
}
