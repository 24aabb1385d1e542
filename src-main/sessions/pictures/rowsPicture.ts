import { invalidValue, isMissing, missingValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import type { PictureGap } from '../../../src-preload/contract/drawing/gapPainter.ts'
import { durationText } from '../../../src-preload/contract/drawing/ticks.ts'
import { decodeFrame } from '../../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../../src-preload/contract/schemas.ts'
import type { PictureRequest } from './pictureRequest.ts'
import { renderRows } from './renderRows.ts'

/** Rows of a job as frames carry them, to be painted by whichever thread has time for it. */
export interface FramesPicture {
  title: { name: string; details: string }
  description: ViewDescription
  /** Index of the first row, for its time. */
  firstRow: number
  rows: number
  /** Frames of history, `reduced`; the painter takes them over. */
  frames: ArrayBuffer[]
}

/** One level a column, rows × columns; `missingValue` where a row never came. */
function valuesOf({ frames, description, firstRow, rows }: FramesPicture): Float32Array {
  const { count } = description.columns
  const values = new Float32Array(rows * count).fill(missingValue)
  for (const buffer of frames) {
    const frame = decodeFrame(buffer)
    if (frame?.kind !== 'reduced') continue
    const perColumn = frame.columnCount / count
    for (let row = 0; row < frame.rowCount; row++) {
      const at = frame.firstRow + row - firstRow
      if (at < 0 || at >= rows) continue
      for (let column = 0; column < count; column++) {
        let greatest = missingValue
        // Of spectra the strongest bin stands for its channel.
        for (let part = 0; part < perColumn; part++) {
          const value = frame.mean[row * frame.columnCount + column * perColumn + part]!
          greatest = Math.max(greatest, Number.isNaN(value) ? invalidValue : value)
        }
        values[at * count + column] = greatest
      }
    }
  }
  return values
}

function gapsIn({ description, firstRow, rows }: FramesPicture, values: Float32Array): PictureGap[] {
  const { count } = description.columns
  const gaps: PictureGap[] = []
  for (let row = 0; row < rows; row++) {
    if (!isMissing(values[row * count]!)) continue
    const from = row
    while (row < rows && isMissing(values[row * count]!)) row++
    const missingMs = ((row - from) * description.rowIntervalNs) / 1e6
    gaps.push({
      firstRow: firstRow + from,
      rowCount: row - from,
      missingMs,
      reason: '',
      label: `no data ${durationText(missingMs)}`
    })
  }
  return gaps
}

/**
 * The rows as a waterfall with axes, units, gaps and colour bar, PNG. Takes some tens of milliseconds of its thread.
 *
 * @throws ExportError where no canvas library is installed
 */
export function renderFrames(picture: FramesPicture, request: PictureRequest): Promise<Buffer> {
  const { title, description, firstRow, rows } = picture
  const values = valuesOf(picture)
  const gaps = gapsIn(picture, values)
  return renderRows({ title, description, firstRow, rows, values, gaps, unit: description.value.unit }, request)
}
