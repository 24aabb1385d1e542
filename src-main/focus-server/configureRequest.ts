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
  recording: z.string().max(500).nullish(),
  /** Ours: the start to the nanosecond, within the second that `start_time` names. */
  start_time_ns: z
    .string()
    .regex(/^-?\d{1,20}$/)
    .nullish()
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

/**
 * `request` null: not even an object. Otherwise it is there with its problems, stand-ins in the place of wrong fields, so
 * that the limits of the right ones can be checked too and everything is said at once. `isAboutKnownTime`: false where the
 * times are wrong, so that nobody can say which source, and whose limits, were meant.
 */
export type ParsedConfigure =
  | { request: ConfigureRequest; problems: FieldProblem[]; isAboutKnownTime: boolean }
  | { request: null; problems: FieldProblem[] }

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
    msg = `${shown} is not ${['int', 'number'].includes(issue.expected) ? 'a whole number' : `of type ${issue.expected}`}`
  else if (path[0] === 'view_type') msg = `${shown} is not one of the strings "0", "1", "2"`
  const type = sent === undefined ? 'missing' : issue.code
  return path.length > 0 ? { loc: ['body', ...path], msg, type } : { loc: ['body'], msg, type }
}

/** The first message of each field; a field within one that is wrong as a whole has none of its own. */
function onePerField(problems: FieldProblem[]): FieldProblem[] {
  const byField = new Map<string, FieldProblem>()
  for (const entry of problems) if (!byField.has(entry.loc.join('.'))) byField.set(entry.loc.join('.'), entry)
  return [...byField.values()]
}

type Wire = z.infer<typeof configureSchema>

/** Right by themselves; what a wrong field is taken for while the others are checked. */
const standIns: Wire = {
  displayInfo: { height: 200 },
  channels: { min: 1, max: 1 },
  view_type: '0',
  nfftSelection: 128
}

function readFields(body: Record<string, unknown>): { wire: Wire; problems: FieldProblem[]; wrong: Set<string> } {
  const wire: Record<string, unknown> = {}
  const problems: FieldProblem[] = []
  for (const [name, schema] of Object.entries(configureSchema.shape)) {
    const parsed = schema.safeParse(Object.hasOwn(body, name) ? body[name] : undefined)
    wire[name] = parsed.success ? parsed.data : standIns[name as keyof Wire]
    if (parsed.success) continue
    problems.push(...parsed.error.issues.map((issue) => readableIssue({ ...issue, path: [name, ...issue.path] }, body)))
  }
  const wrong = new Set(problems.map(({ loc }) => String(loc[1])))
  return { wire: wire as Wire, problems: onePerField(problems), wrong }
}

/** What fields say about each other, where each is right by itself. */
function relationProblems(wire: Wire, wrong: ReadonlySet<string>, rowIntervalS: number): FieldProblem[] {
  const problems: FieldProblem[] = []
  const areRight = (...names: string[]): boolean => !names.some((name) => wrong.has(name))
  const nfft = wire.nfftSelection ?? null
  const isWaterfall = viewOfType[wire.view_type] === 'waterfall'
  if (areRight('view_type', 'nfftSelection')) {
    if (isWaterfall && nfft !== null && nfft !== 1) {
      problems.push(problem('nfftSelection', `${nfft} is not 1, as a waterfall has it`))
    } else if (!isWaterfall && nfft === null) {
      problems.push(problem('nfftSelection', 'is required for spectra', 'missing'))
    }
  }
  const hasStart = (wire.start_time ?? null) !== null
  if (areRight('start_time', 'end_time') && hasStart !== ((wire.end_time ?? null) !== null)) {
    const message = 'is required when the other end is given'
    problems.push(problem(hasStart ? 'end_time' : 'start_time', message, 'missing'))
  }
  if (areRight('displayInfo', 'displayTimeAxisDuration') && rowIntervalS < rowIntervalMinS) {
    const shown = `${wire.displayTimeAxisDuration} s in ${wire.displayInfo.height} rows is ${rowIntervalS.toPrecision(3)} s a row`
    problems.push(problem('displayInfo.height', `${shown}, below ${rowIntervalMinS} s`, 'too_big'))
  }
  return problems
}

/** A start of another second than the one that both kinds of clients understand is not believed. */
function exactStart(seconds: number, nanoseconds: string | null | undefined): Nanoseconds {
  const startNs = BigInt(seconds) * nanosecondsPerSecond
  const exactNs = BigInt(nanoseconds ?? startNs)
  return exactNs > startNs && exactNs < startNs + nanosecondsPerSecond ? exactNs : startNs
}

/** The form of a request: types, fixed limits, and what must come together. What depends on the source comes later. */
export function parseConfigure(body: unknown): ParsedConfigure {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { request: null, problems: [{ loc: ['body'], msg: 'is not an object', type: 'invalid_type' }] }
  }
  const { wire, problems, wrong } = readFields(body as Record<string, unknown>)
  const view = viewOfType[wire.view_type]
  const duration = wire.displayTimeAxisDuration ?? null
  const rowIntervalS = duration === null ? defaultRowIntervalS : duration / wire.displayInfo.height
  const relations = relationProblems(wire, wrong, rowIntervalS)
  const { start_time: start, end_time: end } = wire
  const hasNfft = view !== 'waterfall' && !wrong.has('view_type')
  const isUneven = relations.some(({ loc }) => loc[1] === 'start_time' || loc[1] === 'end_time')
  return {
    problems: [...problems, ...relations],
    isAboutKnownTime: !isUneven && !['start_time', 'end_time', 'recording'].some((name) => wrong.has(name)),
    request: {
      view,
      rowIntervalS: Math.max(rowIntervalS, rowIntervalMinS),
      height: wire.displayInfo.height,
      nfft: hasNfft ? (wire.nfftSelection ?? standIns.nfftSelection!) : null,
      channels: wire.channels,
      band: wire.frequencyRange ?? null,
      timeRange:
        typeof start === 'number' && typeof end === 'number'
          ? { startNs: exactStart(start, wire.start_time_ns), endNs: BigInt(end) * nanosecondsPerSecond }
          : null,
      recording: wire.recording ?? null
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

/** The limits of J3, by the same function that the form and the core ask; fields that have a problem already are left out. */
export function checkLimits(
  request: ConfigureRequest,
  limits: JobLimits,
  nowNs: Nanoseconds,
  known: readonly FieldProblem[] = []
): FieldProblem[] {
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
  const named = new Set(known.map(({ loc }) => loc[1]))
  return validateJobRequest(asked, limits, nowNs)
    .map(problemOf)
    .filter(({ loc }) => !named.has(loc[1]))
}
