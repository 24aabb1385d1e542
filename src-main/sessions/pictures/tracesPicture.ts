import { paintGapBands, paintTimeBelow } from '../../../src-preload/contract/drawing/plotAxes.ts'
import { PictureAxes } from '../../../src-preload/contract/drawing/pictureAxes.ts'
import { numberText } from '../../../src-preload/contract/drawing/ticks.ts'
import { paintAmplitudeBar, paintTraces } from '../../../src-preload/contract/drawing/tracesPainter.ts'
import { designBandPass } from '../../dsp/bandPass.ts'
import type { ExportContent } from '../export/exportContent.ts'
import { ExportError } from '../export/exportFormat.ts'
import type { CanvasLibrary } from './canvasLibrary.ts'
import { type CellWork, gapBands } from './pictureCells.ts'
import { documentOf, type Painted } from './pictureDocument.ts'
import { axesDescription, bandText, makeFrame, pictureGeometry, titleOf } from './pictureFrame.ts'
import type { PictureRequest } from './pictureRequest.ts'
import { traceColumns } from './traceColumns.ts'

const mostTraces = 64
/** Room of a trace, CSS pixels. */
const leastSpacing = 18
/** Of the peaks: what the loudest few reach beyond may overlap. */
const amplitudePercentile = 0.99
const tracePercentile = 0.8

/** So many of them, evenly spread, the first and the last among them. */
function spread(count: number, most: number): number[] {
  const chosen = Math.min(count, most)
  return Array.from({ length: chosen }, (_, index) =>
    chosen === 1 ? Math.floor((count - 1) / 2) : Math.round((index * (count - 1)) / (chosen - 1))
  )
}

/** What the peaks of most traces stay below: of each trace almost all, of the traces those that are not the loudest. */
function robustAmplitude(least: Float32Array, greatest: Float32Array, traces: number): number {
  const width = least.length / traces
  const amplitudes = Array.from({ length: traces }, (_, trace) => {
    const peaks = least
      .subarray(trace * width, (trace + 1) * width)
      .map((value, column) => Math.max(Math.abs(value), Math.abs(greatest[trace * width + column]!)))
      .filter(Number.isFinite)
      .sort()
    return peaks[Math.ceil((peaks.length - 1) * amplitudePercentile)] ?? 0
  }).sort((a, b) => a - b)
  return amplitudes[Math.ceil((traces - 1) * tracePercentile)]! || amplitudes.at(-1)!
}

function amountText(value: number, unit: string | null): string {
  const size = Math.abs(value)
  const number =
    size === 0 || (size >= 1e-3 && size < 1e5) ? String(Number(value.toPrecision(2))) : value.toExponential(1)
  return `${number.replaceAll('-', '−')}${unit ? ` ${unit}` : ''}`
}

/** Traces of some channels of a content, one below the other, time to the right. */
export async function tracesPicture(
  library: CanvasLibrary,
  content: ExportContent,
  request: PictureRequest,
  work: CellWork
): Promise<Painted> {
  const geometry = pictureGeometry(request)
  const { band } = request
  const { sampleRateHz: rateHz } = content
  if (band !== null && content.bands.length === 0 && rateHz === null)
    throw new ExportError(
      `${content.source.file}: its sample rate is not known, so no band can be chosen; state it with --rate.`
    )
  if (band !== null && rateHz !== null && band.lowHz >= rateHz / 2)
    throw new ExportError(
      `${content.source.file}: the band begins at ${band.lowHz} Hz, but its samples reach only to ${rateHz / 2} Hz; choose a lower one.`
    )
  const isFiltered = band !== null && content.bands.length === 0 && rateHz !== null
  const filter = isFiltered ? designBandPass(rateHz, band.lowHz, band.highHz ?? rateHz / 2) : null
  const most = Math.max(1, Math.min(mostTraces, Math.floor(geometry.pictureHeight / (leastSpacing * geometry.scale))))
  const chosen = spread(content.channels, most)
  const columns = await traceColumns(content, chosen, geometry.pictureWidth, filter, work)
  // Energies are told by their levels, as everywhere.
  const unit = content.bands.length > 0 ? 'dB' : content.unit
  const { levels } = request
  const amplitude = levels
    ? Math.max(Math.abs(levels.low), Math.abs(levels.high))
    : robustAmplitude(columns.least, columns.greatest, chosen.length)
  const bandHz = isFiltered ? { low: band.lowHz, high: Math.min(band.highHz ?? Infinity, rateHz / 2) } : null
  const count = chosen.length < content.channels ? `${chosen.length} of ${content.channels} channels` : ''
  const what = content.bands[0]
    ? `band energy ${bandText(content.bands[0].lowHz, content.bands[0].highHz)}`
    : (content.quantity ?? '')
  const shown = [what, bandHz ? bandText(bandHz.low, bandHz.high) : '', count]
  const frame = makeFrame(library, request, titleOf(content, shown))
  const place = { context: frame.canvas.context, geometry: frame.geometry, theme: frame.theme }
  const picture = { labels: chosen.map((channel) => numberText(content.channelNumber(channel))), amplitude, ...columns }
  paintTraces(place, picture)
  paintGapBands(place, library.make, gapBands(content, { rows: content.rows, firstCentre: 0, samplesPerRow: 1 }))
  const axes = new PictureAxes(axesDescription(content, { firstCentre: 0, samplesPerRow: 1 }), 1)
  // A sample stands in the middle of its columns.
  paintTimeBelow(place, axes.timeFromSlot(0), axes.timeFromSlot(content.rows), axes.timeScale, axes.timeFromSlot(0.5))
  paintAmplitudeBar(place, picture, amountText(2 * amplitude, unit))
  return {
    canvas: frame.canvas,
    document: documentOf(content, request, frame, {
      ...{ cells: { rows: chosen.length, columns: geometry.pictureWidth }, unit: unit ?? '', bandHz },
      ...{ levels: { low: -amplitude, high: amplitude }, nfft: null, hop: null, warnings: [] }
    })
  }
}
