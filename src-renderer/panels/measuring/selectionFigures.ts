import { RegionSum, type RegionFigures } from '../../render/measure/regionFigures.ts'
import type { CellBlock, TilePicture } from '../../stores/tilePicture.ts'
import type { TileSelection } from '../../stores/viewStore.ts'

/** The background is looked for so many times the region's length before and after it. */
const backgroundLengths = 2

function rowsOf(values: Float32Array, columns: number, visit: (row: number, from: number, to: number) => void): void {
  for (let at = 0, row = 0; at < values.length; at += columns, row++) visit(row, at, at + columns)
}

/** Figures of a region by the values as they came; null while none of them is in memory. */
export function selectionFigures(picture: TilePicture, selection: TileSelection): RegionFigures | null {
  const { firstRow, rowCount, firstColumn, columnCount } = selection
  const block: CellBlock = { firstRow, rowCount, firstColumn, columnCount }
  const values = picture.readCells(block, true)
  if (!values) return null
  const sum = new RegionSum()
  rowsOf(values, columnCount, (row, from, to) => sum.addRow(firstRow + row, values, from, to, firstColumn))
  const around = backgroundLengths * rowCount
  for (const first of [firstRow - around, firstRow + rowCount]) {
    const beside = picture.readCells({ ...block, firstRow: first, rowCount: around }, true)
    if (beside) rowsOf(beside, columnCount, (_row, from, to) => sum.addBackground(beside, from, to))
  }
  return sum.figures()
}
