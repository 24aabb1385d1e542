/** Numbers and times as text: thin spaces between thousands, units, sensible digits, UTC. */

const grouped = (text: string): string => text.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f')

/** `2 222`; four digits stay together only in years. */
export const integerText = (value: number): string => grouped(Math.round(value).toFixed(0)).replace('-', '−')

/** Three significant digits at most: `8.9`, `44.2`, `612`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value)
  if (size >= 100) return integerText(value)
  return value.toFixed(size >= 10 ? 1 : size >= 1 || size === 0 ? 1 : 2).replace('-', '−')
}

const scaled = (value: number, base: number, units: readonly string[]): string => {
  let index = 0
  let rest = value
  while (Math.abs(rest) >= base && index < units.length - 1) {
    rest /= base
    index++
  }
  const digits = index === 0 ? integerText(rest) : shortNumber(rest)
  return `${digits}${units[index] ? ` ${units[index]}` : ''}`
}

/** `18.4 MB`, decimal units. */
export const bytesText = (bytes: number): string => scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB'])

/** `44.2 M`. */
export const scoreText = (score: number): string => scaled(score, 1000, ['', 'k', 'M', 'G', 'T'])

/** `2 kHz`, `97.7 Hz`, `0.5 Hz`. */
export function frequencyText(hertz: number): string {
  const isKilo = hertz >= 1000
  const value = isKilo ? hertz / 1000 : hertz
  return `${plainNumber(value)} ${isKilo ? 'kHz' : 'Hz'}`
}

/** As few decimals as say it to three or four digits: `1.02`, `0.1`, `200`. */
export const plainNumber = (value: number): string => {
  const rounded = Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4))
  const [whole = '0', fraction] = String(rounded).split('.')
  return `${Math.abs(rounded) >= 10_000 ? grouped(whole) : whole}${fraction ? `.${fraction}` : ''}`.replace('-', '−')
}

const secondsFromNs = (ns: string): Date => new Date(Number(BigInt(ns) / 1_000_000n))

/** `16:31:07` */
export const clockOf = (ns: string): string => secondsFromNs(ns).toISOString().slice(11, 19)

/** `2023-10-27 14:23:37` */
export const dateTimeOf = (ns: string): string => secondsFromNs(ns).toISOString().slice(0, 19).replace('T', ' ')

/** `1.8 s`, `12 s`, `1 m 43 s`, `2 h 05 m`, `3 d 4 h`. */
export function secondsText(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  const two = (value: number): string => String(value).padStart(2, '0')
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} m`
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`
}

/** `00:12:31`, hours without a limit. */
export function durationClock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const parts = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
