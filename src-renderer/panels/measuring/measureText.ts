import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { plainNumber } from '../../widgets/format.ts'

/** `+6.4 dB`, `−38.71 dB`. */
export const decibelText = (value: number, isDifference = false): string =>
  `${isDifference && value > 0 ? '+' : ''}${value.toFixed(2).replace('-', '−')} dB`

/** `4.250 s`, `12.3 ms`, `850 ns`; exact to the nanosecond where it is short. */
export function deltaTimeText(deltaNs: bigint): string {
  const size = deltaNs < 0n ? -deltaNs : deltaNs
  const sign = deltaNs < 0n ? '−' : ''
  if (size < 1000n) return `${sign}${size} ns`
  if (size < 1_000_000n) return `${sign}${Number(size) / 1e3} µs`
  if (size < 1_000_000_000n) return `${sign}${Number(size) / 1e6} ms`
  return `${sign}${(Number(size) / 1e9).toFixed(size < 100_000_000_000n ? 3 : 1)} s`
}

/** `16:31:07.250`, UTC. */
export const preciseClockOf = (timeNs: string): string => isoFromNanoseconds(BigInt(timeNs)).slice(11, 23)

export function velocityText(velocityMps: number | null): string {
  if (velocityMps === null) return 'no distances, or at one place'
  if (!Number.isFinite(velocityMps)) return 'at one time'
  const size = Math.abs(velocityMps)
  const sign = velocityMps < 0 ? '−' : ''
  return size >= 10_000 ? `${sign}${plainNumber(size / 1000)} km/s` : `${sign}${plainNumber(size)} m/s`
}
