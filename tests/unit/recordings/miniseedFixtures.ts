import { encodeSteim2 } from '../../../src-main/recordings/miniseed/steimEncode.ts'
import { Bytes, putSample } from './seismicFixtures.ts'

export interface RecordOptions {
  values: number[]
  channel?: string
  /** Station, at most five letters. */
  station?: string
  /** Nanoseconds since 1970; miniSEED 2 keeps microseconds. */
  startNs?: bigint
  rateHz?: number
  encoding?: 1 | 3 | 4 | 5 | 11
  littleEndian?: boolean
  /** Version 2: bytes of the record. */
  recordBytes?: number
  samples?: number
}

const secondsInDay = 86_400n

function timeParts(startNs: bigint): { year: number; day: number; second: number; nanosecond: number } {
  const seconds = startNs / 1_000_000_000n
  const year = new Date(Number(seconds) * 1000).getUTCFullYear()
  const day = Number(seconds / secondsInDay) - Date.UTC(year, 0, 1) / 86_400_000 + 1
  return { year, day, second: Number(seconds % secondsInDay), nanosecond: Number(startNs % 1_000_000_000n) }
}

function samplesOf({ values, encoding = 11 }: RecordOptions, littleEndian: boolean, room: number): Buffer {
  if (encoding === 11) {
    const block = encodeSteim2(Int32Array.from(values), 0, Math.floor(room / 64))
    if (block.kind === 'refused' || block.samples < values.length) throw new Error('does not fit the record')
    return Buffer.from(block.frames)
  }
  const bytes = new Bytes(littleEndian)
  const put = putSample[{ 1: 'int16', 3: 'int32', 4: 'float32', 5: 'float64' }[encoding]]!
  for (const value of values) put(bytes, value)
  return bytes.all()
}

/** A record of version 2, with blockettes 1000, 1001 and 100, from the SEED manual's tables. */
export function record2(options: RecordOptions): Buffer {
  const { channel = 'HSF', station = '00001', startNs = 0n, rateHz = 100, encoding = 11 } = options
  const { recordBytes = 512, values } = options
  const littleEndian = encoding !== 11 && (options.littleEndian ?? false)
  const { year, day, second, nanosecond } = timeParts(startNs)
  // The microseconds left beside tenths of a millisecond may be −50 to 49.
  const tenths = Math.round(nanosecond / 100_000)
  const microseconds = Math.round((nanosecond - tenths * 100_000) / 1000)
  const data = samplesOf({ ...options, encoding }, littleEndian, recordBytes - 128)
  const bytes = new Bytes(littleEndian)
    .text('000001D ')
    .text(station.padEnd(5))
    .text('  ')
    .text(channel.padEnd(3))
    .text('XX')
    .u16(year)
    .u16(day)
    .u8(Math.floor(second / 3600))
    .u8(Math.floor(second / 60) % 60)
    .u8(second % 60)
    .u8(0)
    .u16(tenths)
    .u16(options.samples ?? values.length)
    .i16(Number.isInteger(rateHz) ? rateHz : 1)
    .i16(1)
    .zeros(3)
    .u8(3)
    .i32(0)
    .u16(128)
    .u16(48)
    .u16(1000)
    .u16(56)
    .u8(encoding)
    .u8(littleEndian ? 0 : 1)
    .u8(Math.log2(recordBytes))
    .u8(0)
    .u16(1001)
    .u16(64)
    .u8(100)
    .i8(microseconds)
    .u8(0)
    .u8(Math.ceil(data.length / 64))
    .u16(100)
    .u16(0)
    .f32(rateHz)
    .zeros(4)
    .zeros(128 - 76)
    .bytes(data)
    .all()
  if (bytes.length > recordBytes) throw new Error('does not fit the record')
  return Buffer.concat([bytes, Buffer.alloc(recordBytes - bytes.length)])
}

/** Bit by bit, as RFC 3720 describes it. */
export function slowCrc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1
  }
  return ~sum >>> 0
}

/** A record of version 3, from the FDSN's table. */
export function record3(options: RecordOptions & { identifier?: string; extra?: string }): Buffer {
  const { identifier = 'FDSN:XX_00001__H_S_F', extra = '', startNs = 0n, rateHz = 100, encoding = 11, values } = options
  const { year, day, second, nanosecond } = timeParts(startNs)
  const data = samplesOf({ ...options, encoding }, true, 1_000_000)
  const record = new Bytes()
    .text('MS')
    .u8(3)
    .u8(0)
    .u32(nanosecond)
    .u16(year)
    .u16(day)
    .u8(Math.floor(second / 3600))
    .u8(Math.floor(second / 60) % 60)
    .u8(second % 60)
    .u8(encoding)
    .f64(rateHz)
    .u32(options.samples ?? values.length)
    .u32(0)
    .u8(1)
    .u8(identifier.length)
    .u16(extra.length)
    .u32(data.length)
    .text(identifier)
    .text(extra)
    .bytes(data)
    .all()
  record.writeUInt32LE(slowCrc32c(record), 28)
  return record
}
