/**
 * The program's core against some backend, asked through its facade alone (calls by name, events, row frames), as a window is.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createCore, type RunningCore } from '../../src-main/core.ts'
import type { CorePort } from '../../src-main/coreInterface.ts'
import { dispatch } from '../../src-main/dispatch.ts'
import type { CallArguments, CallName, CallResult } from '../../src-preload/contract/calls.ts'
import type { Result } from '../../src-preload/contract/errors.ts'
import { decodeFrame, type GapFrame, type RowsFrame } from '../../src-preload/contract/frames.ts'
import type { BackendStatus, JobRequest, JobSnapshot, ViewDescription } from '../../src-preload/contract/schemas.ts'
import type { Settings } from '../../src-preload/contract/settings.ts'

export interface ViewedRow {
  index: number
  /** Centre of the row, from the description that was in force. */
  timeMs: number
  values: Float32Array
}

/** One view of a job that is always granted credit; everything it was sent. */
export interface ProgramView {
  description(): ViewDescription
  readonly descriptions: ViewDescription[]
  readonly rows: ViewedRow[]
  readonly gaps: GapFrame[]
}

export interface Program {
  /** What the core logged at level info and above. */
  log(): string
  tryCall<Name extends CallName>(name: Name, args: CallArguments<Name>): Promise<Result<CallResult<Name>>>
  /** Throws where the answer is a failure. */
  call<Name extends CallName>(name: Name, args: CallArguments<Name>): Promise<CallResult<Name>>
  open(request: Partial<JobRequest>): Promise<JobSnapshot>
  view(jobId: string): Promise<ProgramView>
  job(jobId: string): Promise<JobSnapshot>
  /** Waits for a condition on a job and names the job's state when it does not come. */
  untilJob(jobId: string, what: string, isSo: (job: JobSnapshot) => boolean, withinMs?: number): Promise<JobSnapshot>
  untilBackend(what: string, isSo: (status: BackendStatus) => boolean, withinMs?: number): Promise<BackendStatus>
  /** Every state that each job was in, in order, as events told it. */
  statesOf(jobId: string): string[]
  dispose(): Promise<void>
}

export interface ProgramOptions {
  backend: string
  site?: Partial<Settings['site']>
  streams?: Partial<Settings['streams']>
}

/** Waits are those of a site, only shorter, so that a test sees them through. */
const quickStreams: Partial<Settings['streams']> = {
  controlTimeoutMs: 2000,
  retryFirstMs: 100,
  retryMaxMs: 1000,
  circuitOpenMs: 2000,
  noDataAfterMs: 2000
}

class View implements ProgramView {
  readonly descriptions: ViewDescription[] = []
  readonly rows: ViewedRow[] = []
  readonly gaps: GapFrame[] = []

  description(): ViewDescription {
    const last = this.descriptions.at(-1)
    if (!last) throw new Error('the view was never described')
    return last
  }

  addRows(frame: RowsFrame): void {
    const description = this.descriptions.find(({ epoch }) => epoch === frame.epoch)
    if (!description) throw new Error(`rows of epoch ${frame.epoch} before its description`)
    if (frame.columnCount !== description.columns.count)
      throw new Error(`${frame.columnCount} columns, described ${description.columns.count}`)
    for (let at = 0; at < frame.rowCount; at += 1) {
      const index = frame.firstRow + at
      const timeMs = (Number(description.originNs) + index * description.rowIntervalNs) / 1e6
      const values = frame.values.slice(at * frame.columnCount, (at + 1) * frame.columnCount)
      this.rows.push({ index, timeMs, values })
    }
  }
}

async function waitFor<T>(
  what: string,
  read: () => Promise<T>,
  isSo: (value: T) => boolean,
  withinMs: number
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const value = await read()
    if (isSo(value)) return value
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${what}. Now: ${JSON.stringify(value)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

class RunningProgram implements Program {
  readonly #core: RunningCore
  readonly #lines: string[]
  readonly #removeFolder: () => void
  readonly #disconnect: () => void
  readonly #port: CorePort
  #calls = 0
  readonly #bugs: unknown[] = []
  readonly #views = new Map<number, View>()
  /** Descriptions and frames may overtake the answer that names their subscription. */
  readonly #early: ((subscription: number, view: View) => void)[] = []
  readonly #states = new Map<string, string[]>()

  constructor(core: RunningCore, lines: string[], removeFolder: () => void) {
    this.#core = core
    this.#lines = lines
    this.#removeFolder = removeFolder
    this.#port = {
      windowId: 'test-window',
      returnsWithinMs: 0,
      sendEvent: (name, payload) => {
        if (name === 'view.described') this.#onDescribed(payload as ViewDescription)
        if (name === 'job.changed') this.#onJob(payload as JobSnapshot)
      },
      sendRows: (bytes) => this.#onFrame(bytes)
    }
    this.#disconnect = core.connect(this.#port)
  }

  log(): string {
    return this.#lines.join('\n')
  }

  #withView(subscription: number, act: (view: View) => void): void {
    const view = this.#views.get(subscription)
    if (view) act(view)
    else this.#early.push((attached, late) => attached === subscription && act(late))
  }

  #onFrame(bytes: ArrayBuffer): void {
    const frame = decodeFrame(bytes)
    if (!frame) throw new Error('a binary message that is no row frame')
    this.#withView(frame.subscription, (view) => {
      if (frame.kind === 'gap') view.gaps.push(frame)
      else if (frame.kind === 'rows') view.addRows(frame)
    })
    void this.call('views.credit', { subscription: frame.subscription, frames: 1, drawnLatencyMs: [] }).catch(
      () => undefined
    )
  }

  #onDescribed(description: ViewDescription): void {
    this.#withView(description.subscription, (view) => view.descriptions.push(description))
  }

  #onJob(job: JobSnapshot): void {
    const states = this.#states.get(job.id) ?? []
    if (states.at(-1) !== job.state) states.push(job.state)
    this.#states.set(job.id, states)
  }

  async tryCall<Name extends CallName>(name: Name, args: CallArguments<Name>): Promise<Result<CallResult<Name>>> {
    this.#calls += 1
    const message = { kind: 'call', id: this.#calls, name, arguments: args }
    const answer = await dispatch(this.#core, this.#port, message, (_name, error) => this.#bugs.push(error))
    if (answer?.kind !== 'answer' || this.#bugs.length > 0) throw this.#bugs[0] ?? new Error(`${name} was not answered`)
    return answer.result as Result<CallResult<Name>>
  }

  async call<Name extends CallName>(name: Name, args: CallArguments<Name>): Promise<CallResult<Name>> {
    const result = await this.tryCall(name, args)
    if (!result.ok) throw new Error(`${name}: ${result.error.code}: ${result.error.message}\n${this.log()}`)
    return result.value
  }

  async open(request: Partial<JobRequest>): Promise<JobSnapshot> {
    const defaults = await this.call('jobs.defaults', {})
    const complete: JobRequest = { ...defaults, view: 'waterfall', rowIntervalS: 0.05, band: null, ...request }
    return this.call('jobs.open', { request: complete, windowId: null })
  }

  async view(jobId: string): Promise<ProgramView> {
    const { subscription, description } = await this.call('views.attach', { jobId, columnsMax: 16_384 })
    const view = new View()
    if (description) view.descriptions.push(description)
    this.#views.set(subscription, view)
    for (const act of this.#early.splice(0)) act(subscription, view)
    await this.call('views.credit', { subscription, frames: 16, drawnLatencyMs: [] })
    return view
  }

  async job(jobId: string): Promise<JobSnapshot> {
    const found = (await this.call('jobs.list', {})).find(({ id }) => id === jobId)
    if (!found) throw new Error(`job ${jobId} is not listed`)
    return found
  }

  untilJob(jobId: string, what: string, isSo: (job: JobSnapshot) => boolean, withinMs = 20_000): Promise<JobSnapshot> {
    return waitFor(what, () => this.job(jobId), isSo, withinMs)
  }

  untilBackend(what: string, isSo: (status: BackendStatus) => boolean, withinMs = 20_000): Promise<BackendStatus> {
    return waitFor(what, () => this.call('backend.status', {}), isSo, withinMs)
  }

  statesOf(jobId: string): string[] {
    return this.#states.get(jobId) ?? []
  }

  async dispose(): Promise<void> {
    this.#disconnect()
    await this.#core.dispose()
    this.#removeFolder()
  }
}

export async function startProgram(options: ProgramOptions): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-program-'))
  const lines: string[] = []
  const core = await createCore({
    dataFolder: folder,
    version: '0.0.0-test',
    shell: 'web',
    workerFile: resolve(import.meta.dirname, '../../src-main/analysis/worker.ts'),
    ingestFile: resolve(import.meta.dirname, '../../src-main/ingest/ingestWorker.ts'),
    workerCount: 1,
    backendUrl: options.backend,
    logSinks: [
      {
        async write(text) {
          lines.push(text.trim())
        },
        dispose: async () => undefined
      }
    ],
    adjustSettings: (settings) => ({
      ...settings,
      site: { ...settings.site, name: 'Test site', ...options.site },
      // What else runs on a test machine must not decide whether a job is admitted.
      jobs: { ...settings.jobs, cpuRefusePercent: 100, memoryRefusePercent: 100 },
      streams: { ...settings.streams, ...quickStreams, ...options.streams }
    })
  })
  return new RunningProgram(core, lines, () => rmSync(folder, { recursive: true, force: true }))
}
