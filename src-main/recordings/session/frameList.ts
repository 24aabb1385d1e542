import { crc32 } from './crc32.ts'
import { frameKinds, type FrameHeader, type FrameKind } from './frame.ts'

/** One frame of a segment, as the index keeps it. */
export interface FrameEntry {
  /** Byte of its header in the segment. */
  offset: number
  kind: FrameKind
  sampleCount: number
  startNs: bigint
  frame: number
}

/**
 * Bytes of one record of an index file, little-endian: offset (8), start in nanoseconds (8), samples (4), frame number (4),
 * kind (1), nothing (3), CRC-32 of these 28 bytes (4).
 */
export const indexRecordBytes = 32
const summedBytes = 28
const dataKind = 0

export function encodeIndexRecord(entry: FrameEntry, target: Buffer, at: number): void {
  target.writeBigUInt64LE(BigInt(entry.offset), at)
  target.writeBigInt64LE(entry.startNs, at + 8)
  target.writeUInt32LE(entry.sampleCount, at + 16)
  target.writeUInt32LE(entry.frame, at + 20)
  target.writeUInt32LE(frameKinds.indexOf(entry.kind), at + 24)
  target.writeUInt32LE(crc32(target.subarray(at, at + summedBytes)), at + summedBytes)
}

/** The frames of a segment in the order of the file, in typed arrays: a segment may hold 65 536 of them. */
export class FrameList {
  #capacity: number
  #offsets: Float64Array
  #starts: BigInt64Array
  #samples: Uint32Array
  #frames: Uint32Array
  #kinds: Uint8Array
  #count = 0
  /** Samples before each data frame, and which entry it is; made when first asked for. */
  #lookup: { before: Float64Array; entries: Uint32Array; total: number } | null = null

  constructor(capacity = 256) {
    this.#capacity = Math.max(16, capacity)
    this.#offsets = new Float64Array(this.#capacity)
    this.#starts = new BigInt64Array(this.#capacity)
    this.#samples = new Uint32Array(this.#capacity)
    this.#frames = new Uint32Array(this.#capacity)
    this.#kinds = new Uint8Array(this.#capacity)
  }

  get count(): number {
    return this.#count
  }

  add({ offset, kind, sampleCount, startNs, frame }: FrameEntry): void {
    if (this.#count === this.#capacity) this.#grow()
    const at = this.#count++
    this.#offsets[at] = offset
    this.#starts[at] = startNs
    this.#samples[at] = kind === 'data' ? sampleCount : 0
    this.#frames[at] = frame
    this.#kinds[at] = frameKinds.indexOf(kind)
    this.#lookup = null
  }

  at(index: number): FrameEntry {
    return {
      offset: this.#offsets[index]!,
      kind: frameKinds[this.#kinds[index]!]!,
      sampleCount: this.#samples[index]!,
      startNs: this.#starts[index]!,
      frame: this.#frames[index]!
    }
  }

  /** Keeps the first `count`. */
  cut(count: number): void {
    this.#count = Math.min(this.#count, count)
    this.#lookup = null
  }

  remove(index: number): void {
    for (const array of [this.#offsets, this.#starts, this.#samples, this.#frames, this.#kinds])
      array.copyWithin(index, index + 1, this.#count)
    this.#count--
    this.#lookup = null
  }

  get totalSamples(): number {
    return this.#find().total
  }

  /** Position in the list of the data frame that holds a sample, and how many samples lie before it. */
  frameOf(sample: number): { entry: number; firstSample: number } {
    const { before, entries } = this.#find()
    let low = 0
    let high = entries.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (before[middle]! <= sample) low = middle
      else high = middle - 1
    }
    return { entry: entries[low]!, firstSample: before[low]! }
  }

  /** Whether the header in the file is the one that this entry was made from. */
  matches(index: number, header: FrameHeader | null): boolean {
    if (!header) return false
    const { kind, sampleCount, startNs, frame } = this.at(index)
    const isSame = header.kind === kind && header.startNs === startNs && header.frame === frame
    return isSame && (kind !== 'data' || header.sampleCount === sampleCount)
  }

  #find(): { before: Float64Array; entries: Uint32Array; total: number } {
    if (this.#lookup) return this.#lookup
    let dataFrames = 0
    for (let k = 0; k < this.#count; k++) if (this.#kinds[k] === dataKind) dataFrames++
    const before = new Float64Array(dataFrames)
    const entries = new Uint32Array(dataFrames)
    let total = 0
    let next = 0
    for (let k = 0; k < this.#count; k++) {
      if (this.#kinds[k] !== dataKind) continue
      before[next] = total
      entries[next++] = k
      total += this.#samples[k]!
    }
    this.#lookup = { before, entries, total }
    return this.#lookup
  }

  #grow(): void {
    this.#capacity *= 2
    const offsets = new Float64Array(this.#capacity)
    const starts = new BigInt64Array(this.#capacity)
    const samples = new Uint32Array(this.#capacity)
    const frames = new Uint32Array(this.#capacity)
    const grownKinds = new Uint8Array(this.#capacity)
    offsets.set(this.#offsets)
    starts.set(this.#starts)
    samples.set(this.#samples)
    frames.set(this.#frames)
    grownKinds.set(this.#kinds)
    this.#offsets = offsets
    this.#starts = starts
    this.#samples = samples
    this.#frames = frames
    this.#kinds = grownKinds
  }
}

/** The records of an index file up to the first that is damaged or out of order. */
export function decodeIndex(bytes: Buffer): FrameList {
  const list = new FrameList(Math.floor(bytes.length / indexRecordBytes))
  let last = -1
  for (let at = 0; at + indexRecordBytes <= bytes.length; at += indexRecordBytes) {
    if (bytes.readUInt32LE(at + summedBytes) !== crc32(bytes.subarray(at, at + summedBytes))) break
    const offset = Number(bytes.readBigUInt64LE(at))
    const kind = frameKinds[bytes.readUInt32LE(at + 24)]
    if (!kind || offset <= last) break
    last = offset
    const startNs = bytes.readBigInt64LE(at + 8)
    list.add({
      offset,
      kind,
      startNs,
      sampleCount: bytes.readUInt32LE(at + 16),
      frame: bytes.readUInt32LE(at + 20)
    })
  }
  return list
}

export function encodeIndex(list: FrameList): Buffer {
  const bytes = Buffer.alloc(list.count * indexRecordBytes)
  for (let k = 0; k < list.count; k++) encodeIndexRecord(list.at(k), bytes, k * indexRecordBytes)
  return bytes
}
