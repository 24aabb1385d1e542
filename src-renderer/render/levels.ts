import { isValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { endCell, firstCell, type PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { robustLevels } from '../../src-preload/contract/drawing/robustLevels.ts'
import type { PictureBands } from './pictureBands.ts'
import { cellsOf, greatestIndex, usesPeaks } from './pictureSurface.ts'

const sampleCount = 8192
/** Levels stay where they are while the data asks for less than this much change, dB: colours must not flicker. */
const hysteresisDb = 0.5
/** Fewer values than this say nothing of a picture, but where there are no more pixels. */
const fewestSamples = 16

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

/**
 * Robust levels of what is in view: percentiles of a strided subsample of the pixels, each with the value that it shows, so
 * that a few outliers or a dead channel do not blank the picture.
 */
export class AutomaticLevels {
  lowDb = -60
  highDb = 0
  private readonly samples = new Float32Array(sampleCount)

  /** True when the levels changed. `isAsked`: the operator changed the view, so small changes count too. */
  update(bands: PictureBands, view: PictureView, isAsked = false): boolean {
    const count = this.collect(bands, view)
    if (count < fewestSamples) return false
    const { lowDb: low, highDb: high } = robustLevels(this.samples.subarray(0, count))
    const isSmall = Math.abs(low - this.lowDb) < hysteresisDb && Math.abs(high - this.highDb) < hysteresisDb
    if (isSmall && !isAsked) return false
    this.lowDb = low
    this.highDb = high
    return true
  }

  private collect(bands: PictureBands, view: PictureView): number {
    const { width, height } = view
    const pixels = width * this.linesWithRows(bands)
    if (pixels <= 0) return 0
    let stride = Math.max(1, Math.floor(pixels / sampleCount))
    // A stride that shares a factor with the width would visit some columns only.
    while (greatestCommonDivisor(stride, width) > 1) stride++
    let count = 0
    let firstLine = 0
    for (let index = 0; index < bands.count; index++) {
      const { ring, lineFirst, lineEnd } = bands.bands[index]!
      if (!ring) continue
      const end = (Math.min(lineEnd, height) - lineFirst) * width
      const slotsPerPixel = view.slotsPerPixel / ring.rowsPerSlot
      const fromPeaks = usesPeaks(slotsPerPixel)
      const cells = cellsOf(ring, fromPeaks)
      let pixel = (stride - (firstLine % stride)) % stride
      for (; pixel < end && count < sampleCount; pixel += stride) {
        const a = view.slotAtTop / ring.rowsPerSlot + (lineFirst + Math.floor(pixel / width)) * slotsPerPixel
        const b = a + slotsPerPixel
        const low = Math.min(a, b)
        const high = Math.max(a, b)
        const left = view.columnAtLeft + (pixel % width) * view.columnsPerPixel
        const right = left + view.columnsPerPixel
        const columnEnd = endCell(left, right)
        const slotEnd = endCell(low, high)
        const found = greatestIndex(ring, firstCell(left, right), columnEnd, firstCell(low, high), slotEnd, fromPeaks)
        if (found >= 0 && isValue(cells[found]!)) this.samples[count++] = cells[found]!
      }
      firstLine += end
    }
    return count
  }

  private linesWithRows(bands: PictureBands): number {
    let lines = 0
    for (let index = 0; index < bands.count; index++) {
      const { ring, lineFirst, lineEnd } = bands.bands[index]!
      if (ring) lines += lineEnd - lineFirst
    }
    return lines
  }
}
