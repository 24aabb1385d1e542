import { AxesPainter } from '../../../src-preload/contract/drawing/axesPainter.ts'
import type { CellGrid } from '../../../src-preload/contract/drawing/cellGrid.ts'
import { ColourBarPainter } from '../../../src-preload/contract/drawing/colourBarPainter.ts'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { paintCells } from '../../../src-preload/contract/drawing/framePainter.ts'
import { GapPainter, type PictureGap } from '../../../src-preload/contract/drawing/gapPainter.ts'
import type { PictureAxes } from '../../../src-preload/contract/drawing/pictureAxes.ts'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import type { CanvasLibrary } from './canvasLibrary.ts'
import type { PictureFrame } from './pictureFrame.ts'
import { levelsOf } from './pictureLevels.ts'
import type { PictureRequest } from './pictureRequest.ts'

/** Everything of a waterfall below its title, as a tile of a window shows it, all rows and columns. Returns the levels. */
export function paintWaterfall(
  library: CanvasLibrary,
  { canvas, geometry, theme }: PictureFrame,
  request: Pick<PictureRequest, 'levels' | 'colourMap'>,
  picture: { grid: CellGrid; axes: PictureAxes; gaps: PictureGap[]; unit: string }
): { low: number; high: number } {
  const { grid, axes, gaps, unit } = picture
  const { pictureWidth: width, pictureHeight: height } = geometry
  const map = colourMapFromName(request.colourMap)
  const view: PictureView = {
    ...{ width, height, columnAtLeft: 0, columnsPerPixel: grid.columns / width },
    ...{ slotAtTop: 0, slotsPerPixel: grid.slots / height, lowDb: 0, highDb: 1 }
  }
  const levels = levelsOf(request, grid, view)
  view.lowDb = levels.low
  view.highDb = levels.high
  const { context } = canvas
  paintCells(context, library.make, { source: grid, view, map }, geometry, theme)
  new AxesPainter(context).paint(view, axes, geometry, theme)
  new GapPainter(context, library.make).paint(gaps, axes.rowsPerSlot, view, geometry, theme)
  const bar = new ColourBarPainter(context, library.make)
  bar.setColourMap(map)
  bar.paint(view.lowDb, view.highDb, unit, geometry, theme)
  return levels
}
