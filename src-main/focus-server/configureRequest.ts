import { z } from 'zod'
import type { FieldError } from '../../src-preload/contract/errors.ts'
import type { JobRequest, ViewName } from '../../src-preload/contract/schemas.ts'
import { nanosecondsPerSecond, type Nanoseconds } from '../../src-preload/contract/units.ts'
import { validateJobRequest, type JobLimits } from '../jobs/validation.ts'

/** One entry of `detail` in a 422, as the framework of the original writes them. */
export interface FieldProblem {
  loc: (string | number)[]
  msg: string
  type: string
}

const integer = z.number().int()
const range = z.object({ min: integer, max: integer })

/** Epoch seconds that a Date can hold, so that no time overflows further in. */
const epochSeconds = integer.min(-8_000_000_000).max(8_000_000_000)

const configureSchema = z.object({
  displayTimeAxisDuration: integer.min(1).max(3600).nullish(),
  nfftSelection: integer.nullish(),
  displayInfo: z.object({ height: integer.min(1).max(10_000) }),
  channels: range,
  frequencyRange: range.nullish(),
  start_time: epochSeconds.nullish(),
  end_time: epochSeconds.nullish(),
  view_type: z.enum(['0', '1', '2']),
  /** Ours: one of the recordings that `GET /recordings` names. */
  recording: z.string().max(500).nullish()
})

export const knownFields: ReadonlySet<string> = new Set(Object.keys(configureSchema.shape))

export interface ConfigureRequest {
  view: ViewName
  /** Seconds between rows. */
  rowIntervalS: number
  height: number
  nfft: number | null
  channels: { min: number; max: number }
  band: { min: number; max: number } | null
  timeRange: { startNs: Nanoseconds; endNs: Nanoseconds } | null
  recording: string | null
}

export type Parsed<T> = { ok: true; value: T } | { ok: false; problems: FieldProblem[] }

const viewOfType: Record<'0' | '1' | '2', ViewName> = { '0': 'multi', '1': 'single', '2': 'waterfall' }

/** Shortest time between rows that the display of any client follows. */
export const rowIntervalMinS = 0.005
const defaultRowIntervalS = 0.05

export const problem = (path: string, msg: string, type = 'value_error'): FieldProblem => ({
  loc: ['body', ...path.split('.')],
  msg,
  type
})

/** One message a field, in words that say what was sent. */
function readableIssue(issue: z.core.$ZodIssue, body: unknown): FieldProblem {
  const path = issue.path.map(String)
  const sent = path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], body)
  const shown = JSON.stringify(sent)?.slice(0, 60)
  let msg = issue.message
  if (sent === undefined) msg = 'is required'
  else if (issue.code === 'too_small') msg = `${shown} is below ${String(issue.minimum)}`
  else if (issue.code === 'too_big') msg = `${shown} is above ${String(issue.maximum)}`
  else if (issue.code === 'invalid_type')
    msg = `${shown} is not ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`
  else if (path[0] === 'view_type') msg = `${shown} is not one of the strings "0", "1", "2"`
  const type = sent === undefined ? 'missing' : issue.code
  return path.length > 0 ? { loc: ['body', ...path], msg, type } : { loc: ['body'], msg, type }
}

function onePerField(problems: FieldProblem[]): FieldProblem[] {
  const byField = new Map<string, FieldProblem>()
  for (const entry of problems) if (!byField.has(entry.loc.join('.'))) byField.set(entry.loc.join('.'), entry)
  return [...byField.values()]
}

/** The form of a request: types, fixed limits, and what must come together. What depends on the source comes later. */
export function parseConfigure(body: unknown): Parsed<ConfigureRequest> {
  const parsed = configureSchema.safeParse(body)
  if (!parsed.success) {
    return { ok: false, problems: onePerField(parsed.error.issues.map((issue) => readableIssue(issue, body))) }
  }
  const request = parsed.data
  const problems: FieldProblem[] = []
  const view = viewOfType[request.view_type]
  const nfft = request.nfftSelection ?? null
  if (view === 'waterfall' && nfft !== null && nfft !== 1) {
    problems.push(problem('nfftSelection', `${nfft} is not 1, as a waterfall has it`))
  } else if (view !== 'waterfall' && nfft === null) {
    problems.push(problem('nfftSelection', 'is required for spectra', 'missing'))
  }
  const start = request.start_time ?? null
  const end = request.end_time ?? null
  if ((start === null) !== (end === null)) {
    problems.push(
      problem(start === null ? 'start_time' : 'end_time', 'is required when the other end is given', 'missing')
    )
  }
  const duration = request.displayTimeAxisDuration ?? null
  const rowIntervalS = duration === null ? defaultRowIntervalS : duration / request.displayInfo.height
  if (rowIntervalS < rowIntervalMinS) {
    const message = `${duration} s in ${request.displayInfo.height} rows is ${rowIntervalS.toPrecision(3)} s a row, below ${rowIntervalMinS} s`
    problems.push(problem('displayInfo.height', message, 'too_big'))
  }
  if (problems.length > 0) return { ok: false, problems }
  const timeRange =
    start === null || end === null
      ? null
      : { startNs: BigInt(start) * nanosecondsPerSecond, endNs: BigInt(end) * nanosecondsPerSecond }
  return {
    ok: true,
    value: {
      view,
      rowIntervalS,
      height: request.displayInfo.height,
      nfft: view === 'waterfall' ? null : nfft,
      channels: request.channels,
      band: request.frequencyRange ?? null,
      timeRange,
      recording: request.recording ?? null
    }
  }
}

const wireNames: Record<string, string> = {
  'band.minHz': 'frequencyRange.min',
  'band.maxHz': 'frequencyRange.max',
  nfft: 'nfftSelection',
  'timeRange.startNs': 'start_time',
  'timeRange.endNs': 'end_time',
  rowIntervalS: 'displayTimeAxisDuration'
}

function problemOf({ path, message }: FieldError): FieldProblem {
  const type = / is below /.test(message) ? 'too_small' : / is above /.test(message) ? 'too_big' : 'value_error'
  return problem(wireNames[path] ?? path, message, type)
}

/** The limits of J3, by the same function that the form and the core ask. */
export function checkLimits(request: ConfigureRequest, limits: JobLimits, nowNs: Nanoseconds): FieldProblem[] {
  const asked: JobRequest = {
    view: request.view,
    channels: request.channels,
    band: request.band ? { minHz: request.band.min, maxHz: request.band.max } : null,
    nfft: request.nfft ?? limits.nfftMin,
    rowIntervalS: request.rowIntervalS,
    timeRange: request.timeRange
      ? { startNs: String(request.timeRange.startNs), endNs: String(request.timeRange.endNs) }
      : null,
    recording: request.recording
  }
  return validateJobRequest(asked, limits, nowNs).map(problemOf)
}
