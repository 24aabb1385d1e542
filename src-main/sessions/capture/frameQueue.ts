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

/** Whole frames at the front of the queue, in pieces that stay as they are until they are released. */
export interface Batch {
  pieces: Buffer[]
  frames: QueuedFrame[]
  bytes: number
}

/** Frames lie one after the other in a chunk; a chunk whose frames have all gone is the first to be filled again. */
interface Chunk {
  buffer: Buffer
  filled: number
  /** Up to where its frames have been released. */
  released: number
}

interface Held {
  entry: QueuedFrame
  chunk: Chunk
  offset: number
}

const chunkBytes = 4 * 1024 * 1024

/**
 * A bounded queue of frames: some are taken to be written, the others wait for that, and all stay until they are released.
 * A disk that keeps up meets the same two or three chunks again and again, which are in the processor's cache; memory is
 * taken only when it does not.
 */
export class FrameQueue {
  readonly capacityBytes: number
  readonly #header = Buffer.alloc(frameHeaderBytes)
  readonly #free: Chunk[] = []
  #current: Chunk | null = null
  #entries: (Held | PartMark)[] = []
  #first = 0
  #taken = 0
  #takenBytes = 0
  #nextFrame = 0
  readonly totals = new FrameTotals()

  constructor(capacityBytes: number) {
    this.capacityBytes = capacityBytes
  }

  get bytes(): number {
    return this.totals.bytes
  }

  get freeBytes(): number {
    return this.capacityBytes - this.totals.bytes
  }

  get isEmpty(): boolean {
    return this.#first === this.#entries.length
  }

  /** Of what is not taken. */
  get waitingBytes(): number {
    return this.totals.bytes - this.#takenBytes
  }

  get front(): QueuedFrame | PartMark | null {
    return this.#at(this.#first)
  }

  /** The first that is not taken. */
  get waiting(): QueuedFrame | PartMark | null {
    return this.#at(this.#taken)
  }

  get newestEndNs(): Nanoseconds | null {
    const last = this.#entries.at(-1)
    return last && 'entry' in last ? last.entry.endNs : null
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
    const chunk = this.#chunkFor(bytes)
    const offset = chunk.filled
    chunk.buffer.set(this.#header, offset)
    chunk.buffer.set(payload, offset + frameHeaderBytes)
    chunk.filled += bytes
    const { sequence, startNs } = header
    const kind = header.kind === 'data' ? 'data' : 'gap'
    const sampleCount = kind === 'data' ? header.sampleCount : 0
    const entry: QueuedFrame = { kind, bytes, frame, sequence, startNs, sampleCount, ...about }
    this.#entries.push({ entry, chunk, offset })
    this.totals.add(entry)
    return true
  }

  /**
   * At least one frame where one waits, then as many more as lie within `maxBytes`; none over a change of the stream. What is
   * taken stays as it is until it is released.
   */
  take(maxBytes: number): Batch {
    const frames: QueuedFrame[] = []
    const pieces: Buffer[] = []
    let bytes = 0
    let from: Held | null = null
    let to = 0
    const addPiece = (): void => {
      if (from) pieces.push(from.chunk.buffer.subarray(from.offset, to))
    }
    for (; this.#taken < this.#entries.length; this.#taken++) {
      const held = this.#entries[this.#taken]!
      if (!('entry' in held) || (frames.length > 0 && bytes + held.entry.bytes > maxBytes)) break
      if (from?.chunk !== held.chunk) {
        addPiece()
        from = held
      }
      to = held.offset + held.entry.bytes
      frames.push(held.entry)
      bytes += held.entry.bytes
    }
    addPiece()
    this.#takenBytes += bytes
    return { pieces, frames, bytes }
  }

  /** Lets the oldest entries go, whether they were taken or not. */
  release(count: number): void {
    for (let k = 0; k < count; k++) {
      const wasTaken = this.#first < this.#taken
      const held = this.#entries[this.#first++]!
      if (!wasTaken) this.#taken = this.#first
      if (!('entry' in held)) continue
      if (wasTaken) this.#takenBytes -= held.entry.bytes
      this.totals.add(held.entry, -1)
      held.chunk.released += held.entry.bytes
      if (held.chunk.released === held.chunk.filled) this.#recycle(held.chunk)
    }
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first)
      this.#taken -= this.#first
      this.#first = 0
    }
  }

  clear(): void {
    this.release(this.#entries.length - this.#first)
  }

  #at(index: number): QueuedFrame | PartMark | null {
    const held = this.#entries[index]
    return held === undefined ? null : 'entry' in held ? held.entry : held
  }

  #recycle(chunk: Chunk): void {
    chunk.filled = 0
    chunk.released = 0
    if (chunk !== this.#current && chunk.buffer.length === chunkBytes) this.#free.push(chunk)
  }

  #chunkFor(bytes: number): Chunk {
    const { buffer, filled } = this.#current ?? { buffer: null, filled: 0 }
    if (this.#current && buffer && filled + bytes <= buffer.length) return this.#current
    const left = this.#current
    this.#current =
      bytes > chunkBytes
        ? { buffer: Buffer.allocUnsafeSlow(bytes), filled: 0, released: 0 }
        : (this.#free.pop() ?? { buffer: Buffer.allocUnsafeSlow(chunkBytes), filled: 0, released: 0 })
    if (left && left.filled === 0 && left.buffer.length === chunkBytes) this.#free.push(left)
    return this.#current
  }
}
