import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import { crc32 } from '../../recordings/session/crc32.ts'
import { encodeFrameHeader, frameHeaderBytes, type FrameHeader } from '../../recordings/session/frame.ts'
import type { GapRecord, SessionData, SessionSource } from '../../recordings/session/manifest.ts'

/** What comes after it is another session: the stream changed. */
export interface PartMark {
  kind: 'part'
  data: SessionData
  source: SessionSource
  reason: string
}

export interface QueuedFrame {
  kind: 'data' | 'gap'
  bytes: number
  frame: number
  sequence: number
  startNs: Nanoseconds
  endNs: Nanoseconds
  sampleCount: number
  /** 1 for the first frame of a block; 0 for the further ones of a block that was split. */
  blocks: number
  gap: GapRecord | null
  queuedAtMs: number
}

/** Sums over frames. */
export class FrameTotals {
  bytes = 0
  blocks = 0
  samples = 0
  gaps = 0
  gapNs = 0n
  lostBlocks = 0

  add({ bytes, blocks, sampleCount, gap, startNs, endNs }: QueuedFrame, sign: 1 | -1 = 1): void {
    this.bytes += sign * bytes
    this.blocks += sign * blocks
    this.samples += sign * sampleCount
    if (!gap) return
    this.gaps += sign
    this.gapNs += BigInt(sign) * (endNs - startNs)
    if (gap.firstSequence !== null && gap.lastSequence !== null)
      this.lostBlocks += sign * (gap.lastSequence - gap.firstSequence + 1)
  }
}

/** Whole frames at the front of the queue, in at most two pieces that stay as they are until they are released. */
export interface Batch {
  pieces: Buffer[]
  frames: QueuedFrame[]
  bytes: number
}

/** A queue that was emptied starts at the front again, so a disk that keeps up touches little of it. */
export class FrameQueue {
  readonly capacityBytes: number
  readonly #ring: Buffer
  readonly #header = Buffer.alloc(frameHeaderBytes)
  #entries: (QueuedFrame | PartMark)[] = []
  #first = 0
  #start = 0
  #bytes = 0
  #nextFrame = 0
  readonly totals = new FrameTotals()

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes
    this.#ring = Buffer.allocUnsafeSlow(capacityBytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  get freeBytes(): number {
    return this.capacityBytes - this.#bytes
  }

  get isEmpty(): boolean {
    return this.#first === this.#entries.length
  }

  get front(): QueuedFrame | PartMark | null {
    return this.#entries[this.#first] ?? null
  }

  get newestEndNs(): Nanoseconds | null {
    const last = this.#entries.at(-1)
    return last && last.kind !== 'part' ? last.endNs : null
  }

  mark(part: PartMark): void {
    this.#entries.push(part)
  }

  /** Copies a frame in; false, and nothing done, where there is no room for it. The payload is read twice: sum and copy. */
  append(
    header: Omit<FrameHeader, 'frame' | 'payloadBytes' | 'payloadCrc'>,
    payload: Uint8Array,
    about: Pick<QueuedFrame, 'endNs' | 'blocks' | 'gap' | 'queuedAtMs'>
  ): boolean {
    const bytes = frameHeaderBytes + payload.length
    if (bytes > this.freeBytes) return false
    const frame = this.#nextFrame
    this.#nextFrame = (frame + 1) >>> 0
    encodeFrameHeader({ ...header, frame, payloadBytes: payload.length, payloadCrc: crc32(payload) }, this.#header)
    this.#put(this.#header)
    this.#put(payload)
    const { sequence, startNs } = header
    const kind = header.kind === 'data' ? 'data' : 'gap'
    const sampleCount = kind === 'data' ? header.sampleCount : 0
    const entry: QueuedFrame = { kind, bytes, frame, sequence, startNs, sampleCount, ...about }
    this.#entries.push(entry)
    this.totals.add(entry)
    return true
  }

  /** At least one frame where there is one, then as many more as lie within `maxBytes`; none over a change of the stream. */
  peek(maxBytes: number): Batch {
    const frames: QueuedFrame[] = []
    let bytes = 0
    for (let k = this.#first; k < this.#entries.length; k++) {
      const entry = this.#entries[k]!
      if (entry.kind === 'part' || (frames.length > 0 && bytes + entry.bytes > maxBytes)) break
      frames.push(entry)
      bytes += entry.bytes
    }
    const atEnd = Math.min(bytes, this.capacityBytes - this.#start)
    const pieces = [this.#ring.subarray(this.#start, this.#start + atEnd)]
    if (bytes > atEnd) pieces.push(this.#ring.subarray(0, bytes - atEnd))
    return { pieces, frames, bytes }
  }

  /** Lets the oldest entries go. */
  release(count: number): void {
    for (let k = 0; k < count; k++) {
      const entry = this.#entries[this.#first++]!
      if (entry.kind === 'part') continue
      this.#start = (this.#start + entry.bytes) % this.capacityBytes
      this.#bytes -= entry.bytes
      this.totals.add(entry, -1)
    }
    if (this.#bytes === 0) this.#start = 0
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first)
      this.#first = 0
    }
  }

  clear(): void {
    this.release(this.#entries.length - this.#first)
  }

  #put(bytes: Uint8Array): void {
    const at = (this.#start + this.#bytes) % this.capacityBytes
    const atEnd = Math.min(bytes.length, this.capacityBytes - at)
    this.#ring.set(atEnd === bytes.length ? bytes : bytes.subarray(0, atEnd), at)
    if (atEnd < bytes.length) this.#ring.set(bytes.subarray(atEnd), 0)
    this.#bytes += bytes.length
  }
}
