import type { JobRequest } from '../../src-preload/contract/schemas.ts'
import type { Settings } from '../../src-preload/contract/settings.ts'
import { delay, type Clock } from '../clock.ts'
import type { IngestHost, IngestListener, IngestStream, IngestTap } from '../ingest/ingestHost.ts'
import type { IngestCounters } from '../ingest/protocol.ts'
import type { SampleRing } from '../analysis/sampleRing.ts'
import type { Log } from '../storage/log.ts'
import { streamAddress } from '../streams/createStream.ts'
import type { StreamOffer, StreamState } from '../streams/streamSource.ts'
import type { Backend } from './backend.ts'
import { fieldsFromWire } from './configureBody.ts'
import { createBackendJob, type CreatedJob } from './jobCreation.ts'
import type { PipelineListener } from './jobPipeline.ts'
import type { JobReport } from './jobReport.ts'
import { createStreamTotals } from './jobStatistics.ts'
import type { OpenJobs } from './openJobs.ts'

/** One of the program's jobs that lives on a feed. */
export interface FeedMember {
  readonly id: string
  readonly request: JobRequest
  readonly report: JobReport
  /** Who else hears its blocks: captures. */
  readonly taps: ReadonlySet<IngestTap>
  /** For a new stream; the one before it has ended. */
  listener(): PipelineListener
  /** Up to where its data has come; null before the first. */
  endNs(): bigint | null
  completed(reason: string): void
  cancelled(reason: string): void
  failed(reason: string): void
  /** What this feed brings is of no use to this job: it takes another feed. */
  mustLeave(): void
}

export interface JobFeedOptions {
  /** What the backend is asked for. */
  request: JobRequest
  backend: Backend
  settings: Settings
  ingest: IngestHost
  openJobs: OpenJobs
  clock: Clock
  random: () => number
  log: Log
  /** It has ended; nobody may join any more. */
  ended(): void
}

/** A job on the backend with its stream, and the program's jobs that live on it. Ends with the last of them. */
export interface JobFeed {
  /** Whether a job with this request can live on it. */
  suits(request: JobRequest): boolean
  join(member: FeedMember): void
  /** The stream ends at once. Resolves with what became of the backend's job, in words, when the backend has been told or cannot be. */
  leave(member: FeedMember, deleteAfterMs?: number): Promise<string>
  pause(): void
  resume(): void
  counters(): IngestCounters
  readonly stream: IngestStream | null
  /** GET /metadata: does the backend still know the job? Asked periodically, and at once when the stream is lost. */
  monitor(): Promise<void>
  dispose(): void
}

const recreationsPerMinuteMax = 5
const lateAnswerMs = 3000

/** What raw samples depend on. */
const sameSamples = (a: JobRequest, b: JobRequest): boolean =>
  a.timeRange === null &&
  b.timeRange === null &&
  a.recording === b.recording &&
  a.channels.min === b.channels.min &&
  a.channels.max === b.channels.max

/** Frequencies that spectra cover where the backend does not list them. */
function spectraRange({ band, timeRange }: JobRequest, prrHz: number | null): { lowHz: number; highHz: number } | null {
  if (band) return { lowHz: band.minHz, highHz: band.maxHz }
  return prrHz && timeRange === null ? { lowHz: 0, highHz: prrHz / 2 } : null
}

export function createJobFeed(options: JobFeedOptions): JobFeed {
  const { request, backend, settings, ingest, clock, log, openJobs } = options
  const live = request.timeRange === null
  const stop = new AbortController()
  const members = new Map<FeedMember, PipelineListener | null>()
  const totals = createStreamTotals()
  const recreatedAtMs: number[] = []
  let source: IngestStream | null = null
  let offer: StreamOffer | null = null
  let ring: SampleRing | null = null
  let lastState: StreamState | null = null
  let created: CreatedJob | null = null
  let creating: Promise<void> | null = null
  let monitoring: Promise<void> | null = null
  let recovering = false
  let hasStreamed = false
  /** Times that the stream could not be had although the backend knows the job. */
  let fruitless = 0
  let ended = false

  const each = (tell: (member: FeedMember) => void): void => [...members.keys()].forEach(tell)
  const hear = (tell: (listener: PipelineListener) => void): void => {
    for (const listener of [...members.values()]) if (listener) tell(listener)
  }
  const become = (state: 'starting' | 'reconnecting' | 'streaming' | 'stalled', reason: string): void =>
    each((member) => member.report.become(state, reason))
  /** Before the first data a job starts; after it, it reconnects. */
  const waitingState = (): 'starting' | 'reconnecting' => (hasStreamed ? 'reconnecting' : 'starting')

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

  const end = (): void => {
    if (ended) return
    ended = true
    stop.abort()
    putSourceAway()
    options.ended()
  }

  const deleteBackendJob = async (): Promise<string> => {
    const job = created
    if (!job) return creating ? 'the backend is still to answer' : 'nothing was open on the backend'
    const result = await (backend.control() ?? job.control).deleteJob(job.configured.jobId, { once: true })
    if (result.ok) forgetBackendJob()
    return result.ok
      ? `backend job ${job.configured.jobId}: ${result.value}`
      : `${result.error.message} It is asked again at the next start.`
  }

  const fail = (reason: string): void => {
    end()
    each((member) => member.failed(reason))
  }

  const showStreaming = ({ report }: FeedMember): void => {
    if (!report.hasStep('streaming')) report.step('streaming', 'the first data has arrived')
    report.become('streaming', live ? 'Live data is arriving.' : 'The recording is being read.')
  }

  const takeState = (state: StreamState): void => {
    lastState = state
    switch (state.name) {
      case 'connecting':
        return become(waitingState(), state.reason)
      case 'streaming':
        fruitless = 0
        hasStreamed = true
        return each(showStreaming)
      case 'stalled':
        return become('stalled', state.reason)
      case 'reconnecting':
        become('reconnecting', state.reason)
        return void monitor()
      case 'completed':
        return each((member) => member.completed(state.reason))
      case 'cancelled':
        return each((member) => member.cancelled(state.reason))
      case 'failed':
        if (state.code !== 'job-unknown' && state.code !== 'not-reachable') return fail(state.reason)
        putSourceAway()
        if (state.code === 'job-unknown') backend.control()?.allowProbe()
        return void recover(state.reason)
    }
  }

  /** Raw samples serve whoever wants these channels; what the backend has analysed serves the job that asked for it. */
  const servesAll = (): boolean => offer === null || (offer.service === 'blocks' && offer.content === 'samples')

  const takeOffer = (next: StreamOffer): void => {
    offer = next
    if (!servesAll()) for (const member of [...members.keys()].slice(1)) member.mustLeave()
    hear((listener) => listener.offer(next))
  }

  const tapInto = ({ taps }: FeedMember, stream: IngestStream | null): void => {
    for (const tap of taps) tap.moveTo(stream)
  }

  const openStream = (job: CreatedJob): void => {
    putSourceAway()
    if (ended) return
    const { configured, control } = job
    const fibre = backend.fibre()
    ring = null
    for (const member of members.keys()) members.set(member, member.listener())
    const isCurrent = (): boolean => source === opened
    const listener: IngestListener = {
      offer: (next) => isCurrent() && takeOffer(next),
      ring(next) {
        if (!isCurrent()) return
        ring = next
        hear((each) => each.ring(next))
      },
      block: (block) => isCurrent() && hear((each) => each.block(block)),
      // The values belong to who gets them.
      rows: (rows) =>
        isCurrent() && hear((each) => each.rows(members.size === 1 ? rows : { ...rows, values: rows.values.slice() })),
      gap: (gap) => isCurrent() && hear((each) => each.gap(gap)),
      state: (state) => isCurrent() && takeState(state),
      badMessage: (reason) => log.warning('message_refused', { reason }),
      interrupted(reason) {
        if (!isCurrent()) return
        log.warning('ingest_lost', { reason })
        become(waitingState(), `It is opened again: ${reason}.`)
        hear((each) => each.interrupted(reason))
      }
    }
    const opened: IngestStream = ingest.open(
      {
        service: settings.site.service,
        address: streamAddress(control.baseUrl, configured),
        tls: configured.streamSecure ? { ca: backend.ca } : null,
        backendJobId: configured.jobId,
        sourceName: request.recording ?? backend.name,
        channels: request.channels,
        live,
        endNs: request.timeRange ? BigInt(request.timeRange.endNs) : null,
        rowIntervalS: configured.rowIntervalS,
        streamAmount: configured.streamAmount,
        spectra:
          request.view === 'waterfall'
            ? null
            : { frequenciesHz: configured.frequenciesHz, range: spectraRange(request, fibre?.prrHz ?? null) },
        band: request.band ? { lowHz: request.band.minHz, highHz: request.band.maxHz } : null,
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
        windowSamples: request.nfft
      },
      listener
    )
    source = opened
    each((member) => tapInto(member, opened))
  }

  /** A historic job goes on where its data ended; a live one goes on from now. */
  const restOfRequest = (): JobRequest => {
    const endNs = [...members.keys()][0]?.endNs() ?? null
    if (!request.timeRange || endNs === null) return request
    return { ...request, timeRange: { ...request.timeRange, startNs: endNs.toString() } }
  }

  const create = (limits: { triesMax: number; patienceMs: number }): Promise<void> => {
    creating = askForJob(limits).finally(() => (creating = null))
    return creating
  }

  const askForJob = async (limits: { triesMax: number; patienceMs: number }): Promise<void> => {
    const state = waitingState()
    const result = await createBackendJob(
      restOfRequest(),
      { ...options, signal: stop.signal, waiting: (reason) => become(state, reason) },
      limits
    )
    if (result.ok) {
      created = result.value
      const { jobId, streamPort } = result.value.configured
      openJobs.add({ backend: backend.key, backendJobId: jobId, createdAtNs: clock.nowNs().toString() })
      each(({ report }) => {
        report.backendJobId = jobId
        report.step('creation', `job ${jobId}, stream port ${streamPort}`)
      })
      // Closed while the answer was on its way: the job that came with it must not stay behind.
      if (ended) return void (await deleteBackendJob())
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
    become('reconnecting', `${reason} Creating it again.`)
    await create({ triesMax: 1, patienceMs: settings.jobs.staleAfterS * 1000 })
  }

  /** The stream cannot be had: is it the job, its address, or the backend? One at a time. */
  const recover = async (reason: string): Promise<void> => {
    if (recovering || ended || !created) return
    recovering = true
    try {
      const control = backend.control()
      const known = control ? await control.metadata(created.configured.jobId, { once: true }) : null
      if (ended || !created) return
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

  const askMetadata = async (): Promise<void> => {
    const job = created
    const control = backend.control()
    if (!job || !control || !backend.isUp() || recovering || ended) return
    const result = await control.metadata(job.configured.jobId, { once: true })
    if (ended || created !== job || recovering) return
    const isStreaming = lastState?.name === 'streaming'
    if (result.ok) {
      each(({ report }) => {
        if (!report.hasStep('monitoring')) report.step('monitoring', 'the backend confirms the job')
      })
      const moved = result.value.streamPort !== job.configured.streamPort || control !== job.control
      if (moved && !isStreaming) openStream((created = { configured: result.value, control }))
    } else if (result.error.code === 'not-found' && !isStreaming) {
      recovering = true
      await recreate('The backend lost the job.').finally(() => (recovering = false))
    }
  }

  /** Several jobs that ask at once get one answer. */
  const monitor = (): Promise<void> => {
    monitoring ??= askMetadata().finally(() => (monitoring = null))
    return monitoring
  }

  /** Brings a job that comes late to where the others are. */
  const catchUp = (member: FeedMember): void => {
    const { report } = member
    const others = [...members.keys()].filter((other) => other !== member).map((other) => other.id)
    if (created) {
      report.backendJobId = created.configured.jobId
      report.step('creation', `job ${created.configured.jobId}, shared with ${others.join(', ')}`)
    }
    if (!source) return
    tapInto(member, source)
    const listener = member.listener()
    members.set(member, listener)
    if (offer) listener.offer(offer)
    if (ring) listener.ring(ring)
    if (lastState?.name === 'streaming') showStreaming(member)
    else if (lastState) report.become(lastState.name === 'stalled' ? 'stalled' : waitingState(), lastState.reason)
  }

  return {
    suits(wanted) {
      if (ended || !live) return false
      const isLongEnough = wanted.nfft <= (ring ? ring.mirrorSamples : request.nfft)
      return settings.site.service !== 'rows' && servesAll() && sameSamples(wanted, request) && isLongEnough
    },
    join(member) {
      const isFirst = members.size === 0
      members.set(member, null)
      member.report.become('starting', `Asking ${backend.name} for the job.`)
      if (isFirst) void create({ triesMax: Math.max(1, settings.streams.controlRetries), patienceMs: 0 })
      else catchUp(member)
    },
    async leave(member, deleteAfterMs = 0) {
      if (!members.delete(member)) return 'nothing was open on the backend'
      tapInto(member, null)
      const others = [...members.keys()].map((other) => other.id)
      if (others.length > 0 && !ended) return `the stream goes on for ${others.join(', ')}`
      end()
      if (others.length > 0) return 'the stream has ended for all jobs that shared it'
      if (deleteAfterMs > 0) await delay(clock, deleteAfterMs)
      const answer = await deleteBackendJob()
      // The answer that brings a job to delete may still be on its way.
      if (creating) await Promise.race([creating, delay(clock, lateAnswerMs)])
      return answer
    },
    pause: () => source?.pause(),
    resume: () => source?.resume(),
    counters: () => totals.with(source?.counters() ?? null),
    get stream() {
      return source
    },
    monitor,
    dispose: end
  }
}
