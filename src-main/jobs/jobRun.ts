import type { JobRequest, JobSnapshot, TimeSpan, ViewLayer } from '../../src-preload/contract/schemas.ts'
import type { AnalysisHost } from '../analysis/analysis.ts'
import type { RowHub } from '../analysis/rowHub.ts'
import type { Clock } from '../clock.ts'
import { addCounters, countersSince, noCounters } from '../ingest/counters.ts'
import type { IngestHost, IngestTap, TapListener } from '../ingest/ingestHost.ts'
import type { Log } from '../storage/log.ts'
import type { FeedPool } from './feedPool.ts'
import type { FeedMember, JobFeed } from './jobFeed.ts'
import { createJobPipeline, type CountedLosses, type JobPipeline } from './jobPipeline.ts'
import { createJobReport, type JobReport } from './jobReport.ts'
import { createStatisticsReader } from './jobStatistics.ts'
import type { Notices } from './notices.ts'
import { createSeeking } from './seeking.ts'

export interface JobRunOptions {
  id: string
  request: JobRequest
  windowId: string | null
  /** Historic: times real time; null as fast as it can, 0 stands still. */
  pace: number | null
  /** Historic: what it can be sought in. */
  range: TimeSpan | null
  hubs: ReadonlyMap<ViewLayer, RowHub>
  analysisHost: AnalysisHost
  feeds: FeedPool
  ingest: IngestHost
  notices: Notices
  clock: Clock
  log: Log
  /** Restarts of the threads that a job lives on. */
  restarts(): number
  changed(): void
  /** It takes no more part in admission. */
  ended(): void
}

export interface JobRun {
  readonly id: string
  readonly request: JobRequest
  readonly windowId: string | null
  /** The rows of each layer that this view has. */
  readonly hubs: ReadonlyMap<ViewLayer, RowHub>
  readonly report: JobReport
  snapshot(): JobSnapshot
  setPace(pace: number | null): void
  /** Historic: plays from another time on, with the same id and counts; an ended one must have been admitted again. */
  seek(toNs: bigint): void
  /** Historic: so many rows on or back, then it stands still. */
  step(rows: number): void
  setLoop(loop: TimeSpan | null): void
  /** Live: at most one row in so many is computed from now on; 1: all. */
  thin(stride: number): void
  /** Analysis time since it began, and the memory of the samples that wait. */
  usage(): { computeMs: number; ringBytes: number }
  start(): void
  /** Does the backend still know the job? Asked periodically. */
  monitor(): Promise<void>
  /** Something is known to have happened to the backend: it came back, perhaps elsewhere. */
  backendReturned(): void
  /** Hands every block of its streams, over every reconnect, to a tap on the thread that receives; see `TapFactory`. */
  addTap(kind: string, options: unknown, listener: TapListener): IngestTap
  /** Ends it; resolves when the backend has been told, or cannot be. */
  close(reason: string): Promise<void>
  fail(reason: string): void
  /** Time of the last data, state or step. */
  lastUpdateMs(): number
  dispose(): void
}

/** The backend's old job is deleted when the new one has had time to begin. */
const deleteAfterSeekMs = 400

/** One of the program's jobs: its report and its picture, on a feed that it may share with others. */
export function createJobRun(options: JobRunOptions): JobRun {
  const { id, hubs, clock, log, feeds } = options
  const live = options.request.timeRange === null
  let { request, pace } = options
  const taps = new Set<IngestTap>()
  let feed: JobFeed | null = null
  /** What the feed had counted when this job came to it. */
  let before = noCounters()
  let cleaning: Promise<void> | null = null
  let knownLeadNs = 0
  /** Feeds that were left by a seek and are still to be deleted on the backend. */
  const leavings = new Set<Promise<void>>()
  let keptNfft: number | null = null
  let updatedAtMs = clock.monotonicMs()
  let lastCounted = 0

  const report = createJobReport(id, clock, log, () => {
    updatedAtMs = clock.monotonicMs()
    options.changed()
  })
  /** Of the feeds before a seek. */
  let earlier = noCounters()
  const counters = () => (feed ? addCounters(earlier, countersSince(before, feed.counters())) : earlier)
  const openPipeline = (fromNs: bigint | null, counted?: CountedLosses): JobPipeline => {
    const opened: JobPipeline = createJobPipeline({
      jobId: id,
      request,
      hubs,
      analysisHost: options.analysisHost,
      clock,
      pace,
      fromNs,
      keptNfft,
      ...(counted ? { counted } : {}),
      pause: () => feed?.pause(),
      resume: () => feed?.resume(),
      described(offer) {
        seeking.arrived()
        if (fromNs === null) report.step('analyser start', `${offer.service}: ${offer.content} of ${offer.sourceName}`)
      },
      lost: (reason) => log.warning('data_lost', { reason }),
      failed(reason) {
        if (opened === pipeline) fail(reason)
      }
    })
    return opened
  }
  const position = (): bigint | null => seeking.target() ?? pipeline.playback()?.positionNs ?? null
  const seeking = createSeeking({ clock, go: (toNs) => goTo(toNs), position })
  let pipeline = openPipeline(null)
  const statistics = createStatisticsReader(
    clock,
    hubs.get('picture')!,
    counters,
    () => pipeline.counters(),
    options.restarts
  )

  /** Frees stream, analyser, port and record. The backend is told; where it cannot be, the next start tells it. */
  const cleanUp = async (): Promise<void> => {
    if (report.state !== 'completed') pipeline.dispose()
    const left = feed?.leave(member) ?? Promise.resolve('nothing was open on the backend')
    const mine = pipeline
    const [outcome] = await Promise.all([left, ...leavings])
    report.step('clean-up', outcome)
    // Opened again meanwhile, it has another.
    if (report.state === 'completed' || mine !== pipeline) mine.dispose()
  }

  const end = (state: 'completed' | 'cancelled' | 'failed', reason: string): void => {
    if (report.ended) return
    seeking.dispose()
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

  const join = (alone: boolean): void => {
    feed = feeds.feedFor(request, log, alone)
    before = feed.counters()
    feed.join(member)
  }

  /** So long before a time samples must begin for the first row to stand for it. */
  const leadNs = (): bigint => {
    knownLeadNs = pipeline.leadNs() ?? knownLeadNs
    keptNfft ??= pipeline.nfft()
    return BigInt(Math.round(knownLeadNs))
  }

  /** Leaves the stream for one that begins elsewhere. The backend's old job goes in the background. */
  function goTo(toNs: bigint): void {
    const range = options.range
    if (!range || report.ended) return
    const [firstNs, endNs] = [BigInt(range.startNs), BigInt(range.endNs)]
    const wished = toNs - leadNs()
    const latest = endNs - 2n * leadNs() > firstNs ? endNs - 2n * leadNs() : firstNs
    const fromNs = wished < firstNs ? firstNs : wished > latest ? latest : wished
    pace = pipeline.playback()?.pace ?? pace
    const counted = pipeline.counters()
    pipeline.dispose()
    cleaning = null
    earlier = counters()
    const left = feed?.leave(member, deleteAfterSeekMs)
    feed = null
    request = { ...request, timeRange: { startNs: fromNs.toString(), endNs: range.endNs } }
    pipeline = openPipeline(fromNs, counted)
    report.become('starting', 'It is opened at another time.')
    join(true)
    const leaving = left?.then((outcome) => {
      leavings.delete(leaving!)
      log.debug('feed_left', { outcome })
    })
    if (leaving) leavings.add(leaving)
  }

  const member: FeedMember = {
    id,
    get request() {
      return request
    },
    report,
    taps,
    listener: () => pipeline.listener(),
    endNs: () => pipeline.endNs(),
    completed(reason) {
      const mine = pipeline
      void mine.finish().then(() => {
        if (mine === pipeline && !seeking.endReached()) end('completed', reason)
      })
    },
    cancelled: (reason) => end('cancelled', reason),
    failed: fail,
    mustLeave() {
      void feed?.leave(member)
      join(true)
    }
  }

  return {
    id,
    get request() {
      return request
    },
    windowId: options.windowId,
    hubs,
    report,
    snapshot() {
      const progress = report.state === 'completed' ? 1 : pipeline.progress()
      const playback = pipeline.playback()
      const told = report.snapshot(
        request,
        statistics.read(),
        progress,
        playback && {
          pace: playback.pace,
          positionNs: position()?.toString() ?? null,
          range: options.range ?? { startNs: '0', endNs: '0' },
          loop: seeking.loop
        }
      )
      const awaited = report.state === 'streaming' ? pipeline.awaiting() : null
      return awaited === null ? told : { ...told, reason: `${told.reason.replace(/\.$/, '')}; ${awaited}.` }
    },
    thin: (stride) => pipeline.thin(stride),
    usage: () => ({ computeMs: pipeline.computeMs(), ringBytes: feed ? feed.counters().ringBytes : 0 }),
    setPace(next) {
      pace = next
      pipeline.setPace(next)
      options.changed()
    },
    seek(toNs) {
      // An ended one starts with what is sought.
      report.reopen('It is opened again.')
      if (report.state === 'queued') report.become('starting', 'It is opened again.')
      seeking.setLoop(seeking.loop)
      seeking.seek(toNs)
      options.changed()
    },
    step(rows) {
      const reached = position()
      if (pipeline.playback()?.pace !== 0) this.setPace(0)
      if (rows >= 0 && seeking.target() === null && !report.ended) pipeline.step(rows)
      else if (reached !== null) this.seek(reached + BigInt(Math.round(rows * pipeline.rowIntervalNs())))
      options.changed()
    },
    setLoop(loop) {
      seeking.setLoop(loop, !report.ended)
      options.changed()
    },
    start: () => join(false),
    monitor: async () => feed?.monitor(),
    backendReturned() {
      if (report.state === 'reconnecting' || report.state === 'stalled') void feed?.monitor()
    },
    addTap(kind, tapOptions, listener) {
      const tap = options.ingest.createTap(kind, tapOptions, listener)
      taps.add(tap)
      tap.moveTo(feed?.stream ?? null)
      return {
        ...tap,
        remove() {
          taps.delete(tap)
          tap.remove()
        }
      }
    },
    async close(reason) {
      end('cancelled', reason)
      await cleaning
    },
    fail,
    lastUpdateMs() {
      // Rows that wait for their time are no standstill.
      if (pipeline.playback()?.isWaiting) updatedAtMs = clock.monotonicMs()
      const counted = counters().blocks
      if (counted !== lastCounted) updatedAtMs = clock.monotonicMs()
      lastCounted = counted
      return updatedAtMs
    },
    dispose() {
      seeking.dispose()
      if (!report.ended) void feed?.leave(member)
      pipeline.dispose()
      for (const hub of hubs.values()) hub.dispose()
    }
  }
}
