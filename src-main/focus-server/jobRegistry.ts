import type { Clock } from '../clock.ts'
import type { CreateSpectralKernel } from '../dsp/spectralKernel.ts'
import type { LogValues } from '../storage/log.ts'
import { answerFor } from './jobAnswer.ts'
import { planJob, type JobPlan } from './jobPlan.ts'
import { parseConfigure, type ConfigureRequest } from './configureRequest.ts'
import type { JobRecord, JobStore } from './jobStore.ts'
import { createLivePriority } from './livePriority.ts'
import type { PortPool } from './portPool.ts'
import { createServerJob, type LifeTimes, type ServerJob } from './serverJob.ts'
import type { AcquisitionSource, Fault } from './sources/source.ts'
import { openStreamServer, type StreamServer } from './streamServer.ts'

export interface RegistryOptions {
  clock: Clock
  log: (event: string, values: LogValues) => void
  store: JobStore
  ports: PortPool
  /** Where stream ports listen. */
  host: string
  jobsMax: number
  life: LifeTimes
  /** Records without an update for so long are cleaned up, after a crash too. */
  staleS: number
  faults: readonly Fault[]
  createKernel: CreateSpectralKernel
  sourceFor: (request: ConfigureRequest) => AcquisitionSource | null
}

export type Created = { ok: true; answer: Record<string, unknown> } | { ok: false; reason: string; retryAfterS: number }

export interface JobRegistry {
  create(plan: JobPlan, requestBody: unknown, advertisedHost: string): Promise<Created>
  answerOf(jobId: string): Record<string, unknown> | null
  /** False: there is no such job. */
  remove(jobId: string, reason: string): Promise<boolean>
  readonly openJobs: number
  /**
   * Opens the jobs of the records again. Those whose recording is not there (yet) keep their port and are tried again at the
   * next call, as long as a client would be waited for.
   */
  restore(): Promise<void>
  dispose(): Promise<void>
}

interface OpenJob {
  record: JobRecord
  job: ServerJob
  server: StreamServer | null
}

const sweepEveryMs = 500
const recordEveryMs = 60_000

export function createJobRegistry(options: RegistryOptions): JobRegistry {
  const { clock, log, store, ports, host } = options
  const priority = createLivePriority(clock)
  const open = new Map<string, OpenJob>()
  const slots = new Set<number>()
  /** Records of jobs that ran when the process died, each with its port. */
  const waiting = new Set<JobRecord>()
  /** Restoring takes turns: a recording may be added while the first turn runs. */
  let restoring = Promise.resolve()
  let disposed = false

  function lowestSlot(): number {
    let slot = 1
    while (slots.has(slot)) slot++
    return slot
  }

  function serverJobFor(record: JobRecord, plan: JobPlan): ServerJob {
    let recordedMs = clock.nowMs()
    return createServerJob({
      id: record.jobId,
      number: record.sequence,
      plan,
      faults: options.faults,
      createKernel: options.createKernel,
      clock,
      priority,
      life: options.life,
      originSample: record.originSample,
      onOrigin(originSample) {
        if (record.originSample === originSample) return
        record.originSample = originSample
        void store.put(record)
      },
      onActivity() {
        if (clock.nowMs() - recordedMs < recordEveryMs) return
        recordedMs = clock.nowMs()
        record.updatedAtMs = recordedMs
        void store.put(record)
      }
    })
  }

  /** A port that listens, or null when none of the range can be had: each is tried once. */
  async function listen(job: ServerJob): Promise<StreamServer | null> {
    for (let tries = 0; tries < ports.size; tries++) {
      const port = ports.take()
      if (port === null) return null
      try {
        return await openStreamServer(host, port, job.handlers)
      } catch {
        ports.setAside(port)
        log('stream_port_skipped', { port, reason: 'it cannot be bound' })
      }
    }
    return null
  }

  /** The fault `port-delay`: the port is promised now and listens later. */
  function portDelayMs(): number {
    return (options.faults.find((fault) => fault.kind === 'port-delay')?.durationS ?? 0) * 1000
  }

  async function openPort(entry: OpenJob): Promise<number | null> {
    entry.server = await listen(entry.job)
    const port = entry.server?.port ?? null
    const delayMs = portDelayMs()
    if (delayMs === 0 || port === null) return port
    await entry.server?.dispose()
    entry.server = null
    clock.after(delayMs, () => {
      if (open.get(entry.record.jobId) !== entry) return
      void openStreamServer(host, port, entry.job.handlers).then(
        (server) => (entry.server = server),
        () => log('stream_port_skipped', { port, reason: 'it cannot be bound' })
      )
    })
    return port
  }

  async function end(entry: OpenJob, how: 'completed' | 'cancelled', reason: string): Promise<void> {
    const { record } = entry
    if (!open.delete(record.jobId)) return
    slots.delete(record.slot)
    entry.job.close(reason)
    record.end = how
    record.updatedAtMs = clock.nowMs()
    void store.put(record)
    await entry.server?.dispose()
    ports.release(record.port)
    log('job_ended', { job: record.jobId, how, reason, port: record.port })
  }

  function noPort(): Created {
    const users = [...open.keys()]
    const shown = users.slice(0, 5).join(', ') + (users.length > 5 ? ', …' : '')
    const others = ports.inUse < ports.size ? `, ${ports.size - ports.inUse} in use by other programs` : ''
    const ours = users.length > 0 ? ` by jobs ${shown}` : ''
    return { ok: false, reason: `no free stream port, ${ports.inUse} in use${ours}${others}`, retryAfterS: 10 }
  }

  async function createAdmitted(plan: JobPlan, requestBody: unknown, advertisedHost: string): Promise<Created> {
    const slot = lowestSlot()
    const sequence = store.nextSequence()
    const jobId = `${slot}-${sequence}`
    slots.add(slot)
    const nowMs = clock.nowMs()
    const record: JobRecord = {
      jobId,
      slot,
      sequence,
      request: requestBody,
      answer: {},
      port: 0,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      originSample: null,
      end: null
    }
    const entry: OpenJob = { record, job: serverJobFor(record, plan), server: null }
    open.set(jobId, entry)
    // Counts from here on, so that a burst cannot pass the limit.
    const port = await openPort(entry)
    // It was ended while its port opened: the server stops.
    const isGone = open.get(jobId) !== entry
    if (isGone && port !== null) {
      await entry.server?.dispose()
      ports.release(port)
      return { ok: false, reason: 'the server is stopping', retryAfterS: 10 }
    }
    if (port === null) {
      open.delete(jobId)
      slots.delete(slot)
      return noPort()
    }
    record.port = port
    record.answer = answerFor(plan, jobId, port, advertisedHost)
    // An answered job survives a crash.
    await store.put(record)
    log('job_created', { job: jobId, port, view: plan.request.view, source: plan.source.description.name })
    return { ok: true, answer: record.answer }
  }

  function abandon(record: JobRecord, reason: string): void {
    record.end = 'cancelled'
    void store.put(record)
    log('job_ended', { job: record.jobId, how: 'cancelled', reason, port: record.port })
  }

  /** True: open again. False: its source is not there. A sentence: it cannot be. */
  async function restoreOne(record: JobRecord): Promise<boolean | string> {
    const parsed = parseConfigure(record.request)
    if (parsed.request === null || parsed.problems.length > 0) return 'its record cannot be used'
    const source = options.sourceFor(parsed.request)
    if (source === null) return false
    const planned = planJob(parsed.request, source, clock.nowNs())
    if (!planned.ok) return planned.reason
    const entry: OpenJob = { record, job: serverJobFor(record, planned.plan), server: null }
    entry.server = await openStreamServer(host, record.port, entry.job.handlers).catch(() => null)
    if (entry.server === null) return `its port ${record.port} cannot be bound`
    open.set(record.jobId, entry)
    slots.add(record.slot)
    log('job_restored', { job: record.jobId, port: record.port })
    return true
  }

  async function restoreWaiting(): Promise<void> {
    for (const record of [...waiting]) {
      const restored = await restoreOne(record)
      if (restored === false) continue
      waiting.delete(record)
      if (typeof restored !== 'string') continue
      ports.release(record.port)
      abandon(record, `it could not be restored: ${restored}`)
    }
  }

  for (const record of store.restored) {
    if (clock.nowMs() - record.updatedAtMs >= options.staleS * 1000) abandon(record, 'stale')
    else if (!ports.claim(record.port)) abandon(record, `its port ${record.port} is not one of this server`)
    else waiting.add(record)
  }
  const cancelWaiting = clock.after(options.life.unconnectedS * 1000, () => {
    for (const record of waiting) {
      ports.release(record.port)
      abandon(record, 'its recording is not here any more')
    }
    waiting.clear()
  })

  const cancelSweep = clock.every(sweepEveryMs, () => {
    for (const entry of [...open.values()]) {
      const over = entry.job.expired()
      if (over && entry.record.port !== 0) void end(entry, over.end, over.reason)
    }
  })

  return {
    async create(plan, requestBody, advertisedHost) {
      if (disposed) return { ok: false, reason: 'the server is stopping', retryAfterS: 10 }
      if (open.size >= options.jobsMax) {
        return { ok: false, reason: `${open.size} jobs are open, at most ${options.jobsMax}`, retryAfterS: 10 }
      }
      return createAdmitted(plan, requestBody, advertisedHost)
    },
    answerOf: (jobId) => {
      const entry = open.get(jobId)
      return entry && entry.record.port !== 0 ? entry.record.answer : null
    },
    async remove(jobId, reason) {
      const entry = open.get(jobId)
      if (!entry || entry.record.port === 0) return false
      await end(entry, 'cancelled', reason)
      return true
    },
    get openJobs() {
      return open.size
    },
    restore() {
      restoring = restoring.then(restoreWaiting)
      return restoring
    },
    async dispose() {
      disposed = true
      cancelSweep()
      cancelWaiting()
      await restoring
      await Promise.all([...open.values()].map((entry) => end(entry, 'cancelled', 'the server stops')))
      await store.settled()
    }
  }
}
