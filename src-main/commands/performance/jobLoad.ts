import type { CallArguments, CallName, CallResult } from '../../../src-preload/contract/calls.ts'
import type { Failure, Result } from '../../../src-preload/contract/errors.ts'
import { decodeFrame } from '../../../src-preload/contract/frames.ts'
import type { JobRequest, JobSnapshot, MachineReading, ViewDescription } from '../../../src-preload/contract/schemas.ts'
import type { CoreClient } from '../../web/coreClient.ts'
import { createRowWatch, type RowCounts, type RowWatch } from './rowWatch.ts'

/** What a measurement saw of one job. Counts are those of the measurement alone. */
export interface JobReading extends RowCounts {
  job: JobSnapshot
  lostBlocks: number
  lostRows: number
  gaps: number
  badMessages: number
  bytes: number
  /** From asking for the job to its first row here, ms; null while none came. */
  firstRowMs: number | null
}

export interface LoadReading {
  seconds: number
  jobs: JobReading[]
  /** Rows of all jobs: end of data → here, ms. */
  latencies: Float64Array
  /** How long each call to the core took, ms. */
  callMs: number[]
  /** What the core said of itself and its machine, about once a second. */
  machine: MachineReading[]
}

export interface Opening {
  request: JobRequest
  /** Null where it was refused. */
  job: JobSnapshot | null
  refusal: Failure | null
}

/** Jobs of one client in a running core, their rows read as a window reads them: credit for every frame. */
export interface JobLoad {
  /** Timed as part of the measurement. */
  call<Name extends CallName>(name: Name, args: CallArguments<Name>): Promise<Result<CallResult<Name>>>
  open(request: JobRequest): Promise<Opening>
  close(jobId: string): Promise<void>
  closeAll(): Promise<void>
  /** Begins a measurement: all counts from here on. */
  restart(): Promise<void>
  read(): Promise<LoadReading>
}

interface Watched {
  watch: RowWatch
  askedMs: number
  firstRowMs: number | null
  before: JobSnapshot | null
}

/** Frames that a window has room for before it has drawn one. */
const creditAtFirst = 8
const readingsKept = 4000
const callsKept = 20_000

/** Milliseconds since 1970, with their fraction. */
const clockMs = (): number => performance.timeOrigin + performance.now()

/** How far the core's clock is ahead of ours, ms: 0 on one machine but for rounding. */
async function clockOffset(core: CoreClient): Promise<number> {
  const before = clockMs()
  const hello = await core.call('core.hello', {})
  const after = clockMs()
  if (!hello.ok) return 0
  const offset = Number(BigInt(hello.value.nowNs) / 1000n) / 1000 - (before + after) / 2
  // What the answer's own time may explain is no difference between clocks.
  return Math.abs(offset) <= (after - before) / 2 + 1 ? 0 : offset
}

/** `columnsMax`: as wide as the window that is played. Takes over the client's rows and events. */
export async function createJobLoad(core: CoreClient, columnsMax = 2000): Promise<JobLoad> {
  const offsetMs = await clockOffset(core)
  const jobs = new Map<string, Watched>()
  const bySubscription = new Map<number, Watched>()
  const early = new Map<number, ViewDescription>()
  let machine: MachineReading[] = []
  let readings = 0
  /** Of a long measurement every second reading is kept, then every fourth …: enough for means and slopes. */
  let readingStride = 1
  let callMs: number[] = []
  let startedMs = clockMs()

  core.onEvent((name, payload) => {
    if (name === 'machine.reading' && readings++ % readingStride === 0) {
      machine.push(payload as MachineReading)
      if (machine.length >= readingsKept) {
        machine = machine.filter((_, at) => at % 2 === 0)
        readingStride *= 2
      }
    }
    if (name !== 'view.described') return
    const description = payload as ViewDescription
    const watched = bySubscription.get(description.subscription)
    if (watched) watched.watch.describe(description)
    else early.set(description.subscription, description)
  })
  core.onRows((bytes) => {
    const frame = decodeFrame(bytes)
    const watched = frame && bySubscription.get(frame.subscription)
    if (!frame || !watched) return
    const nowMs = clockMs() + offsetMs
    watched.watch.take(frame, nowMs)
    if (frame.kind === 'gap') return
    watched.firstRowMs ??= clockMs() - watched.askedMs
    void core.call('views.credit', { subscription: frame.subscription, frames: 1, drawnLatencyMs: [] })
  })

  const call: JobLoad['call'] = async (name, args) => {
    const before = performance.now()
    const result = await core.call(name, args)
    if (callMs.length < callsKept) callMs.push(performance.now() - before)
    return result
  }

  const attach = async (jobId: string, askedMs: number): Promise<Watched> => {
    const watched: Watched = { watch: createRowWatch(), askedMs, firstRowMs: null, before: null }
    const attached = await call('views.attach', { jobId, columnsMax })
    if (!attached.ok) return watched
    const { subscription, description } = attached.value
    bySubscription.set(subscription, watched)
    const described = early.get(subscription) ?? description
    if (described) watched.watch.describe(described)
    early.delete(subscription)
    await call('views.credit', { subscription, frames: creditAtFirst, drawnLatencyMs: [] })
    return watched
  }

  const close = async (jobId: string): Promise<void> => {
    await call('jobs.close', { jobId })
    await call('jobs.forget', { jobId })
    const watched = jobs.get(jobId)
    for (const [subscription, other] of bySubscription) if (other === watched) bySubscription.delete(subscription)
    jobs.delete(jobId)
  }

  const list = async (): Promise<JobSnapshot[]> => {
    const listed = await call('jobs.list', {})
    return listed.ok ? listed.value.filter(({ id }) => jobs.has(id)) : []
  }

  const readJob = (job: JobSnapshot): JobReading => {
    const { watch, firstRowMs, before } = jobs.get(job.id)!
    const now = job.statistics
    const since = before?.statistics
    const counts = watch.counts(clockMs() + offsetMs)
    // Rows that analysis left out never reach a view: only the job's own counter tells of them.
    const shedRows = Math.max(counts.shedRows, now.shedRows - (since?.shedRows ?? 0))
    return {
      job,
      ...counts,
      shedRows,
      missingRows: Math.max(0, counts.missingRows - (shedRows - counts.shedRows)),
      lostBlocks: now.lostBlocks - (since?.lostBlocks ?? 0),
      lostRows: now.lostRows - (since?.lostRows ?? 0),
      gaps: now.gaps - (since?.gaps ?? 0),
      badMessages: now.badMessages - (since?.badMessages ?? 0),
      bytes: now.bytes - (since?.bytes ?? 0),
      firstRowMs
    }
  }

  return {
    call,
    close,
    async open(request) {
      const askedMs = clockMs()
      const opened = await call('jobs.open', { request, windowId: null })
      if (!opened.ok) return { request, job: null, refusal: opened.error }
      jobs.set(opened.value.id, await attach(opened.value.id, askedMs))
      return { request, job: opened.value, refusal: null }
    },
    async closeAll() {
      await Promise.all([...jobs.keys()].map(close))
    },
    async restart() {
      for (const job of await list()) jobs.get(job.id)!.before = job
      for (const { watch } of jobs.values()) watch.restart(clockMs() + offsetMs)
      machine = []
      readings = 0
      readingStride = 1
      callMs = []
      startedMs = clockMs()
    },
    async read() {
      const listed = await list()
      const latencies = [...jobs.values()].map(({ watch }) => watch.latencies())
      const all = new Float64Array(latencies.reduce((count, { length }) => count + length, 0))
      let at = 0
      for (const part of latencies) {
        all.set(part, at)
        at += part.length
      }
      return {
        seconds: (clockMs() - startedMs) / 1000,
        jobs: listed.map(readJob),
        latencies: all,
        callMs: [...callMs],
        machine: [...machine]
      }
    }
  }
}
