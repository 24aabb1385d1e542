import type { Alert } from '../src-preload/contract/alerts.ts'
import type { ActionRecord } from '../src-preload/contract/health.ts'
import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import type { EventName } from '../src-preload/contract/events.ts'
import type { NetworkSettings } from '../src-preload/contract/networkSettings.ts'
import { systemClock, type Clock } from './clock.ts'
import { isLoopback } from './web/address.ts'
import type { RunningCore } from './core.ts'
import type { Core, CorePort } from './coreInterface.ts'
import type { ReadingStore } from './health/readingStore.ts'
import { feedReadings, type NetworkCounters } from './networkReadings.ts'
import { createPerformanceTests } from './performanceTests.ts'
import type { Log } from './storage/log.ts'
import { createApiServer, type ApiServer, type ApiServerCounters } from './web/api/apiServer.ts'
import type { ApiSource, FreedMemory, HealthPart } from './web/api/apiSource.ts'
import { createApi, type Api } from './web/api/createApi.ts'
import type { CoreNews } from './web/api/liveFeed.ts'
import { createStatsdPush, type StatsdPush } from './web/api/statsd.ts'

const alertsMax = 500
const hourMs = 3_600_000
/** Old enough for any question of the API, and bounded by the alerts' own list. */
const alertsReachMs = 8784 * hourMs

const freedOf = (records: readonly ActionRecord[]): FreedMemory => ({
  beforeMb: records[0]?.beforeMb ?? 0,
  afterMb: records.at(-1)?.afterMb ?? 0,
  freedMb: (records[0]?.beforeMb ?? 0) - (records.at(-1)?.afterMb ?? 0),
  steps: records.map(({ what, detail }) => (detail === '' ? what : `${what}: ${detail}`)),
  succeeded: records.every(({ succeeded }) => succeeded)
})

/** The API's own ears in the core: it hears what windows hear and is none. */
function createNews(core: Core): { news: CoreNews; port: CorePort; dispose(): void } {
  const listeners = new Set<(name: EventName, payload: unknown) => void>()
  const port: CorePort = {
    windowId: 'health-api',
    returnsWithinMs: 0,
    sendEvent(name, payload) {
      for (const listener of listeners) listener(name, payload)
    },
    sendRows: () => undefined
  }
  const disconnect = core.connect(port)
  const valueOf = <T>(result: Result<T>, nothing: T): T => (result.ok ? result.value : nothing)
  return {
    port,
    news: {
      listen(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      jobs: async () => valueOf(await core.handlers['jobs.list']({}, port), []),
      async tasks() {
        const list = await core.handlers['tasks.list']({}, port)
        return list.ok ? list.value.tasks : []
      }
    },
    dispose: disconnect
  }
}

function sourceOf(core: Core, health: HealthPart, port: CorePort): ApiSource {
  return {
    readings: health.readings,
    metrics: () => health.metrics(),
    status: () => health.status(),
    observe: (seconds, failed) => health.observeResponse('api', seconds, failed),
    async act(action) {
      const done = await core.handlers['health.act']({ action, jobId: null }, port)
      if (!done.ok) return done
      return done.value.length > 0 ? ok(freedOf(done.value)) : failure('failed', 'Nothing could be done.')
    },
    async alerts({ sinceMs, severity, status }) {
      const listed = await core.handlers['alerts.list'](
        {
          limit: alertsMax,
          sinceMs: sinceMs ?? Date.now() - alertsReachMs,
          ...(severity === undefined ? {} : { severities: [severity as Alert['severity']] }),
          ...(status === undefined ? {} : { statuses: [status as Alert['status']] })
        },
        port
      )
      return listed.ok ? listed.value.alerts : []
    }
  }
}

/** The API of a core, before it is put onto ports. `cliFile`: the built command line; null: no tests from here. */
export interface CoreApi {
  readonly api: Api
  /** Lets ports, guard and users be readings; the returned function ends it. */
  feed(
    health: { addSource(collect: (store: Pick<ReadingStore, 'set'>) => void): () => void },
    counters: NetworkCounters
  ): () => void
  dispose(): Promise<void>
}

export function createCoreApi(options: {
  core: Core
  health: HealthPart
  cliFile: string | null
  log: Log
  clock?: Clock
}): CoreApi {
  const { core, health, cliFile, log, clock = systemClock() } = options
  const { news, port, dispose } = createNews(core)
  const tests =
    cliFile === null
      ? null
      : createPerformanceTests({
          cliFile,
          clock,
          log,
          async whyNot() {
            const captures = await core.handlers['captures.list']({}, port)
            const isCapturing =
              captures.ok &&
              captures.value.some(({ state }) => state === 'recording' || state === 'starting' || state === 'closing')
            return isCapturing ? 'A capture is running, and a test takes what the machine has: wait for its end.' : null
          }
        })
  const api = createApi({ source: sourceOf(core, health, port), news, tests, access: core.access, clock, log })
  return {
    api,
    feed: (health, counters) =>
      feedReadings({
        addSource: (collect) => health.addSource(collect),
        access: core.access,
        clock,
        news,
        counters,
        async countSessions() {
          const listed = await core.handlers['sessions.list']({}, port)
          return listed.ok ? listed.value.sessions.length : null
        }
      }),
    async dispose() {
      await api.dispose()
      dispose()
    }
  }
}

export interface Network {
  /** Where they listen; null: not at all. */
  readonly healthUrl: string | null
  readonly metricsUrl: string | null
  /** What was asked for and could not be had, one sentence each. */
  readonly failures: string[]
  readonly warnings: string[]
  readonly ports: { name: string; counters: ApiServerCounters }[]
  statsdFailures(): number
  dispose(): Promise<void>
}

function whyNotListening(error: unknown, what: string, host: string, port: number, setting: string): string {
  const { code, message } = error as NodeJS.ErrnoException
  const why = code === 'EADDRINUSE' ? 'the port is in use' : code === 'EACCES' ? 'that is not allowed' : message
  return `${what} cannot listen on ${host}:${port}: ${why}. Name another port in ${setting}.`
}

/** Opens the ports that the settings ask for, and begins to push. What fails is told; the rest goes on. */
export async function openNetwork(options: {
  api: Api
  settings: NetworkSettings
  tls: { certificateFile: string; keyFile: string } | null
  log: Log
  clock?: Clock
}): Promise<Network> {
  const { api, settings, tls, log, clock = systemClock() } = options
  const { apiHost: host } = settings
  const servers: { name: string; server: ApiServer }[] = []
  const failures: string[] = []
  const warnings: string[] = []
  const isShared = settings.api && settings.metrics && settings.apiPort === settings.metricsPort
  const common = {
    host,
    tls,
    access: api.access,
    document: api.document,
    source: api.source,
    loopbackNeedsToken: settings.loopbackNeedsToken,
    requestsPerMinuteMax: settings.requestsPerMinuteMax,
    log
  }
  const open = async (
    name: 'health' | 'metrics',
    port: number,
    setting: string,
    more: Pick<Parameters<typeof createApiServer>[0], 'routes' | 'elsewhere' | 'live'>
  ): Promise<string | null> => {
    try {
      const server = await createApiServer({ ...common, ...more, name, port })
      servers.push({ name, server })
      log.info('port_open', { name, url: server.url })
      return server.url
    } catch (error) {
      const what = name === 'health' ? 'The health API' : '/metrics'
      failures.push(whyNotListening(error, what, host, port, setting))
      log.error('port_not_open', { name, host, port, reason: failures.at(-1)! })
      return null
    }
  }
  const healthUrl = settings.api
    ? await open('health', settings.apiPort, 'network.apiPort (--health-port)', {
        routes: api.routes,
        elsewhere: [],
        live: api.live
      })
    : null
  const ownMetrics = settings.metrics && !isShared
  const metricsUrl = ownMetrics
    ? await open('metrics', settings.metricsPort, 'network.metricsPort (--metrics-port)', {
        routes: api.routes.filter(({ path }) => path === '/metrics'),
        elsewhere: api.routes,
        live: null
      })
    : isShared
      ? healthUrl
      : null
  const isBeyond = servers.length > 0 && !isLoopback(host)
  if (isBeyond && !tls)
    warnings.push(
      `Health API and metrics on ${host} are reached from other machines without encryption: whoever can listen on the ` +
        'network sees the tokens. Give --tls-cert and --tls-key, or keep to the loopback and use a tunnel.'
    )
  const statsd: StatsdPush | null = settings.statsd
    ? createStatsdPush({ readings: api.source.readings, settings, clock, log })
    : null
  return {
    healthUrl,
    metricsUrl,
    failures,
    warnings,
    get ports() {
      return servers.map(({ name, server }) => ({ name, counters: server.counters() }))
    },
    statsdFailures: () => statsd?.counters().failures ?? 0,
    async dispose() {
      statsd?.dispose()
      await Promise.all(servers.map(({ server }) => server.dispose()))
    }
  }
}

/** Ports and pushes of a core without a web shell: the desktop's, where its settings switch them on. */
export async function startNetwork(core: RunningCore, log: Log): Promise<{ dispose(): Promise<void> }> {
  const coreApi = createCoreApi({ core, health: core.health, cliFile: null, log })
  const ports = await openNetwork({ api: coreApi.api, settings: core.settings().network, tls: null, log })
  for (const sentence of [...ports.failures, ...ports.warnings]) core.health.changed('settings', 'warning', sentence)
  const stopReadings = coreApi.feed(core.health, {
    webClients: () => 0,
    webSockets: () => null,
    live: () => coreApi.api.live.counters(),
    ports: () => ports.ports,
    statsdFailures: () => ports.statsdFailures()
  })
  return {
    async dispose() {
      stopReadings()
      await ports.dispose()
      await coreApi.dispose()
    }
  }
}
