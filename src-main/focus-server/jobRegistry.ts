import type { Clock } from '../clock.ts'
import type { LogValues } from '../storage/log.ts'
import { planJob, type JobPlan } from './jobPlan.ts'
import { parseConfigure, type ConfigureRequest } from './configureRequest.ts'
import type { JobRecord, JobStore } from './jobStore.ts'
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
  sourceFor: (request: ConfigureRequest) => AcquisitionSource | null
}

export type Created = { ok: true; answer: Record<string, unknown> } | { ok: false; reason: string; retryAfterS: number }

export interface JobRegistry {
  create(plan: JobPlan, requestBody: unknown, advertisedHost: string): Promise<Created>
  answerOf(jobId: string): Record<string, unknown> | null
  /** False: there is no such job. */
  remove(jobId: string, reason: string): Promise<boolean>
  readonly openJobs: number
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

const viewTypes = { multi: '0', single: '1', waterfall: '2' } as const

function answerFor(plan: JobPlan, jobId: string, port: number, host: string): Record<string, unknown> {
  const streamIndex: Record<string, number> = {}
  plan.streams.forEach(({ firstChannel, channelCount }, index) => {
    for (let channel = firstChannel; channel < firstChannel + channelCount; channel++)
      streamIndex[String(channel + 1)] = index
  })
  return {
    status: '',
    job_id: jobId,
    stream_url: `http://${host}`,
    stream_port: String(port),
    frequencies_list: plan.frequenciesHz,
    frequencies_amount: plan.frequenciesHz.length,
    lines_dt: plan.rowIntervalS,
    channel_to_stream_index: streamIndex,
    stream_amount: plan.streams.length,
    channel_amount: plan.request.channels.max - plan.request.channels.min + 1,
    view_type: viewTypes[plan.request.view]
  }
}

export function createJobRegistry(options: RegistryOptions): JobRegistry {
  const { clock, log, store, ports, host } = options
  const open = new Map<string, OpenJob>()
  const slots = new Set<number>()
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
      clock,
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
    const delayMs = portDelayMs()
    if (delayMs === 0) {
      entry.server = await listen(entry.job)
      return entry.server?.port ?? null
    }
    const port = ports.take()
    if (port === null) return null
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

  async function restoreOne(record: JobRecord): Promise<void> {
    const parsed = parseConfigure(record.request)
    const fresh = clock.nowMs() - record.updatedAtMs < options.staleS * 1000
    const source = parsed.ok ? options.sourceFor(parsed.value) : null
    const planned = parsed.ok && source ? planJob(parsed.value, source, clock.nowNs()) : null
    const entry: OpenJob | null = planned?.ok ? { record, job: serverJobFor(record, planned.plan), server: null } : null
    if (fresh && entry && ports.claim(record.port)) {
      entry.server = await openStreamServer(host, record.port, entry.job.handlers).catch(() => null)
      if (entry.server) {
        open.set(record.jobId, entry)
        slots.add(record.slot)
        log('job_restored', { job: record.jobId, port: record.port })
        return
      }
      ports.setAside(record.port)
    }
    record.end = 'cancelled'
    void store.put(record)
    log('job_ended', {
      job: record.jobId,
      how: 'cancelled',
      reason: fresh ? 'it could not be restored' : 'stale',
      port: record.port
    })
  }

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
    async restore() {
      for (const record of store.restored) await restoreOne(record)
    },
    async dispose() {
      disposed = true
      cancelSweep()
      await Promise.all([...open.values()].map((entry) => end(entry, 'cancelled', 'the server stops')))
      await store.settled()
    }
  }
}
