import { kaiserWindow } from './kaiser.ts'

/** A symmetric low-pass filter for keeping every `factor`th row; `taps` has 2 · half + 1 weights of sum 1. */
export interface DecimationFilter {
  factor: number
  half: number
  taps: Float64Array
}

/** Aliases are this far below what they are aliases of. */
const stopbandDb = 80
/** Up to this share of the new Nyquist frequency nothing is lost; from the new Nyquist frequency on everything is. */
const passbandShare = 0.8

/**
 * Windowed-sinc filter for `factor`: flat within 0.001 dB up to 0.8 of the new Nyquist frequency, −80 dB from it on. Length and
 * shape of the window after Kaiser (1974), "Nonrecursive digital filter design using the I0-sinh window function". Linear
 * phase, and applied centred: no shift in time.
 */
export function designDecimationFilter(factor: number): DecimationFilter {
  if (!Number.isInteger(factor) || factor < 1) throw new RangeError(`a decimation factor of ${factor}`)
  if (factor === 1) return { factor, half: 0, taps: Float64Array.of(1) }
  const transition = (Math.PI / factor) * (1 - passbandShare)
  const half = Math.ceil((stopbandDb - 7.95) / (2.285 * transition) / 2)
  // In cycles per sample; the middle of the transition is where the response is a half.
  const cutoff = ((0.5 / factor) * (1 + passbandShare)) / 2
  const taps = kaiserWindow(2 * half + 1, stopbandDb)
  for (let i = 0; i < taps.length; i++) {
    const t = i - half
    taps[i]! *= t === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * t) / (Math.PI * t)
  }
  return normalised(factor, half, taps)
}

/**
 * A Hann-shaped mean over two new intervals: for energies, which a filter with negative weights could make negative. Less
 * steep: a third of what lies just above the new Nyquist frequency gets through.
 */
export function designDecimationMean(factor: number): DecimationFilter {
  if (!Number.isInteger(factor) || factor < 1) throw new RangeError(`a decimation factor of ${factor}`)
  const half = factor - 1
  const taps = Float64Array.from(
    { length: 2 * half + 1 },
    (_, i) => 0.5 + 0.5 * Math.cos((Math.PI * (i - half)) / factor)
  )
  return normalised(factor, half, taps)
}

function normalised(factor: number, half: number, taps: Float64Array): DecimationFilter {
  const sum = taps.reduce((total, tap) => total + tap, 0)
  return { factor, half, taps: taps.map((tap) => tap / sum) }
}

export interface DecimationBlock {
  /** Time-major, `channels` values a row: every row that exists within `half` of the rows that are asked for. */
  values: ArrayLike<number>
  channels: number
  /** Number of the first row of `values`, counted from where decimated row 0 is centred; negative where there are rows before it. */
  firstRow: number
}

/** Rows, half-open, that the decimated rows `from` … `to` look at, of those in `available`. */
export function neededRows(
  { factor, half }: DecimationFilter,
  from: number,
  to: number,
  available: { from: number; to: number }
): { from: number; to: number } {
  return {
    from: Math.max(available.from, from * factor - half),
    to: Math.min(available.to, (to - 1) * factor + half + 1)
  }
}

/**
 * Decimated rows `from` … `to`: row k is centred on row k · factor, so it has that row's time. Where rows end (a gap, the end of
 * the recording), the weights that would lie beyond are left out and the others scaled to a sum of 1: a constant stays
 * what it is, and nothing comes from the other side of a gap. A NaN makes the rows NaN that it takes part in.
 * `write` gets each row's sums in an array that is used again.
 */
export function decimateRows(
  { factor, half, taps }: DecimationFilter,
  { values, channels, firstRow }: DecimationBlock,
  from: number,
  to: number,
  write: (row: number, sums: Float64Array) => void
): void {
  const sums = new Float64Array(channels)
  const lastRow = firstRow + values.length / channels - 1
  for (let row = from; row < to; row++) {
    sums.fill(0)
    let weight = 0
    const centre = row * factor
    const first = Math.max(firstRow, centre - half)
    const last = Math.min(lastRow, centre + half)
    for (let source = first; source <= last; source++) {
      const tap = taps[source - centre + half]!
      weight += tap
      const offset = (source - firstRow) * channels
      for (let channel = 0; channel < channels; channel++) sums[channel]! += tap * values[offset + channel]!
    }
    if (last - first + 1 < taps.length) for (let channel = 0; channel < channels; channel++) sums[channel]! /= weight
    write(row, sums)
  }
}
