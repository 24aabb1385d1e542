import { exactDecibels, fastPowers } from '../dsp/decibels.ts'

/** A group of rows becoming one: by value the mean (of powers where values are levels), the least and the greatest. */
export interface RowFold {
  /** Rows since it was cleared. */
  rowCount: number
  readonly sums: Float32Array
  readonly counts: Uint32Array
  readonly minima: Float32Array
  readonly maxima: Float32Array
  addRow(values: Float32Array, offset: number): void
  /** What another one has folded. */
  addFold(from: RowFold): void
  /** Means, minima and maxima, each `valuesPerRow` long; NaN where no row had a valid value. */
  write(target: Float32Array, meanAt: number, minimumAt: number, maximumAt: number): void
  clear(): void
  readonly bytes: number
}

/** What folds of the same width share while they add a row. */
export interface FoldScratch {
  linear: Float32Array
  bits: Int32Array
}

export function createFoldScratch(valuesPerRow: number): FoldScratch {
  const linear = new Float32Array(valuesPerRow)
  return { linear, bits: new Int32Array(linear.buffer) }
}

export function createRowFold(valuesPerRow: number, areLevels: boolean, scratch: FoldScratch): RowFold {
  const sums = new Float32Array(valuesPerRow)
  const counts = new Uint32Array(valuesPerRow)
  const minima = new Float32Array(valuesPerRow).fill(Infinity)
  const maxima = new Float32Array(valuesPerRow).fill(-Infinity)

  return {
    sums,
    counts,
    minima,
    maxima,
    rowCount: 0,
    bytes: valuesPerRow * 16,
    addRow(values, offset) {
      this.rowCount++
      if (areLevels) fastPowers(values, offset, scratch.bits, valuesPerRow)
      else scratch.linear.set(values.subarray(offset, offset + valuesPerRow))
      const { linear } = scratch
      for (let at = 0; at < valuesPerRow; at++) {
        const value = values[offset + at]!
        // Not a number: the only value that is not itself.
        if (value !== value) continue
        sums[at]! += linear[at]!
        counts[at]!++
        if (value < minima[at]!) minima[at] = value
        if (value > maxima[at]!) maxima[at] = value
      }
    },
    addFold(from) {
      this.rowCount += from.rowCount
      for (let at = 0; at < valuesPerRow; at++) {
        sums[at]! += from.sums[at]!
        counts[at]! += from.counts[at]!
        if (from.minima[at]! < minima[at]!) minima[at] = from.minima[at]!
        if (from.maxima[at]! > maxima[at]!) maxima[at] = from.maxima[at]!
      }
    },
    write(target, meanAt, minimumAt, maximumAt) {
      for (let at = 0; at < valuesPerRow; at++) {
        const valid = counts[at]!
        const mean = valid === 0 ? Number.NaN : sums[at]! / valid
        target[meanAt + at] = areLevels ? exactDecibels(mean) : mean
        target[minimumAt + at] = valid === 0 ? Number.NaN : minima[at]!
        target[maximumAt + at] = valid === 0 ? Number.NaN : maxima[at]!
      }
    },
    clear() {
      this.rowCount = 0
      sums.fill(0)
      counts.fill(0)
      minima.fill(Infinity)
      maxima.fill(-Infinity)
    }
  }
}
