import { type BinaryFile, latin1, viewOf } from '../binary/binaryFile.ts'
import { BlockList } from '../blocks/blockList.ts'
import { RecordingError } from '../recording.ts'
import { nameOfIdentifier, nameOfRecord2 } from './channelNames.ts'
import { elementOfEncoding, mostSamples, nameOfEncoding } from './encodings.ts'
import {
  DayClock,
  headerWindowBytes,
  readHeader2,
  readHeader3,
  type RecordHeader,
  smallestRecordBytes
} from './recordHeader.ts'

const slabBytes = 4 * 1024 * 1024
/** Of longer records the header alone is read. */
const longRecordBytes = 16 * 1024
const mostRecords = 8_000_000
const mostChannels = 1_000_000
/** Records of version 2 begin at multiples of 64; those of version 3 anywhere. */
const step2 = 64

/** A channel's blocks, and the time of its first record, from which their starts count. */
interface Channel {
  list: BlockList
  seconds: number
  nanoseconds: number
}

/**
 * Collects the records of one or many files by channel: headers only, in slabs of 4 MiB, 32 bytes of memory a record. What
 * is no record is skipped up to the next one and counted.
 */
export class RecordScan {
  readonly lists: BlockList[] = []
  readonly warnings: string[] = []
  readonly versions = new Set<2 | 3>()
  readonly encodings = new Set<number>()
  #records = 0
  #unread = new Map<string, number>()
  readonly #clock = new DayClock()
  readonly #byKey = new Map<string, Channel>()
  /** Codes and rate of the record before, to find its channel again without a text. */
  #last = { a: -1, b: -1, c: -1, rateHz: -1, channel: null as Channel | null }

  get records(): number {
    return this.#records
  }

  /** Reads the headers of a file; `number` is its place in the recording. */
  scan(file: BinaryFile, sizeBytes: number, number: number): void {
    let slab = new Uint8Array(Math.min(slabBytes, sizeBytes))
    let view = viewOf(slab)
    let slabPlace = 0
    let slabEnd = 0
    let skippedFrom = -1
    const endOfSkipped = (place: number): void => {
      if (skippedFrom < 0) return
      this.#warn(`${place - skippedFrom} bytes from byte ${skippedFrom} on are no records and were skipped`, file)
      skippedFrom = -1
    }
    for (let place = 0; place + 40 <= sizeBytes;) {
      const needed = Math.min(headerWindowBytes, sizeBytes - place)
      if (place + needed > slabEnd) {
        const isLong = (this.#longest ?? 0) > longRecordBytes && skippedFrom < 0
        const length = Math.min(isLong ? headerWindowBytes : slabBytes, sizeBytes - place)
        if (slab.length < length) {
          slab = new Uint8Array(length)
          view = viewOf(slab)
        }
        file.readInto(slab.subarray(0, length), place)
        slabPlace = place
        slabEnd = place + length
      }
      const at = place - slabPlace
      const limit = slabEnd - place
      const header = readHeader2(view, at, limit, this.#clock) ?? readHeader3(view, at, limit, this.#clock)
      if (header === null) {
        if (skippedFrom < 0) skippedFrom = place
        place += this.versions.has(3) ? 1 : step2
        continue
      }
      endOfSkipped(place)
      if (place + header.bytes > sizeBytes) {
        this.#warn(
          `the record at byte ${place} is cut off: ${sizeBytes - place} of its ${header.bytes} bytes are there`,
          file
        )
        break
      }
      this.#longest = header.bytes
      this.#add(header, view, slab, at, place, number, file)
      place += header.bytes
    }
    endOfSkipped(sizeBytes)
  }

  /** Warnings of what all files together hold and is not read. */
  finish(): void {
    for (const [what, count] of this.#unread) this.warnings.push(`${count} records ${what} were left out.`)
  }

  #longest: number | null = null

  #warn(what: string, file: BinaryFile): void {
    if (this.warnings.length < 100) this.warnings.push(`${file.path}: ${what}.`)
  }

  #add(
    header: RecordHeader,
    view: DataView,
    slab: Uint8Array,
    at: number,
    place: number,
    number: number,
    file: BinaryFile
  ): void {
    this.versions.add(header.version)
    if (header.samples === 0) return
    const element = elementOfEncoding[header.encoding]
    const unread =
      element === undefined
        ? `of ${nameOfEncoding(header.encoding)}`
        : !(header.rateHz > 0) || !Number.isFinite(header.rateHz)
          ? 'without a sample rate'
          : header.samples > mostSamples(header)
            ? 'that announce more samples than they can hold'
            : null
    if (unread !== null) {
      this.#unread.set(unread, (this.#unread.get(unread) ?? 0) + 1)
      return
    }
    this.#records += 1
    if (this.#records > mostRecords)
      throw new RecordingError(file.path, `holds more than ${mostRecords} records; open a part of it`)
    this.encodings.add(header.encoding)
    const { list, seconds, nanoseconds } = this.#channelOf(header, view, slab, at, file)
    list.elements.add(element!)
    const start = (header.seconds - seconds + (header.nanoseconds - nanoseconds) / 1e9) * list.rateHz
    list.add(start, { file: number, place, bytes: header.bytes, samples: header.samples })
  }

  #channelOf(header: RecordHeader, view: DataView, slab: Uint8Array, at: number, file: BinaryFile): Channel {
    const last = this.#last
    const isVersion2 = header.version === 2
    const a = isVersion2 ? view.getUint32(at + 8) : -1
    const b = isVersion2 ? view.getUint32(at + 12) : -1
    const c = isVersion2 ? view.getUint32(at + 16) : -1
    if (
      last.channel !== null &&
      isVersion2 &&
      a === last.a &&
      b === last.b &&
      c === last.c &&
      header.rateHz === last.rateHz
    )
      return last.channel
    const name = isVersion2
      ? nameOfRecord2(slab.subarray(at, at + smallestRecordBytes))
      : nameOfIdentifier(latin1(slab.subarray(at + 40, at + 40 + (slab[at + 33] ?? 0))))
    const key = `${name} ${header.rateHz.toPrecision(7)}`
    let channel = this.#byKey.get(key)
    if (!channel) {
      if (this.lists.length >= mostChannels)
        throw new RecordingError(file.path, `holds more than ${mostChannels} channels`)
      const { seconds, nanoseconds, rateHz } = header
      const originNs = BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)
      channel = { list: new BlockList(name, rateHz, originNs), seconds, nanoseconds }
      this.#byKey.set(key, channel)
      this.lists.push(channel.list)
    }
    this.#last = { a, b, c, rateHz: header.rateHz, channel }
    return channel
  }
}

/** Whether a file begins as a record of either version, which must then be followed by another one or end. */
export function beginsAsRecord(head: Uint8Array, sizeBytes: number): boolean {
  if (head.length < smallestRecordBytes) return false
  const view = viewOf(head)
  const clock = new DayClock()
  const first = readHeader2(view, 0, head.length, clock) ?? readHeader3(view, 0, head.length, clock)
  return first !== null && sizeBytes > 0
}
