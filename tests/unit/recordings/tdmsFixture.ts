import { writeFile } from 'node:fs/promises'

/** Byte by byte, as the format is published: lead-in, description, samples. */
export interface TdmsSegment {
  /** Rows × channels, time-major whatever the layout written. */
  values: number[][]
  isInterleaved?: boolean
  /** Rows of a chunk; all of the segment's when absent. */
  chunkRows?: number
  /** Written instead of the true one. */
  nextOffset?: bigint
  /** No description: that of the segment before holds. */
  isRepeated?: boolean
  /** Bytes of samples that are missing at the end. */
  cutBytes?: number
}

export type TdmsProperties = Record<string, string | number | { ns: bigint }>

const secondsFrom1904 = 2_082_844_800n

class Bytes {
  readonly #parts: Buffer[] = []

  uint32(value: number): this {
    const part = Buffer.alloc(4)
    part.writeUInt32LE(value)
    this.#parts.push(part)
    return this
  }
  uint64(value: bigint): this {
    const part = Buffer.alloc(8)
    part.writeBigUInt64LE(value)
    this.#parts.push(part)
    return this
  }
  text(value: string): this {
    const part = Buffer.from(value)
    this.uint32(part.length).#parts.push(part)
    return this
  }
  bytes(part: Buffer): this {
    this.#parts.push(part)
    return this
  }
  property(name: string, value: string | number | { ns: bigint }): this {
    this.text(name)
    if (typeof value === 'string') return this.uint32(0x20).text(value)
    if (typeof value === 'number') {
      const part = Buffer.alloc(8)
      part.writeDoubleLE(value)
      return this.uint32(0x0a).bytes(part)
    }
    const seconds = value.ns / 1_000_000_000n
    const fraction = ((value.ns % 1_000_000_000n) << 64n) / 1_000_000_000n
    return this.uint32(0x44)
      .uint64(fraction)
      .uint64(seconds + secondsFrom1904)
  }
  all(): Buffer {
    return Buffer.concat(this.#parts)
  }
}

function samplesOf(
  { values, isInterleaved = true, chunkRows = values.length }: TdmsSegment,
  type: 'int16' | 'float32'
): Buffer {
  const channels = values[0]!.length
  const ordered: number[] = []
  if (isInterleaved) ordered.push(...values.flat())
  else
    for (let from = 0; from < values.length; from += chunkRows)
      for (let channel = 0; channel < channels; channel++)
        for (const row of values.slice(from, from + chunkRows)) ordered.push(row[channel]!)
  return Buffer.from(type === 'int16' ? Int16Array.from(ordered).buffer : Float32Array.from(ordered).buffer)
}

export async function writeTdms(
  path: string,
  segments: TdmsSegment[],
  { type = 'int16', properties = {} }: { type?: 'int16' | 'float32'; properties?: TdmsProperties } = {}
): Promise<void> {
  const file = segments.map((segment, index) => {
    const { values, isInterleaved = true, chunkRows = values.length, isRepeated = false, cutBytes = 0 } = segment
    const description = new Bytes()
    if (!isRepeated) {
      description.uint32(2 + values[0]!.length)
      description.text('/').uint32(0xffffffff)
      const shown = index === 0 ? Object.entries(properties) : []
      description.uint32(shown.length)
      for (const [name, value] of shown) description.property(name, value)
      description.text("/'Measurement'").uint32(0xffffffff).uint32(0)
      for (let channel = 0; channel < values[0]!.length; channel++)
        description
          .text(`/'Measurement'/'${channel}'`)
          .uint32(20)
          .uint32(type === 'int16' ? 2 : 9)
          .uint32(1)
          .uint64(BigInt(chunkRows))
          .uint32(0)
    }
    const described = description.all()
    const samples = samplesOf(segment, type)
    const toc = 0x8 | (isRepeated ? 0 : 0x6) | (isInterleaved ? 0x20 : 0)
    const leadIn = new Bytes()
      .bytes(Buffer.from('TDSm'))
      .uint32(toc)
      .uint32(4713)
      .uint64(segment.nextOffset ?? BigInt(described.length + samples.length))
      .uint64(BigInt(described.length))
    return Buffer.concat([leadIn.all(), described, samples.subarray(0, samples.length - cutBytes)])
  })
  await writeFile(path, Buffer.concat(file))
}

export const silixaProperties: TdmsProperties = {
  'SamplingFrequency[Hz]': 500,
  'SpatialResolution[m]': 2,
  'Fibre Length Multiplier': 1.5,
  'Start Distance (m)': -30,
  GaugeLength: 10,
  'Unit Calibration (nm)': 116,
  GPSTimeStamp: { ns: 1_700_000_000_123_456_789n },
  CPUTimeStamp: { ns: 1_700_000_007_000_000_000n },
  iDASVersion: '2.4.2.19'
}
