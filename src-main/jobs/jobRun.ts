import type { JobRequest, JobSnapshot, ViewLayer } from '../../src-preload/contract/schemas.ts'
import type { AnalysisHost } from '../analysis/analysis.ts'
import type { RowHub } from '../analysis/rowHub.ts'
import type { Clock } from '../clock.ts'
import { countersSince, noCounters } from '../ingest/counters.ts'
import type { IngestHost, IngestTap, TapListener } from '../ingest/ingestHost.ts'
import type { Log } from '../storage/log.ts'
import type { FeedPool } from './feedPool.ts'
import type { FeedMember, JobFeed } from './jobFeed.ts'
import { createJobPipeline, type JobPipeline } from './jobPipeline.ts'
import { createJobReport, type JobReport } from './jobReport.ts'
import { createStatisticsReader } from './jobStatistics.ts'
import type { Notices } from './notices.ts'

export interface JobRunOptions {
  id: string
  request: JobRequest
  windowId: string | null
  /** Historic: times real time; null as fast as it can, 0 stands still. */
  pace: number | null
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

const playbackSnapshot = (playback: ReturnType<JobPipeline['playback']>): JobSnapshot['playback'] =>
  playback && { pace: playback.pace, positionNs: playback.positionNs?.toString() ?? null }

/** One of the program's jobs: its report and its picture, on a feed that it may share with others. */
export function createJobRun(options: JobRunOptions): JobRun {
  const { id, request, hubs, clock, log, feeds } = options
  const live = request.timeRange === null
  const taps = new Set<IngestTap>()
  let feed: JobFeed | null = null
  /** What the feed had counted when this job came to it. */
  let before = noCounters()
  let cleaning: Promise<void> | null = null
  let updatedAtMs = clock.monotonicMs()
  let lastCounted = 0

  const report = createJobReport(id, request, clock, log, () => {
    updatedAtMs = clock.monotonicMs()
    options.changed()
  })
  const counters = () => (feed ? countersSince(before, feed.counters()) : before)
  const pipeline = createJobPipeline({
    jobId: id,
    request,
    hubs,
    analysisHost: options.analysisHost,
    clock,
    pace: options.pace,
    pause: () => feed?.pause(),
    resume: () => feed?.resume(),
    described: (offer) => report.step('analyser start', `${offer.service}: ${offer.content} of ${offer.sourceName}`),
    lost: (reason) => log.warning('data_lost', { reason }),
    failed: (reason) => fail(reason)
  })
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
    report.step('clean-up', await left)
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

  const join = (alone: boolean): void => {
    feed = feeds.feedFor(request, log, alone)
    before = feed.counters()
    feed.join(member)
  }

  const member: FeedMember = {
    id,
    request,
    report,
    taps,
    listener: () => pipeline.listener(),
    endNs: () => pipeline.endNs(),
    completed: (reason) => void pipeline.finish().then(() => end('completed', reason)),
    cancelled: (reason) => end('cancelled', reason),
    failed: fail,
    mustLeave() {
      void feed?.leave(member)
      join(true)
    }
  }

  return {
    id,
    request,
    windowId: options.windowId,
    hubs,
    report,
    snapshot() {
      const progress = report.state === 'completed' ? 1 : pipeline.progress()
      const told = report.snapshot(statistics.read(), progress, playbackSnapshot(pipeline.playback()))
      const awaited = report.state === 'streaming' ? pipeline.awaiting() : null
      return awaited === null ? told : { ...told, reason: `${told.reason.replace(/\.$/, '')}; ${awaited}.` }
    },
    thin: (stride) => pipeline.thin(stride),
    usage: () => ({ computeMs: pipeline.computeMs(), ringBytes: feed ? feed.counters().ringBytes : 0 }),
    setPace(pace) {
      pipeline.setPace(pace)
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
      if (!report.ended) void feed?.leave(member)
      pipeline.dispose()
      for (const hub of hubs.values()) hub.dispose()
    }
  }
}
