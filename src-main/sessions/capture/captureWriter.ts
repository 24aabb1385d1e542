import { basename } from 'node:path'
import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { Clock } from '../../clock.ts'
import type { BlockTap, SampleBlock, StreamGap, StreamOffer } from '../../streams/streamSource.ts'
import type { GapRecord } from '../../recordings/session/manifest.ts'
import { BlockFrames } from './blockFrames.ts'
import { captureFailureSentence } from './captureFailure.ts'
import { FrameQueue, FrameTotals, type Batch, type PartMark } from './frameQueue.ts'
import { GroupCommit } from './groupCommit.ts'
import { SessionWriter, type SessionOptions } from './sessionWriter.ts'

export interface CaptureWriterOptions {
  clock: Clock
  /** How the backend is called in the session. */
  backend: string
  jobId: string | null
  /** Room for what waits for the disk; the stream pauses when half of it is taken. */
  queueBytes: number
  /** The newest seconds are kept before the capture begins, as far as they fit into so many bytes. */
  preTrigger: { seconds: number; maxBytes: number } | null
  /** A group is written when its oldest block is so old, or when it is full. */
  commitAfterMs: number
}

export interface BeginOptions extends SessionOptions {
  /** Ends by itself after so many seconds of data from now on. */
  durationS: number | null
}

export type CapturePhase = 'armed' | 'recording' | 'closing' | 'closed' | 'failed'

export interface CaptureCounters {
  blocks: number
  samples: number
  gaps: number
  gapNs: Nanoseconds
  lostBlocks: number
  phase: CapturePhase
  reason: string
  folder: string | null
  /** Folders of all sessions of this capture; more than one where the stream changed. */
  folders: string[]
  startNs: Nanoseconds | null
  endNs: Nanoseconds | null
  channelCount: number
  sampleIntervalNs: number | null
  acknowledgedBlocks: number
  acknowledgedSamples: number
  /** On the disk now, headers included; less than was written where a ring forgets. */
  diskBytes: number
  writtenBytes: number
  queuedBytes: number
  capacityBytes: number
  queueAgeMs: number
  slowestCommitMs: number
  pauses: number
  segments: number
  removedSegments: number
}

export interface CaptureListener {
  /** After `push` said false: the stream may go on. */
  drained(): void
  /** Its state changed: it began, ended by itself, or failed. */
  changed(): void
}

/** A stream that has been silent for so long when its capture is closed leaves a gap at the end. */
const silentMs = 2000

const gapLengthNs = (gap: GapRecord | null): Nanoseconds => (gap ? BigInt(gap.endTimeNs) - BigInt(gap.startTimeNs) : 0n)

function lostBlocksOf(gap: GapRecord | null): number {
  if (!gap || gap.firstSequence === null || gap.lastSequence === null) return 0
  return gap.lastSequence - gap.firstSequence + 1
}

/**
 * From blocks to a session on the disk. `push` copies a block into a bounded queue; groups of frames are written and synced
 * behind it. It uses timers and the file system of whatever thread it runs on, and nothing else.
 */
export class CaptureWriter implements BlockTap {
  readonly #options: CaptureWriterOptions
  readonly #listener: CaptureListener
  readonly #queue: FrameQueue
  readonly #frames: BlockFrames
  readonly #groups: GroupCommit
  #phase: CapturePhase = 'armed'
  #reason = 'The newest blocks are kept in memory.'
  #begin: BeginOptions | null = null
  #beginning: Promise<void> | null = null
  #session: SessionWriter | null = null
  readonly #folders: string[] = []
  #running: Promise<void> | null = null
  #wake: () => void = () => undefined
  #isFull = false
  #pauses = 0
  #slowestCommitMs = 0
  /** Of the sessions of this capture that are closed. */
  readonly #closed = { bytes: 0, segments: 0, removedSegments: 0 }
  readonly #written = new FrameTotals()
  /** What the frames at the front of the queue are of. */
  #part: PartMark | null = null
  #lostAtEnd: GapRecord | null = null
  #startNs: Nanoseconds | null = null
  #acknowledgedNs: Nanoseconds | null = null

  constructor(options: CaptureWriterOptions, listener: CaptureListener) {
    this.#options = options
    this.#listener = listener
    this.#queue = new FrameQueue(options.queueBytes + (options.preTrigger?.maxBytes ?? 0))
    this.#frames = new BlockFrames(this.#queue, options)
    this.#groups = new GroupCommit(options.clock, {
      acknowledged: (batch, tookMs) => this.#acknowledge(batch, tookMs),
      failed: () => this.#wake()
    })
  }

  offer(offer: StreamOffer): void {
    this.#frames.offer(offer)
  }

  push(block: SampleBlock): boolean {
    if (this.#phase !== 'armed' && this.#phase !== 'recording') return true
    this.#frames.push(block)
    if (this.#phase === 'armed') {
      this.#forgetOld()
      return true
    }
    if (this.#frames.isComplete) void this.close('All that was asked for is there.')
    this.#wakeWhenDue()
    return this.#admits()
  }

  gap(gap: StreamGap): void {
    if (this.#phase !== 'armed' && this.#phase !== 'recording') return
    this.#frames.gap(gap)
    if (this.#phase === 'armed') this.#forgetOld()
    else if (this.#frames.isComplete) void this.close('All that was asked for is there.')
  }

  /** Makes the session and begins to write what is kept, then what comes. Rejects with a sentence where it cannot. */
  begin(options: BeginOptions): Promise<void> {
    if (this.#beginning) throw new Error('a capture begins once')
    this.#beginning = this.#start(options)
    return this.#beginning
  }

  async #start(options: BeginOptions): Promise<void> {
    this.#begin = options
    this.#frames.limit(options.durationS)
    this.#phase = 'recording'
    this.#takePart()
    try {
      // Without a block nothing is known of the samples: the session is made with the first one.
      if (this.#part) await this.#openSession()
    } catch (error) {
      await this.#fail(error)
      throw new Error(this.#reason, { cause: error })
    }
    this.#become(this.#phase, 'Blocks are written as they come.')
    this.#running = this.#write()
  }

  /** Writes what waits and closes the session; the same promise for all who ask. */
  async close(reason: string): Promise<void> {
    if (this.#phase === 'armed') {
      this.#queue.clear()
      return this.#become('closed', reason)
    }
    if (this.#phase === 'recording') this.#become('closing', reason)
    this.#wake()
    await this.#beginning?.catch(() => undefined)
    await this.#running
  }

  counters(): CaptureCounters {
    const { totals } = this.#queue
    const { front } = this.#queue
    const { data } = this.#frames
    const isKept = this.#phase !== 'failed'
    const sum = (key: 'blocks' | 'samples' | 'gaps' | 'lostBlocks'): number =>
      this.#written[key] + (isKept ? totals[key] : 0)
    return {
      phase: this.#phase,
      reason: this.#reason,
      folder: this.#session?.folder ?? this.#folders.at(-1) ?? null,
      folders: [...this.#folders],
      startNs: this.#startNs ?? (front && front.kind !== 'part' ? front.startNs : null),
      endNs: isKept ? this.#frames.endNs : this.#acknowledgedNs,
      channelCount: data?.channelCount ?? 0,
      sampleIntervalNs: data?.sampleIntervalNs ?? null,
      blocks: sum('blocks'),
      samples: sum('samples'),
      gaps: sum('gaps') + (this.#lostAtEnd ? 1 : 0),
      gapNs: this.#written.gapNs + (isKept ? totals.gapNs : 0n) + gapLengthNs(this.#lostAtEnd),
      lostBlocks: sum('lostBlocks') + lostBlocksOf(this.#lostAtEnd),
      acknowledgedBlocks: this.#written.blocks,
      acknowledgedSamples: this.#written.samples,
      diskBytes: this.#closed.bytes + (this.#session?.bytes ?? 0),
      writtenBytes: this.#written.bytes,
      queuedBytes: this.#queue.bytes,
      capacityBytes: this.#queue.capacityBytes,
      queueAgeMs: front && front.kind !== 'part' ? this.#options.clock.monotonicMs() - front.queuedAtMs : 0,
      slowestCommitMs: this.#slowestCommitMs,
      pauses: this.#pauses,
      segments: this.#closed.segments + (this.#session?.segments ?? 0),
      removedSegments: this.#closed.removedSegments + (this.#session?.removedSegments ?? 0)
    }
  }

  #become(phase: CapturePhase, reason: string): void {
    this.#phase = phase
    this.#reason = reason
    this.#listener.changed()
  }

  #forgetOld(): void {
    const { preTrigger } = this.#options
    const keepNs = BigInt(Math.round((preTrigger?.seconds ?? 0) * 1e9))
    const maxBytes = preTrigger?.maxBytes ?? 0
    for (;;) {
      const { front, newestEndNs, bytes } = this.#queue
      if (!front) return
      const isOld = front.kind === 'part' || newestEndNs === null || newestEndNs - front.endNs >= keepNs
      if (!isOld && bytes <= maxBytes) return
      if (front.kind === 'part') this.#part = front
      this.#queue.release(1)
    }
  }

  /** Takes the mark from the front of the queue; what follows it is of another session. */
  #takePart(): boolean {
    const { front } = this.#queue
    if (front?.kind !== 'part') return false
    this.#part = front
    this.#queue.release(1)
    return true
  }

  #admits(): boolean {
    const isFull = this.#queue.freeBytes < this.#options.queueBytes / 2
    if (isFull && !this.#isFull) this.#pauses++
    this.#isFull ||= isFull
    return !this.#isFull
  }

  #wakeWhenDue(): void {
    if (this.#queue.waitingBytes >= this.#groups.groupBytes) this.#wake()
  }

  /** The only one who writes. Ends with the capture. */
  async #write(): Promise<void> {
    try {
      while (this.#phase === 'recording' || !this.#queue.isEmpty) {
        if (await this.#waits()) continue
        if (this.#queue.waiting?.kind !== 'data' && this.#queue.waiting?.kind !== 'gap') {
          await this.#groups.settle()
          if (this.#takePart() && this.#session)
            await this.#endSession(`${this.#part!.reason}; it goes on in another session.`)
          continue
        }
        if (!this.#session) await this.#openSession()
        await this.#groups.commit(this.#session!, this.#queue.take(this.#groups.groupBytes))
      }
      this.#lostAtEnd = this.#frames.silence(silentMs)
      if (this.#session) await this.#endSession(this.#reason)
      this.#become('closed', this.#folders.length > 0 ? this.#reason : `${this.#reason} No block had come.`)
    } catch (error) {
      await this.#fail(error)
    }
  }

  /** False as soon as there is something to do. */
  async #waits(): Promise<boolean> {
    if (this.#phase !== 'recording') return false
    const { waiting, waitingBytes } = this.#queue
    if (waiting?.kind === 'part' || waitingBytes >= this.#groups.groupBytes || this.#groups.hasFailed) return false
    // A stream that is held back waits for nothing but the disk.
    if (waiting && this.#isFull) return false
    const { clock, commitAfterMs } = this.#options
    const leftMs = waiting ? commitAfterMs - (clock.monotonicMs() - waiting.queuedAtMs) : commitAfterMs
    if (waiting && leftMs <= 0) return false
    await new Promise<void>((resolve) => {
      const cancel = clock.after(leftMs, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    return true
  }

  #acknowledge({ frames }: Batch, tookMs: number): void {
    this.#slowestCommitMs = Math.max(this.#slowestCommitMs, tookMs)
    for (const frame of frames) {
      this.#written.add(frame)
      if (frame.kind !== 'data') continue
      this.#startNs ??= frame.startNs
      this.#acknowledgedNs = frame.endNs
    }
    this.#queue.release(frames.length)
    if (this.#queue.isEmpty) this.#frames.recordLoss()
    if (!this.#isFull || this.#queue.freeBytes <= this.#options.queueBytes * 0.75) return
    this.#isFull = false
    this.#listener.drained()
  }

  async #openSession(): Promise<void> {
    const begin = this.#begin!
    const part = this.#part!
    const number = this.#folders.length + 1
    const folder = number === 1 ? begin.folder : `${begin.folder}-${number}`
    const name = number === 1 ? begin.name : `${begin.name} (part ${number})`
    const before = this.#folders.at(-1)
    const from = before === undefined ? null : basename(before)
    this.#session = await SessionWriter.create(
      { ...begin, folder, name },
      part.data,
      part.source,
      from,
      this.#options.clock
    )
    this.#folders.push(folder)
  }

  async #endSession(reason: string): Promise<void> {
    const session = this.#session!
    await session.close(reason, this.#lostAtEnd)
    this.#putAway(session)
  }

  #putAway({ bytes, segments, removedSegments }: SessionWriter): void {
    this.#closed.bytes += bytes
    this.#closed.segments += segments
    this.#closed.removedSegments += removedSegments
    this.#session = null
  }

  /** What waited for the disk when it failed. */
  #waitingLoss(reason: string): GapRecord | null {
    const { front } = this.#queue
    const { endNs, lastSequence } = this.#frames
    if (!front || front.kind === 'part' || endNs === null) return null
    const from = { startTimeNs: String(front.startNs), firstSequence: front.sequence }
    return { ...from, endTimeNs: String(endNs), lastSequence, reason }
  }

  /** Nothing more can be written: the session is closed with what is acknowledged, and the stream goes on without it. */
  async #fail(error: unknown): Promise<void> {
    // What is being synced beside what failed still counts, and its buffers are still read.
    await this.#groups.settle().catch(() => undefined)
    const reason = captureFailureSentence(error, this.#acknowledgedNs)
    this.#lostAtEnd = this.#waitingLoss(reason)
    this.#queue.clear()
    this.#phase = 'failed'
    const session = this.#session
    if (session) {
      await session.close(reason, this.#lostAtEnd).catch(() => undefined)
      this.#putAway(session)
    }
    this.#become('failed', reason)
    if (this.#isFull) this.#listener.drained()
    this.#isFull = false
  }
}
