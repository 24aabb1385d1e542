/** Axis ticks: where they are and what they say. Pure; times are milliseconds since the epoch, UTC. */

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Clock-aligned steps: each divides the next full unit, so ticks sit on round clock readings. */
const clockSteps = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12].map((count) => count * hour),
  ...[1, 2, 5, 10, 20, 50, 100].map((count) => count * day)
]

/** The smallest of 1, 2, 5 × 10^n that is at least `least`. */
export function niceStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1
  const power = 10 ** Math.floor(Math.log10(least))
  const fraction = least / power
  const nice = fraction <= 1.0000001 ? 1 : fraction <= 2.0000001 ? 2 : fraction <= 5.0000001 ? 5 : 10
  return nice * power
}

/** The smallest clock-aligned step of at least `leastMs`. */
export function niceTimeStep(leastMs: number): number {
  for (const step of clockSteps) if (step >= leastMs) return step
  return niceStep(leastMs / day) * day
}

/** First multiple of `step` at or above `from`. Multiples are computed, not summed, so no error builds up. */
export const firstTickIndex = (from: number, step: number): number => Math.ceil(from / step - 1e-9)

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : String(value))

/** `16:31:07`, with as many decimals as the step needs; `16:31` for steps of whole minutes would hide the unit, so never. */
export function clockText(ms: number, stepMs: number): string {
  const date = new Date(ms)
  const clock = `${twoDigits(date.getUTCHours())}:${twoDigits(date.getUTCMinutes())}:${twoDigits(date.getUTCSeconds())}`
  if (stepMs >= second) return clock
  const decimals = stepMs >= 100 ? 1 : stepMs >= 10 ? 2 : 3
  const fraction = String(date.getUTCMilliseconds()).padStart(3, '0').slice(0, decimals)
  return `${clock}.${fraction}`
}

/** What a time tick says: the clock, or the date where a new day begins. */
export function timeTickText(ms: number, stepMs: number): string {
  if (stepMs >= day || ms % day === 0) return new Date(ms).toISOString().slice(0, 10)
  return clockText(ms, stepMs)
}

const decimalsFromStep = (step: number): number => Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9)))

/** Thin spaces between thousands, a real minus sign, as many decimals as the step needs. */
export function numberText(value: number, decimals = 0): string {
  const fixed = Math.abs(value).toFixed(decimals)
  const point = fixed.indexOf('.')
  const whole = point < 0 ? fixed : fixed.slice(0, point)
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole
  const isZero = Number(fixed) === 0
  return `${value < 0 && !isZero ? '−' : ''}${grouped}${point < 0 ? '' : fixed.slice(point)}`
}

export const tickText = (value: number, step: number): string => numberText(value, decimalsFromStep(step))

/** Metres, or kilometres from 10 km on. */
export function distanceUnit(greatestM: number): { name: 'm' | 'km'; metres: number } {
  return Math.abs(greatestM) >= 10_000 ? { name: 'km', metres: 1000 } : { name: 'm', metres: 1 }
}

/** `0.4 s`, `12 s`, `1 m 43 s`, `2 h 05 m`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.abs(ms) / second
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${twoDigits(whole % 60)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`
  const hours = Math.round(seconds / 3600)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}
