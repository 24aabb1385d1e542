import { z } from 'zod'
import { jobRequest, playbackPace, timeSpan, type JobRequest } from '../src-preload/contract/schemas.ts'

export const restartPlanVersion = 1
export const restartPlanName = 'restart-plan.json'
/** What ran longer ago is not what somebody expects to find. */
const validForMs = 24 * 3_600_000
/** A clock that was put right meanwhile. */
const aheadMostMs = 3_600_000
export const plannedJobsMost = 1000

const plannedJob = z.object({
  id: z.string(),
  request: jobRequest,
  pace: playbackPace.default(null),
  loop: timeSpan.nullable().default(null),
  /** Where the recording lies that was opened from this machine. */
  file: z.string().nullable().default(null)
})
export type PlannedJob = z.infer<typeof plannedJob>

const plannedCapture = z.object({
  jobId: z.string(),
  folder: z.string().nullable(),
  name: z.string(),
  acknowledgedBlocks: z.number()
})

/** What was open when a restart was prepared. */
export const restartPlan = z.object({
  atMs: z.number(),
  jobs: z.array(plannedJob).max(plannedJobsMost),
  captures: z.array(plannedCapture).default([]),
  /** Background tasks that were parked. */
  tasks: z.number().default(0)
})
export type RestartPlan = z.infer<typeof restartPlan>

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
const minutesOf = (ms: number): string =>
  ms < 90_000 ? 'a moment' : ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
export const timeOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')
export const sameRequest = (a: JobRequest, b: JobRequest): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Null: it counts. */
export function whyIgnored({ atMs }: RestartPlan, nowMs: number): string | null {
  if (nowMs - atMs > validForMs) return `is ${minutesOf(nowMs - atMs)} old`
  return atMs - nowMs > aheadMostMs ? 'is dated in the future' : null
}

export const capturesSentence = (captures: RestartPlan['captures']): string =>
  captures
    .map(
      ({ name, jobId, folder, acknowledgedBlocks }) =>
        `"${name}" of ${jobId} (${counted(acknowledgedBlocks, 'block')} safe when it was prepared, ${folder ?? 'no folder yet'})`
    )
    .join(', ')
