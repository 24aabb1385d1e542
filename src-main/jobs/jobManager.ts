import { failure, ok, type Result } from '../../src-preload/contract/errors.ts'
import type { JobRequest, JobSnapshot, TimeSpan, ViewLayer } from '../../src-preload/contract/schemas.ts'
import type { Settings } from '../../src-preload/contract/settings.ts'
import type { AnalysisHost } from '../analysis/analysis.ts'
import type { IngestHost, IngestTap, TapListener } from '../ingest/ingestHost.ts'
import { createRowHub, type HubSubscription } from '../analysis/rowHub.ts'
import type { KnownRows, RowSink } from '../analysis/rowSubscription.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../storage/log.ts'
import { createAdmission, type MachineProbe } from './admission.ts'
import type { Backend } from './backend.ts'
import { createFeedPool, type FeedPoolOptions } from './feedPool.ts'
import { checkRequest, type JobLimitsReader } from './jobChecks.ts'
import { createJobRun, type JobRun } from './jobRun.ts'
import type { Notices } from './notices.ts'
import type { OpenJobs } from './openJobs.ts'

export interface JobManagerOptions {
  settings: Settings
  backend: Backend
  /** The backend for recordings of this machine, beside a site's. */
  local: FeedPoolOptions['local']
  analysisHost: AnalysisHost
  ingest: IngestHost
  machine: MachineProbe
  openJobs: OpenJobs
  notices: Notices
  limits: JobLimitsReader
  clock: Clock
  random: () => number
  log: Log
  /** At most about four times a second for each job; at once when its state changes. */
  changed(job: JobSnapshot): void
  forgotten(jobId: string): void
  /** Its window is gone, but something else needs the job. */
  isKept(jobId: string): boolean
}

export interface HistoryReading {
  name: string
  /** Rows, as they are. */
  entries: number
  bytes: number
  bytesMost: number
}

export interface JobManager {
  /** `pace`: of a historic job, times real time; null as fast as it can. */
  open(request: JobRequest, windowId: string | null, pace?: number | null): Result<JobSnapshot>
  setPace(jobId: string, pace: number | null): Result<JobSnapshot>
  /** Historic: shows it from another time on; one that has ended is opened again. */
  seek(jobId: string, toNs: bigint): Result<JobSnapshot>
  step(jobId: string, rows: number): Result<JobSnapshot>
  setLoop(jobId: string, loop: TimeSpan | null): Result<JobSnapshot>
  close(jobId: string, reason: string): Promise<Result<JobSnapshot>>
  forget(jobId: string): Result<null>
  list(): JobSnapshot[]
  /** Of jobs that have not ended: analysis time since they began, memory of the samples that wait. */
  usage(): { jobId: string; computeMs: number; ringBytes: number }[]
  /**
   * At most one row in `stride` of a live job (null: of all, those that are opened later too) is computed from now on. Samples
   * are not touched. Returns the jobs concerned.
   */
  thin(jobId: string | null, stride: number): string[]
  /** Jobs that wait for admission. */
  waiting(): { length: number; capacity: number }
  /** What the kept rows of each layer take and may take, for health. */
  historyReadings(): HistoryReading[]
  /** Rows of a layer of a job. */
  subscribe(
    jobId: string,
    layer: ViewLayer,
    sink: RowSink,
    view: { columnsMax: number; since: KnownRows | null }
  ): Result<HubSubscription>
  /** For captures; null where there is no such job, or it has ended. */
  addTap(jobId: string, kind: string, options: unknown, listener: TapListener): IngestTap | null
  /** The window is gone for good: its jobs close, but for those that are kept. */
  closeWindow(windowId: string): void
  /** The backend is there (again). Jobs that an earlier run left behind are deleted once. */
  backendReturned(): void
  dispose(): Promise<void>
}

const tickMs = 250
const jobsPerTurn = 6
const monitorEveryMs = 15_000
const monitorLostEveryMs = 2000
/** Ended jobs keep their picture until they are forgotten; only so many. */
const endedKeptMax = 20
/** What all levels of a layer take, times what its rows as they are take. */
const levelsPerRow = 1.5

export function createJobManager(options: JobManagerOptions): JobManager {
  const { settings, clock, log, openJobs } = options
  const jobs = new Map<string, JobRun>()
  const dirty = new Set<string>()
  const monitorAtMs = new Map<string, number>()
  const feeds = createFeedPool(options)
  const restarts = (): number =>
    options.analysisHost.workers().reduce((sum, worker) => sum + worker.restarts, options.ingest.reading().restarts)
  const admission = createAdmission(settings.jobs, options.machine, clock)
  let nextJob = 1
  let thinnedAll = 1
  let nextSubscription = 1
  let isDisposed = false
  let leftOver = [...openJobs.leftOver]

  const emit = (job: JobRun): void => {
    dirty.delete(job.id)
    options.changed(job.snapshot())
  }

  const markChanged = (id: string): void => {
    if (dirty.size === 0) queueMicrotask(emitDirty)
    dirty.add(id)
  }
  const emitDirty = (): void => {
    for (const id of [...dirty]) {
      const job = jobs.get(id)
      if (job) emit(job)
      else dirty.delete(id)
    }
  }

  const forget = (job: JobRun): void => {
    jobs.delete(job.id)
    monitorAtMs.delete(job.id)
    job.dispose()
    shareHistory()
    options.forgotten(job.id)
  }

  const forgetOldest = (): void => {
    const ended = [...jobs.values()].filter((job) => job.report.ended)
    for (const job of ended.slice(0, Math.max(0, ended.length - endedKeptMax))) forget(job)
  }

  const lookAt = (job: JobRun): void => {
    const nowMs = clock.monotonicMs()
    const { state, ended } = job.report
    if (ended || state === 'queued') return
    if (nowMs - job.lastUpdateMs() > settings.jobs.staleAfterS * 1000) {
      log.warning('stale_job_cleaned', { job: job.id })
      job.fail(`Nothing has happened for ${Math.round(settings.jobs.staleAfterS / 60)} min.`)
      return
    }
    const isSettled = state !== 'reconnecting' && job.report.hasStep('monitoring')
    const everyMs = isSettled ? monitorEveryMs : monitorLostEveryMs
    const dueMs = Math.min(monitorAtMs.get(job.id) ?? nowMs + 1000, nowMs + everyMs)
    monitorAtMs.set(job.id, nowMs >= dueMs ? nowMs + everyMs : dueMs)
    if (nowMs >= dueMs) void job.monitor()
    emit(job)
  }

  /** Of many jobs a few at a time: what else the thread has to do, requests and rows, goes in between. */
  const tick = (): void => {
    const all = [...jobs.values()]
    const turn = (from: number): void => {
      for (const job of all.slice(from, from + jobsPerTurn)) if (jobs.get(job.id) === job) lookAt(job)
      if (from + jobsPerTurn < all.length && !isDisposed) setImmediate(turn, from + jobsPerTurn)
    }
    turn(0)
  }
  const stopTicking = clock.every(tickMs, tick)

  /** Jobs of a run that crashed hold ports on the backend: they go before anything else is asked for. */
  const deleteLeftOver = async (backend: Backend): Promise<void> => {
    const mine = leftOver.filter((job) => job.backend === backend.key)
    const control = backend.control()
    if (!control || mine.length === 0) return
    leftOver = leftOver.filter((job) => job.backend !== backend.key)
    for (const { backendJobId } of mine) {
      const result = await control.deleteJob(backendJobId, { once: true })
      log.info('left_over_job_deleted', { backendJobId, result: result.ok ? result.value : result.error.message })
      if (result.ok) openJobs.remove(backend.key, backendJobId)
      else leftOver.push(...mine.filter((job) => job.backendJobId === backendJobId))
    }
  }

  /** Bytes of level 0 that each layer may keep, with so many more layers than there are. */
  const historyShare = (more = 0): number => {
    const layers = [...jobs.values()].reduce((sum, job) => sum + job.hubs.size, more)
    const { historyLayerBytes, historyBytesMax } = settings.jobs
    return Math.floor(Math.min(historyLayerBytes, historyBytesMax / Math.max(1, layers)) / levelsPerRow)
  }

  const shareHistory = (): void => {
    const bytes = historyShare()
    for (const job of jobs.values()) for (const hub of job.hubs.values()) hub.setHistoryBytes(bytes)
  }

  /** The whole recording that a historic request is of, where that is known; else what is asked for. */
  const rangeOf = ({ timeRange, recording, local }: JobRequest): TimeSpan | null => {
    if (!timeRange) return null
    const backend = (local && options.local?.backend) || options.backend
    const known = backend.knownRecording(recording, timeRange.startNs)
    return known?.endNs ? { startNs: known.startNs, endNs: known.endNs } : timeRange
  }

  const historicJob = (jobId: string): Result<JobRun> => {
    const job = jobs.get(jobId)
    if (!job) return failure('not-found', `There is no job "${jobId}".`)
    return job.request.timeRange === null
      ? failure('refused', `Job "${jobId}" is live: it has the pace of the fibre.`)
      : ok(job)
  }

  /** Does `act` with a job that runs; one that has ended takes a place like a new one first. */
  const withRunning = (jobId: string, act: (job: JobRun) => void): Result<JobSnapshot> => {
    const found = historicJob(jobId)
    if (!found.ok) return found
    const job = found.value
    if (job.report.state === 'queued') return failure('refused', `Job "${jobId}" waits for its turn.`)
    if (!job.report.ended) {
      act(job)
      return ok(job.snapshot())
    }
    const full = admission.enter({
      id: job.id,
      live: false,
      admitted: () => act(job),
      waiting: (position, reason) => job.report.waits(position, `Waiting, number ${position} in the queue: ${reason}.`)
    })
    // It has to wait.
    if (!full && job.report.ended) job.report.reopen('It waits for its turn.')
    return full
      ? failure('refused', `The job is not admitted: ${full.reason}.`, { retryAfterMs: full.retryAfterMs })
      : ok(job.snapshot())
  }

  const create = (request: JobRequest, windowId: string | null, pace: number | null): JobRun => {
    const id = `${request.timeRange === null ? 'live' : 'historic'}-${nextJob++}`
    const layers: ViewLayer[] = request.view === 'waterfall' ? ['picture'] : ['picture', 'trace']
    const nextSubscriptionId = (): number => nextSubscription++
    const historyBytes = historyShare(layers.length)
    const hubs = new Map(layers.map((layer) => [layer, createRowHub({ historyBytes, nextSubscriptionId })]))
    return createJobRun({
      id,
      request,
      windowId,
      pace,
      range: rangeOf(request),
      hubs,
      analysisHost: options.analysisHost,
      feeds,
      ingest: options.ingest,
      notices: options.notices,
      clock,
      restarts,
      log: log.with({ component: 'jobs', job: id }),
      changed: () => markChanged(id),
      ended: () => queueMicrotask(() => admission.leave(id))
    })
  }

  return {
    open(request, windowId, pace = null) {
      if (isDisposed) return failure('refused', 'The program is closing.')
      const refusal = checkRequest(request, options.limits(request), clock.nowNs())
      if (refusal) {
        log.info('job_refused', { reason: refusal.error.message })
        return refusal
      }
      const job = create(request, windowId, pace)
      const { report } = job
      report.step('request', `${request.view}, channels ${request.channels.min} to ${request.channels.max}`)
      report.step('validation', 'every field is within its limits')
      jobs.set(job.id, job)
      shareHistory()
      const full = admission.enter({
        id: job.id,
        live: request.timeRange === null,
        admitted() {
          if (request.timeRange === null) job.thin(thinnedAll)
          job.start()
        },
        waiting: (position, reason) => report.waits(position, `Waiting, number ${position} in the queue: ${reason}.`)
      })
      if (full) {
        jobs.delete(job.id)
        job.dispose()
        return failure('refused', `The job is not admitted: ${full.reason}.`, { retryAfterMs: full.retryAfterMs })
      }
      forgetOldest()
      return ok(job.snapshot())
    },
    setPace(jobId, pace) {
      const job = historicJob(jobId)
      if (!job.ok) return job
      job.value.setPace(pace)
      return ok(job.value.snapshot())
    },
    seek: (jobId, toNs) => withRunning(jobId, (job) => job.seek(toNs)),
    step: (jobId, rows) => withRunning(jobId, (job) => job.step(rows)),
    setLoop(jobId, loop) {
      const job = historicJob(jobId)
      if (!job.ok) return job
      if (loop && BigInt(loop.endNs) <= BigInt(loop.startNs))
        return failure('invalid', 'The end of the loop is not after its start.')
      job.value.setLoop(loop)
      return ok(job.value.snapshot())
    },
    async close(jobId, reason) {
      const job = jobs.get(jobId)
      if (!job) return failure('not-found', `There is no job "${jobId}".`)
      await job.close(reason)
      return ok(job.snapshot())
    },
    forget(jobId) {
      const job = jobs.get(jobId)
      if (!job) return failure('not-found', `There is no job "${jobId}".`)
      if (!job.report.ended) return failure('refused', `Job "${jobId}" is ${job.report.state}; close it first.`)
      forget(job)
      return ok(null)
    },
    list: () => [...jobs.values()].map((job) => job.snapshot()),
    usage: () => [...jobs.values()].flatMap((job) => (job.report.ended ? [] : [{ jobId: job.id, ...job.usage() }])),
    thin(jobId, stride) {
      if (jobId === null) thinnedAll = stride
      const concerned = [...jobs.values()].filter(
        (job) => !job.report.ended && job.request.timeRange === null && (jobId === null || job.id === jobId)
      )
      for (const job of concerned) job.thin(stride)
      return concerned.map((job) => job.id)
    },
    waiting: () => ({ length: admission.queued(), capacity: settings.jobs.queueMax }),
    historyReadings: () =>
      [...jobs.values()].flatMap((job) =>
        [...job.hubs].map(([layer, hub]) => {
          const { historyRows: entries, historyBytes: bytes, historyBytesMost: bytesMost } = hub.statistics()
          return { name: `rows of ${job.id}, ${layer}`, entries, bytes, bytesMost }
        })
      ),
    subscribe(jobId, layer, sink, view) {
      const job = jobs.get(jobId)
      if (!job) return failure('not-found', `There is no job "${jobId}".`)
      const hub = job.hubs.get(layer)
      if (!hub) return failure('not-found', `Job "${jobId}" is a waterfall: it has no traces.`)
      if (layer === 'trace' && job.snapshot().statistics.service === 'rows')
        return failure('not-found', 'This backend sends analysed rows only: there are no samples to draw a trace from.')
      return ok(hub.subscribe(sink, view))
    },
    addTap(jobId, kind, tapOptions, listener) {
      const job = jobs.get(jobId)
      return job && !job.report.ended ? job.addTap(kind, tapOptions, listener) : null
    },
    closeWindow(windowId) {
      for (const job of jobs.values())
        if (job.windowId === windowId && !job.report.ended && !options.isKept(job.id))
          void job.close('Its window was closed.')
    },
    backendReturned() {
      void deleteLeftOver(options.backend)
      if (options.local) void deleteLeftOver(options.local.backend)
      for (const job of jobs.values()) job.backendReturned()
    },
    async dispose() {
      isDisposed = true
      stopTicking()
      admission.dispose()
      await Promise.all([...jobs.values()].map((job) => job.close('The program is closing.')))
      for (const job of jobs.values()) job.dispose()
      await openJobs.settled()
    }
  }
}
