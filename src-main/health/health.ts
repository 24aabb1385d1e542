import { join } from 'node:path'
import type { Result } from '../../src-preload/contract/errors.ts'
import {
  gradeNames,
  memoryLevels,
  type ActionRecord,
  type ChartSeries,
  type DrawnThreshold,
  type Explanation,
  type Forecast,
  type HealthAction,
  type HealthChange,
  type HealthLive,
  type HealthStatus,
  type HeapProfile,
  type TimelineLane,
  type WindowReport
} from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import type { Clock } from '../clock.ts'
import { diskSpace } from '../storage/diskSpace.ts'
import type { Log } from '../storage/log.ts'
import { createStageTimes } from '../stageTimes.ts'
import { createAnswers } from './answers.ts'
import { createHitWatch } from './hitWatch.ts'
import { createChangeWatch } from './changeWatch.ts'
import {
  beginCounters,
  collectCaptures,
  collectMachine,
  collectOwn,
  collectParts,
  collectStreams,
  createUsageMeter
} from './collect.ts'
import { createCollector, type Collector } from './collector.ts'
import { createComponentWatch } from './componentWatch.ts'
import { createForecasts } from './forecasts.ts'
import { createHappenings, type ChangeKind } from './happenings.ts'
import { headlinesOf, thresholdsOf } from './headlines.ts'
import { createHeapProfiler } from './heapProfile.ts'
import { createHistory } from './history.ts'
import { createHistoryFile, damagedHistory, historyComponent } from './historyFile.ts'
import { createJudge } from './judge.ts'
import { readingKinds } from './kinds.ts'
import { createMachineWatch, type MachineSample } from './machineWatch.ts'
import { judgeMemory } from './memoryLevel.ts'
import { tellSilence } from './tellSilence.ts'
import { createOperationMeter, heavySentence, type Measure } from './operationMeter.ts'
import { createOthersWatch } from './processWatch.ts'
import { createProcesses } from './processes.ts'
import { createReadingStore, type ReadingStore } from './readingStore.ts'
import type { FindingSink, Readings } from './readings.ts'
import { createResponses, type Service } from './responses.ts'
import type { Sight } from './sight.ts'
import type { HealthLevers, HealthSources } from './sources.ts'
import { createStageMeter } from './stageMeter.ts'
import { createStreamJudge } from './streamJudge.ts'
import { createWindowReports } from './windowReports.ts'

/** What the program knows of itself: readings with their history, a grade with its reasons, what was done and what comes. */
export interface Health {
  readonly readings: Readings
  /** Text for Prometheus. */
  metrics(): Promise<string>
  /** For counters that other parts of the program keep here; names are declared in `kinds.ts`. */
  readonly store: Pick<ReadingStore, 'add' | 'observe'>
  /** Called in each collection: readings of a part that the core does not know (connected clients). Ends with the result. */
  addSource(collect: (store: Pick<ReadingStore, 'set'>) => void): () => void
  status(): HealthStatus | null
  live(): HealthLive | null
  chart(name: string, labels: Record<string, string>, fromMs: number, toMs: number, pointsMax: number): ChartSeries[]
  thresholds(name: string): DrawnThreshold[]
  timeline(fromMs: number, toMs: number): TimelineLane[]
  changes(minutes: number): HealthChange[]
  why(jobId: string | null): Explanation[]
  forecasts(): Forecast[]
  actions(): ActionRecord[]
  act(action: HealthAction, jobId: string | null, cause: string): Promise<ActionRecord[]>
  profile(process: string, kind: 'sampling' | 'snapshot', seconds: number): Promise<Result<HeapProfile>>
  reportWindow(windowId: string, report: WindowReport): void
  /** Does something that may take much memory, and names it where it did. */
  readonly measure: Measure
  observeResponse(service: Service, seconds: number, failed: boolean): void
  /** Something that others should see under "what changed". */
  changed(kind: ChangeKind, severity: HealthChange['severity'], text: string, jobId?: string | null): void
  machine(): { sample: MachineSample; live: HealthLive } | null
  /** Everything that is read is there: collecting begins. */
  start(): void
  /** Collects at once; for tests and the moment before the program ends. */
  collectNow(): Promise<void>
  /** Resolves when the history is on the disk. */
  dispose(): Promise<void>
}

export interface HealthOptions {
  dataFolder: string
  clock: Clock
  log: Log
  settings(): HealthSettings
  sources: HealthSources
  levers: HealthLevers
  findings: FindingSink
  /** What must be seen and cannot be a reading: a damaged file of the history. */
  problem(title: string, sentence: string): void
  collected(live: HealthLive, sample: MachineSample): void
}

const diskEveryMs = 5000
const othersEveryMs = 5000
const forecastEveryMs = 10_000
const smoothedMs = 10_000

export function createHealth(options: HealthOptions): Health {
  const { clock, log, sources, settings, findings } = options
  const startedMs = clock.monotonicMs()
  const store = createReadingStore(clock)
  store.declare(...readingKinds)
  beginCounters(store)

  const file = createHistoryFile({
    folder: join(options.dataFolder, 'monitoring'),
    clock,
    problem(sentence, kind) {
      log.warning('history_problem', { sentence })
      options.problem('The history of readings', sentence)
      if (kind === 'read') findings.raise(damagedHistory(sentence))
    }
  })
  const history = createHistory({
    recordIntervalMs: settings().recordIntervalS * 1000,
    recorded: (record) => file.record(record)
  })
  const happenings = createHappenings(clock, (happening) => file.happening(happening))
  const restored = file.load().then(({ records, happenings: earlier }) => {
    history.restore(records)
    happenings.restore(earlier)
  })

  const listeners = new Set<(atMs: number) => void>()
  const readings: Readings = {
    kinds: () => store.kinds(),
    current: () => [...store.series()].map(({ name, labels, value, atMs }) => ({ name, labels, value, atMs })),
    value(name, labels) {
      const matching = store.matching(name, labels)
      return matching.length === 0 ? null : matching.reduce((sum, { value }) => sum + value, 0)
    },
    history: (name, labels, fromMs, toMs) => history.points(name, labels, fromMs, toMs),
    onRecord(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }
  }

  const responses = createResponses(store, clock)
  const stageMeter = createStageMeter(store, clock)
  const drawn = createStageTimes()
  const windowReports = createWindowReports(clock, (ms) => drawn.add('draw', ms))
  const machineWatch = createMachineWatch(clock)
  const processes = createProcesses(clock, sources)
  const othersWatch = createOthersWatch(clock)
  const usageMeter = createUsageMeter()
  const streamJudge = createStreamJudge()
  const changeWatch = createChangeWatch(happenings, findings)
  const componentWatch = createComponentWatch(findings, log)
  const hitWatch = createHitWatch(findings)
  const profiler = createHeapProfiler(join(options.dataFolder, 'monitoring'), clock)
  const operations = createOperationMeter({
    settings,
    residentBytes: () => processes.residentBytes(),
    heavy(found) {
      const text = heavySentence(found)
      log.warning('operation_heavy', { ...found, text })
      happenings.change('action', 'warning', text)
    }
  })
  const more = new Set<(store: Pick<ReadingStore, 'set'>) => void>()
  const answers = createAnswers({
    clock,
    settings,
    levers: options.levers,
    findings,
    heldBytes: () => processes.held(),
    done(record) {
      store.add('memory_cleanup_operations_total')
      const freed = `${record.freedMb.toFixed(1)} MB freed`
      log.info('health_action', { what: record.what, cause: record.cause, freedMb: record.freedMb })
      happenings.change('action', record.succeeded ? 'info' : 'warning', `${record.what}: ${freed}. ${record.detail}`)
    }
  })
  const forecasts = createForecasts({
    readings,
    findings,
    leakFound(text) {
      store.add('memory_leaks_detected_total')
      log.warning('memory_leak_detected', { text })
    }
  })
  let poorInARow = 0
  const judge = createJudge(readings, {
    graded(from, to, status) {
      const isWorse = gradeNames.indexOf(to) > gradeNames.indexOf(from)
      const values = { from, to, headline: status.headline }
      if (isWorse) log.warning('performance_degradation_detected', values)
      else log.info('performance_recovered', values)
    },
    violated: (reason) => log.warning('threshold_violation', { code: reason.code, text: reason.text })
  })

  let live: HealthLive | null = null
  let sample: MachineSample | null = null
  let others: Sight['others'] = []
  let disk: { freeBytes: number; totalBytes: number } | null = null
  let lastMs = startedMs
  let checkedMemoryMs = -Infinity
  let lookedForOthersMs = -Infinity
  let foretoldMs = -Infinity
  let lookedAtDiskMs = -Infinity
  let lastLevel: (typeof memoryLevels)[number] = 'normal'
  let cpu: { atMs: number; percent: number }[] = []

  async function lookAtDisk(nowMs: number): Promise<void> {
    if (nowMs - lookedAtDiskMs < diskEveryMs) return
    lookedAtDiskMs = nowMs
    disk = await diskSpace(options.dataFolder)
  }

  function smoothCpu(percent: number, nowMs: number): Sight['cpuPercent'] {
    cpu = [...cpu.filter(({ atMs }) => nowMs - atMs < smoothedMs), { atMs: nowMs, percent }]
    const percents = cpu.map((one) => one.percent)
    return { mean: percents.reduce((sum, one) => sum + one, 0) / percents.length, max: Math.max(...percents) }
  }

  function collectReadings(nowMs: number): Sight {
    const seconds = (nowMs - lastMs) / 1000
    lastMs = nowMs
    sample = machineWatch.read()
    const shown = processes.collect(store)
    if (nowMs - lookedForOthersMs >= othersEveryMs) {
      lookedForOthersMs = nowMs
      others = othersWatch.read(processes.own())
    }
    const held = processes.held()
    collectMachine(store, sample, held.rssBytes, processes.virtualBytes)
    store.set('wavefall_others_cpu_ratio', {}, others.reduce((sum, { cpuPercent }) => sum + cpuPercent, 0) / 100)
    if (disk) {
      store.set('wavefall_disk_free_bytes', {}, disk.freeBytes)
      store.set('wavefall_disk_size_bytes', {}, disk.totalBytes)
    }
    const jobs = sources.jobs()
    collectStreams(store, jobs)
    usageMeter(store, sources.usage(), seconds)
    collectCaptures(store, sources)
    collectParts(store, sources)
    stageMeter([...sources.stages(), drawn.take()])
    shown.push(...windowReports.collect(store))
    responses.collect()
    operations.collect(store)
    for (const collect of more) collect(store)
    return {
      atMs: clock.nowMs(),
      monotonicMs: nowMs,
      machine: sample,
      cpuPercent: smoothCpu(sample.cpuPercent, nowMs),
      ...held,
      jobs,
      captures: sources.captures(),
      backends: sources.backends(),
      caches: sources.caches(),
      processes: shown,
      others
    }
  }

  function judgeSight(sight: Sight): HealthLive {
    const memory = judgeMemory(
      { rssBytes: sight.rssBytes, machinePercent: sight.machine.memoryPercent, heapPercent: sight.heapPercent },
      settings()
    )
    const streams = streamJudge.judge(sight, settings(), (jobId) => ({
      ratio: readings.value('wavefall_job_compute_ratio', { job: jobId }) ?? 0,
      bytes: readings.value('wavefall_job_memory_bytes', { job: jobId }) ?? 0
    }))
    changeWatch.look(sight, streams)
    componentWatch.look([...sources.components(), historyComponent(file)], sight.captures, sight.monotonicMs)
    hitWatch.look(sight.caches, sight.monotonicMs)
    const { bytes } = history.reading()
    const status = judge.judge({
      sight,
      settings: settings(),
      streams,
      memory,
      busyOthers: changeWatch.busyOthers(),
      isThrottled: answers.isThrottled,
      cacheHitPercent: hitWatch.hitPercent(),
      monitoring: { ...collector!.reading(), memoryBytes: bytes },
      uptimeS: (sight.monotonicMs - startedMs) / 1000
    })
    checkMemory(sight, memory, status)
    const total = streams.reduce((sum, { cpuShare }) => sum + cpuShare, 0)
    return {
      status,
      headlines: headlinesOf(readings, sight, streams, settings()),
      streams: streams.map(({ trouble: _trouble, ...stream }) => ({
        ...stream,
        cpuShare: total > 0 ? stream.cpuShare / total : 0
      })),
      processes: [...sight.processes]
    }
  }

  function checkMemory(sight: Sight, memory: ReturnType<typeof judgeMemory>, status: HealthStatus): void {
    const isHigher = memoryLevels.indexOf(memory.level) > memoryLevels.indexOf(lastLevel)
    const isDue = sight.monotonicMs - checkedMemoryMs >= settings().memoryIntervalS * 1000
    // An emergency does not wait for its turn.
    if (!isDue && !(isHigher && memory.level === 'emergency')) return
    checkedMemoryMs = sight.monotonicMs
    if (memory.level !== lastLevel)
      log.info('memory_level', { from: lastLevel, to: memory.level, because: memory.because })
    lastLevel = memory.level
    void answers.levelIs(memory)
    poorInARow = gradeNames.indexOf(status.grade) >= gradeNames.indexOf('poor') ? poorInARow + 1 : 0
    if (poorInARow === 5) log.warning('consecutive_poor_performance', { checks: poorInARow, headline: status.headline })
  }

  let collector: Collector | null = null
  let isRestored = false
  void restored.then(() => (isRestored = true))

  const startCollector = (): Collector =>
    createCollector({
      clock,
      intervalMs: () => settings().intervalMs,
      async collect() {
        const nowMs = clock.monotonicMs()
        store.beginCollection()
        const sight = collectReadings(nowMs)
        live = judgeSight(sight)
        collectOwn(store, live.status, poorInARow, file.counters().droppedLines)
        store.endCollection()
        // Records of the earlier run come first.
        if (isRestored) history.collect(store.series(), sight.atMs, nowMs)
        if (nowMs - foretoldMs >= Math.min(forecastEveryMs, (settings().leakWindowS * 1000) / 10)) {
          foretoldMs = nowMs
          forecasts.look(sight.atMs, settings())
        }
        for (const listener of listeners) listener(sight.atMs)
        options.collected(live, sample!)
        await lookAtDisk(nowMs)
      },
      checked: (seconds) => store.observe('memory_check_duration_seconds', {}, seconds),
      silent(isSilent, note) {
        if (isSilent && live) live.status.monitoring = { ...live.status.monitoring, active: false, note }
        tellSilence({ log, happenings, findings }, isSilent, note)
      },
      failed: (error) =>
        log.error('collection_failed', {
          reason: error instanceof Error ? (error.stack ?? error.message) : String(error)
        })
    })
  return {
    readings,
    metrics: () => store.metrics(),
    store,
    addSource(collect) {
      more.add(collect)
      return () => more.delete(collect)
    },
    status: () => live?.status ?? null,
    live: () => live,
    chart: (name, labels, fromMs, toMs, pointsMax) => history.chart(name, labels, fromMs, toMs, pointsMax),
    thresholds: (name) => thresholdsOf(name, settings()),
    timeline: (fromMs, toMs) => happenings.timeline(fromMs, toMs),
    changes: (minutes) => happenings.changes(clock.nowMs() - minutes * 60_000),
    why: (jobId) => judge.why(jobId),
    forecasts: () => forecasts.list(),
    actions: () => answers.list(),
    act: (action, jobId, cause) => answers.act(action, jobId, cause),
    profile: (process, kind, seconds) => profiler.profile(process, kind, seconds),
    reportWindow: (windowId, report) => windowReports.report(windowId, report),
    measure: operations.measure,
    observeResponse: (service, seconds, failed) => responses.observe(service, seconds, failed),
    changed: (kind, severity, text, jobId) => happenings.change(kind, severity, text, jobId),
    machine: () => (sample && live ? { sample, live } : null),
    start() {
      collector ??= startCollector()
      log.info('monitoring_started', { intervalMs: settings().intervalMs, readings: readingKinds.length })
    },
    collectNow: async () => collector?.collectNow(),
    async dispose() {
      collector?.dispose()
      processes.dispose()
      operations.dispose()
      await restored
      history.finish(clock.nowMs())
      await file.settled()
    }
  }
}
