import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'

/**
 * `22/09/2023 18:29:26.158 (UTC)`: day first, always UTC. Also ISO 8601. Null where it is no time of a recording: a clock
 * that was never set says 1904.
 */
export function silixaTime(text: string): Nanoseconds | null {
  const time = timeOf(text)
  return time !== null && time > 0n ? time : null
}

function timeOf(text: string): Nanoseconds | null {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})\s+(\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?)\s*(?:\(?(?:UTC|GMT|Z)\)?)?$/i.exec(
    text.trim()
  )
  if (!match) return nanosecondsFromIso(text)
  const [, day, month, year, clock] = match
  const time = nanosecondsFromIso(
    `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}T${clock!.padStart(8, '0')}Z`
  )
  // Date.parse takes 31 February for a day in March.
  const isReal = time !== null && new Date(Number(time / 1_000_000n)).getUTCDate() === Number(day)
  return isReal ? time : null
}
