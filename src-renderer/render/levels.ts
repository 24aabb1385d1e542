import { robustLevels } from '../../src-preload/contract/drawing/robustLevels.ts'
import { greatestValue, usesPeaks } from './pictureSurface.ts'
import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { isValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { slotsPerBlock, type RowRing } from './rowRing.ts'

const sampleCount = 8192
/** Levels stay where they are while the data asks for less than this much change, dB: colours must not flicker. */
const hysteresisDb = 0.5

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/**
 * Robust levels of what is in view: percentiles of a strided subsample of the cells as they are shown (the greatest of the
 * cells that share a pixel), so that a few outliers or a dead channel do not blank the picture.
 */
export class AutomaticLevels {
  lowDb = -60
  highDb = 0
  private readonly samples = new Float32Array(sampleCount)

  /** True when the levels changed. `isAsked`: the operator changed the view, so small changes count too. */
  update(ring: RowRing, view: PictureView, isAsked = false): boolean {
    const count = this.collect(ring, view)
    if (count < 16) return false
    const { lowDb: low, highDb: high } = robustLevels(this.samples.subarray(0, count))
    const isSmall = Math.abs(low - this.lowDb) < hysteresisDb && Math.abs(high - this.highDb) < hysteresisDb
    if (isSmall && !isAsked) return false
    this.lowDb = low
    this.highDb = high
    return true
  }

  private collect(ring: RowRing, view: PictureView): number {
    const slotSpan = Math.abs(view.slotsPerPixel) * view.height
    const slotLow = view.slotsPerPixel < 0 ? view.slotAtTop - slotSpan : view.slotAtTop
    const slotFirst = Math.max(ring.first, Math.floor(slotLow))
    const slotEnd = Math.min(ring.end, Math.ceil(slotLow + slotSpan))
    const columnFirst = Math.max(0, Math.floor(view.columnAtLeft))
    const columnEnd = Math.min(ring.columns, Math.ceil(view.columnAtLeft + view.columnsPerPixel * view.width))
    const columns = columnEnd - columnFirst
    const cells = (slotEnd - slotFirst) * columns
    if (!(cells > 0)) return 0
    const slotsTogether = Math.max(1, Math.min(slotsPerBlock, Math.round(Math.abs(view.slotsPerPixel))))
    const columnsTogether = Math.max(1, Math.round(view.columnsPerPixel))
    const fromPeaks = usesPeaks(view.slotsPerPixel)
    let stride = Math.max(1, Math.floor(cells / sampleCount))
    // A stride that shares a factor with the width would visit some columns only.
    while (greatestCommonDivisor(stride, columns) > 1) stride++
    let count = 0
    for (let cell = 0; cell < cells && count < sampleCount; cell += stride) {
      const slot = slotFirst + Math.floor(cell / columns)
      const column = columnFirst + (cell % columns)
      const value = greatestValue(ring, column, column + columnsTogether, slot, slot + slotsTogether, fromPeaks)
      if (isValue(value)) this.samples[count++] = value
    }
    return count
  }
}
