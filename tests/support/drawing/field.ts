import { CellGrid } from '../../../src-preload/contract/drawing/cellGrid.ts'
import { invalidValue, missingValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import type { TileTheme } from '../../../src-preload/contract/drawing/tileTheme.ts'

/** A field that a window's canvas and one without a window draw, and what they draw it with. */
export const columns = 90
export const rows = 64

export function valueAt(row: number, column: number): number {
  // Whole rows are missing, single channels invalid.
  if (row >= 30 && row < 36) return missingValue
  if (column === 11) return invalidValue
  return -60 + 25 * Math.sin(row / 7 + column / 5) + (column % 7)
}

export const knownGrid = (): CellGrid =>
  new CellGrid(
    columns,
    rows,
    Float32Array.from({ length: rows * columns }, (_, index) => valueAt(Math.floor(index / columns), index % columns))
  )

/** Zoomed in between cells, zoomed out, and upside down. */
export const views: PictureView[] = [
  { width: 320, height: 200, columnAtLeft: 3.3, columnsPerPixel: 0.13, slotAtTop: 5.2, slotsPerPixel: 0.21 },
  { width: 61, height: 40, columnAtLeft: 0, columnsPerPixel: 90 / 61, slotAtTop: 0, slotsPerPixel: 64 / 40 },
  { width: 200, height: 120, columnAtLeft: -4, columnsPerPixel: 0.5, slotAtTop: 66, slotsPerPixel: -0.55 }
].map((view) => ({ ...view, lowDb: -85, highDb: -30 }))

export const theme: TileTheme = {
  text: '#a3aebd',
  textStrong: '#e8edf4',
  line: '#252d3a',
  ground: '#0a0d12',
  fontFamily: 'sans-serif',
  picture: { nothing: 0x0d1117, invalidDark: 0x4a4f57, invalidLight: 0x9aa1ab }
}

export const colourMapName = 'magma'
