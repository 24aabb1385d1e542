/** How much air is left above and below what is shown. */
const padding = 0.06
/** A range is only made narrower when the data needs less than this part of it: a scale must not breathe. */
const narrowerBelow = 0.6

/** The vertical range of a chart: wide enough at once, narrower only when it is much too wide. */
export class SteadyRange {
  min = -1
  max = 1
  private isSet = false

  reset(): void {
    this.isSet = false
  }

  /** `narrowest`: shortest range there is, so that a constant is a line and not noise. */
  fit(least: number, greatest: number, narrowest: number): void {
    if (!(least <= greatest)) return
    const span = Math.max(greatest - least, narrowest)
    const middle = (least + greatest) / 2
    const [low, high] = [middle - span * (0.5 + padding), middle + span * (0.5 + padding)]
    const isOutside = least < this.min || greatest > this.max
    const isTooWide = high - low < (this.max - this.min) * narrowerBelow
    if (this.isSet && !isOutside && !isTooWide) return
    this.min = low
    this.max = high
    this.isSet = true
  }
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹'

/** `10⁻⁶` for −6, nothing for 0. */
export const powerText = (exponent: number): string =>
  exponent === 0
    ? ''
    : `10${exponent < 0 ? '⁻' : ''}${String(Math.abs(exponent))
        .split('')
        .map((digit) => superscripts[Number(digit)])
        .join('')}`

/** Power of ten, a multiple of three, that makes a range's numbers short to write. */
export function rangeExponent(min: number, max: number): number {
  const size = Math.max(Math.abs(min), Math.abs(max))
  if (size === 0 || (size >= 0.01 && size < 10_000)) return 0
  return Math.floor(Math.log10(size) / 3) * 3
}
