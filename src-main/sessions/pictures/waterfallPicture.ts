import { CellGrid } from '../../../src-preload/contract/drawing/cellGrid.ts'
import type { PictureGap } from '../../../src-preload/contract/drawing/gapPainter.ts'
import { PictureAxes } from '../../../src-preload/contract/drawing/pictureAxes.ts'
import { durationText } from '../../../src-preload/contract/drawing/ticks.ts'
import type { ExportContent } from '../export/exportContent.ts'
import { missingRanges } from '../spectra/missingRanges.ts'
import type { CanvasLibrary } from './canvasLibrary.ts'
import { type CellRows, type CellWork, plainRows, spectralRows } from './pictureCells.ts'
import { axesDescription, bandText, makeFrame, pictureGeometry, squareUnit, titleOf } from './pictureFrame.ts'
import type { PictureRequest } from './pictureRequest.ts'
import { paintWaterfall } from './paintWaterfall.ts'
import { leastSpectralSamples, rowPlan, type RowWish } from './rowPlan.ts'
import { documentOf, type Painted } from './pictureDocument.ts'

/** Cells that are held at once (256 MiB). */
const mostCells = 64 * 1024 * 1024
/** As in a window: at least so long, since what is looked for is often low. */
const leastFrameS = 0.5

interface WaterfallCells extends CellRows {
  what: string
  bandHz: { low: number; high: number } | null
  nfft: number | null
  hop: number | null
  warnings: string[]
}

async function waterfallCells(
  content: ExportContent,
  request: PictureRequest,
  work: CellWork
): Promise<WaterfallCells> {
  const { pictureHeight } = pictureGeometry(request)
  const rowsMost = Math.max(1, Math.min(pictureHeight, Math.floor(mostCells / content.channels)))
  const none = { nfft: null, hop: null, warnings: [] }
  const [recorded] = content.bands
  if (recorded) {
    const cells = await plainRows(content, rowsMost, work)
    const bandHz = { low: recorded.lowHz, high: recorded.highHz }
    return { ...none, ...cells, what: 'band energy', bandHz }
  }
  if (content.rows < leastSpectralSamples) {
    const warnings = [`${content.rows} samples are too few for a spectrum: levels are those of the samples themselves.`]
    return { ...none, ...(await plainRows(content, rowsMost, work)), what: 'level of samples', bandHz: null, warnings }
  }
  const wish: RowWish = { output: 'bandEnergy', band: request.band, rowsMost, leastFrameS, nfft: request.nfft }
  const plan = rowPlan(content, content.source, wish)
  const { spectra } = plan
  return {
    ...(await spectralRows(content, plan, work)),
    what: 'band energy',
    bandHz:
      content.sampleRateHz === null
        ? null
        : {
            low: request.band?.lowHz ?? spectra.frequenciesHz[0]!,
            high: request.band?.highHz ?? spectra.frequenciesHz.at(-1)!
          },
    nfft: spectra.nfft,
    hop: spectra.hop,
    warnings: plan.isSampled
      ? [
          'Reading all of it takes more than 2 GB: evenly spaced frames are read, and short events between them are not seen.'
        ]
      : []
  }
}

/** Gaps where they lie between the rows. */
function gapsOf(content: ExportContent, { firstCentre, samplesPerRow }: CellRows): PictureGap[] {
  return missingRanges(content).map(({ from, to }, index) => {
    const gap = content.gaps[index]!
    const missingMs = Number(gap.endTimeNs - gap.startTimeNs) / 1e6
    return {
      firstRow: (from - 0.5 - firstCentre) / samplesPerRow + 0.5,
      rowCount: (to - from) / samplesPerRow,
      missingMs,
      reason: '',
      label: `gap ${durationText(missingMs)}`
    }
  })
}

/** Waterfall of a content: distance to the right, time downwards, every channel and row of it. */
export async function waterfallPicture(
  library: CanvasLibrary,
  content: ExportContent,
  request: PictureRequest,
  work: CellWork
): Promise<Painted> {
  const cells = await waterfallCells(content, request, work)
  const { rows, bandHz } = cells
  const unit = `dB re ${content.bands.length > 0 ? (content.unit ?? 'unit²') : squareUnit(content.unit)}`
  const shown = [
    cells.what,
    bandHz ? bandText(bandHz.low, bandHz.high) : '',
    content.quantity && content.bands.length === 0 ? `of ${content.quantity}` : ''
  ]
  const frame = makeFrame(library, request, titleOf(content, [shown.filter((part) => part !== '').join(' ')]))
  const levels = paintWaterfall(library, frame, request, {
    grid: new CellGrid(content.channels, rows, cells.values),
    axes: new PictureAxes(axesDescription(content, cells), 1),
    gaps: gapsOf(content, cells),
    unit
  })
  const { nfft, hop, warnings } = cells
  return {
    canvas: frame.canvas,
    document: documentOf(content, request, frame, {
      ...{ cells: { rows, columns: content.channels }, unit, bandHz, levels, nfft, hop, warnings }
    })
  }
}
