import type { BackendRecording, JobRequest, JobSnapshot, TimeSpan } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { isEnded } from './jobStates.ts'
import type { Tell } from './sessionActions.ts'
import type { Stores } from './stores.ts'

/** What a window does with the time of a historic job. The job stays the same one, in its tile and its window. */
export interface PlaybackActions {
  /** Times real time; null as fast as it can, 0 stands still. A job that has ended is played again. */
  setPace(job: JobSnapshot, pace: number | null): Promise<void>
  /** Stands still, or plays as fast as it did before. */
  playOrPause(job: JobSnapshot): Promise<void>
  /** Shows the recording from another time on. While one is on its way the last one asked for comes next. */
  seek(job: JobSnapshot, toNs: bigint): Promise<void>
  /** So many rows on or back; it stands still then. */
  step(job: JobSnapshot, rows: number): Promise<void>
  /** A second on or back, at least a row; it stands still then. */
  stepSeconds(job: JobSnapshot, seconds: number): Promise<void>
  /** Plays a part again and again, in real time where it had no pace; null: to the end. Outside of it, playback goes there. */
  setLoop(job: JobSnapshot, loop: TimeSpan | null): Promise<void>
  /** Another channel or NFFT: a new job in the place of this one. */
  reopen(job: JobSnapshot, change: Partial<JobRequest>): Promise<void>
}

export interface PlaybackRange {
  startNs: bigint
  endNs: bigint
}

/** Times real time; null: as fast as it can. */
export const paces: readonly (number | null)[] = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100, null]

export const paceText = (pace: number | null): string => (pace === null ? 'as fast as possible' : `${pace}×`)

/** The next slower (−1) or faster (1) one. */
export function nextPace(pace: number | null, by: 1 | -1): number | null {
  const size = (one: number | null): number => one ?? Infinity
  const found = by > 0 ? paces.find((one) => size(one) > size(pace)) : paces.findLast((one) => size(one) < size(pace))
  return found === undefined ? pace : found
}

/** Jobs whose pace is remembered while they stand still. */
const lastPacesMost = 100

/** Nearer to the end than this there may be no row. */
const beforeEndNs = 1_000_000n

/** From start to end of what a historic job can be sought in; null for a live job. */
export function playbackRange({ playback, request }: JobSnapshot): PlaybackRange | null {
  const range = playback?.range ?? request.timeRange
  if (!range) return null
  const [startNs, endNs] = [BigInt(range.startNs), BigInt(range.endNs)]
  return endNs > startNs ? { startNs, endNs } : null
}

/** The time that playback has come to. */
export function playbackPosition({ playback, state, request }: JobSnapshot, { startNs, endNs }: PlaybackRange): bigint {
  // Before its first row it is where it was asked to begin.
  const asked = state === 'completed' ? endNs : request.timeRange?.startNs
  const atNs = BigInt(playback?.positionNs ?? asked ?? startNs)
  return atNs < startNs ? startNs : atNs > endNs ? endNs : atNs
}

/** The recording that a historic job plays, as the backend names it; null where that is not known. */
export function playedRecording({ request }: JobSnapshot, recordings: readonly BackendRecording[]): string | null {
  const { timeRange, recording } = request
  if (recording !== null || !timeRange) return recording
  const [fromNs, toNs] = [BigInt(timeRange.startNs), BigInt(timeRange.endNs)]
  const contains = ({ startNs, endNs }: BackendRecording): boolean =>
    endNs !== null && BigInt(startNs) <= fromNs && BigInt(endNs) >= toNs
  return recordings.find(contains)?.name ?? null
}

export function createPlaybackActions(connection: CoreConnection, stores: Stores, tell: Tell): PlaybackActions {
  /** Jobs with a seek that is not answered yet, and where they go after it. */
  const seeking = new Map<string, { next: bigint | null }>()

  /** What was played last, of jobs that stand still. */
  const lastPaces = new Map<string, number | null>()

  async function openInPlace(job: JobSnapshot, change: Partial<JobRequest>, pace: number | null): Promise<void> {
    const request = { ...job.request, ...change }
    const opened = tell(
      `reopen ${job.id}`,
      `${job.id} could not be opened with that`,
      await connection.call('jobs.open', { request, windowId: connection.windowId, pace })
    )
    if (!opened) return
    stores.jobs.select(opened.id, job.id)
    if (!isEnded(job.state)) await connection.call('jobs.close', { jobId: job.id })
    const forgotten = await connection.call('jobs.forget', { jobId: job.id })
    if (forgotten.ok) stores.jobs.forgotten(job.id)
  }

  async function seek(job: JobSnapshot, toNs: bigint): Promise<void> {
    const range = playbackRange(job)
    if (!range) return
    const lastNs = range.endNs - beforeEndNs > range.startNs ? range.endNs - beforeEndNs : range.startNs
    const atNs = toNs < range.startNs ? range.startNs : toNs > lastNs ? lastNs : toNs
    const running = seeking.get(job.id)
    if (running) {
      running.next = atNs
      return
    }
    const state: { next: bigint | null } = { next: null }
    seeking.set(job.id, state)
    try {
      for (let goal: bigint | null = atNs; goal !== null; goal = state.next) {
        state.next = null
        const answer = await connection.call('jobs.seek', { jobId: job.id, toNs: goal.toString() })
        if (!tell(`seek ${job.id}`, `${job.id} cannot be played from there`, answer)) return
      }
    } finally {
      seeking.delete(job.id)
    }
  }

  async function changePace(job: JobSnapshot, pace: number | null): Promise<boolean> {
    const answer = await connection.call('jobs.pace', { jobId: job.id, pace })
    return tell(`pace ${job.id}`, 'The pace was not changed', answer) !== null
  }

  async function step(job: JobSnapshot, rows: number): Promise<void> {
    tell(`step ${job.id}`, `${job.id} was not stepped`, await connection.call('jobs.step', { jobId: job.id, rows }))
  }

  async function setPace(job: JobSnapshot, pace: number | null): Promise<void> {
    const range = playbackRange(job)
    const before = job.playback?.pace
    if (pace === 0 && before !== 0 && before !== undefined) keepLastPace(job.id, before)
    if (!(await changePace(job, pace)) || !isEnded(job.state) || pace === 0 || !range) return
    const positionNs = playbackPosition(job, range)
    const loopNs = job.playback?.loop ? BigInt(job.playback.loop.startNs) : null
    // What was played to its end begins again; what was closed goes on where it was.
    const startNs = job.request.timeRange ? BigInt(job.request.timeRange.startNs) : range.startNs
    await seek(job, job.state === 'completed' ? (loopNs ?? startNs) : positionNs)
  }

  function keepLastPace(jobId: string, pace: number | null): void {
    lastPaces.delete(jobId)
    lastPaces.set(jobId, pace)
    if (lastPaces.size > lastPacesMost) lastPaces.delete(lastPaces.keys().next().value!)
  }

  return {
    async reopen(job, change) {
      await openInPlace(job, change, job.playback?.pace ?? null)
    },
    setPace,
    async playOrPause(job) {
      const pace = job.playback?.pace
      if (pace === undefined) return
      if (pace !== 0) return setPace(job, isEnded(job.state) ? pace : 0)
      await setPace(job, lastPaces.has(job.id) ? (lastPaces.get(job.id) ?? null) : 1)
    },
    seek,
    step,
    async stepSeconds(job, seconds) {
      const rows = Math.round(Math.abs(seconds) / job.request.rowIntervalS)
      await step(job, Math.sign(seconds) * Math.min(10_000, Math.max(1, rows)))
    },
    async setLoop(job, loop) {
      const answer = await connection.call('jobs.loop', { jobId: job.id, loop })
      if (!tell(`loop ${job.id}`, 'The loop was not changed', answer) || !loop) return
      // As fast as it can, it would begin again before an eye has seen it.
      if (job.playback?.pace === null) await changePace(job, 1)
      const range = playbackRange(job)
      const atNs = range && playbackPosition(job, range)
      if (atNs !== null && (isEnded(job.state) || atNs < BigInt(loop.startNs) || atNs >= BigInt(loop.endNs)))
        await seek(job, BigInt(loop.startNs))
    }
  }
}
