import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { RateFactor } from './sampleRateFactor.ts'

/** A channel's name, as SEED has it: two, five, two and three characters at most. */
export interface ChannelId {
  network: string
  station: string
  location: string
  channel: string
}

/** Encodings of blockette 1000. */
export const encodings = { int32: 3, float32: 4, float64: 5, steim2: 11 } as const

export interface RecordHeader {
  id: ChannelId
  sequence: number
  startTimeNs: Nanoseconds
  rate: RateFactor
  samples: number
  encoding: (typeof encodings)[keyof typeof encodings]
  /** Power of two. */
  recordBytes: number
  usedFrames: number
}

/**
 * Where the samples begin: after the fixed header (48 bytes) and blockettes 1000 and 1001 (8 each); blockette 100 (12) moves them
 * to the next 64.
 */
export const dataOffsetOf = ({ actualHz }: RateFactor): number => (actualHz === null ? 64 : 128)

function putText(bytes: Uint8Array, at: number, text: string, length: number): void {
  for (let i = 0; i < length; i++) bytes[at + i] = i < text.length ? text.charCodeAt(i) & 0x7f : 0x20
}

/** Nanoseconds that neither the header's 100 µs nor blockette 1001's microseconds hold are rounded off. */
const toMicroseconds = (timeNs: Nanoseconds): bigint => (timeNs >= 0n ? timeNs + 500n : timeNs - 500n) / 1000n

/** Writes what stands before the samples into `record`, big-endian. SEED Reference Manual 2.4, chapter 8. */
export function putRecordHeader(record: Uint8Array, header: RecordHeader): void {
  const { id, rate } = header
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  putText(record, 0, String(header.sequence % 1_000_000).padStart(6, '0'), 6)
  putText(record, 6, 'D ', 2)
  putText(record, 8, id.station, 5)
  putText(record, 13, id.location, 2)
  putText(record, 15, id.channel, 3)
  putText(record, 18, id.network, 2)
  const microseconds = toMicroseconds(header.startTimeNs)
  const tick = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n
  const date = new Date(Number((microseconds - tick) / 1000n))
  const year = date.getUTCFullYear()
  view.setUint16(20, year)
  view.setUint16(22, Math.floor((date.getTime() - Date.UTC(year, 0, 1)) / 86_400_000) + 1)
  view.setUint8(24, date.getUTCHours())
  view.setUint8(25, date.getUTCMinutes())
  view.setUint8(26, date.getUTCSeconds())
  view.setUint16(28, Number(tick / 100n))
  view.setUint16(30, header.samples)
  view.setInt16(32, rate.factor)
  view.setInt16(34, rate.multiplier)
  view.setUint8(39, rate.actualHz === null ? 2 : 3)
  view.setUint16(44, dataOffsetOf(rate))
  view.setUint16(46, 48)
  view.setUint16(48, 1000)
  view.setUint16(50, 56)
  view.setUint8(52, header.encoding)
  view.setUint8(53, 1)
  view.setUint8(54, Math.round(Math.log2(header.recordBytes)))
  view.setUint16(56, 1001)
  view.setInt8(61, Number(tick % 100n))
  view.setUint8(63, header.usedFrames)
  if (rate.actualHz === null) return
  view.setUint16(58, 64)
  view.setUint16(64, 100)
  view.setFloat32(68, rate.actualHz)
}
