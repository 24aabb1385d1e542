import {
  endedStates,
  type JobRequest,
  type JobSnapshot,
  type JobState,
  type JobStep,
  type StreamStatistics
} from '../../src-preload/contract/schemas.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../storage/log.ts'

export type JobStepName = JobStep['name']

/** What is told of a job: its state with the reason, the steps of its life, where it waits. */
export interface JobReport {
  readonly state: JobState
  readonly reason: string
  readonly ended: boolean
  backendJobId: string | null
  /** Nothing leaves an ended state. */
  become(state: JobState, reason: string): void
  /** An ended job begins once more. */
  reopen(reason: string): void
  waits(position: number, reason: string): void
  step(name: JobStepName, detail: string): void
  hasStep(name: JobStepName): boolean
  snapshot(
    request: JobRequest,
    statistics: StreamStatistics,
    progress: number | null,
    playback: JobSnapshot['playback']
  ): JobSnapshot
}

/** A job that reconnects all night writes many steps; the first ones say how it began. */
const stepsMax = 64

export function createJobReport(id: string, clock: Clock, log: Log, changed: () => void): JobReport {
  const createdAtNs = clock.nowNs().toString()
  const steps: JobStep[] = []
  let state: JobState = 'queued'
  let reason = ''
  let queuePosition: number | null = null
  let endedAtNs: string | null = null

  return {
    get state() {
      return state
    },
    get reason() {
      return reason
    },
    get ended() {
      return endedStates.has(state)
    },
    backendJobId: null,
    become(next, why) {
      if (endedStates.has(state) || (state === next && reason === why)) return
      if (state !== next) log.info('job_state', { from: state, to: next, reason: why })
      state = next
      reason = why
      queuePosition = null
      if (endedStates.has(next)) endedAtNs = clock.nowNs().toString()
      changed()
    },
    reopen(why) {
      if (!endedStates.has(state)) return
      log.info('job_state', { from: state, to: 'queued', reason: why })
      state = 'queued'
      reason = why
      endedAtNs = null
      changed()
    },
    waits(position, why) {
      if (state !== 'queued' || (queuePosition === position && reason === why)) return
      queuePosition = position
      reason = why
      changed()
    },
    step(name, detail) {
      log.info('job_step', { step: name, detail })
      if (steps.length >= stepsMax) steps.splice(stepsMax / 2, 1)
      steps.push({ name, atNs: clock.nowNs().toString(), detail })
      changed()
    },
    hasStep: (name) => steps.some((step) => step.name === name),
    snapshot(request, statistics, progress, playback) {
      return {
        id,
        backendJobId: this.backendJobId,
        request,
        state,
        reason,
        createdAtNs,
        endedAtNs,
        queuePosition,
        steps: [...steps],
        statistics,
        progress,
        playback
      }
    }
  }
}
