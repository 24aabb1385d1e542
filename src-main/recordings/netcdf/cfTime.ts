import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'

/** What the numbers of a time coordinate count, and from when. */
export interface CfTime {
  unitNs: number
  epochNs: Nanoseconds
}

const unitsNs: [RegExp, number][] = [
  [/^(ns|nanos(econds?)?|nanoseconds?)$/, 1],
  [/^(us|µs|μs|micros?|microseconds?)$/, 1e3],
  [/^(ms|msecs?|millis?|milliseconds?)$/, 1e6],
  [/^(s|secs?|seconds?)$/, 1e9],
  [/^(min|mins|minutes?)$/, 60e9],
  [/^(h|hrs?|hours?)$/, 3600e9],
  [/^(d|days?)$/, 86_400e9]
]
/** Calendars that agree with ours since 1582. */
const calendars = new Set(['standard', 'gregorian', 'proleptic_gregorian', ''])

/** Nanoseconds in a unit of time by its name, or null. */
export const nanosecondsPer = (unit: string): number | null =>
  unitsNs.find(([pattern]) => pattern.test(unit.trim().toLowerCase()))?.[1] ?? null

/**
 * The units attribute of a CF time coordinate, `milliseconds since 2024-03-01 12:00:00.5` (CF conventions 1.13, section
 * 4.4). Null where it is none, or counts in a calendar that is not ours.
 */
export function cfTime(units: string | null, calendar: string | null): CfTime | null {
  const [, unit, reference] = /^\s*(\S+)\s+since\s+(.+?)\s*$/i.exec(units ?? '') ?? []
  if (unit === undefined || reference === undefined || !calendars.has((calendar ?? '').trim().toLowerCase()))
    return null
  const unitNs = nanosecondsPer(unit)
  const epochNs = referenceTime(reference)
  return unitNs === null || epochNs === null ? null : { unitNs, epochNs }
}

/** CF allows what ISO does not: single digits, a date alone, a zone as `UTC`, `+2` or after a blank. */
function referenceTime(text: string): Nanoseconds | null {
  const parts =
    /^(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(\.\d*)?)?)?)?\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?$/i.exec(
      text
    )
  if (!parts) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = parts
  const two = (number: string): string => number.padStart(2, '0')
  const offset = /^[+-]/.test(zone)
    ? `${zone[0]}${two(/\d{1,2}/.exec(zone)![0])}:${/\d{1,2}:?(\d{2})$/.exec(zone)?.[1] ?? '00'}`
    : 'Z'
  const digits = fraction.length > 1 ? fraction : ''
  return nanosecondsFromIso(
    `${year!.padStart(4, '0')}-${two(month!)}-${two(day!)}T${two(hour)}:${two(minute)}:${two(second)}${digits}${offset}`
  )
}

/** A stored number of a time coordinate as nanoseconds since 1970; null where it is not finite or beyond 64 bits. */
export function timeOfStored(value: number | bigint, { unitNs, epochNs }: CfTime): Nanoseconds | null {
  const approximate = Number(value) * unitNs + Number(epochNs)
  if (!Number.isFinite(approximate) || Math.abs(approximate) > 9.2e18) return null
  if (typeof value === 'bigint') return value * BigInt(unitNs) + epochNs
  const whole = Math.trunc(value)
  return BigInt(whole) * BigInt(unitNs) + BigInt(Math.round((value - whole) * unitNs)) + epochNs
}
