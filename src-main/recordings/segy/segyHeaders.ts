import { viewOf } from '../binary/binaryFile.ts'
import type { StoredSample } from '../binary/sampleDecoding.ts'

export const textHeaderBytes = 3200
export const fileHeaderBytes = 3600
export const traceHeaderBytes = 240
/** Rev 2 writes this number so that readers see the byte order. */
const byteOrderMark = 0x01020304

export const storedByFormat: Record<number, StoredSample> = {
  1: 'ibm32',
  2: 'int32',
  3: 'int16',
  5: 'float32',
  6: 'float64',
  7: 'int24',
  8: 'int8',
  10: 'uint32',
  11: 'uint16',
  15: 'uint24',
  16: 'uint8'
}

/** Formats that the standard knows and that are not read. */
export const unreadFormats: Record<number, string> = {
  4: 'fixed point with gain',
  9: 'integers of 64 bits',
  12: 'unsigned integers of 64 bits'
}

/** The binary file header, counted from byte 3200. */
export interface BinaryHeader {
  littleEndian: boolean
  format: number
  /** Samples of each trace; 0: only the trace headers say. */
  samples: number
  /** 0: only the trace headers say. */
  intervalMicroseconds: number
  revision: number
  minorRevision: number
  isFixedLength: boolean
  /** −1: as many as come before one that says that it is the last. */
  textHeaders: number
  extraTraceHeaders: number
  timeBasis: number
  traces: number
  firstTrace: number
  isInFeet: boolean
  tracesInEnsemble: number
}

/** Rev 2 keeps what has outgrown 16 bits a second time, which counts where it is not 0. */
export function readBinaryHeader(bytes: Uint8Array): BinaryHeader {
  const view = viewOf(bytes)
  const mark = view.getUint32(96)
  const isFormat = (code: number): boolean => code in storedByFormat || code in unreadFormats
  const littleEndian =
    mark === byteOrderMark ? false : view.getUint32(96, true) === byteOrderMark || !isFormat(view.getInt16(24))
  // A revision of 16 bits, 1.0 as 0x0100, reads as major and minor in both byte orders of a big-endian writer.
  const major = view.getUint8(300)
  const minor = view.getUint8(301)
  const isRevision = major <= 9
  const revision = isRevision ? (major === 0 && littleEndian ? minor : major) : 0
  const isRev2 = revision >= 2
  const longSamples = isRev2 ? view.getUint32(68, littleEndian) : 0
  const longInterval = isRev2 ? view.getFloat64(72, littleEndian) : 0
  const longNumber = (at: number): number => (isRev2 ? Number(view.getBigUint64(at, littleEndian)) : 0)
  return {
    littleEndian,
    format: view.getInt16(24, littleEndian),
    samples: longSamples || view.getUint16(20, littleEndian),
    intervalMicroseconds:
      longInterval > 0 && Number.isFinite(longInterval) ? longInterval : view.getUint16(16, littleEndian),
    revision,
    minorRevision: isRevision && !(major === 0 && littleEndian) ? minor : 0,
    isFixedLength: view.getInt16(302, littleEndian) === 1,
    textHeaders: revision >= 1 ? view.getInt16(304, littleEndian) : 0,
    extraTraceHeaders: isRev2 ? Math.max(0, view.getInt16(306, littleEndian)) : 0,
    timeBasis: isRev2 ? view.getInt16(310, littleEndian) : 0,
    traces: longNumber(312),
    firstTrace: longNumber(320),
    isInFeet: view.getInt16(54, littleEndian) === 2,
    tracesInEnsemble: (isRev2 && view.getUint32(60, littleEndian)) || view.getUint16(12, littleEndian)
  }
}

/** What counts of the 240 bytes in front of a trace. */
export interface TraceHeader {
  samples: number
  intervalMicroseconds: number
  startTimeNs: bigint | null
  /** 1 local, 2 and 4 UTC, 3 other, 5 GPS; 0 unknown. */
  timeBasis: number
  groupX: number
  groupY: number
  /** 1: lengths; 2 to 4: angles; 0 unknown. */
  coordinateUnits: number
}

export function readTraceHeader(bytes: Uint8Array, littleEndian: boolean): TraceHeader {
  const view = viewOf(bytes)
  const short = (at: number): number => view.getInt16(at, littleEndian)
  const scaled = (value: number, scalar: number): number =>
    scalar === 0 ? value : scalar > 0 ? value * scalar : value / -scalar
  const coordinate = (at: number): number => scaled(view.getInt32(at, littleEndian), short(70))
  return {
    samples: view.getUint16(114, littleEndian),
    intervalMicroseconds: view.getUint16(116, littleEndian),
    startTimeNs: startOf(short, scaled(short(108), short(214))),
    timeBasis: short(166),
    groupX: coordinate(80),
    groupY: coordinate(84),
    coordinateUnits: short(88)
  }
}

/** Year, day of the year and time of day in whole seconds, and the delay of the first sample in milliseconds. */
function startOf(short: (at: number) => number, delayMs: number): bigint | null {
  const [year, day, hour, minute, second] = [156, 158, 160, 162, 164].map(short) as [
    number,
    number,
    number,
    number,
    number
  ]
  const isTime =
    year > 0 &&
    day > 0 &&
    day <= 366 &&
    hour >= 0 &&
    hour < 25 &&
    minute >= 0 &&
    minute < 61 &&
    second >= 0 &&
    second < 61
  if (!isTime) return null
  const fullYear = year >= 100 ? year : year < 70 ? 2000 + year : 1900 + year
  const date = new Date(0).setUTCFullYear(fullYear, 0, day)
  const seconds = (hour * 60 + minute) * 60 + second
  return BigInt(date) * 1_000_000n + BigInt(seconds) * 1_000_000_000n + BigInt(Math.round(delayMs * 1e6))
}
