import type { CellSource } from './cellPainter.ts'
import { missingValue } from './cellValues.ts'

/** Cells that lie in memory as a whole, slot after slot. */
export class CellGrid implements CellSource {
  readonly columns: number
  readonly slots: number
  /** slots × columns, see `cellValues.ts`. */
  readonly values: Float32Array

  constructor(columns: number, slots: number, values: Float32Array) {
    this.columns = columns
    this.slots = slots
    this.values = values
  }

  greatest(columnFirst: number, columnEnd: number, slotFirst: number, slotEnd: number): number {
    const { columns, values } = this
    const firstColumn = Math.max(0, columnFirst)
    const endColumn = Math.min(columns, columnEnd)
    const endSlot = Math.min(this.slots, slotEnd)
    let greatest = missingValue
    for (let slot = Math.max(0, slotFirst); slot < endSlot; slot++) {
      const at = slot * columns
      for (let index = at + firstColumn; index < at + endColumn; index++) {
        if (values[index]! > greatest) greatest = values[index]!
      }
    }
    return greatest
  }
}

/** The same cells with columns and slots exchanged: what was stored row after row runs to the right. */
export const turned = (grid: CellSource): CellSource => ({
  greatest: (columnFirst, columnEnd, slotFirst, slotEnd, slotsPerPixel) =>
    grid.greatest(slotFirst, slotEnd, columnFirst, columnEnd, slotsPerPixel)
})
