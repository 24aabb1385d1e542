import type { CallArguments, CallName, CallResult } from '../../src-preload/contract/calls.ts'
import type { Result } from '../../src-preload/contract/errors.ts'
import { endedStates, type BackendStatus, type JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { CaptureSnapshot } from '../../src-preload/contract/sessions.ts'
import type { RunningCore } from '../core.ts'
import type { CorePort } from '../coreInterface.ts'
import { CommandFailure } from './runProgram.ts'

export interface CaptureRunOptions {
  channels?: { min: number; max: number }
  seconds: number
  folder: string
  name?: string
  signal: AbortSignal
  onProgress(capture: CaptureSnapshot): void
  onWarning(warning: string): void
}

export interface CaptureDone {
  capture: CaptureSnapshot
  /** More than one where the stream changed. */
  folders: string[]
  /** Why it is not what was asked for; null where it is, or where the operator ended it. */
  failure: string | null
}

const backendWithinMs = 30_000
const firstBlockWithinMs = 60_000
/** A backend that is away when the time is over is waited for so long. */
const patienceMs = 15_000
const lookEveryMs = 100
/** The picture of the job is not looked at: as few rows as there can be. */
const rowIntervalS = 1

const port: CorePort = {
  windowId: 'capture',
  returnsWithinMs: 0,
  sendEvent: () => undefined,
  sendRows: () => undefined
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, lookEveryMs))

function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value
  const { message, fields = [] } = result.error
  const details = fields.map((field) => `${field.path}: ${field.message}`).filter((text) => !message.includes(text))
  throw new CommandFailure([message, ...details].join(' '))
}

const ask = async <Name extends CallName>(
  core: RunningCore,
  name: Name,
  args: CallArguments<Name>
): Promise<CallResult<Name>> => {
  const handler = core.handlers[name] as (
    args: CallArguments<Name>,
    client: CorePort
  ) => Promise<Result<CallResult<Name>>>
  return valueOf(await handler(args, port))
}

async function backendUp(core: RunningCore, signal: AbortSignal): Promise<BackendStatus> {
  const giveUpMs = performance.now() + backendWithinMs
  for (;;) {
    const status = await ask(core, 'backend.status', {})
    if (status.state === 'up') return status
    if (signal.aborted) throw new CommandFailure('Ended before the capture began.')
    const isOver =
      performance.now() > giveUpMs || (status.state === 'down' && !status.embedded && status.checkedAtNs !== null)
    if (status.state === 'no-fibre')
      throw new CommandFailure(`${status.name} has no fibre: ${status.reason} Nothing was captured.`)
    if (isOver) throw new CommandFailure(`No backend to capture from: ${status.reason} Name one with --backend.`)
    await later()
  }
}

async function openJob(core: RunningCore, options: CaptureRunOptions): Promise<JobSnapshot> {
  const status = await backendUp(core, options.signal)
  const defaults = await ask(core, 'jobs.defaults', {})
  const all = status.channels ?? { lowest: defaults.channels.min, highest: defaults.channels.max }
  const fibreHighest =
    status.fibre && status.fibre.channelCount > 0 ? all.lowest + status.fibre.channelCount - 1 : Infinity
  const channels = options.channels ?? { min: all.lowest, max: Math.min(all.highest, fibreHighest) }
  return ask(core, 'jobs.open', {
    request: { ...defaults, view: 'waterfall', channels, rowIntervalS, timeRange: null, recording: null },
    windowId: null
  })
}

/** Opens a job of its own, captures so many seconds of it, and closes both. */
export async function captureFrom(core: RunningCore, options: CaptureRunOptions): Promise<CaptureDone> {
  const job = await openJob(core, options)
  const { captures } = core.sessions
  const { seconds, folder, name, signal } = options
  const started = valueOf(
    await captures.start({ jobId: job.id, folder, durationS: seconds, ...(name === undefined ? {} : { name }) })
  )
  const told = new Set<string>()
  const find = (): CaptureSnapshot => captures.list().find(({ id }) => id === started.id)!
  const beganMs = performance.now()
  let firstMs: number | null = null
  for (;;) {
    const capture = find()
    for (const warning of capture.warnings)
      if (!told.has(warning.slice(0, 5))) {
        told.add(warning.slice(0, 5))
        options.onWarning(warning)
      }
    options.onProgress(capture)
    if (capture.state === 'closed' || capture.state === 'failed') return finished(core, capture, job.id, seconds)
    const nowMs = performance.now()
    if (capture.blocks > 0) firstMs ??= nowMs
    const isLate = firstMs !== null && nowMs - firstMs > seconds * 1000 + patienceMs
    const isSilent = firstMs === null && nowMs - beganMs > firstBlockWithinMs
    const service = (await jobOf(core, job.id))?.statistics.service
    const reason = signal.aborted
      ? 'It was ended by the operator.'
      : service === 'rows'
        ? 'The backend sends analysed rows only: there are no samples to capture.'
        : isLate
          ? `The time is over, and the stream had not come back for ${patienceMs / 1000} s.`
          : isSilent
            ? `No block came within ${firstBlockWithinMs / 1000} s.`
            : null
    if (reason !== null) {
      await captures.stop(started.id, reason)
      return finished(core, find(), job.id, signal.aborted ? 0 : seconds)
    }
    await later()
  }
}

const jobOf = async (core: RunningCore, jobId: string): Promise<JobSnapshot | undefined> =>
  (await ask(core, 'jobs.list', {})).find(({ id }) => id === jobId)

async function finished(
  core: RunningCore,
  capture: CaptureSnapshot,
  jobId: string,
  seconds: number
): Promise<CaptureDone> {
  const job = await jobOf(core, jobId)
  if (job && !endedStates.has(job.state)) await ask(core, 'jobs.close', { jobId })
  const { startNs, endNs, sampleRateHz, samples } = capture
  const spanS = startNs === null || endNs === null ? 0 : Number(BigInt(endNs) - BigInt(startNs)) / 1e9
  const isWhole = spanS + 1 / (sampleRateHz ?? 1) >= seconds
  const failure = capture.state === 'failed' || samples === 0 || !isWhole ? capture.reason : null
  return { capture, folders: core.sessions.captures.foldersOf(capture.id), failure }
}
