import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from './crc32.ts'
import { decodeFrameHeader, frameHeaderBytes, frameMagic, type FrameHeader } from './frame.ts'
import { decodeIndex, FrameList } from './frameList.ts'
import { gapRecord, segmentDescription, type GapRecord, type SegmentDescription } from './manifest.ts'
import { indexName } from './paths.ts'

/** Bytes of a segment that are not what they should be; `toOffset` is where the next whole frame begins, or the end. */
export interface Damage {
  fromOffset: number
  toOffset: number
  message: string
}

export interface SegmentContents {
  frames: FrameList
  gaps: GapRecord[]
  description: SegmentDescription | null
  damages: Damage[]
  /** After the last whole frame. */
  endOffset: number
  fileBytes: number
  /** The block that the file ends in, where its header is whole. */
  cutFrame: FrameHeader | null
}

/** Frames that a power cut may have left half on the disk lie within so many bytes of the end: what is in flight is less. */
const unsettledBytes = 16 * 1024 * 1024
const windowBytes = 4096
const searchBytes = 1024 * 1024
const jsonMaxBytes = 1024 * 1024

/** Reads pieces of one file, headers out of a small window: small frames lie many to a window. */
class Pieces {
  readonly #descriptor: number
  readonly #window = Buffer.alloc(windowBytes)
  #at = 0
  #length = 0

  constructor(descriptor: number) {
    this.#descriptor = descriptor
  }

  header(offset: number): FrameHeader | null {
    if (offset < this.#at || offset + frameHeaderBytes > this.#at + this.#length) {
      this.#at = offset
      this.#length = readSync(this.#descriptor, this.#window, 0, windowBytes, offset)
    }
    const from = offset - this.#at
    return decodeFrameHeader(this.#window.subarray(from, Math.min(this.#length, from + frameHeaderBytes)))
  }

  read(offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    let filled = 0
    while (filled < length) {
      const read = readSync(this.#descriptor, bytes, filled, length - filled, offset + filled)
      if (read === 0) break
      filled += read
    }
    return bytes.subarray(0, filled)
  }

  payloadIsWhole(offset: number, header: FrameHeader): boolean {
    let left = header.payloadBytes
    let sum = 0
    let at = offset + frameHeaderBytes
    while (left > 0) {
      const bytes = this.read(at, Math.min(left, searchBytes))
      if (bytes.length === 0) return false
      sum = crc32(bytes, sum)
      left -= bytes.length
      at += bytes.length
    }
    return sum === header.payloadCrc
  }

  /** Offset of the next whole header, or null: where the frames can be followed again after damage. */
  nextHeader(from: number, end: number): number | null {
    for (let at = from; at < end; at += searchBytes) {
      const bytes = this.read(at, Math.min(end - at, searchBytes + frameHeaderBytes))
      for (let found = bytes.indexOf(frameMagic); found >= 0; found = bytes.indexOf(frameMagic, found + 1)) {
        if (found >= searchBytes) break
        if (decodeFrameHeader(bytes.subarray(found, found + frameHeaderBytes))) return at + found
      }
    }
    return null
  }
}

const frameBytes = (header: FrameHeader): number => frameHeaderBytes + header.payloadBytes

function readJson(pieces: Pieces, offset: number, header: FrameHeader): unknown {
  if (header.payloadBytes > jsonMaxBytes) return null
  const bytes = pieces.read(offset + frameHeaderBytes, header.payloadBytes)
  if (crc32(bytes) !== header.payloadCrc) return null
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}

/** The index beside a segment, as far as it is whole and points into this file; empty where there is none. */
function indexedFrames(file: string, pieces: Pieces, fileBytes: number): FrameList {
  let list: FrameList
  try {
    list = decodeIndex(readFileSync(file.replace(/[^/\\]+$/, indexName)))
  } catch {
    return new FrameList()
  }
  while (list.count > 0 && list.at(list.count - 1).offset >= fileBytes) list.cut(list.count - 1)
  if (list.count === 0) return list
  const last = list.count - 1
  const isOfThisFile = list.at(0).offset === 0 && list.matches(last, pieces.header(list.at(last).offset))
  return isOfThisFile ? list : new FrameList()
}

export interface ScanOptions {
  /** Uses the index beside the segment for all that it knows. */
  usesIndex: boolean
  /** Also checks the sums of what a power cut may have left half-written. */
  checksUnsettled: boolean
}

/**
 * Follows the frames of a segment from the first to the last whole one. Damage in the middle is stepped over to the next
 * whole header; a frame whose sum is wrong is left out. Synchronous: it runs on the reading thread or in a task. Throws
 * what the file system throws.
 */
export function scanSegment(folder: string, name: string, options: ScanOptions): SegmentContents {
  const file = join(folder, name)
  const descriptor = openSync(file, 'r')
  try {
    return followFrames(file, descriptor, options)
  } finally {
    closeSync(descriptor)
  }
}

function followFrames(file: string, descriptor: number, { usesIndex, checksUnsettled }: ScanOptions): SegmentContents {
  const pieces = new Pieces(descriptor)
  const fileBytes = fstatSync(descriptor).size
  const frames = usesIndex ? indexedFrames(file, pieces, fileBytes) : new FrameList()
  const damages: Damage[] = []
  let cutFrame: FrameHeader | null = null
  let offset = 0
  if (frames.count > 0) {
    // The last indexed frame is looked at again: it may be the one that the file ends in.
    offset = frames.at(frames.count - 1).offset
    frames.cut(frames.count - 1)
  }
  while (offset < fileBytes) {
    const header = pieces.header(offset)
    if (header && offset + frameBytes(header) <= fileBytes) {
      const { kind, sampleCount, startNs, frame } = header
      frames.add({ offset, kind, sampleCount, startNs, frame })
      offset += frameBytes(header)
      continue
    }
    const next = pieces.nextHeader(offset + 1, fileBytes)
    if (next === null) {
      cutFrame = header
      break
    }
    const message = header ? 'a frame reaches over the next one' : 'there is no whole frame header'
    damages.push({ fromOffset: offset, toOffset: next, message })
    offset = next
  }
  const endOffset = checksUnsettled ? dropUnsettled(pieces, frames, offset, damages) : offset
  return { ...collect(pieces, frames), frames, damages, endOffset, fileBytes, cutFrame }
}

/** Leaves out the last frames whose payload does not match its sum; gives the end of the last whole one. */
function dropUnsettled(pieces: Pieces, frames: FrameList, endOffset: number, damages: Damage[]): number {
  let end = endOffset
  for (let k = frames.count - 1; k >= 0; k--) {
    const { offset } = frames.at(k)
    if (offset < endOffset - unsettledBytes) break
    const header = pieces.header(offset)
    if (frames.matches(k, header) && pieces.payloadIsWhole(offset, header!)) continue
    if (k === frames.count - 1) end = offset
    const toOffset = k + 1 < frames.count ? frames.at(k + 1).offset : endOffset
    damages.push({ fromOffset: offset, toOffset, message: 'a frame does not match its sum' })
    frames.remove(k)
  }
  damages.sort((a, b) => a.fromOffset - b.fromOffset)
  return end
}

function collect(pieces: Pieces, frames: FrameList): Pick<SegmentContents, 'gaps' | 'description'> {
  const gaps: GapRecord[] = []
  let description: SegmentDescription | null = null
  for (let k = 0; k < frames.count; k++) {
    const { kind, offset } = frames.at(k)
    if (kind === 'data') continue
    const header = pieces.header(offset)
    const value = frames.matches(k, header) ? readJson(pieces, offset, header!) : null
    if (kind === 'gap') {
      const gap = gapRecord.safeParse(value)
      if (gap.success) gaps.push(gap.data)
    } else description ??= segmentDescription.safeParse(value).data ?? null
  }
  return { gaps, description }
}
