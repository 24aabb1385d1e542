import { isoFromNanoseconds } from '../../../../src-preload/contract/units.ts'

const secondNs = 1_000_000_000n
const dayNs = 86_400n * secondNs
/** Seconds that divide the next full unit of a clock, and days. */
const clockSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

/** The smallest of 1, 2, 5 × 10^n that is at least `least`. */
export function niceStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1
  const power = 10 ** Math.floor(Math.log10(least))
  const factor = [1, 2, 5].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10
  return factor * power
}

/** A step of the clock of at least `leastNs`: 1, 2, 5 × 10^n below a second and from a day on. */
export function niceTimeStepNs(leastNs: number): bigint {
  if (leastNs <= 5e8) return BigInt(Math.max(1, Math.round(niceStep(leastNs))))
  const step = clockSteps.find((seconds) => seconds * 1e9 >= leastNs * (1 - 1e-9))
  return step === undefined ? BigInt(Math.round(niceStep(leastNs / Number(dayNs)))) * dayNs : BigInt(step) * secondNs
}

/** `16:31:07` with the decimals that the step needs; the date where a day begins. UTC. */
export function clockText(timeNs: bigint, stepNs: bigint): string {
  const iso = isoFromNanoseconds(timeNs)
  if (timeNs % dayNs === 0n || stepNs >= dayNs) return iso.slice(0, 10)
  let decimals = 0
  for (let unit = secondNs; decimals < 9 && stepNs % unit !== 0n; decimals++) unit /= 10n
  return decimals === 0 ? iso.slice(11, 19) : iso.slice(11, 20 + decimals)
}

/** As many decimals as the step needs. */
export function numberText(value: number, step: number): string {
  const decimals = Math.max(0, Math.min(9, -Math.floor(Math.log10(step) + 1e-9)))
  const text = Math.abs(value).toFixed(decimals)
  return value < 0 && Number(text) !== 0 ? `−${text}` : text
}

/** Multiples of `step` from `from` to `to`, whichever is greater. */
export function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(Math.min(from, to) / step - 1e-9)
  const last = Math.floor(Math.max(from, to) / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step)
}

/** `2.5 s`, `1 h 05 m`, `3 d 4 h`. */
export function durationText(durationNs: bigint): string {
  const seconds = Number(durationNs) / 1e9
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`
  const whole = Math.round(seconds)
  const pair = (greater: number, unit: string, lesser: number, lesserUnit: string): string =>
    `${greater} ${unit} ${String(lesser).padStart(2, '0')} ${lesserUnit}`
  if (whole < 3600) return pair(Math.floor(whole / 60), 'm', whole % 60, 's')
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return pair(Math.floor(minutes / 60), 'h', minutes % 60, 'm')
  const hours = Math.round(seconds / 3600)
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}
