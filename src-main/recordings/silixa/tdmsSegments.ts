import type { FileHandle } from 'node:fs/promises'
import { shown, TdmsProblem, TdmsReader, type TdmsValue } from './tdmsReader.ts'

/** A run of rows that lie together in the file. */
export interface TdmsRun {
  firstRow: number
  rows: number
  /** Where its first byte stands. */
  offset: number
  /** Time-major when interleaved; else each chunk holds `chunkRows` values of one channel after the other. */
  isInterleaved: boolean
  chunkRows: number
  littleEndian: boolean
}

export interface TdmsLayout {
  version: number
  type: number
  channels: string[]
  runs: TdmsRun[]
  rows: number
  segments: number
  /** Of the file and of its groups and channels, the first ones said. */
  properties: Map<string, TdmsValue>
  warnings: string[]
}

const leadInBytes = 28
const metadataLimitBytes = 64 * 1024 * 1024
const mostSegments = 1_000_000
const flag = { metadata: 0x2, newList: 0x4, raw: 0x8, interleaved: 0x20, bigEndian: 0x40, daqmx: 0x80 }
const noRawData = 0xffffffff
const sameAsBefore = 0
export const tdmsElementBytes: Record<number, number> = {
  0x01: 1,
  0x02: 2,
  0x03: 4,
  0x09: 4,
  0x0a: 8,
  0x19: 4,
  0x1a: 8
}

interface RawIndex {
  type: number
  values: number
}

interface LeadIn {
  place: number
  toc: number
  version: number
  rawPlace: number
  end: number
  isCutOff: boolean
}

/** Walks the segments of a TDMS file from lead-in to lead-in; sample data is not touched. */
export async function readTdmsLayout(handle: FileHandle, sizeBytes: number): Promise<TdmsLayout> {
  const scan = new SegmentScan(handle, sizeBytes)
  for (let place = 0; place < sizeBytes;) place = await scan.segment(place)
  return scan.layout()
}

/** Exactly `length` bytes, or a `TdmsProblem`. */
export async function readBytes(handle: FileHandle, place: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, place + done)
    if (bytesRead === 0) throw new TdmsProblem(`it ends at byte ${place + done}, where more was expected`)
    done += bytesRead
  }
  return bytes
}

class SegmentScan {
  readonly #handle: FileHandle
  readonly #sizeBytes: number
  readonly #indexes = new Map<string, RawIndex>()
  readonly #properties = new Map<string, TdmsValue>()
  readonly #runs: TdmsRun[] = []
  readonly #warnings: string[] = []
  /** Channels with samples in the current segment, in file order. */
  #active = new Set<string>()
  #channels: string[] | null = null
  #type = 0
  #version = 0
  #rows = 0
  #segments = 0

  constructor(handle: FileHandle, sizeBytes: number) {
    this.#handle = handle
    this.#sizeBytes = sizeBytes
  }

  /** Reads the segment at `place` and says where the next one starts. */
  async segment(place: number): Promise<number> {
    const leadIn = await this.#leadIn(place)
    if (!leadIn) return this.#sizeBytes
    this.#segments += 1
    if (this.#segments > mostSegments) throw new TdmsProblem(`it has more than ${mostSegments} segments`)
    this.#version ||= leadIn.version
    if (leadIn.toc & flag.daqmx)
      throw new TdmsProblem(`the segment at byte ${place} holds raw DAQmx data, which is not read`)
    if (leadIn.toc & flag.metadata) await this.#metadata(leadIn)
    if (leadIn.toc & flag.raw && leadIn.end > leadIn.rawPlace) this.#rawData(leadIn)
    return leadIn.end
  }

  layout(): TdmsLayout {
    return {
      version: this.#version,
      type: this.#type,
      channels: this.#channels ?? [],
      runs: this.#runs,
      rows: this.#rows,
      segments: this.#segments,
      properties: this.#properties,
      warnings: this.#warnings
    }
  }

  async #leadIn(place: number): Promise<LeadIn | null> {
    const name = `segment ${this.#segments + 1} at byte ${place}`
    const stop = (what: string): null => {
      if (this.#segments === 0) throw new TdmsProblem(`${name} ${what}`)
      this.#warnings.push(`${name} ${what}: what lies before it was read.`)
      return null
    }
    if (this.#sizeBytes - place < leadInBytes) return stop('is cut off in its lead-in')
    const bytes = await readBytes(this.#handle, place, leadInBytes)
    if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'TDSm') return stop('does not start with TDSm')
    const view = new DataView(bytes.buffer)
    const toc = view.getUint32(4, true)
    const littleEndian = !(toc & flag.bigEndian)
    const version = view.getUint32(8, littleEndian)
    const next = view.getBigUint64(12, littleEndian)
    const raw = view.getBigUint64(20, littleEndian)
    const room = BigInt(this.#sizeBytes - place - leadInBytes)
    if (raw > room || raw > next) return stop('says that its samples lie past its end')
    const isCutOff = next > room
    if (isCutOff)
      this.#warnings.push(`The last segment, at byte ${place}, is incomplete: it was read up to the end of the file.`)
    const end = isCutOff ? this.#sizeBytes : place + leadInBytes + Number(next)
    return { place, toc, version, rawPlace: place + leadInBytes + Number(raw), end, isCutOff }
  }

  async #metadata({ place, toc, rawPlace }: LeadIn): Promise<void> {
    const from = place + leadInBytes
    const length = rawPlace - from
    if (length > metadataLimitBytes) throw new TdmsProblem(`the description at byte ${from} claims ${length} bytes`)
    const reader = new TdmsReader(await readBytes(this.#handle, from, length), !(toc & flag.bigEndian), from)
    if (toc & flag.newList) this.#active = new Set()
    const objects = reader.uint32()
    // A path, an index and a count of properties take twelve bytes at least.
    if (objects * 12 > reader.remaining) throw new TdmsProblem(`byte ${from} claims ${objects} objects`)
    for (let i = 0; i < objects; i++) this.#object(reader)
  }

  #object(reader: TdmsReader): void {
    const path = reader.text()
    const header = reader.uint32()
    if (header !== noRawData) {
      if (header !== sameAsBefore) {
        const type = reader.uint32()
        const dimension = reader.uint32()
        const values = Number(reader.uint64())
        if (dimension !== 1)
          throw new TdmsProblem(`${shown(path)} has ${dimension} dimensions (before byte ${reader.place})`)
        if (!(type in tdmsElementBytes))
          throw new TdmsProblem(`${shown(path)} holds values of type 0x${type.toString(16)}, which is not read`)
        if (header > 20) reader.skip(header - 20)
        this.#indexes.set(path, { type, values })
      } else if (!this.#indexes.has(path))
        throw new TdmsProblem(`${shown(path)} refers to an index that was never given`)
      this.#active.add(path)
    }
    const properties = reader.uint32()
    for (let i = 0; i < properties; i++) {
      const name = reader.text()
      const value = reader.value(reader.uint32())
      const key = path === '/' ? name : `${path.replaceAll("'", '').slice(1)}/${name}`
      if (!this.#properties.has(key)) this.#properties.set(key, value)
    }
  }

  #rawData({ place, toc, rawPlace, end, isCutOff }: LeadIn): void {
    const channels = [...this.#active]
    if (channels.length === 0) throw new TdmsProblem(`the segment at byte ${place} holds samples of no channel`)
    const [first, ...others] = channels.map((path) => this.#indexes.get(path)!) as [RawIndex, ...RawIndex[]]
    if (others.some(({ type, values }) => type !== first.type || values !== first.values))
      throw new TdmsProblem(`the channels of the segment at byte ${place} differ in type or length`)
    if (this.#channels === null) {
      this.#channels = [...channels]
      this.#type = first.type
    } else if (channels.length !== this.#channels.length || first.type !== this.#type)
      throw new TdmsProblem(
        `the segment at byte ${place} has ${channels.length} channels, those before ${this.#channels.length}`
      )
    const rowBytes = channels.length * tdmsElementBytes[first.type]!
    const isInterleaved = Boolean(toc & flag.interleaved)
    const bytes = end - rawPlace
    const chunkRows = first.values
    if (!isInterleaved && !(chunkRows > 0 && Number.isSafeInteger(chunkRows * rowBytes)))
      throw new TdmsProblem(`the segment at byte ${place} claims chunks of ${chunkRows} rows`)
    const rows = isInterleaved ? Math.floor(bytes / rowBytes) : Math.floor(bytes / (rowBytes * chunkRows)) * chunkRows
    const rest = bytes - rows * rowBytes
    if (rest > 0)
      this.#warnings.push(
        `${isCutOff ? 'The incomplete segment' : 'The segment'} at byte ${place} ends in ${rest} bytes that make no whole ${isInterleaved ? 'row' : 'chunk'}; they were left out.`
      )
    if (rows === 0) return
    this.#runs.push({
      firstRow: this.#rows,
      rows,
      offset: rawPlace,
      isInterleaved,
      chunkRows,
      littleEndian: !(toc & flag.bigEndian)
    })
    this.#rows += rows
  }
}
