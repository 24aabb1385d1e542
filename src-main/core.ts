import os from 'node:os'
import { join } from 'node:path'
import type { LogLevel } from '../src-preload/contract/logs.ts'
import type { Settings } from '../src-preload/contract/settings.ts'
import { openAccess } from './access/access.ts'
import { createAnalysisHost } from './analysis/analysisHost.ts'
import { shareAnalyses } from './analysis/sharedAnalyses.ts'
import { systemClock, delay, type Clock } from './clock.ts'
import { type AlertOutlets, createCoreAlerts } from './coreAlerts.ts'
import { createAlertPictureOf } from './coreAlertPictures.ts'
import { createCoreAnnotations } from './coreAnnotations.ts'
import { createStorageFailures } from './coreComponents.ts'
import { createCoreBackends, readSiteCa } from './coreBackends.ts'
import { createHandlers, learnRecording } from './coreHandlers.ts'
import type { Core } from './coreInterface.ts'
import { createCoreFiles, openMeasured } from './coreFiles.ts'
import { createCoreOverviews } from './coreOverviews.ts'
import { openCoreRestart } from './coreRestart.ts'
import { createCoreHealth, type CoreHealth } from './coreHealth.ts'
import { examine } from './commands/doctor.ts'
import { createLogHandlers, logFileIn } from './coreLogs.ts'
import { createFileQuestions } from './coreFileQuestions.ts'
import { createCoreSettings, tellSettingsProblems } from './coreSettings.ts'
import { createCoreSessions, type CoreSessions } from './coreSessions.ts'
import { type ChooseTarget, createCoreTasks } from './coreTasks.ts'
import { createCoreWindows } from './coreWindows.ts'
import { createCoreWorkbench, type CoreWorkbench } from './coreWorkbench.ts'
import type { SpawnBackend } from './embeddedProcess.ts'
import type { MachineProbe } from './jobs/admission.ts'
import type { Alerts } from './health/alerts/alerts.ts'
import { createIngestHost, type IngestHost } from './ingest/ingestHost.ts'
import { limitsFor, type JobLimitsReader } from './jobs/jobChecks.ts'
import { recordingDefaults } from './jobs/jobDefaults.ts'
import { createJobManager } from './jobs/jobManager.ts'
import { createNotices } from './jobs/notices.ts'
import { openOpenJobs } from './jobs/openJobs.ts'
import { openRecording as openAsItIs } from './recordings/openRecording.ts'
import { openWith } from './sessions/openRemembered.ts'
import { createServedSessions } from './sessions/remote/servedSessions.ts'
import { sessionFolderAt } from './recordings/session/paths.ts'
import { createCaches } from './storage/cache.ts'
import { createLog, type RootLog } from './storage/log.ts'
import { createFileSink, logFileLimitsOf, type LogSink, usualLogFileLimits } from './storage/logFile.ts'
import { recordingAssumptionStore } from './storage/recordingAssumptions.ts'
import { openSettingsStore, type SettingsPlace } from './storage/settingsStore.ts'

export interface CoreOptions {
  dataFolder: string
  version: string
  shell: 'desktop' | 'web'
  /** Entry of the analysis workers. */
  workerFile: string
  /** Entry of the thread that receives streams. */
  ingestFile: string
  /** Default: cores − 1, at least one. */
  workerCount?: number
  /** Module that a worker loads first, for runtimes that lack built-ins. */
  shimFile?: string
  /** Named on the command line; goes before the site's setting. */
  backendUrl?: string | null
  /** Starts the embedded Focus Server; used when no backend is named. */
  spawnBackend?: SpawnBackend
  /** Desktop: asks for files with the system's dialog. */
  chooseFiles?: (windowId: string) => Promise<string[]>
  /** Desktop: asks with the system's dialog where an export goes. */
  chooseTarget?: ChooseTarget
  /** Desktop: the system's trash. */
  moveToTrash?: (path: string) => Promise<void>
  clock?: Clock
  random?: () => number
  logLevel?: LogLevel
  /** Beside the file in the data folder. */
  logSinks?: LogSink[]
  /** Another settings file, and what goes before it: environment, command line. */
  settingsPlace?: SettingsPlace
  /** Changes what the settings say, for this run alone. */
  adjustSettings?: (settings: Settings) => Settings
  /** Where alerts may go that the core cannot reach itself. */
  alertOutlets?: AlertOutlets
  /** Replaces the machine's own readings in admission. */
  machine?: MachineProbe
}

export interface RunningCore extends Core {
  readonly ingest: IngestHost
  readonly log: RootLog
  readonly sessions: CoreSessions
  readonly workbench: CoreWorkbench
  readonly health: CoreHealth['health']
  readonly alerts: Alerts
  settings(): Settings
  /** Whether this start brings jobs of its own: by its windows, or by a restart that was prepared. */
  opensJobs(): boolean
}

const disposeWithinMs = 9000

/** Builds the core from settings, paths and clock, and starts it. What it starts, `dispose` ends. */
export async function createCore(options: CoreOptions): Promise<RunningCore> {
  const { dataFolder, clock = systemClock(), random = Math.random } = options
  let logLimits = usualLogFileLimits()
  const logFile = createFileSink(logFileIn(dataFolder), () => logLimits)
  const startedAtNs = clock.nowNs()
  const log = createLog({
    clock,
    ...(options.logLevel ? { level: options.logLevel } : {}),
    sinks: [logFile, ...(options.logSinks ?? [])]
  })
  const component = (name: string) => log.with({ component: name })
  const storage = createStorageFailures(component('storage'), clock)
  const writeFailed = storage.failed

  const stored = await openSettingsStore(dataFolder, clock, writeFailed('settings'), options.settingsPlace)
  const useLogSettings = ({ logs }: Settings): void => {
    logLimits = logFileLimitsOf(logs)
    if (!options.logLevel) log.setLevel(logs.level)
  }
  const coreSettings = createCoreSettings({
    store: stored,
    adjust: options.adjustSettings ?? ((settings) => settings),
    changed(now) {
      useLogSettings(now)
      windows.broadcast('settings.changed', now)
    }
  })
  const settings = coreSettings.live
  useLogSettings(settings)
  const access = await openAccess({ dataFolder, clock, log: component('access') })
  const windows = createCoreWindows(clock, (windowId) => {
    jobs.closeWindow(windowId)
    questions.windowGone(windowId)
    workbench.windowGone(windowId)
  })
  const notices = createNotices(clock, (list) => windows.broadcast('notices.changed', list))
  tellSettingsProblems(stored, notices, component('settings'))
  const workbench = await createCoreWorkbench({ dataFolder, clock, windows, notices, onError: writeFailed })

  const url = options.backendUrl ?? settings.site.backendUrl
  const ca = await readSiteCa(settings.site.tlsCaFile, notices)
  const caches = createCaches(clock)
  const backends = createCoreBackends({
    settings,
    url,
    ca,
    spawn: options.spawnBackend ?? null,
    caches,
    notices,
    clock,
    random,
    log: component('backend'),
    changed(status) {
      // Windows that hear of it open again what is not open yet.
      restart.backendAnswers()
      windows.broadcast('backend.changed', status)
    },
    answered: (ms, failed) => coreHealth.health.observeResponse('backend', ms / 1000, failed),
    returned: () => {
      jobs.backendReturned()
      windows.broadcast('backend.recordingsChanged', {})
    }
  })
  const backend = backends.main
  const workerCount = options.workerCount ?? Math.max(1, os.cpus().length - 1)
  const shim = options.shimFile ? { shimFile: options.shimFile } : {}
  const analysisHost = shareAnalyses(createAnalysisHost({ workerFile: options.workerFile, workerCount, ...shim }))
  const ingest = createIngestHost({ workerFile: options.ingestFile, ...shim })
  const limits: JobLimitsReader = (request) => {
    const { timeRange, recording } = request
    const known = timeRange ? backends.of(request).knownRecording(recording, timeRange.startNs) : null
    return limitsFor(request, settings, backend.status(), known, workerCount)
  }
  const coreHealth = createCoreHealth({
    dataFolder,
    clock,
    log,
    settings,
    jobs: () => jobs,
    sessions: () => sessions,
    tasks: () => tasks,
    restart: () => restart,
    backends,
    caches,
    analysisHost,
    ingest,
    logFile,
    storage,
    windows,
    notices
  })
  const { machine, measure } = coreHealth
  const restart = await openCoreRestart({
    dataFolder,
    clock,
    log,
    notices,
    jobs: () => jobs,
    sessions: () => sessions,
    tasks: () => tasks,
    files: () => files,
    health: () => coreHealth.health,
    isUp: (request) => backends.of(request).isUp(),
    learn: (request) => learnRecording(backends.of(request), request),
    opened: (job) => windows.broadcast('job.changed', job),
    onError: writeFailed('prepared restart')
  })
  const openJobs = await openOpenJobs(join(dataFolder, 'open-jobs.json'), writeFailed('open jobs'))
  const jobs = createJobManager({
    settings,
    backend,
    local: backends.local,
    analysisHost,
    ingest,
    machine: options.machine ?? machine.probe,
    openJobs,
    notices,
    limits,
    clock,
    random,
    log,
    changed(job) {
      windows.broadcast('job.changed', job)
      sessions.jobChanged(job)
      workbench.jobChanged(job)
    },
    isKept: (jobId) => sessions.captures.keepsJob(jobId),
    forgotten: (jobId) => windows.broadcast('job.forgotten', { jobId })
  })
  const assumptions = recordingAssumptionStore(dataFolder)
  const openRecording = openMeasured(measure, openWith(assumptions))
  const sessions = await createCoreSessions({
    dataFolder,
    version: options.version,
    clock,
    jobs: () => jobs,
    backend,
    notices,
    windows,
    openFiles: (paths, windowId) => files.open(paths, windowId),
    openRecording,
    ...(options.moveToTrash ? { moveToTrash: options.moveToTrash } : {}),
    capturesChanged: (list) => annotations.capturesChanged(list),
    onError: writeFailed
  })
  const tasks = await createCoreTasks({
    dataFolder,
    settings: settings.tasks,
    clock,
    random,
    windows,
    notices,
    measure,
    log: component('tasks'),
    pathOf: (id) => sessions.catalogue.pathOf(id),
    openRecording,
    ...(options.chooseTarget ? { chooseTarget: options.chooseTarget } : {}),
    taskFailed: coreHealth.taskFailed,
    onError: writeFailed('tasks')
  })
  const questions = createFileQuestions({
    assumptions,
    openRecording: openAsItIs,
    clock,
    changed: (list) => windows.broadcast('files.questionsChanged', list)
  })
  backends.start()
  const files = createCoreFiles({
    embedded: () => backends.embedded(),
    backend: backends.files,
    jobs,
    questions,
    notices,
    requestFor: (recording) =>
      recordingDefaults(settings, { ...recording, ...(backends.local ? { local: true } : {}) }, clock.nowNs()),
    clock,
    measure,
    chooseFiles: options.chooseFiles ?? null,
    added() {
      backends.files.recordingsChanged()
      windows.broadcast('backend.recordingsChanged', {})
    },
    opened: (path) => sessions.opened([path])
  })
  const annotations = createCoreAnnotations({
    dataFolder,
    jobs: () => jobs,
    fibreName: () => backend.name,
    sessionFolderOf(recording) {
      const path = files.pathOf(recording)
      return path === null ? null : sessionFolderAt(path)
    },
    windows,
    notices,
    onError: writeFailed('annotations')
  })
  const overviews = createCoreOverviews({
    pathOf: (recording) => files.pathOf(recording),
    openRecording,
    caches,
    measure,
    progress: (request, fraction) => windows.broadcast('recordings.overviewProgress', { request, fraction })
  })
  const served = createServedSessions({
    list: () => sessions.catalogue.list({}),
    pathOf: (id) => sessions.catalogue.pathOf(id),
    openRecording,
    clock
  })
  const alerts = await createCoreAlerts({
    dataFolder,
    clock,
    random,
    log: component('alerts'),
    windows,
    health: coreHealth.health,
    outlets: options.alertOutlets ?? {},
    pictures: createAlertPictureOf(() => jobs, settings.display, measure, clock),
    onError: writeFailed
  })
  coreHealth.connectAlerts(alerts)
  coreHealth.health.start()
  restart.start()
  component('core').info('core_started', { version: options.version, backend: url ?? 'embedded', workers: workerCount })

  const shutDown = async (): Promise<void> => {
    component('core').info('core_stopping')
    await restart.finish()
    overviews.dispose()
    await Promise.all([sessions.dispose(), tasks.dispose(), served.dispose()])
    await annotations.dispose()
    await jobs.dispose()
    await workbench.dispose()
    await alerts.dispose()
    windows.dispose()
    await coreHealth.dispose()
    await Promise.all([backends.dispose(), analysisHost.dispose(), ingest.dispose(), stored.settled()])
    // Last, so that what the others still did is in it.
    await access.dispose()
  }
  let disposed: Promise<void> | null = null

  return {
    log,
    ingest,
    sessions,
    workbench,
    settings: coreSettings.current,
    opensJobs: () => workbench.opensJobs() || restart.opensJobs(),
    served,
    access,
    health: coreHealth.health,
    alerts,
    handlers: createHandlers({
      version: options.version,
      shell: options.shell,
      dataFolder,
      clock,
      settings: coreSettings,
      backend,
      backendOf: (request) => backends.of(request),
      recordings: (fromNs, toNs) => backends.recordings(fromNs, toNs),
      jobs,
      notices,
      windows,
      limits,
      machine: () => machine.reading(),
      health: coreHealth.handlers,
      alerts: alerts.handlers,
      timed: coreHealth.timed,
      files,
      overviews,
      sessions,
      workbench,
      tasks,
      annotations,
      access,
      logs: createLogHandlers({
        dataFolder,
        log,
        filesMax: () => logLimits.filesMax,
        failedWrites: logFile.failures,
        clock,
        documents: {
          'about.json': () => ({ version: options.version, shell: options.shell, startedAt: startedAtNs.toString() }),
          'settings.json': () => stored.current(),
          'doctor.json': () => examine(dataFolder, url),
          'machine.json': () => machine.reading(),
          'jobs.json': () => jobs.list(),
          'notices.json': () => notices.list(),
          'captures.json': () => sessions.captures.list()
        }
      })
    }),
    connect: (port) => windows.connect(port),
    openFiles: files.open,
    dispose() {
      disposed ??= Promise.race([shutDown(), delay(clock, disposeWithinMs)]).then(() => log.dispose())
      return disposed
    }
  }
}
