import type { CellSource } from '../../../src-preload/contract/drawing/cellPainter.ts'
import { isValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import { endCell, firstCell, type PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import { robustLevels } from '../../../src-preload/contract/drawing/robustLevels.ts'
import type { PictureRequest } from './pictureRequest.ts'

/** Pixels that are looked at, at most, in either direction. */
const mostAcross = 512
/** Shown where no cell has a level. */
const anyLevels = { low: -60, high: 0 }

/** Levels that were asked for, or those that show most pixels. */
export function levelsOf(
  { levels }: Pick<PictureRequest, 'levels'>,
  source: CellSource,
  view: PictureView
): { low: number; high: number } {
  if (levels !== null) return levels
  const values: number[] = []
  const stepX = Math.max(1, Math.ceil(view.width / mostAcross))
  const stepY = Math.max(1, Math.ceil(view.height / mostAcross))
  for (let y = 0; y < view.height; y += stepY) {
    const top = view.slotAtTop + y * view.slotsPerPixel
    const [slotLow, slotHigh] = [Math.min(top, top + view.slotsPerPixel), Math.max(top, top + view.slotsPerPixel)]
    for (let x = 0; x < view.width; x += stepX) {
      const left = view.columnAtLeft + x * view.columnsPerPixel
      const right = left + view.columnsPerPixel
      const value = source.greatest(
        firstCell(left, right),
        endCell(left, right),
        firstCell(slotLow, slotHigh),
        endCell(slotLow, slotHigh),
        view.slotsPerPixel
      )
      if (isValue(value)) values.push(value)
    }
  }
  if (values.length === 0) return anyLevels
  const { lowDb, highDb } = robustLevels(Float32Array.from(values))
  return { low: lowDb, high: highDb }
}
