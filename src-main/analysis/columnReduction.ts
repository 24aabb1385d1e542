import { exactDecibels } from '../dsp/decibels.ts'

/** Fewer columns for a view that cannot show them all: power means over `factor` neighbouring columns. */
export interface ColumnReduction {
  readonly factor: number
  readonly columnCount: number
  /** @param values dB, whole rows of the full width. Returns dB in memory that the next call reuses; NaN is left out. */
  reduce(values: Float32Array, rowCount: number): Float32Array
}

const perDecibel = Math.LN10 / 10

export function createColumnReduction(fullColumnCount: number, columnsMax: number): ColumnReduction {
  const factor = Math.max(1, Math.ceil(fullColumnCount / columnsMax))
  const columnCount = Math.ceil(fullColumnCount / factor)
  let reduced = new Float32Array(0)
  return {
    factor,
    columnCount,
    reduce(values, rowCount) {
      if (factor === 1) return values
      if (reduced.length < rowCount * columnCount) reduced = new Float32Array(rowCount * columnCount)
      for (let row = 0, target = 0; row < rowCount; row++) {
        const rowStart = row * fullColumnCount
        for (let column = 0; column < columnCount; column++, target++) {
          const end = Math.min(fullColumnCount, (column + 1) * factor)
          let sum = 0
          let valid = 0
          for (let full = column * factor; full < end; full++) {
            const level = values[rowStart + full]!
            if (Number.isNaN(level)) continue
            sum += Math.exp(level * perDecibel)
            valid++
          }
          reduced[target] = valid === 0 ? Number.NaN : exactDecibels(sum / valid)
        }
      }
      return reduced
    }
  }
}
