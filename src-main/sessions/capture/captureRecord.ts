import { basename } from 'node:path'
import type { CaptureSnapshot, CaptureState, RingLimit } from '../../../src-preload/contract/sessions.ts'
import type { Clock } from '../../clock.ts'
import { rateFromInterval } from '../../recordings/timeAxis.ts'
import type { DiskSpace } from '../../storage/diskSpace.ts'
import type { CaptureHandle } from './captureHost.ts'
import type { CaptureCounters, CapturePhase } from './captureWriter.ts'
import { spaceOutlook, type SpaceOutlook } from './spaceWatch.ts'

export interface CaptureRequest {
  folder: string
  name: string
  place: string
  notes: string
  tags: string[]
  ring: RingLimit | null
  durationS: number | null
}

const segmentBytes = 1024 ** 3
const segmentS = 3600
/** Rates are those of the last seconds. */
const rateSpanMs = 5000

/** One capture as the program tells of it: the counters of its writer, its rate, and the room it has. */
export class CaptureRecord {
  readonly id: string
  readonly jobId: string
  readonly #clock: Clock
  #handle: CaptureHandle | null = null
  #request: CaptureRequest | null = null
  #startedAtNs: string
  #preTriggerS = 0
  #space: DiskSpace | null = null
  #outlook: SpaceOutlook = { secondsLeft: null, warnings: [] }
  readonly #told = new Set<string>()
  #readings: { atMs: number; bytes: number }[] = []
  #hasEnded = false
  #isStarting = false

  constructor(id: string, jobId: string, clock: Clock) {
    this.id = id
    this.jobId = jobId
    this.#clock = clock
    this.#startedAtNs = clock.nowNs().toString()
  }

  use(handle: CaptureHandle, preTriggerS: number): void {
    this.#handle = handle
    this.#preTriggerS = preTriggerS
  }

  get phase(): CapturePhase {
    return this.#counters?.phase ?? 'armed'
  }

  get name(): string {
    return this.#request?.name ?? this.jobId
  }

  get folder(): string | null {
    return this.#counters?.folder ?? null
  }

  get folders(): string[] {
    return this.#counters?.folders ?? []
  }

  /** What is known before it begins. */
  expect(request: CaptureRequest, outlook: SpaceOutlook): void {
    this.#request = request
    this.#outlook = outlook
  }

  async begin(request: CaptureRequest, program: string): Promise<void> {
    this.#startedAtNs = this.#clock.nowNs().toString()
    this.#isStarting = true
    try {
      await this.#handle!.begin({ ...request, program, segmentBytes, segmentS })
    } finally {
      this.#isStarting = false
    }
  }

  async close(reason: string): Promise<void> {
    await this.#handle?.close(reason)
  }

  detach(): void {
    this.#handle?.detach()
  }

  /** True once: when it has ended. */
  noticeEnd(): boolean {
    if (this.#hasEnded || !this.#request || (this.phase !== 'closed' && this.phase !== 'failed')) return false
    this.#hasEnded = true
    return true
  }

  measure(): void {
    const bytes = this.#counters?.writtenBytes ?? 0
    const atMs = this.#clock.monotonicMs()
    this.#readings.push({ atMs, bytes })
    while (this.#readings.length > 2 && atMs - this.#readings[0]!.atMs > rateSpanMs) this.#readings.shift()
  }

  /** Takes the room that is left now; gives what has not been said before. */
  outlook(space: DiskSpace | null): string[] {
    this.#space = space
    const counters = this.#counters
    const doneS =
      counters && counters.startNs !== null && counters.endNs !== null
        ? Number(counters.endNs - counters.startNs) / 1e9
        : 0
    const durationS = this.#request?.durationS ?? null
    this.#outlook = spaceOutlook(space, this.#bytesPerS(), {
      isRing: (this.#request?.ring ?? null) !== null,
      wantedS: durationS === null ? null : Math.max(0, durationS - doneS)
    })
    // Figures change with every reading: what is said once is said of its kind.
    const fresh = this.#outlook.warnings.filter((warning) => !this.#told.has(kindOf(warning)))
    for (const warning of fresh) this.#told.add(kindOf(warning))
    return fresh
  }

  snapshot(): CaptureSnapshot {
    const counters = this.#counters
    const request = this.#request
    const state: CaptureState = this.#isStarting ? 'starting' : this.phase
    return {
      id: this.id,
      jobId: this.jobId,
      state,
      reason: counters?.reason ?? '',
      sessionId: counters?.folder ? basename(counters.folder) : null,
      folder: counters?.folder ?? null,
      name: this.name,
      startedAtNs: this.#startedAtNs,
      startNs: counters?.startNs?.toString() ?? null,
      endNs: counters?.endNs?.toString() ?? null,
      channelCount: counters?.channelCount ?? 0,
      sampleRateHz: rateFromInterval(counters?.sampleIntervalNs ?? null),
      blocks: counters?.blocks ?? 0,
      samples: counters?.samples ?? 0,
      bytes: counters?.diskBytes ?? 0,
      bytesPerS: state === 'recording' ? this.#bytesPerS() : 0,
      acknowledgedBlocks: counters?.acknowledgedBlocks ?? 0,
      gaps: counters?.gaps ?? 0,
      gapS: Number(counters?.gapNs ?? 0n) / 1e9,
      lostBlocks: counters?.lostBlocks ?? 0,
      queue: {
        bytes: counters?.queuedBytes ?? 0,
        capacityBytes: counters?.capacityBytes ?? 0,
        ageMs: counters?.queueAgeMs ?? 0
      },
      slowestCommitMs: counters?.slowestCommitMs ?? 0,
      pauses: counters?.pauses ?? 0,
      preTriggerS: this.#preTriggerS,
      ring: request?.ring ?? null,
      segments: counters?.segments ?? 0,
      removedSegments: counters?.removedSegments ?? 0,
      freeBytes: this.#space?.freeBytes ?? null,
      secondsLeft: this.#outlook.secondsLeft,
      warnings: [...this.#outlook.warnings]
    }
  }

  get #counters(): CaptureCounters | null {
    return this.#handle?.counters() ?? null
  }

  #bytesPerS(): number {
    const first = this.#readings[0]
    const last = this.#readings.at(-1)
    if (!first || !last || last.atMs - first.atMs < 500) return 0
    return ((last.bytes - first.bytes) * 1000) / (last.atMs - first.atMs)
  }
}

const kindOf = (warning: string): string => warning.slice(0, 5)
