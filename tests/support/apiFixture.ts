import { createHistory } from '../../src-main/health/history.ts'
import { collectMachine, collectProcess } from '../../src-main/health/collect.ts'
import { readingKinds } from '../../src-main/health/kinds.ts'
import { createMachineWatch } from '../../src-main/health/machineWatch.ts'
import { createReadingStore, type ReadingStore } from '../../src-main/health/readingStore.ts'
import { createResponses } from '../../src-main/health/responses.ts'
import type { Readings } from '../../src-main/health/readings.ts'
import type { Clock } from '../../src-main/clock.ts'
import type { ApiAlert, ApiSource } from '../../src-main/web/api/apiSource.ts'
import type { CoreNews } from '../../src-main/web/api/liveFeed.ts'
import type { EventName } from '../../src-preload/contract/events.ts'

export interface ApiFixture extends ApiSource {
  readonly store: ReadingStore
  readonly news: CoreNews
  /** One collection, as health makes it each second. */
  collect(more?: (store: ReadingStore) => void): void
  setAlerts(alerts: ApiAlert[]): void
  tell(name: EventName, payload: unknown): void
}

/** Real readings of this process, collected when a test says so; alerts and jobs are what the test makes them. */
export function apiFixture(clock: Clock): ApiFixture {
  const store = createReadingStore(clock)
  store.declare(...readingKinds)
  const history = createHistory({ recordIntervalMs: 1000, recorded: () => undefined })
  const machine = createMachineWatch(clock)
  const responses = createResponses(store, clock)
  const recorded = new Set<(atMs: number) => void>()
  const listeners = new Set<(name: EventName, payload: unknown) => void>()
  let alerts: ApiAlert[] = []
  const readings: Readings = {
    kinds: () => store.kinds(),
    current: () => [...store.series()].map(({ name, labels, value, atMs }) => ({ name, labels, value, atMs })),
    value(name, labels) {
      const found = store.matching(name, labels)
      return found.length > 0 ? found.reduce((sum, { value }) => sum + value, 0) : null
    },
    history: (name, labels, fromMs, toMs) => history.points(name, labels, fromMs, toMs),
    onRecord(listener) {
      recorded.add(listener)
      return () => recorded.delete(listener)
    }
  }
  return {
    store,
    readings,
    metrics: () => store.metrics(),
    status: () => null,
    act: async (action) => {
      const before = process.memoryUsage().rss / 1e6
      return {
        ok: true,
        value: { beforeMb: before, afterMb: before, freedMb: 0, steps: [`${action} in a test`], succeeded: true }
      }
    },
    alerts: async ({ sinceMs, severity, status }) =>
      alerts.filter(
        (alert) =>
          (sinceMs === undefined || alert.createdAtMs >= sinceMs) &&
          (severity === undefined || alert.severity === severity) &&
          (status === undefined || alert.status === status)
      ),
    observe: (seconds, failed) => responses.observe('api', seconds, failed),
    news: {
      listen(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      jobs: async () => [{ id: 'live-1', state: 'streaming' }],
      tasks: async () => []
    },
    collect(more) {
      store.beginCollection()
      collectMachine(store, machine.read(), process.memoryUsage().rss, 2e9)
      collectProcess(store, {
        process: 'core',
        cpuPercent: 12,
        rssBytes: process.memoryUsage().rss,
        vmsBytes: 2e9,
        vitals: null,
        gcCount: 3,
        gcPauseP99Ms: 2,
        handles: 10,
        restarts: 0
      })
      store.set('wavefall_uptime_seconds', {}, 1)
      responses.collect()
      more?.(store)
      store.endCollection()
      history.collect(store.series(), clock.nowMs(), clock.monotonicMs())
      for (const listener of recorded) listener(clock.nowMs())
    },
    setAlerts: (list) => void (alerts = list),
    tell(name, payload) {
      for (const listener of listeners) listener(name, payload)
    }
  }
}
