import { mkdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import type { JobSnapshot, Notice } from '../../../src-preload/contract/schemas.ts'
import type { CaptureSnapshot, RingLimit } from '../../../src-preload/contract/sessions.ts'
import { endedStates } from '../../../src-preload/contract/schemas.ts'
import type { Clock } from '../../clock.ts'
import { openSession } from '../../recordings/session/openSession.ts'
import { diskSpace } from '../../storage/diskSpace.ts'
import { CaptureRecord, type CaptureRequest } from './captureRecord.ts'
import type { CaptureHost } from './captureHost.ts'
import { recoverAbandoned } from './recoverSession.ts'
import { spaceOutlook, whyNoRoom } from './spaceWatch.ts'

export interface StartCapture {
  jobId: string
  name?: string | undefined
  notes?: string | undefined
  place?: string | undefined
  tags?: string[] | undefined
  preTriggerS?: number | undefined
  durationS?: number | undefined
  ring?: RingLimit | undefined
  /** Elsewhere than below the folder of sessions. */
  folder?: string
}

export interface CapturesOptions {
  sessionsFolder: string
  program: string
  host: CaptureHost
  clock: Clock
  backendName(): string
  job(jobId: string): JobSnapshot | null
  /** What a job that has not begun will bring; 0 where nobody knows. */
  expectedBytesPerS(job: JobSnapshot): number
  /** Nobody needs the job any more: its window has gone, and its capture has ended. */
  closeJob(jobId: string, reason: string): void
  notify(notice: Pick<Notice, 'severity' | 'title' | 'detail' | 'jobId'>): void
  changed(captures: CaptureSnapshot[]): void
  /** A session was begun or closed. */
  sessionsChanged(): void
}

/** Every capture of this program. */
export interface Captures {
  start(request: StartCapture): Promise<Result<CaptureSnapshot>>
  arm(jobId: string, preTriggerS: number, maxBytes?: number): Result<CaptureSnapshot | null>
  stop(captureId: string, reason?: string): Promise<Result<CaptureSnapshot>>
  list(): CaptureSnapshot[]
  /** Of all sessions of a capture; more than one where its stream changed. */
  foldersOf(captureId: string): string[]
  /** Its window went: true where the job must stay for its capture. */
  keepsJob(jobId: string): boolean
  /** Its capture is closed, an armed one forgotten. */
  jobEnded(jobId: string, reason: string): void
  /** Closes all, and looks whether what was closed is what was written. */
  dispose(): Promise<void>
}

const tickMs = 500
const spaceEveryMs = 5000
const endedKeptMax = 20
const armedMaxBytes = 256 * 1024 * 1024
const checkWithinMs = 2000

export function createCaptures(options: CapturesOptions): Captures {
  const { clock, sessionsFolder } = options
  const records = new Map<string, CaptureRecord>()
  const orphaned = new Set<string>()
  let next = 1
  let lastSpaceMs = -Infinity
  let isDisposed = false

  const list = (): CaptureSnapshot[] => [...records.values()].map((record) => record.snapshot())
  const isActive = ({ phase }: CaptureRecord): boolean => phase === 'recording' || phase === 'closing'
  const tell = (): void => options.changed(list())
  const ofJob = (jobId: string, ...phases: string[]): CaptureRecord | undefined =>
    [...records.values()].find((record) => record.jobId === jobId && phases.includes(record.phase))

  const forgetOldest = (): void => {
    const ended = [...records.values()].filter(({ phase }) => phase === 'closed' || phase === 'failed')
    for (const record of ended.slice(0, Math.max(0, ended.length - endedKeptMax))) records.delete(record.id)
  }

  const letJobGo = (jobId: string): void => {
    if (!orphaned.delete(jobId)) return
    options.closeJob(jobId, 'Its window was closed before, and now its capture has ended.')
  }

  const ended = (record: CaptureRecord): void => {
    record.detach()
    forgetOldest()
    tell()
    options.sessionsChanged()
    const { state, reason, name } = record.snapshot()
    if (state === 'failed')
      options.notify({ severity: 'error', title: `The capture "${name}" ended`, detail: reason, jobId: record.jobId })
    if (state === 'failed') void recoverAbandoned(record.folders).then(options.sessionsChanged)
    letJobGo(record.jobId)
  }

  const create = (jobId: string, preTrigger: { seconds: number; maxBytes: number } | null): CaptureRecord | null => {
    const record = new CaptureRecord(`capture-${next++}`, jobId, clock)
    const handle = options.host.attach(
      jobId,
      { backend: options.backendName(), jobId, queueBytes: 64 * 1024 * 1024, preTrigger, commitAfterMs: 50 },
      () => {
        if (record.noticeEnd()) ended(record)
        else tell()
      }
    )
    if (!handle) return null
    record.use(handle, preTrigger?.seconds ?? 0)
    records.set(record.id, record)
    return record
  }

  const watchSpace = async (): Promise<void> => {
    for (const record of [...records.values()].filter(isActive)) {
      const { folder } = record
      if (folder === null) continue
      const outlook = record.outlook(await diskSpace(folder))
      for (const warning of outlook)
        options.notify({
          severity: 'warning',
          title: `Little room for the capture "${record.name}"`,
          detail: `${warning} Make room, or stop the capture; when the disk is full it ends, and what was written stays.`,
          jobId: record.jobId
        })
    }
  }

  const stopTicking = clock.every(tickMs, () => {
    const active = [...records.values()].filter((record) => isActive(record) || record.phase === 'armed')
    if (active.length === 0) return
    for (const record of active) record.measure()
    tell()
    if (clock.monotonicMs() - lastSpaceMs < spaceEveryMs) return
    lastSpaceMs = clock.monotonicMs()
    void watchSpace()
  })

  const refusal = (jobId: string): ReturnType<typeof failure> | null => {
    if (isDisposed) return failure('refused', 'The program is closing.')
    const job = options.job(jobId)
    if (!job) return failure('not-found', `There is no job "${jobId}".`)
    if (endedStates.has(job.state))
      return failure('refused', `Job "${jobId}" is ${job.state}: there is nothing to capture.`)
    if (job.statistics.service === 'rows')
      return failure('unsupported', 'This backend sends analysed rows only: there are no samples to capture.')
    return null
  }

  const disarm = (jobId: string): void => {
    const armed = ofJob(jobId, 'armed')
    if (!armed) return
    armed.detach()
    records.delete(armed.id)
    tell()
  }

  const check = async (record: CaptureRecord): Promise<void> => {
    const { folder, name } = record
    const snapshot = record.snapshot()
    // A ring, or a stream that changed, has samples elsewhere than in the last folder.
    if (folder === null || snapshot.state !== 'closed' || snapshot.ring || snapshot.segments === 0) return
    const contents = await openSession(folder).catch(() => null)
    const isWhole = contents !== null && contents.warnings.length === 0 && contents.manifest?.state === 'closed'
    if (isWhole && (record.folders.length > 1 || contents.samples === snapshot.samples)) return
    options.notify({
      severity: 'error',
      title: `The session "${name}" is not as it was written`,
      detail: `${folder} was closed but cannot be read as it was written. Verify it.`,
      jobId: record.jobId
    })
  }

  return {
    async start(request) {
      const { jobId } = request
      const refused = refusal(jobId)
      if (refused) return refused
      const running = ofJob(jobId, 'recording', 'closing')
      if (running) return failure('refused', `Job "${jobId}" is being captured already (${running.id}).`)
      const place = request.folder === undefined ? sessionsFolder : dirname(resolve(request.folder))
      await mkdir(place, { recursive: true }).catch(() => undefined)
      const space = await diskSpace(place)
      const noRoom = whyNoRoom(space, place)
      if (noRoom) return failure('refused', noRoom)
      const armed = request.preTriggerS === 0 ? undefined : ofJob(jobId, 'armed')
      if (!armed) disarm(jobId)
      const record = armed ?? create(jobId, null)
      if (!record) return failure('not-found', `There is no job "${jobId}".`)
      const job = options.job(jobId)
      const bytesPerS = job ? job.statistics.bytesPerS || options.expectedBytesPerS(job) : 0
      const asked: CaptureRequest = requestOf(request, record.id)
      record.expect(asked, spaceOutlook(space, bytesPerS, { isRing: asked.ring !== null, wantedS: asked.durationS }))
      try {
        await record.begin(asked, options.program)
      } catch (error) {
        return failure('failed', error instanceof Error ? error.message : String(error))
      }
      tell()
      options.sessionsChanged()
      return ok(record.snapshot())
    },
    arm(jobId, preTriggerS, maxBytes = armedMaxBytes) {
      const refused = refusal(jobId)
      if (refused) return refused
      if (ofJob(jobId, 'recording', 'closing'))
        return failure('refused', `Job "${jobId}" is being captured: there is nothing to arm.`)
      disarm(jobId)
      if (preTriggerS === 0) return ok(null)
      const record = create(jobId, { seconds: preTriggerS, maxBytes })
      if (!record) return failure('not-found', `There is no job "${jobId}".`)
      tell()
      return ok(record.snapshot())
    },
    async stop(captureId, reason = 'It was stopped by the operator.') {
      const record = records.get(captureId)
      if (!record) return failure('not-found', `There is no capture "${captureId}".`)
      if (record.phase === 'armed') {
        disarm(record.jobId)
        return ok(record.snapshot())
      }
      await record.close(reason)
      return ok(record.snapshot())
    },
    list,
    foldersOf: (captureId) => records.get(captureId)?.folders ?? [],
    keepsJob(jobId) {
      const record = ofJob(jobId, 'recording', 'closing')
      if (!record) return false
      orphaned.add(jobId)
      options.notify({
        severity: 'info',
        title: `The capture "${record.name}" goes on`,
        detail: `The window of job ${jobId} was closed; the job stays until its capture is stopped.`,
        jobId
      })
      return true
    },
    jobEnded(jobId, reason) {
      disarm(jobId)
      const record = ofJob(jobId, 'recording')
      if (record) void record.close(`Its job ended: ${reason}`)
    },
    async dispose() {
      isDisposed = true
      stopTicking()
      const active = [...records.values()].filter(isActive)
      await Promise.all(active.map((record) => record.close('The program was closed.')))
      for (const record of records.values()) record.detach()
      const checks = Promise.all(active.map(check))
      await Promise.race([checks, new Promise<void>((resolve) => clock.after(checkWithinMs, resolve))])
    }
  }

  function requestOf(request: StartCapture, id: string): CaptureRequest {
    const stamp = new Date(clock.nowMs()).toISOString()
    const name = request.name ?? `${request.jobId}, ${stamp.slice(0, 19).replace('T', ' ')}`
    const folderName = `${stamp.replace(/[-:]/g, '').slice(0, 15)}Z-${slug(name)}-${id.replace('capture-', '')}`
    return {
      folder: request.folder ?? join(sessionsFolder, folderName),
      name,
      place: request.place ?? '',
      notes: request.notes ?? '',
      tags: request.tags ?? [],
      ring: request.ring ?? null,
      durationS: request.durationS ?? null
    }
  }
}

/** Letters and digits that every file system takes. */
const slug = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'session'
