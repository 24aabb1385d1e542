import type { JobRequest, JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { Settings } from '../../src-preload/contract/settings.ts'
import type { AnalysisHost } from '../analysis/analysis.ts'
import type { RowHub } from '../analysis/rowHub.ts'
import { delay, type Clock } from '../clock.ts'
import type { Log } from '../storage/log.ts'
import { createStream, streamAddress, streamCredentials } from '../streams/createStream.ts'
import type { StreamSource, StreamState } from '../streams/streamSource.ts'
import { createStreamTaps, type StreamTaps } from '../streams/streamTaps.ts'
import type { Backend } from './backend.ts'
import { fieldsFromWire } from './configureBody.ts'
import { createBackendJob, type CreatedJob } from './jobCreation.ts'
import { createJobPipeline } from './jobPipeline.ts'
import { createJobReport, type JobReport } from './jobReport.ts'
import { createStatisticsReader, createStreamTotals } from './jobStatistics.ts'
import type { Notices } from './notices.ts'
import type { OpenJobs } from './openJobs.ts'

export interface JobRunOptions {
  id: string
  request: JobRequest
  windowId: string | null
  backend: Backend
  settings: Settings
  hub: RowHub
  analysisHost: AnalysisHost
  openJobs: OpenJobs
  notices: Notices
  clock: Clock
  random: () => number
  log: Log
  changed(): void
  /** It takes no more part in admission. */
  ended(): void
}

export interface JobRun {
  readonly id: string
  readonly request: JobRequest
  readonly windowId: string | null
  readonly hub: RowHub
  readonly report: JobReport
  /** Who else hears its blocks: captures. */
  readonly taps: StreamTaps
  snapshot(): JobSnapshot
  start(): void
  /** GET /metadata: does the backend still know the job? Asked periodically, and at once when the stream is lost. */
  monitor(): Promise<void>
  /** Something is known to have happened to the backend: it came back, perhaps elsewhere. */
  backendReturned(): void
  /** Ends it; resolves when the backend has been told, or cannot be. */
  close(reason: string): Promise<void>
  fail(reason: string): void
  /** Time of the last data, state or step. */
  lastUpdateMs(): number
  dispose(): void
}

const recreationsPerMinuteMax = 5
const lateAnswerMs = 3000

export function createJobRun(options: JobRunOptions): JobRun {
  const { id, request, backend, settings, hub, clock, log, openJobs } = options
  const live = request.timeRange === null
  const stop = new AbortController()
  const totals = createStreamTotals()
  const recreatedAtMs: number[] = []
  let source: StreamSource | null = null
  let created: CreatedJob | null = null
  let creating: Promise<void> | null = null
  let recovering = false
  /** Times that the stream could not be had although the backend knows the job. */
  let fruitless = 0
  let cleaning: Promise<void> | null = null
  let updatedAtMs = clock.monotonicMs()
  let lastCounted = 0

  const report = createJobReport(id, request, clock, log, () => {
    updatedAtMs = clock.monotonicMs()
    options.changed()
  })
  const restarts = (): number => options.analysisHost.workers().reduce((sum, worker) => sum + worker.restarts, 0)
  const counters = () => totals.with(source?.counters() ?? null)
  /** The stream is paused as long as the analysis or a tap holds it. */
  const held = { analysis: false, taps: false }
  const hold = (who: keyof typeof held, isHeld: boolean): void => {
    const wasHeld = held.analysis || held.taps
    held[who] = isHeld
    if (wasHeld === (held.analysis || held.taps)) return
    if (wasHeld) source?.resume()
    else source?.pause()
  }
  const taps = createStreamTaps((isHeld) => hold('taps', isHeld))
  const pipeline = createJobPipeline({
    jobId: id,
    request,
    hub,
    analysisHost: options.analysisHost,
    pause: () => hold('analysis', true),
    resume: () => hold('analysis', false),
    described: (offer) => report.step('analyser start', `${offer.service}: ${offer.content} of ${offer.sourceName}`),
    lost: (reason) => log.warning('data_lost', { reason }),
    failed: (reason) => fail(reason)
  })
  const statistics = createStatisticsReader(clock, hub, counters, () => pipeline.counters(), restarts)

  const putSourceAway = (): void => {
    if (!source) return
    totals.keep(source.counters())
    source.dispose()
    source = null
  }

  const forgetBackendJob = (): void => {
    if (created) openJobs.remove(backend.key, created.configured.jobId)
    created = null
  }

  /** Frees stream, analyser, port and record. The backend is told; where it cannot be, the next start tells it. */
  const cleanUp = async (): Promise<void> => {
    stop.abort()
    putSourceAway()
    if (report.state !== 'completed') pipeline.dispose()
    const job = created
    let detail = creating ? 'the backend is still to answer' : 'nothing was open on the backend'
    if (job) {
      const control = backend.control()
      const result = await (control ?? job.control).deleteJob(job.configured.jobId, { once: true })
      if (result.ok) forgetBackendJob()
      detail = result.ok
        ? `backend job ${job.configured.jobId}: ${result.value}`
        : `${result.error.message} It is asked again at the next start.`
    }
    report.step('clean-up', detail)
    if (report.state === 'completed') pipeline.dispose()
  }

  const end = (state: 'completed' | 'cancelled' | 'failed', reason: string): void => {
    if (report.ended) return
    report.step('termination', reason)
    report.become(state, reason)
    options.ended()
    cleaning ??= cleanUp()
  }

  const fail = (reason: string): void => {
    if (report.ended) return
    end('failed', reason)
    options.notices.add({
      severity: 'error',
      title: `${live ? 'Live' : 'Historic'} job ${id} failed`,
      detail: `${reason} Open it again when the cause is gone.`,
      jobId: id
    })
  }

  const complete = async (reason: string): Promise<void> => {
    await pipeline.finish()
    end('completed', reason)
  }

  const takeState = (state: StreamState): void => {
    if (report.ended) return
    switch (state.name) {
      case 'connecting':
        return report.become(report.hasStep('streaming') ? 'reconnecting' : 'starting', state.reason)
      case 'streaming':
        fruitless = 0
        if (!report.hasStep('streaming')) report.step('streaming', 'the first data has arrived')
        return report.become('streaming', live ? 'Live data is arriving.' : 'The recording is being read.')
      case 'stalled':
        return report.become('stalled', state.reason)
      case 'reconnecting':
        report.become('reconnecting', state.reason)
        return void monitor()
      case 'completed':
        return void complete(state.reason)
      case 'cancelled':
        return end('cancelled', state.reason)
      case 'failed':
        if (state.code !== 'job-unknown' && state.code !== 'not-reachable') return fail(state.reason)
        putSourceAway()
        if (state.code === 'job-unknown') backend.control()?.allowProbe()
        return void recover(state.reason)
    }
  }

  const openStream = (job: CreatedJob): void => {
    putSourceAway()
    const { configured, control } = job
    const fibre = backend.fibre()
    const listener = taps.listener(pipeline.listener())
    // The pipeline begins anew without holding, and says so again where it must.
    held.analysis = false
    const band = request.band ? { lowHz: request.band.minHz, highHz: request.band.maxHz } : null
    const opened = createStream(
      {
        service: settings.site.service,
        address: streamAddress(control.baseUrl, configured),
        credentials: streamCredentials(configured.streamSecure, backend.ca),
        backendJobId: configured.jobId,
        sourceName: request.recording ?? backend.name,
        channels: request.channels,
        live,
        endNs: request.timeRange ? BigInt(request.timeRange.endNs) : null,
        rowIntervalS: configured.rowIntervalS,
        streamAmount: configured.streamAmount,
        band,
        fibre:
          live && fibre && fibre.channelSpacingM > 0
            ? {
                firstChannel: backend.channels()?.lowest ?? 1,
                startM: fibre.fibreStartM ?? 0,
                spacingM: fibre.channelSpacingM
              }
            : null,
        rowScale: settings.site.rowScale,
        settings: settings.streams,
        clock,
        random: options.random,
        onBadMessage: (reason) => log.warning('message_refused', { reason })
      },
      { ...listener, state: (state) => source === opened && takeState(state) }
    )
    source = opened
    opened.start()
    if (held.taps) opened.pause()
  }

  /** A historic job goes on where its data ended; a live one goes on from now. */
  const restOfRequest = (): JobRequest => {
    const endNs = pipeline.endNs()
    if (!request.timeRange || endNs === null) return request
    return { ...request, timeRange: { ...request.timeRange, startNs: endNs.toString() } }
  }

  const create = (limits: { triesMax: number; patienceMs: number }): Promise<void> => {
    creating = askForJob(limits).finally(() => (creating = null))
    return creating
  }

  const askForJob = async (limits: { triesMax: number; patienceMs: number }): Promise<void> => {
    const state = report.hasStep('streaming') ? 'reconnecting' : 'starting'
    const result = await createBackendJob(
      restOfRequest(),
      { ...options, signal: stop.signal, waiting: (reason) => report.become(state, reason) },
      limits
    )
    if (result.ok) {
      created = result.value
      const { jobId, streamPort } = result.value.configured
      openJobs.add({ backend: backend.key, backendJobId: jobId, createdAtNs: clock.nowNs().toString() })
      report.backendJobId = jobId
      report.step('creation', `job ${jobId}, stream port ${streamPort}`)
      // Closed while the answer was on its way: the job that came with it must not stay behind.
      if (report.ended) return cleanUp()
      return openStream(result.value)
    }
    const fields = fieldsFromWire(result.error.fields ?? []).map((field) => `${field.path}: ${field.message}`)
    fail(fields.length > 0 ? `${backend.name} refuses the request: ${fields.join('; ')}.` : result.error.message)
  }

  const recreate = async (reason: string): Promise<void> => {
    const nowMs = clock.monotonicMs()
    while (recreatedAtMs.length > 0 && nowMs - recreatedAtMs[0]! > 60_000) recreatedAtMs.shift()
    if (recreatedAtMs.length >= recreationsPerMinuteMax)
      return fail(`${reason} It was created again ${recreationsPerMinuteMax} times within a minute.`)
    recreatedAtMs.push(nowMs)
    putSourceAway()
    forgetBackendJob()
    log.warning('job_recreated', { reason })
    report.become('reconnecting', `${reason} Creating it again.`)
    await create({ triesMax: 1, patienceMs: settings.jobs.staleAfterS * 1000 })
  }

  /** The stream cannot be had: is it the job, its address, or the backend? One at a time. */
  const recover = async (reason: string): Promise<void> => {
    if (recovering || report.ended || !created) return
    recovering = true
    try {
      const control = backend.control()
      const known = control ? await control.metadata(created.configured.jobId, { once: true }) : null
      if (report.ended || !created) return
      if (known?.ok && fruitless++ === 0) {
        created = { configured: known.value, control: control! }
        openStream(created)
      } else if (known?.ok) {
        fail(`${reason} The backend knows the job, but its stream cannot be had.`)
      } else await recreate(known?.error.code === 'not-found' ? 'The backend lost the job.' : reason)
    } finally {
      recovering = false
    }
  }

  const monitor = async (): Promise<void> => {
    const job = created
    const control = backend.control()
    if (!job || !control || !backend.isUp() || recovering || report.ended) return
    const result = await control.metadata(job.configured.jobId, { once: true })
    if (report.ended || created !== job || recovering) return
    if (result.ok) {
      if (!report.hasStep('monitoring')) report.step('monitoring', 'the backend confirms the job')
      const moved = result.value.streamPort !== job.configured.streamPort || control !== job.control
      if (moved && report.state !== 'streaming') openStream((created = { configured: result.value, control }))
    } else if (result.error.code === 'not-found' && report.state !== 'streaming') {
      recovering = true
      await recreate('The backend lost the job.').finally(() => (recovering = false))
    }
  }

  return {
    id,
    request,
    windowId: options.windowId,
    hub,
    report,
    taps,
    snapshot: () => report.snapshot(statistics.read(), report.state === 'completed' ? 1 : pipeline.progress()),
    start() {
      report.become('starting', `Asking ${backend.name} for the job.`)
      void create({ triesMax: Math.max(1, settings.streams.controlRetries), patienceMs: 0 })
    },
    monitor,
    backendReturned() {
      if (report.state === 'reconnecting' || report.state === 'stalled') void monitor()
    },
    async close(reason) {
      end('cancelled', reason)
      await cleaning
      // The answer that brings a job to delete may still be on its way.
      if (creating) await Promise.race([creating, delay(clock, lateAnswerMs)])
    },
    fail,
    lastUpdateMs() {
      const counted = counters().blocks
      if (counted !== lastCounted) updatedAtMs = clock.monotonicMs()
      lastCounted = counted
      return updatedAtMs
    },
    dispose() {
      stop.abort()
      putSourceAway()
      pipeline.dispose()
      hub.dispose()
    }
  }
}
