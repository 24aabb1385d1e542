import { isInvalid, isMissing } from '../../src-preload/contract/drawing/cellValues.ts'
import type { RowRing } from './rowRing.ts'
import type { ShownRows } from './shownRows.ts'
import type { WaterfallModel } from './waterfallModel.ts'

/** Whole cells: rows [firstRow, firstRow + rowCount) and columns [firstColumn, firstColumn + columnCount). */
export interface CellBlock {
  firstRow: number
  rowCount: number
  firstColumn: number
  columnCount: number
}

const cellsMost = 32_000_000

/**
 * Values of cells that are in memory at full resolution, row by row: as shown, or as they came. NaN: invalid; −∞: not there,
 * or only folded with others. Null where there is no picture, or for more than 32 million cells.
 */
export function readBlock(
  model: WaterfallModel,
  shown: ShownRows,
  block: CellBlock,
  isRaw: boolean
): Float32Array | null {
  const { firstRow, rowCount, firstColumn, columnCount } = block
  if (!model.ring || rowCount * columnCount > cellsMost || rowCount < 1 || columnCount < 1) return null
  const rings = shown.ringsOfRows(isRaw)
  const values = new Float32Array(rowCount * columnCount)
  for (let row = 0; row < rowCount; row++) {
    const ring = rings.find(({ first, end }) => firstRow + row >= first && firstRow + row < end) ?? null
    for (let column = 0; column < columnCount; column++) {
      values[row * columnCount + column] = cellOf(ring, firstRow + row, firstColumn + column)
    }
  }
  return values
}

function cellOf(ring: RowRing | null, row: number, column: number): number {
  const value = ring?.valueAt(row, column) ?? Number.NEGATIVE_INFINITY
  if (isMissing(value)) return Number.NEGATIVE_INFINITY
  return isInvalid(value) ? Number.NaN : value
}
