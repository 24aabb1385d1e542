import type { RecordingOverview } from '../../src-preload/contract/overview.ts'
import { CellPainter, type CellSource } from '../../src-preload/contract/drawing/cellPainter.ts'
import { invalidValue, isValue, missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { PictureColours } from '../../src-preload/contract/drawing/pictureView.ts'
import { robustLevels, type Levels } from '../../src-preload/contract/drawing/robustLevels.ts'

/** A whole recording in a few thousand cells: rows along time, columns along the fibre. */
export interface OverviewPicture {
  startNs: bigint
  endNs: bigint
  rows: number
  columns: number
  /** Greatest level of each cell, row after row, see `cellValues.ts`: an event is never averaged away. */
  values: Float32Array
  levels: Levels
  unit: string
  gaps: readonly { startNs: bigint; endNs: bigint }[]
}

function floatsFrom(base64: string): Float32Array {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at)
  const view = new DataView(bytes.buffer)
  const values = new Float32Array(bytes.length >> 2)
  for (let at = 0; at < values.length; at++) values[at] = view.getFloat32(4 * at, true)
  return values
}

export function overviewPictureFrom(overview: RecordingOverview): OverviewPicture {
  const values = floatsFrom(overview.maximum)
  const levels = values.filter((value) => Number.isFinite(value))
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (value === -Infinity) values[at] = missingValue
    else if (!Number.isFinite(value)) values[at] = invalidValue
  }
  return {
    startNs: BigInt(overview.startNs),
    endNs: BigInt(overview.endNs),
    rows: overview.rows,
    columns: overview.columns,
    values,
    levels: levels.length > 0 ? robustLevels(levels) : { lowDb: 0, highDb: 1 },
    unit: overview.unit,
    gaps: overview.gaps.map(({ startNs, endNs }) => ({ startNs: BigInt(startNs), endNs: BigInt(endNs) }))
  }
}

/** Time goes to the right: what the painter calls a column is a row of the overview. */
const cellsOf = ({ rows, columns, values }: OverviewPicture): CellSource => ({
  greatest(rowFirst, rowEnd, columnFirst, columnEnd) {
    let greatest = missingValue
    for (let row = Math.max(0, rowFirst); row < Math.min(rows, rowEnd); row++)
      for (let column = Math.max(0, columnFirst); column < Math.min(columns, columnEnd); column++) {
        const value = values[row * columns + column]!
        if (value > greatest) greatest = value
      }
    return greatest
  }
})

/**
 * Paints the picture over a whole canvas: its time from left to right, its first channel at the top.
 *
 * @param pixels width × height words of RGBA bytes
 */
export function paintOverview(
  pixels: Uint32Array,
  width: number,
  height: number,
  picture: OverviewPicture,
  colourMap: Uint8Array,
  colours: PictureColours
): void {
  const painter = new CellPainter()
  painter.setColourMap(colourMap)
  painter.setColours(colours)
  painter.paintLines(
    pixels,
    cellsOf(picture),
    {
      ...{ width, height, columnAtLeft: 0, columnsPerPixel: picture.rows / width },
      ...{ slotAtTop: 0, slotsPerPixel: picture.columns / height, ...picture.levels }
    },
    { first: 0, end: height }
  )
}

/** Level of the loudest cell at a part 0..1 of the time; null where there is none. */
export function loudestAt({ rows, columns, values }: OverviewPicture, part: number): number | null {
  const row = Math.min(rows - 1, Math.max(0, Math.floor(part * rows)))
  const greatest = values.subarray(row * columns, (row + 1) * columns).reduce((a, b) => Math.max(a, b), missingValue)
  return isValue(greatest) ? greatest : null
}
