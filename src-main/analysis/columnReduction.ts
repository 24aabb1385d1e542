import { exactDecibels, exactPower } from '../dsp/decibels.ts'
import type { JobViewDescription } from './rowSubscription.ts'

/** Which values of neighbouring channels stand for them: their mean, or the least or greatest of a folded row. */
export type Fold = 'mean' | 'minimum' | 'maximum'

/** Values of a row: one a column, a spectrum a column, or one sample or a pair of them. */
export const valuesPerColumnOf = ({ bins, samples }: Pick<JobViewDescription, 'bins' | 'samples'>): number =>
  bins?.count ?? samples?.valuesPerColumn ?? 1

/** Fewer columns for a view that cannot show them all. */
export interface ColumnReduction {
  readonly factor: number
  readonly columnCount: number
  readonly valuesPerColumn: number
  /** Values of a reduced row. */
  readonly valuesPerRow: number
  /** @param values whole rows of the full width. Returns rows in memory that the next call reuses; NaN is left out. */
  reduce(values: Float32Array, rowCount: number, fold?: Fold): Float32Array
}

type Shape = Pick<JobViewDescription, 'content' | 'columns' | 'bins' | 'samples'>

/**
 * Levels become power means over `factor` neighbouring channels, bin by bin (folded rows: their least or greatest). Samples
 * become pairs of the least and the greatest, whatever they were before, so that no peak is lost.
 */
export function createColumnReduction(shape: Shape, columnsMax: number): ColumnReduction {
  const fullCount = shape.columns.count
  const factor = Math.max(1, Math.ceil(fullCount / columnsMax))
  const columnCount = Math.ceil(fullCount / factor)
  const fullValues = valuesPerColumnOf(shape)
  const isTrace = shape.content === 'trace'
  const valuesPerColumn = isTrace && factor > 1 ? 2 : fullValues
  const valuesPerRow = columnCount * valuesPerColumn
  const fullPerRow = fullCount * fullValues
  let reduced = new Float32Array(0)

  /** Of the values at `from`, `from + step`, … before `end`; NaN where none is valid. */
  function extreme(values: Float32Array, from: number, end: number, step: number, isLeast: boolean): number {
    let found = Number.NaN
    for (let at = from; at < end; at += step) {
      const value = values[at]!
      if (Number.isNaN(found) || (isLeast ? value < found : value > found)) found = value
    }
    return found
  }

  function powerMean(values: Float32Array, from: number, end: number, step: number): number {
    let sum = 0
    let valid = 0
    for (let at = from; at < end; at += step) {
      const level = values[at]!
      if (Number.isNaN(level)) continue
      sum += exactPower(level)
      valid++
    }
    return valid === 0 ? Number.NaN : exactDecibels(sum / valid)
  }

  return {
    factor,
    columnCount,
    valuesPerColumn,
    valuesPerRow,
    reduce(values, rowCount, fold = 'mean') {
      if (factor === 1) return values
      if (reduced.length < rowCount * valuesPerRow) reduced = new Float32Array(rowCount * valuesPerRow)
      for (let row = 0, target = 0; row < rowCount; row++) {
        for (let column = 0; column < columnCount; column++) {
          const from = row * fullPerRow + column * factor * fullValues
          const end = Math.min((row + 1) * fullPerRow, from + factor * fullValues)
          for (let value = 0; value < valuesPerColumn; value++, target++) {
            if (isTrace) reduced[target] = extreme(values, from + (value % fullValues), end, fullValues, value === 0)
            else if (fold === 'mean') reduced[target] = powerMean(values, from + value, end, fullValues)
            else reduced[target] = extreme(values, from + value, end, fullValues, fold === 'minimum')
          }
        }
      }
      return reduced
    }
  }
}
