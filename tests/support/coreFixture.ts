import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { EventName, EventPayload } from '../../src-preload/contract/events.ts'
import { decodeFrame, type Frame, type RowsFrame } from '../../src-preload/contract/frames.ts'
import type { JobRequest, JobSnapshot, JobState, ViewLayer } from '../../src-preload/contract/schemas.ts'
import type { Settings } from '../../src-preload/contract/settings.ts'
import { createCore, type CoreOptions, type RunningCore } from '../../src-main/core.ts'
import type { CorePort } from '../../src-main/coreInterface.ts'
import { eventually } from './eventually.ts'

export interface TestWindow extends CorePort {
  events: { name: EventName; payload: unknown }[]
  frames: Frame[]
  rows(): RowsFrame[]
  of<Name extends EventName>(name: Name): EventPayload<Name>[]
  job(id: string): JobSnapshot | undefined
  leave(): void
  /** Attaches to a job and grants credit for every frame, as a window that draws at once does. */
  watch(jobId: string, layer?: ViewLayer, since?: { epoch: number; row: number } | null): Promise<number>
}

export interface CoreFixture {
  core: RunningCore
  folder: string
  window(id?: string, returnsWithinMs?: number): TestWindow
  open(request: JobRequest, windowId?: string | null, pace?: number | null): Promise<JobSnapshot>
  job(id: string): Promise<JobSnapshot>
  becomes(id: string, state: JobState, timeoutMs?: number): Promise<JobSnapshot>
  dispose(): Promise<void>
}

/** Time-outs of a test instead of a night: the same code with shorter waits. */
export const quickStreams = (settings: Settings): Settings => ({
  ...settings,
  jobs: { ...settings.jobs, cpuRefusePercent: 100, memoryRefusePercent: 100 },
  streams: { ...settings.streams, retryFirstMs: 100, retryMaxMs: 500, circuitOpenMs: 2000 }
})

export const liveRequest: JobRequest = {
  view: 'waterfall',
  channels: { min: 11, max: 109 },
  band: null,
  nfft: 256,
  rowIntervalS: 0.05,
  timeRange: null,
  recording: null
}

export async function startCore(options: Partial<CoreOptions> = {}): Promise<CoreFixture> {
  const folder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'wavefall-core-')))
  const core = await createCore({
    dataFolder: folder,
    version: '0.0.0-test',
    shell: 'web',
    workerFile: resolve(import.meta.dirname, '../../src-main/analysis/worker.ts'),
    ingestFile: resolve(import.meta.dirname, '../../src-main/ingest/ingestWorker.ts'),
    workerCount: 1,
    machine: () => null,
    adjustSettings: quickStreams,
    ...options
  })
  const windows: TestWindow[] = []

  const createWindow = (windowId = 'window', returnsWithinMs = 0): TestWindow => {
    const events: TestWindow['events'] = []
    const frames: Frame[] = []
    const window: TestWindow = {
      windowId,
      returnsWithinMs,
      events,
      frames,
      sendEvent: (name, payload) => void events.push({ name, payload }),
      sendRows(buffer) {
        const frame = decodeFrame(buffer)
        if (!frame) throw new Error('The core sent a frame that cannot be decoded')
        frames.push(frame)
        if (frame.kind === 'rows')
          void core.handlers['views.credit'](
            { subscription: frame.subscription, frames: 1, drawnLatencyMs: [Date.now() - frame.dataEndMs] },
            window
          )
      },
      rows: () => frames.filter((frame) => frame.kind === 'rows'),
      of: <Name extends EventName>(name: Name) =>
        events.filter((event) => event.name === name).map((event) => event.payload as EventPayload<Name>),
      job: (id) => window.of('job.changed').findLast((job) => job.id === id),
      leave: () => leave(),
      async watch(jobId, layer = 'picture', since = null) {
        const attached = await core.handlers['views.attach']({ jobId, columnsMax: 4096, layer, since }, window)
        if (!attached.ok) throw new Error(attached.error.message)
        const { subscription } = attached.value
        await core.handlers['views.credit']({ subscription, frames: 10, drawnLatencyMs: [] }, window)
        return subscription
      }
    }
    const leave = core.connect(window)
    windows.push(window)
    // What was told before the window came, as a window asks for it when it opens.
    void core.handlers['backend.status']({}, window).then((status) => {
      if (status.ok && status.value.state !== 'unknown') events.push({ name: 'backend.changed', payload: status.value })
    })
    return window
  }
  const observer = createWindow('observer')

  const job = async (id: string): Promise<JobSnapshot> => {
    const listed = await core.handlers['jobs.list']({}, observer)
    const found = listed.ok ? listed.value.find((entry) => entry.id === id) : undefined
    if (!found) throw new Error(`No job ${id}`)
    return found
  }

  return {
    core,
    folder,
    window: createWindow,
    job,
    async open(request, windowId = null, pace = null) {
      const result = await core.handlers['jobs.open']({ request, windowId, pace }, observer)
      if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
      return result.value
    },
    async becomes(id, state, timeoutMs = 15_000) {
      await eventually(`${id} ${state}`, () => observer.job(id)?.state === state, timeoutMs).catch((error: unknown) => {
        throw new Error(`${(error as Error).message}; it is ${JSON.stringify(observer.job(id), null, 1)}`)
      })
      return job(id)
    },
    async dispose() {
      await core.dispose()
      if (!options.dataFolder) await rm(folder, { recursive: true, force: true })
    }
  }
}
