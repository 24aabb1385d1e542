/** What a record says in front of its samples, of either version. Times are whole seconds and nanoseconds since 1970. */
export interface RecordHeader {
  version: 2 | 3
  /** Of the whole record. */
  bytes: number
  seconds: number
  nanoseconds: number
  samples: number
  rateHz: number
  encoding: number
  /** Byte order of the samples. */
  littleEndian: boolean
  dataOffset: number
  dataBytes: number
  /** Version 3: CRC-32C over the record with these four bytes as 0. */
  crc: number | null
}

/** Seconds since 1970 of a day of a year; asked for the same day again and again. */
export class DayClock {
  #year = 0
  #day = 0
  #seconds = 0

  secondsOf(year: number, day: number): number {
    if (year !== this.#year || day !== this.#day) {
      this.#year = year
      this.#day = day
      this.#seconds = new Date(0).setUTCFullYear(year, 0, day) / 1000
    }
    return this.#seconds
  }
}

/** So many bytes hold every header of version 2 with the blockettes that are looked for, and of version 3. */
export const headerWindowBytes = 512
export const smallestRecordBytes = 48

const isDay = (year: number, day: number, hour: number, minute: number, second: number): boolean =>
  year >= 1900 && year <= 2200 && day >= 1 && day <= 366 && hour < 24 && minute < 60 && second <= 60

const hasTime = (view: DataView, at: number, little: boolean): boolean =>
  isDay(
    view.getUint16(at + 20, little),
    view.getUint16(at + 22, little),
    view.getUint8(at + 24),
    view.getUint8(at + 25),
    view.getUint8(at + 26)
  )

const isDigitOrSpace = (byte: number): boolean => (byte >= 0x30 && byte <= 0x39) || byte === 0x20 || byte === 0
/** D, R, Q, M. */
const qualities = new Set([0x44, 0x52, 0x51, 0x4d])

/** A record of version 2 at `at`; null where there is none. `limit`: bytes that may be looked at from `at` on. */
export function readHeader2(view: DataView, at: number, limit: number, clock: DayClock): RecordHeader | null {
  if (limit < smallestRecordBytes || !qualities.has(view.getUint8(at + 6))) return null
  for (let i = 0; i < 6; i++) if (!isDigitOrSpace(view.getUint8(at + i))) return null
  const little = !hasTime(view, at, false)
  if (little && !hasTime(view, at, true)) return null
  const header: RecordHeader = {
    version: 2,
    bytes: 0,
    seconds:
      clock.secondsOf(view.getUint16(at + 20, little), view.getUint16(at + 22, little)) +
      view.getUint8(at + 24) * 3600 +
      view.getUint8(at + 25) * 60 +
      view.getUint8(at + 26),
    nanoseconds: view.getUint16(at + 28, little) * 100_000,
    samples: view.getUint16(at + 30, little),
    rateHz: rateOf(view.getInt16(at + 32, little), view.getInt16(at + 34, little)),
    encoding: -1,
    littleEndian: little,
    dataOffset: view.getUint16(at + 44, little),
    dataBytes: 0,
    crc: null
  }
  // The correction counts unless the flags say that it has been applied.
  if ((view.getUint8(at + 36) & 2) === 0) header.nanoseconds += view.getInt32(at + 40, little) * 100_000
  readBlockettes(view, at, Math.min(limit, headerWindowBytes), little, header)
  if (header.bytes < 128 || header.encoding < 0 || header.dataOffset > header.bytes) return null
  header.dataBytes = header.dataOffset === 0 ? 0 : header.bytes - header.dataOffset
  return header
}

const rateOf = (factor: number, multiplier: number): number => {
  const high = factor > 0 ? factor : factor < 0 ? -1 / factor : 0
  return high * (multiplier > 0 ? multiplier : multiplier < 0 ? -1 / multiplier : 0)
}

/** 1000: encoding, byte order and length; 100: the exact rate; 1001: microseconds. */
function readBlockettes(view: DataView, at: number, limit: number, little: boolean, header: RecordHeader): void {
  let place = view.getUint16(at + 46, little)
  for (let hops = 0; place >= 48 && place + 8 <= limit && hops < 16; hops++) {
    const type = view.getUint16(at + place, little)
    const next = view.getUint16(at + place + 2, little)
    if (type === 1000) {
      header.encoding = view.getUint8(at + place + 4)
      header.littleEndian = view.getUint8(at + place + 5) === 0
      const exponent = view.getUint8(at + place + 6)
      if (exponent >= 7 && exponent <= 28) header.bytes = 2 ** exponent
    } else if (type === 1001) header.nanoseconds += view.getInt8(at + place + 5) * 1000
    else if (type === 100) {
      const rate = view.getFloat32(at + place + 4, little)
      if (rate > 0 && Number.isFinite(rate)) header.rateHz = exactRate(rate, header.rateHz)
    }
    if (next <= place) break
    place = next
  }
}

/** A float32 that is only a rounding of the rate from factor and multiplier says nothing more. */
const exactRate = (actual: number, nominal: number): number =>
  Math.fround(nominal) === actual ? nominal : Number(actual.toPrecision(8))

/** A record of version 3 at `at`; null where there is none. */
export function readHeader3(view: DataView, at: number, limit: number, clock: DayClock): RecordHeader | null {
  if (limit < 40 || view.getUint8(at) !== 0x4d || view.getUint8(at + 1) !== 0x53 || view.getUint8(at + 2) !== 3)
    return null
  const [year, day, hour, minute, second] = [
    view.getUint16(at + 8, true),
    view.getUint16(at + 10, true),
    view.getUint8(at + 12),
    view.getUint8(at + 13),
    view.getUint8(at + 14)
  ] as const
  if (!isDay(year, day, hour, minute, second)) return null
  const rate = view.getFloat64(at + 16, true)
  const encoding = view.getUint8(at + 15)
  const dataOffset = 40 + view.getUint8(at + 33) + view.getUint16(at + 34, true)
  const dataBytes = view.getUint32(at + 36, true)
  return {
    version: 3,
    bytes: dataOffset + dataBytes,
    seconds: clock.secondsOf(year, day) + hour * 3600 + minute * 60 + second,
    nanoseconds: view.getUint32(at + 4, true),
    samples: view.getUint32(at + 24, true),
    // A negative number is a period.
    rateHz: rate < 0 ? -1 / rate : rate,
    encoding,
    // Steim frames stay big-endian; all else of version 3 is little-endian.
    littleEndian: encoding !== 10 && encoding !== 11,
    dataOffset,
    dataBytes,
    crc: view.getUint32(at + 28, true)
  }
}
