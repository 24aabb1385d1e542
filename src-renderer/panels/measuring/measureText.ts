import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { quantityText } from '../../render/spectraReading.ts'
import type { CursorMark } from '../../stores/measureStore.ts'
import { integerText, plainNumber } from '../../widgets/format.ts'

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

/** Of levels; everything else is a quantity in its own unit. */
export const isDecibels = (unit: string): boolean => unit.startsWith('dB')

const withoutZeros = (text: string): string => text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')

const quantityOf = (value: number, unit: string): string => `${withoutZeros(quantityText(value))} ${unit}`.trim()

/** `+6.40 dB`, `−1.2 rad`. */
export const differenceText = (value: number, unit: string): string =>
  isDecibels(unit) ? decibelText(value, true) : `${value > 0 ? '+' : ''}${quantityOf(value, unit)}`

/** `80 Hz`, `40.0035 Hz`: six significant digits. */
export const repeatText = (hertz: number): string => quantityOf(hertz, 'Hz')

export const deltaHertzText = (hertz: number): string => `${hertz > 0 ? '+' : ''}${repeatText(hertz)}`

/** UTC: `16:31:07.250`, of samples to the microsecond. */
const preciseClockOf = ({ timeNs, pane }: CursorMark): string =>
  isoFromNanoseconds(BigInt(timeNs)).slice(11, pane === 'trace' ? 26 : 23)

/** `16:31:07.250 · ch 12 · 80 Hz · −38.71 dB`. */
export const cursorText = (mark: CursorMark): string =>
  [
    preciseClockOf(mark),
    `ch ${integerText(mark.channel)}`,
    mark.hertz !== null && repeatText(mark.hertz),
    mark.value !== null && (isDecibels(mark.unit) ? decibelText(mark.value) : quantityOf(mark.value, mark.unit))
  ]
    .filter(Boolean)
    // A line breaks after a dot, never before it.
    .join('\u00a0· ')

export function velocityText(velocityMps: number | null): string {
  if (velocityMps === null) return 'no distances, or at one place'
  if (!Number.isFinite(velocityMps)) return 'at one time'
  const size = Math.abs(velocityMps)
  const sign = velocityMps < 0 ? '−' : ''
  return size >= 10_000 ? `${sign}${plainNumber(size / 1000)} km/s` : `${sign}${plainNumber(size)} m/s`
}
