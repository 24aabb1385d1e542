import { rateOfFloat32Interval, shortFloat32 } from '../binary/float32.ts'
import { latin1, shown, viewOf } from '../binary/binaryFile.ts'

export const sacHeaderBytes = 632
/** Doubles behind the samples of version 7: interval, first and last time, … */
export const sacFooterBytes = 22 * 8

export interface SacHeader {
  littleEndian: boolean
  version: 6 | 7
  samples: number
  rateHz: number
  /** Reference time of the header; null where it has none. */
  referenceNs: bigint | null
  /** Seconds from the reference time to the first sample. */
  beginS: number
  /** `network.station.location.channel`, as far as they are given. */
  name: string
  texts: Record<string, string>
  numbers: Record<string, number>
}

const undefinedNumber = -12345
const place = { delta: 0, scale: 12, b: 20, e: 24, latitude: 124, longitude: 128, elevation: 132, depth: 136 }
const integers = { year: 280, day: 284, hour: 288, minute: 292, second: 296, millisecond: 300, version: 304 }
const more = { samples: 316, fileType: 340, quantity: 344, isEven: 420 }
const quantities: Record<number, string> = { 6: 'displacement', 7: 'velocity', 8: 'acceleration' }

/** The byte order in which the version is 6 or 7, with the rest plausible; null for what is no SAC file. */
export function sacByteOrder(head: Uint8Array): { littleEndian: boolean } | null {
  if (head.length < sacHeaderBytes) return null
  const view = viewOf(head)
  for (const littleEndian of [true, false]) {
    const version = view.getInt32(integers.version, littleEndian)
    const samples = view.getInt32(more.samples, littleEndian)
    const isEven = view.getInt32(more.isEven, littleEndian)
    const fileType = view.getInt32(more.fileType, littleEndian)
    if (
      (version === 6 || version === 7) &&
      samples > 0 &&
      (isEven === 0 || isEven === 1) &&
      fileType > 0 &&
      fileType < 300
    )
      return { littleEndian }
  }
  return null
}

/** Reads the header, and the footer of version 7. The answer is a sentence where the file cannot be a trace. */
export function readSacHeader(head: Uint8Array, footer: Uint8Array | null): SacHeader | string {
  const order = sacByteOrder(head)
  if (order === null) return 'has no SAC header'
  const { littleEndian } = order
  const view = viewOf(head)
  const integer = (at: number): number => view.getInt32(at, littleEndian)
  const number = (at: number): number => view.getFloat32(at, littleEndian)
  const fileType = integer(more.fileType)
  if (fileType !== 1) return `is a SAC file of type ${fileType}; only time series (type 1) are read`
  if (integer(more.isEven) !== 1) return 'is a SAC file with unevenly spaced samples, which is not read'
  const delta = number(place.delta)
  const rateHz = footer ? rateOfDouble(viewOf(footer).getFloat64(0, littleEndian)) : rateOfFloat32Interval(delta)
  if (rateHz === null) return `is a SAC file with a sample interval of ${delta} s`
  const begin = footer ? viewOf(footer).getFloat64(8, littleEndian) : shortFloat32(number(place.b))
  const text = (at: number): string =>
    latin1(head.subarray(at, at + 8))
      .replace(/\0[^]*$/, '')
      .trim()
  const texts = Object.fromEntries(
    Object.entries({ station: 440, location: 464, channel: 600, network: 608, instrument: 624 })
      .map(([key, at]) => [key, text(at)] as const)
      .filter(([, value]) => value !== '' && !value.startsWith('-12345'))
  )
  const numbers = Object.fromEntries(
    (['scale', 'latitude', 'longitude', 'elevation', 'depth'] as const)
      .map((key) => [key, shortFloat32(number(place[key]))] as const)
      .filter(([, value]) => value !== undefinedNumber && Number.isFinite(value))
  )
  const quantity = quantities[integer(more.quantity)]
  return {
    littleEndian,
    version: integer(integers.version) === 7 ? 7 : 6,
    samples: integer(more.samples),
    rateHz,
    referenceNs: referenceOf(integer),
    beginS: Number.isFinite(begin) && begin !== undefinedNumber ? begin : 0,
    name: nameOf(texts),
    texts: quantity === undefined ? texts : { ...texts, quantity },
    numbers
  }
}

const nameOf = ({ network, station, location, channel }: Record<string, string>): string =>
  network || station || channel
    ? [network, station, location, channel].map((part) => shown(part ?? '').slice(1, -1)).join('.')
    : ''

function rateOfDouble(interval: number): number | null {
  if (!(interval > 0) || !Number.isFinite(interval)) return null
  const rate = 1 / interval
  return Math.abs(rate - Math.round(rate)) < rate * 1e-12 ? Math.round(rate) : rate
}

function referenceOf(integer: (at: number) => number): bigint | null {
  const [year, day, hour, minute, second, millisecond] = (
    ['year', 'day', 'hour', 'minute', 'second', 'millisecond'] as const
  ).map((key) => integer(integers[key])) as [number, number, number, number, number, number]
  const isTime =
    year > 0 && year < 10_000 && day > 0 && day <= 366 && [hour, minute, second, millisecond].every((part) => part >= 0)
  if (!isTime || hour > 24 || minute > 60 || second > 60 || millisecond > 999) return null
  return (
    BigInt(new Date(0).setUTCFullYear(year, 0, day)) * 1_000_000n +
    BigInt(((hour * 60 + minute) * 60 + second) * 1000 + millisecond) * 1_000_000n
  )
}
