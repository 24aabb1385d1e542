import { type BandPassFilter, filterSamples } from '../../dsp/bandPass.ts'
import type { ExportContent } from '../export/exportContent.ts'
import type { CellWork } from './pictureCells.ts'
import { missingRanges } from '../spectra/missingRanges.ts'
import { readChannels } from '../spectra/spectraBlocks.ts'

/** Samples of a channel that are held at once. */
const heldSamples = 256 * 1024

/** Least and greatest sample of each pixel column, traces × width, around the mean of each trace; NaN where there is none. */
export interface TraceColumns {
  least: Float32Array
  greatest: Float32Array
}

/**
 * Reduces some channels of a content to the columns of a picture; band energies as their levels, dB. Every sample is looked at, so no peak is lost. Where a column
 * is narrower than a sample it shows the line between its neighbours.
 *
 * @param filter applied before; null: none, and the mean of each channel is taken off
 */
export async function traceColumns(
  content: ExportContent,
  channels: number[],
  width: number,
  filter: BandPassFilter | null,
  work: CellWork
): Promise<TraceColumns> {
  const least = new Float32Array(channels.length * width).fill(NaN)
  const greatest = new Float32Array(channels.length * width).fill(NaN)
  const reach = filter?.reach ?? 0
  const isEnergy = content.bands.length > 0
  const missing = missingRanges(content)
  const held = new Float64Array(Math.min(content.rows, heldSamples + 2 * reach))
  for (const [trace, channel] of channels.entries()) {
    const columns = new ColumnExtremes(width, content.rows)
    let pivot: number | null = null
    for (let from = 0; from < content.rows; from += heldSamples) {
      const to = Math.min(content.rows, from + heldSamples)
      if (missing.some((gap) => gap.from <= from && to <= gap.to)) continue
      const first = Math.max(0, from - reach)
      const count = Math.min(content.rows, to + reach) - first
      await readChannels(content, { from: channel, to: channel + 1 }, first, count, held, work.signal)
      const samples = held.subarray(0, count)
      if (isEnergy) for (let i = 0; i < count; i++) samples[i] = samples[i]! > 0 ? 10 * Math.log10(samples[i]!) : NaN
      pivot ??= meanOf(samples)
      const values = filter ? filterSamples(filter, samples, pivot ?? 0) : samples
      columns.add(values, from - first, to - first, from, filter ? 0 : (pivot ?? 0))
    }
    columns.finish(least, greatest, trace * width, filter === null)
    work.onProgress?.(trace + 1, channels.length)
  }
  return { least, greatest }
}

/** Of what is finite; null where nothing is. */
function meanOf(samples: Float64Array): number | null {
  let sum = 0
  let count = 0
  for (const sample of samples) {
    if (!Number.isFinite(sample)) continue
    sum += sample
    count++
  }
  return count === 0 ? null : sum / count
}

/** Collects the extremes of one trace. */
class ColumnExtremes {
  readonly #width: number
  readonly #rows: number
  readonly #least: Float64Array
  readonly #greatest: Float64Array
  #sum = 0
  #count = 0

  constructor(width: number, rows: number) {
    this.#width = width
    this.#rows = rows
    this.#least = new Float64Array(width).fill(Infinity)
    this.#greatest = new Float64Array(width).fill(-Infinity)
  }

  /** Values `from` … `to`, which are the rows from `row` on, less `pivot`. */
  add(values: Float64Array, from: number, to: number, row: number, pivot: number): void {
    const perRow = this.#width / this.#rows
    for (let index = from; index < to; index++) {
      const value = values[index]! - pivot
      if (!Number.isFinite(value)) continue
      this.#sum += value
      this.#count += 1
      const at = row + index - from
      const first = Math.floor(at * perRow)
      // Wider than a pixel: all columns of the sample.
      const end = Math.max(first + 1, Math.floor((at + 1) * perRow))
      for (let column = first; column < end && column < this.#width; column++) {
        if (value < this.#least[column]!) this.#least[column] = value
        if (value > this.#greatest[column]!) this.#greatest[column] = value
      }
    }
  }

  finish(least: Float32Array, greatest: Float32Array, at: number, isCentred: boolean): void {
    const mean = isCentred && this.#count > 0 ? this.#sum / this.#count : 0
    for (let column = 0; column < this.#width; column++) {
      if (!Number.isFinite(this.#least[column]!)) continue
      least[at + column] = this.#least[column]! - mean
      greatest[at + column] = this.#greatest[column]! - mean
    }
  }
}
