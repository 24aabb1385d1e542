import type { BackendRecording, JobRequest, JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { isEnded } from './jobStates.ts'
import type { Tell } from './sessionActions.ts'
import type { Stores } from './stores.ts'

/** What a window does with the time of a historic job. */
export interface PlaybackActions {
  /** Times real time; null as fast as it can, 0 stands still. A job that has ended is played again from its start. */
  setPace(job: JobSnapshot, pace: number | null): Promise<void>
  /** Shows the recording from another time on: a new job in the place of this one, read from there at once. */
  seek(job: JobSnapshot, toNs: bigint): Promise<void>
  /** Another channel or NFFT: a new job in the place of this one. */
  reopen(job: JobSnapshot, change: Partial<JobRequest>): Promise<void>
}

/** From start to end of what a historic job plays: its recording where that is known, else the range it was opened with. */
export function playbackRange(
  job: JobSnapshot,
  recordings: readonly BackendRecording[]
): { startNs: bigint; endNs: bigint } | null {
  const { timeRange, recording } = job.request
  if (!timeRange) return null
  const startNs = BigInt(timeRange.startNs)
  const endNs = BigInt(timeRange.endNs)
  const whole = recordings.find(
    (known) => known.endNs !== null && (recording === null ? contains(known, startNs, endNs) : known.name === recording)
  )
  return whole?.endNs ? { startNs: BigInt(whole.startNs), endNs: BigInt(whole.endNs) } : { startNs, endNs }
}

const contains = ({ startNs, endNs }: BackendRecording, fromNs: bigint, toNs: bigint): boolean =>
  endNs !== null && BigInt(startNs) <= fromNs && BigInt(endNs) >= toNs

export function createPlaybackActions(connection: CoreConnection, stores: Stores, tell: Tell): PlaybackActions {
  async function replace(job: JobSnapshot, startNs: bigint, endNs: bigint, pace: number | null): Promise<void> {
    const timeRange = { startNs: String(startNs), endNs: String(endNs) }
    await openInPlace(job, { timeRange }, pace, `${job.id} cannot be played from there`)
  }

  async function openInPlace(
    job: JobSnapshot,
    change: Partial<JobRequest>,
    pace: number | null,
    failed: string
  ): Promise<void> {
    const request = { ...job.request, ...change }
    const opened = tell(
      `reopen ${job.id}`,
      failed,
      await connection.call('jobs.open', { request, windowId: connection.windowId, pace })
    )
    if (!opened) return
    stores.jobs.select(opened.id, job.id)
    if (!isEnded(job.state)) await connection.call('jobs.close', { jobId: job.id })
    const forgotten = await connection.call('jobs.forget', { jobId: job.id })
    if (forgotten.ok) stores.jobs.forgotten(job.id)
  }

  return {
    async reopen(job, change) {
      await openInPlace(job, change, job.playback?.pace ?? null, `${job.id} could not be opened with that`)
    },
    async setPace(job, pace) {
      if (isEnded(job.state)) {
        const { timeRange } = job.request
        if (timeRange && pace !== 0) await replace(job, BigInt(timeRange.startNs), BigInt(timeRange.endNs), pace)
        return
      }
      tell(`pace ${job.id}`, 'The pace was not changed', await connection.call('jobs.pace', { jobId: job.id, pace }))
    },
    async seek(job, toNs) {
      const range = playbackRange(job, stores.core.getState().recordings)
      if (!range) return
      const lastNs = range.endNs - 1_000_000n
      const startNs = toNs < range.startNs ? range.startNs : toNs > lastNs ? lastNs : toNs
      await replace(job, startNs, range.endNs, job.playback?.pace ?? null)
    }
  }
}
