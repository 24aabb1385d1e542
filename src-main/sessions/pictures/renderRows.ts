import { CellGrid } from '../../../src-preload/contract/drawing/cellGrid.ts'
import { invalidValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import type { PictureGap } from '../../../src-preload/contract/drawing/gapPainter.ts'
import { type AxesDescription, PictureAxes } from '../../../src-preload/contract/drawing/pictureAxes.ts'
import { loadCanvasLibrary } from './canvasLibrary.ts'
import { paintWaterfall } from './paintWaterfall.ts'
import { makeFrame } from './pictureFrame.ts'
import type { PictureRequest } from './pictureRequest.ts'

/** Rows that are at hand already: of a live job, for an alert or a report. */
export interface RowsPicture {
  title: { name: string; details: string }
  /** Of the view that the rows are from. */
  description: AxesDescription
  /** Row that `values` begin with. */
  firstRow: number
  rows: number
  /** dB, rows × columns, not changed; NaN is invalid, `missingValue` what never came. */
  values: Float32Array
  gaps: PictureGap[]
  /** `dB re (rad/s)²` */
  unit: string
}

/**
 * Waterfall of rows with axes and a colour bar, as PNG.
 *
 * @throws ExportError where no canvas library is installed
 */
export async function renderRows(picture: RowsPicture, request: PictureRequest): Promise<Buffer> {
  const { description, firstRow, rows, gaps, unit, title } = picture
  const library = await loadCanvasLibrary()
  const frame = makeFrame(library, request, title)
  const { count } = description.columns
  const values = picture.values.map((value) => (Number.isNaN(value) ? invalidValue : value))
  const originNs = BigInt(description.originNs) + BigInt(Math.round(firstRow * description.rowIntervalNs))
  paintWaterfall(library, frame, request, {
    grid: new CellGrid(count, rows, values),
    axes: new PictureAxes({ ...description, originNs: String(originNs) }, 1),
    gaps: gaps.map((gap) => ({ ...gap, firstRow: gap.firstRow - firstRow })),
    unit
  })
  return frame.canvas.toPng()
}
