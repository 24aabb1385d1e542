import type { HealthSeverity, StreamHealth } from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import { endedStates, type JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { duration, type Sight } from './sight.ts'

/** Counters that only rise: how much in the last seconds. */
interface Rise {
  atMs: number
  lost: number
  gaps: number
  shed: number
}

/** What is wrong with a stream, since when; what was lost since then. */
export interface StreamTrouble {
  kind: 'lost' | 'stalled' | 'behind' | 'slow'
  sinceMs: number
  lost: number
  shed: number
  /** It goes on at this moment; an episode lasts until nothing happened for a while. */
  isNow: boolean
  isShedding: boolean
}

export interface JudgedStream extends StreamHealth {
  trouble: StreamTrouble | null
}

export interface StreamJudge {
  judge(
    sight: Sight,
    settings: HealthSettings,
    shareOf: (jobId: string) => { ratio: number; bytes: number }
  ): JudgedStream[]
}

/** What grew in so much time grows now: who reads that data is being lost must not be told so long after. */
const risingForMs = 2000
/** An episode is over when nothing happened for so long. */
const calmMs = 10_000

interface Kept {
  rises: Rise[]
  trouble: StreamTrouble | null
  lastBadMs: number
  base: { lost: number; shed: number }
}

const wordOf = { lost: 'losing', stalled: 'stalled', behind: 'behind', slow: 'slow' } as const

function problemOf(
  job: JobSnapshot,
  kept: Kept,
  settings: HealthSettings
): { kind: StreamTrouble['kind']; severity: HealthSeverity; reason: string; word?: string } | null {
  const { statistics: stream, state } = job
  const newest = kept.rises.at(-1)!
  const oldest = kept.rises[0]!
  if (state === 'reconnecting') return { kind: 'stalled', severity: 'critical', reason: job.reason, word: 'cut' }
  if (state === 'stalled') return { kind: 'stalled', severity: 'critical', reason: job.reason }
  if (newest.lost > oldest.lost || newest.gaps > oldest.gaps) {
    const what = newest.lost > oldest.lost ? `${newest.lost - oldest.lost} blocks or rows` : 'a part of the data'
    return {
      kind: 'lost',
      severity: 'critical',
      reason: `${what} lost in the last ${duration(newest.atMs - oldest.atMs)}.`
    }
  }
  const { ageMs } = stream.queue
  if (newest.shed > oldest.shed && (stream.overload !== null || ageMs > settings.queueAgeWarningMs))
    return {
      kind: 'behind',
      severity: ageMs > settings.queueAgeCriticalMs ? 'critical' : 'warning',
      reason: stream.overload ?? `Rows wait ${duration(ageMs)} for analysis and are left out.`
    }
  const p95 = job.request.timeRange === null ? (stream.latencyMs?.p95 ?? 0) : 0
  if (p95 > settings.latencyCriticalMs || ageMs > settings.queueAgeCriticalMs)
    return {
      kind: 'behind',
      severity: 'critical',
      reason: `Rows are ${p95.toFixed(0)} ms old (p95), the oldest waits ${ageMs.toFixed(0)} ms.`
    }
  if (p95 > settings.latencyWarningMs || (job.request.timeRange === null && ageMs > settings.queueAgeWarningMs))
    return {
      kind: 'slow',
      severity: 'warning',
      reason: `Rows are ${p95.toFixed(0)} ms old (p95), the oldest waits ${ageMs.toFixed(0)} ms.`
    }
  return null
}

const calmWord = (job: JobSnapshot): string =>
  endedStates.has(job.state)
    ? 'ended'
    : job.state === 'queued'
      ? 'waiting'
      : job.playback?.pace === 0
        ? 'paused'
        : job.state

/** One word, one colour and one sentence for each stream, with the time since when it is so. */
export function createStreamJudge(): StreamJudge {
  const all = new Map<string, Kept>()

  function judgeOne(
    job: JobSnapshot,
    sight: Sight,
    settings: HealthSettings
  ): Pick<JudgedStream, 'word' | 'severity' | 'reason' | 'trouble'> {
    const { statistics: stream } = job
    const kept: Kept = all.get(job.id) ?? { rises: [], trouble: null, lastBadMs: 0, base: { lost: 0, shed: 0 } }
    all.set(job.id, kept)
    // A recording's own holes are met while it is played; only blocks that went missing on the way are lost.
    const isLive = job.request.timeRange === null
    const rise: Rise = {
      atMs: sight.monotonicMs,
      lost: stream.lostBlocks + (isLive ? stream.lostRows : 0),
      gaps: isLive ? stream.gaps : 0,
      shed: stream.shedRows
    }
    kept.rises.push(rise)
    while (kept.rises.length > 2 && sight.monotonicMs - kept.rises[1]!.atMs >= risingForMs) kept.rises.shift()
    const isActive = !endedStates.has(job.state) && job.state !== 'queued'
    const problem = isActive ? problemOf(job, kept, settings) : null
    if (!problem) {
      if (!isActive || sight.monotonicMs - kept.lastBadMs > calmMs) kept.trouble = null
      if (kept.trouble) kept.trouble = { ...kept.trouble, isNow: false, isShedding: false }
      return {
        word: calmWord(job),
        severity: job.state === 'failed' ? 'critical' : 'good',
        reason: isActive ? '' : job.reason,
        trouble: kept.trouble
      }
    }
    if (!kept.trouble) {
      const before = kept.rises[0]!
      kept.base = { lost: before.lost, shed: before.shed }
      const silentMs = problem.kind === 'stalled' ? (stream.silentMs ?? 0) : 0
      kept.trouble = {
        kind: problem.kind,
        sinceMs: sight.atMs - silentMs,
        lost: 0,
        shed: 0,
        isNow: true,
        isShedding: false
      }
    }
    kept.lastBadMs = sight.monotonicMs
    kept.trouble = {
      ...kept.trouble,
      kind: problem.kind,
      lost: rise.lost - kept.base.lost,
      shed: rise.shed - kept.base.shed,
      isNow: true,
      isShedding: rise.shed > kept.rises[0]!.shed
    }
    return {
      word: problem.word ?? wordOf[problem.kind],
      severity: problem.severity,
      reason: problem.reason,
      trouble: kept.trouble
    }
  }

  return {
    judge(sight, settings, shareOf) {
      const captured = new Set(
        sight.captures.filter(({ state }) => state === 'recording' || state === 'starting').map(({ jobId }) => jobId)
      )
      const ids = new Set(sight.jobs.map(({ id }) => id))
      for (const id of all.keys()) if (!ids.has(id)) all.delete(id)
      return sight.jobs.map((job) => {
        const { statistics: stream } = job
        const share = shareOf(job.id)
        return {
          jobId: job.id,
          view: job.request.view,
          live: job.request.timeRange === null,
          channels: job.request.channels.max - job.request.channels.min + 1,
          bytesPerS: stream.bytesPerS,
          rowsPerS: stream.rowsPerS,
          latencyMs: stream.latencyMs,
          gaps: stream.gaps,
          gapS: stream.gapS,
          shedRows: stream.shedRows,
          lostBlocks: stream.lostBlocks,
          lostRows: stream.lostRows,
          queue: stream.queue,
          reconnects: stream.reconnects,
          cpuShare: share.ratio,
          memoryBytes: share.bytes,
          isCaptured: captured.has(job.id),
          ...judgeOne(job, sight, settings)
        }
      })
    }
  }
}
