/**
 * Times are nanoseconds since 1970-01-01T00:00:00Z as `bigint` inside a process, and as decimal strings in JSON
 * (a double holds them only to about 256 ns today).
 */
export type Nanoseconds = bigint

/** Decimal integer nanoseconds, as JSON carries them. */
export type NanosecondsText = string

export const nanosecondsPerSecond = 1_000_000_000n

export const nanosecondsFromMilliseconds = (milliseconds: number): Nanoseconds =>
  BigInt(Math.trunc(milliseconds)) * 1_000_000n + BigInt(Math.round((milliseconds % 1) * 1e6))

/** Loses what is below a microsecond or so: for clocks and axes, not for samples. */
export const millisecondsFromNanoseconds = (nanoseconds: Nanoseconds): number =>
  Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1e6

export const nanosecondsFromSeconds = (seconds: number): Nanoseconds =>
  BigInt(Math.trunc(seconds)) * nanosecondsPerSecond + BigInt(Math.round((seconds % 1) * 1e9))

export const secondsFromNanoseconds = (nanoseconds: Nanoseconds): number =>
  Number(nanoseconds / nanosecondsPerSecond) + Number(nanoseconds % nanosecondsPerSecond) / 1e9

/** `2023-04-26T16:14:49.042000000Z`: always nine decimals, always UTC. */
export function isoFromNanoseconds(nanoseconds: Nanoseconds): string {
  const fraction = ((nanoseconds % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond
  const seconds = (nanoseconds - fraction) / nanosecondsPerSecond
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction.toString().padStart(9, '0')}Z`
}

/**
 * Reads an ISO 8601 time with up to nine decimals; a time without a zone is UTC. `null` where it is none.
 */
export function nanosecondsFromIso(text: string): Nanoseconds | null {
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9})\d*)?\s*(Z|[+-]\d{2}:?\d{2})?$/i.exec(
    text.trim()
  )
  if (!match) return null
  const [, date, clock, fraction = '', zone = 'Z'] = match
  const milliseconds = Date.parse(`${date}T${clock}${zone.toUpperCase()}`)
  if (Number.isNaN(milliseconds)) return null
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}
