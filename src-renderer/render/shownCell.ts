import { endCell, firstCell, type PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { PictureBands } from './pictureBands.ts'
import type { RowRing } from './rowRing.ts'

export interface ShownCell {
  /** Null where no rows are in memory. */
  ring: RowRing | null
  slot: number
  column: number
  value: number
}

/**
 * The cell that a pixel shows: where several share it, the one with the greatest value. Without rows it is the place of one.
 */
export function findShownCell(
  view: PictureView,
  bands: PictureBands,
  x: number,
  y: number,
  columns: number
): ShownCell {
  const ring = bands.at(y)
  const rowsPerSlot = ring?.rowsPerSlot ?? 1
  const perPixel = view.slotsPerPixel / rowsPerSlot
  const top = view.slotAtTop / rowsPerSlot + y * perPixel
  const left = view.columnAtLeft + x * view.columnsPerPixel
  const columnFirst = firstCell(left, left + view.columnsPerPixel)
  const columnEnd = endCell(left, left + view.columnsPerPixel)
  const slotFirst = firstCell(Math.min(top, top + perPixel), Math.max(top, top + perPixel))
  const slotEnd = endCell(Math.min(top, top + perPixel), Math.max(top, top + perPixel))
  const found: ShownCell = {
    ring,
    slot: slotFirst,
    column: Math.min(Math.max(columnFirst, 0), columns - 1),
    value: missingValue
  }
  if (!ring) return found
  found.value = ring.valueAt(found.slot, found.column)
  for (let slot = slotFirst; slot < slotEnd; slot++) {
    for (let column = columnFirst; column < columnEnd; column++) {
      const value = ring.valueAt(slot, column)
      if (value <= found.value) continue
      found.value = value
      found.slot = slot
      found.column = column
    }
  }
  return found
}
