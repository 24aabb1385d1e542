import type { Handlers } from '../src-preload/contract/calls.ts'
import { ok, type Result } from '../src-preload/contract/errors.ts'
import type { healthCalls } from '../src-preload/contract/health.ts'
import type { Settings } from '../src-preload/contract/settings.ts'
import type { Clock } from './clock.ts'
import { componentsOf, type ComponentParts } from './coreComponents.ts'
import type { CorePort } from './coreInterface.ts'
import { createMachineMonitor, type MachineMonitor } from './coreMachine.ts'
import type { CoreRestart } from './coreRestart.ts'
import type { CoreSessions } from './coreSessions.ts'
import type { CoreWindows } from './coreWindows.ts'
import { createGarbageCollection } from './health/garbage.ts'
import { createHealth, type Health } from './health/health.ts'
import type { Measure, OperationName } from './health/operationMeter.ts'
import type { FindingSink } from './health/readings.ts'
import type { Service } from './health/responses.ts'
import type { HealthLevers, HealthSources, QueueSource } from './health/sources.ts'
import type { JobManager } from './jobs/jobManager.ts'
import type { Notices } from './jobs/notices.ts'
import type { Caches } from './storage/cache.ts'
import type { RootLog } from './storage/log.ts'

export type HealthHandlers = Pick<Handlers<CorePort>, keyof typeof healthCalls>

export interface CoreHealthOptions extends ComponentParts {
  dataFolder: string
  clock: Clock
  log: RootLog
  settings: Settings
  /** Parts of the core; they exist when health first collects. */
  jobs(): JobManager
  sessions(): CoreSessions
  restart(): CoreRestart
  caches: Caches
  windows: CoreWindows
  notices: Notices
}

export interface CoreHealth {
  readonly health: Health
  readonly machine: MachineMonitor
  readonly handlers: HealthHandlers
  readonly measure: Measure
  /** For parts that are no readings: what they find becomes an alert. */
  readonly findings: FindingSink
  /** A background task was given up. */
  taskFailed(title: string, sentence: string): void
  /** Where findings go from now on; until then they are kept back. */
  connectAlerts(alerts: FindingSink): void
  /** The same handlers, whose answers are timed. */
  timed(handlers: Handlers<CorePort>): Handlers<CorePort>
  dispose(): Promise<void>
}

/** Answers that wait for a person or for work that was asked for say nothing of how quick the program is. */
const untimed = new Set([
  'exports.chooseTarget',
  'files.choose',
  'files.open',
  'sessions.verify',
  'sessions.reindex',
  'health.profile',
  'alerts.testChannel',
  'health.act',
  'jobs.close',
  'captures.stop'
])
/** Calls that may take much memory at once; others are measured where their stages are known. */
const measuredCalls = new Map<string, OperationName>([
  ['views.history', 'history request'],
  ['captures.start', 'capture start'],
  ['captures.arm', 'capture start']
])
const catalogueCalls = new Set(['sessions.list', 'sessions.show', 'health.history', 'health.timeline'])
/** What the program is to answer for; a refusal or a wrong argument is an answer. */
const failures = new Set(['failed', 'unavailable', 'timed-out'])
const earlyFindingsMax = 200

function queuesOf({ jobs, tasks, log }: CoreHealthOptions): QueueSource[] {
  const admission = jobs().waiting()
  const background = tasks().queue()
  const lines = log.queue()
  return [
    { queue: 'admission', of: '', length: admission.length, capacity: admission.capacity, ageMs: null, dropped: 0 },
    {
      queue: 'tasks',
      of: '',
      length: background.length,
      capacity: background.capacity,
      ageMs: background.ageMs,
      dropped: background.refused
    },
    { queue: 'log', of: '', length: lines.length, capacity: lines.capacity, ageMs: null, dropped: lines.dropped }
  ]
}

function sourcesOf(options: CoreHealthOptions): HealthSources {
  const { backends, caches, analysisHost, ingest, windows, log } = options
  return {
    jobs: () => options.jobs().list(),
    usage: () =>
      options
        .jobs()
        .usage()
        .map(({ jobId, computeMs, ringBytes }) => ({ jobId, computeMs, memoryBytes: ringBytes })),
    captures: () => options.sessions().captures.list(),
    tasks: () => options.tasks().list(),
    caches: () => caches.readings(),
    backends: () => backends.sources(),
    threads: () => [
      { label: 'ingest', kind: 'worker', ...ingest.reading() },
      ...analysisHost
        .workers()
        .map((worker) => ({ label: `analysis ${worker.index + 1}`, kind: 'worker' as const, ...worker })),
      ...options
        .tasks()
        .threads()
        .map((thread) => ({ label: `task ${thread.number}`, kind: 'task' as const, restarts: 0, ...thread }))
    ],
    components: () => componentsOf(options),
    queues: () => queuesOf(options),
    stages: () => [...ingest.stages(), ...analysisHost.stages()],
    windows: () => windows.count(),
    log: () => log.counters()
  }
}

function leversOf(options: CoreHealthOptions): HealthLevers {
  const { caches } = options
  return {
    collectGarbage: createGarbageCollection(),
    clearCaches() {
      const before = caches.readings()
      caches.clear()
      const bytes = before.reduce((sum, cache) => sum + cache.bytes, 0)
      const entries = before.reduce((sum, cache) => sum + cache.entries, 0)
      return `${entries} entries of ${before.length} caches, ${(bytes / 1e6).toFixed(1)} MB.`
    },
    thinRows(jobId, stride) {
      const ids = options.jobs().thin(jobId, stride)
      if (ids.length === 0) return 'No live job is concerned.'
      const what = stride === 1 ? 'Every row' : `One row in ${stride}`
      return `${what} of ${ids.join(', ')} is computed; captures have every sample.`
    },
    holdTasks: (isHeld) => options.tasks().hold(isHeld),
    prepareRestart: () => options.restart().prepare(),
    withdrawRestart: () => options.restart().withdraw()
  }
}

/** Findings of the first moments wait until there is something that takes them. */
function createFindingGate(): FindingSink & { connect(sink: FindingSink): void } {
  let sink: FindingSink | null = null
  const early: ((sink: FindingSink) => void)[] = []
  const pass = (tell: (sink: FindingSink) => void): void => {
    if (sink) tell(sink)
    else if (early.length < earlyFindingsMax) early.push(tell)
  }
  return {
    raise: (finding) => pass((to) => to.raise(finding)),
    resolve: (ruleId, component) => pass((to) => to.resolve(ruleId, component)),
    connect(next) {
      sink = next
      for (const tell of early.splice(0)) tell(next)
    }
  }
}

function handlersOf(health: Health): HealthHandlers {
  return {
    'health.live': async () => ok(health.live()),
    'health.status': async () => ok(health.status()),
    'health.readings': async ({ name }) =>
      ok({
        kinds: health.readings
          .kinds()
          .filter((kind) => name === undefined || kind.name === name)
          .map((kind) => ({ ...kind, labels: [...kind.labels] })),
        current: health.readings.current().filter((reading) => name === undefined || reading.name === name)
      }),
    'health.history': async ({ name, labels, fromMs, toMs, pointsMax }) =>
      ok({
        unit: health.readings.kinds().find((kind) => kind.name === name)?.unit ?? '',
        series: health.chart(name, labels, fromMs, toMs, pointsMax),
        thresholds: health.thresholds(name)
      }),
    'health.timeline': async ({ fromMs, toMs }) => ok({ lanes: health.timeline(fromMs, toMs) }),
    'health.changes': async ({ minutes }) => ok(health.changes(minutes)),
    'health.why': async ({ jobId }) => ok(health.why(jobId)),
    'health.forecasts': async () => ok(health.forecasts()),
    'health.actions': async () => ok(health.actions()),
    'health.act': async ({ action, jobId }) => ok(await health.act(action, jobId, 'operator')),
    'health.profile': ({ process, kind, seconds }) => health.profile(process, kind, seconds),
    async 'health.reportWindow'(report, port) {
      health.reportWindow(port.windowId, report)
      return ok({})
    }
  }
}

export function createCoreHealth(options: CoreHealthOptions): CoreHealth {
  const { clock, windows, caches, settings } = options
  const findings = createFindingGate()
  const machine = createMachineMonitor(
    clock,
    () => caches.readings(),
    (reading) => windows.broadcast('machine.reading', reading)
  )
  const health = createHealth({
    dataFolder: options.dataFolder,
    clock,
    log: options.log.with({ component: 'health' }),
    settings: () => settings.health,
    sources: sourcesOf(options),
    levers: leversOf(options),
    findings,
    problem: (title, detail) => options.notices.add({ severity: 'warning', title, detail, jobId: null }),
    collected(live, sample) {
      machine.take(live, sample)
      windows.broadcast('health.changed', live)
    }
  })

  const serviceOf = (name: string): Service => (catalogueCalls.has(name) ? 'catalogue' : 'calls')

  return {
    health,
    machine,
    handlers: handlersOf(health),
    measure: health.measure,
    findings,
    taskFailed: (title, sentence) =>
      findings.raise({
        ruleId: 'task-failed',
        component: 'tasks',
        severity: 'warning',
        title: `"${title}" failed`,
        description: sentence,
        value: null,
        threshold: null
      }),
    connectAlerts: (alerts) => findings.connect(alerts),
    timed(handlers) {
      const entries = Object.entries(handlers).map(([name, handler]) => {
        if (untimed.has(name)) return [name, handler]
        const call = handler as (args: unknown, port: CorePort) => Promise<Result<unknown>>
        const measured = async (args: unknown, port: CorePort): Promise<Result<unknown>> => {
          const startMs = performance.now()
          let failed = true
          try {
            const operation = measuredCalls.get(name)
            const result = await (operation
              ? health.measure(operation, port.windowId, () => call(args, port))
              : call(args, port))
            failed = !result.ok && failures.has(result.error.code)
            return result
          } finally {
            health.observeResponse(serviceOf(name), (performance.now() - startMs) / 1000, failed)
          }
        }
        return [name, measured]
      })
      return Object.fromEntries(entries) as Handlers<CorePort>
    },
    dispose: () => health.dispose()
  }
}
