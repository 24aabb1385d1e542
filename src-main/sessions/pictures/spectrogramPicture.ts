import { CellGrid, turned } from '../../../src-preload/contract/drawing/cellGrid.ts'
import { ColourBarPainter } from '../../../src-preload/contract/drawing/colourBarPainter.ts'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { paintCells } from '../../../src-preload/contract/drawing/framePainter.ts'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import { paintGapBands, paintTimeBelow, paintValuesLeft } from '../../../src-preload/contract/drawing/plotAxes.ts'
import { PictureAxes } from '../../../src-preload/contract/drawing/pictureAxes.ts'
import { numberText } from '../../../src-preload/contract/drawing/ticks.ts'
import type { ExportContent } from '../export/exportContent.ts'
import { ExportError } from '../export/exportFormat.ts'
import type { CanvasLibrary } from './canvasLibrary.ts'
import { type CellWork, gapBands, spectralRows } from './pictureCells.ts'
import { documentOf, type Painted } from './pictureDocument.ts'
import { axesDescription, bandText, makeFrame, pictureGeometry, squareUnit, titleOf } from './pictureFrame.ts'
import { levelsOf } from './pictureLevels.ts'
import type { PictureRequest } from './pictureRequest.ts'
import { leastSpectralSamples, rowPlan } from './rowPlan.ts'

/** A hertz between bins, where the recording is long enough. */
const leastFrameS = 1

/** Spectrogram of a content of one channel: time to the right, frequency upwards. */
export async function spectrogramPicture(
  library: CanvasLibrary,
  content: ExportContent,
  request: PictureRequest,
  work: CellWork
): Promise<Painted> {
  if (content.rows < leastSpectralSamples)
    throw new ExportError(
      `${content.source.file}: what was chosen has ${content.rows} samples, too few for a spectrogram; choose a longer time, or --view waterfall.`
    )
  const geometry = pictureGeometry(request)
  const plan = rowPlan(content, content.source, {
    output: 'spectra',
    band: request.band,
    rowsMost: geometry.pictureWidth,
    leastFrameS,
    nfft: request.nfft
  })
  const { spectra } = plan
  const { bins, nfft, hop, frequenciesHz } = spectra
  const cells = await spectralRows(content, plan, work)
  const { rows } = cells
  const binWidthHz = spectra.sampleRateHz / nfft
  const low = frequenciesHz[0]! - binWidthHz / 2
  const high = frequenciesHz.at(-1)! + binWidthHz / 2
  const map = colourMapFromName(request.colourMap)
  const unit = `dB re ${squareUnit(content.unit)}/Hz`
  const channel = `channel ${numberText(content.channelNumber(0))}`
  const shown = [channel, `PSD${content.quantity ? ` of ${content.quantity}` : ''}`]
  const frame = makeFrame(
    library,
    request,
    titleOf(content, [...shown, bandText(frequenciesHz[0]!, frequenciesHz.at(-1)!)])
  )
  const grid = turned(new CellGrid(bins.count, rows, cells.values))
  const view: PictureView = {
    width: geometry.pictureWidth,
    height: geometry.pictureHeight,
    columnAtLeft: 0,
    columnsPerPixel: rows / geometry.pictureWidth,
    slotAtTop: bins.count,
    slotsPerPixel: -bins.count / geometry.pictureHeight,
    lowDb: 0,
    highDb: 1
  }
  const levels = levelsOf(request, grid, view)
  Object.assign(view, { lowDb: levels.low, highDb: levels.high })
  const { context } = frame.canvas
  const place = { context, geometry: frame.geometry, theme: frame.theme }
  paintCells(context, library.make, { source: grid, view, map }, frame.geometry, frame.theme)
  // Columns that touch a gap hold nothing; hatched is what was not there.
  paintGapBands(place, library.make, gapBands(content, cells))
  const axes = new PictureAxes(axesDescription(content, cells), 1)
  paintTimeBelow(place, axes.timeFromSlot(0), axes.timeFromSlot(rows), axes.timeScale, axes.timeFromSlot(0.5))
  const isKnownRate = content.sampleRateHz !== null
  if (isKnownRate) paintValuesLeft(place, low, high, 'Hz')
  else paintValuesLeft(place, low, high, '1/row')
  const bar = new ColourBarPainter(context, library.make)
  bar.setColourMap(map)
  bar.paint(view.lowDb, view.highDb, unit, frame.geometry, frame.theme)
  return {
    canvas: frame.canvas,
    document: documentOf(content, request, frame, {
      ...{ cells: { rows: bins.count, columns: rows }, unit, levels, nfft, hop },
      bandHz: isKnownRate ? { low: frequenciesHz[0]!, high: frequenciesHz.at(-1)! } : null,
      warnings: plan.isSampled
        ? [
            'Reading all of it takes more than 2 GB: evenly spaced frames are read, and short events between them are not seen.'
          ]
        : []
    })
  }
}
