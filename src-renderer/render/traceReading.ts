import { isInvalid, isMissing, isValue, missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { endCell, firstCell } from '../../src-preload/contract/drawing/pictureView.ts'
import { isoFromNanoseconds } from '../../src-preload/contract/units.ts'
import { measuredAt } from './measure/measuredAt.ts'
import type { MeasuredPlace } from './measure/measuredPlace.ts'
import { channelName } from './spectraChannelNames.ts'
import { quantityText, type SpectraReading } from './spectraReading.ts'
import type { SpectraTileModel, TileLayer } from './spectraTileModel.ts'
import { timeMsFromPixel, type TimePixels } from './spectraTimeWindow.ts'
import { showsPeaks, type TracePlane } from './tracePlane.ts'

interface Where {
  model: SpectraTileModel
  layer: TileLayer
  plane: TracePlane
  pixels: TimePixels
}

/** A sample (of a pair, its first or second value) as held by the window or by the history; missing where neither has it. */
export function sampleAt({ rows, history }: TileLayer, channel: number, row: number, part = 0): number {
  const { ring, perChannel } = rows
  if (!ring || ring.isEmpty || row >= ring.end) return missingValue
  const column = channel * perChannel + part
  if (row >= ring.first) return ring.valueAt(row, column)
  const kept = history?.extent?.levels.find(({ level }) => level === 0)
  if (!history || !kept || row < kept.firstRow || row >= kept.endRow) return missingValue
  const chunk = history.chunkAt(0, row)
  return chunk && row < chunk.knownEnd ? chunk.mean[(row - chunk.firstRow) * ring.columns + column]! : missingValue
}

/**
 * What a trace shows at a part of its width: the nearest sample with its own time; where samples share the pixel, the least and the
 * greatest of them.
 */
export function readTrace(
  where: Where,
  index: number,
  channel: number,
  fraction: number,
  coreNowMs: number
): SpectraReading | null {
  const { model, layer, plane, pixels } = where
  const { rows } = layer
  const { description } = rows
  if (!description) return null
  const x = fraction * pixels.width
  const row = Math.floor(rows.cellFromMs(timeMsFromPixel(pixels, x)))
  const name = channelName(description.columns, channel)
  const common = {
    timeIso: isoFromNanoseconds(rows.rowTimeNs(row)),
    relative: model.relativeText(rows.msFromCell(row + 0.5), coreNowMs),
    channel: name.number,
    distance: name.distance,
    frequency: null,
    unit: description.value.unit
  }
  const isPair = rows.perChannel === 2
  const arePeaks = showsPeaks(pixels, rows)
  const place = plane.placeOf(pixels.pixelAtLeft + Math.floor(x)) * plane.count + index
  const least = arePeaks ? (plane.least[place] ?? Infinity) : sampleAt(layer, channel, row)
  const greatest = arePeaks ? (plane.greatest[place] ?? -Infinity) : sampleAt(layer, channel, row, isPair ? 1 : 0)
  if (least <= greatest && isValue(least)) {
    const value = least === greatest ? quantityText(least) : `${quantityText(least)} … ${quantityText(greatest)}`
    return { ...common, value, hasValue: true }
  }
  const cell = sampleAt(layer, channel, row)
  const word = isMissing(cell) ? (rows.gapAt(row)?.label ?? 'no sample') : isInvalid(cell) ? 'invalid' : 'no sample'
  return { ...common, value: word, hasValue: false }
}

/** Samples of a pixel that are looked through for the one shown; of longer pixels a cursor knows the time to the pixel. */
const searchedMost = 4096

/** The row in which a pixel of a trace has a value; null where it is not held, or there are too many. */
function rowOf(layer: TileLayer, channel: number, rowFirst: number, rowEnd: number, value: number): number | null {
  if (rowEnd - rowFirst > searchedMost) return null
  for (let row = rowFirst; row < rowEnd; row++) {
    for (let part = 0; part < layer.rows.perChannel; part++) {
      if (sampleAt(layer, channel, row, part) === value) return row
    }
  }
  return null
}

/**
 * The place at `x` (device pixels of the trace) and the sample that a cursor stands on there: the nearest one; where samples
 * share the pixel, the least or the greatest of them, whichever is nearer to `pointedValue`, with its own time.
 */
export function measureTrace(
  { model, layer, plane, pixels }: Where,
  index: number,
  channel: number,
  x: number,
  pointedValue: number
): Omit<MeasuredPlace, 'x' | 'y'> | null {
  const { rows } = layer
  if (model.baseMs === null || plane.width === 0) return null
  const ms = timeMsFromPixel(pixels, x)
  const pixel = pixels.pixelAtLeft + Math.floor(x)
  const under = Math.floor(rows.cellFromMs(ms))
  const arePeaks = showsPeaks(pixels, rows)
  const place = plane.placeOf(pixel) * plane.count + index
  const isPair = rows.perChannel === 2
  const least = arePeaks ? plane.least[place]! : sampleAt(layer, channel, under)
  const greatest = arePeaks ? plane.greatest[place]! : sampleAt(layer, channel, under, isPair ? 1 : 0)
  const hasValue = least <= greatest && isValue(least) && isValue(greatest)
  const nearest = Math.abs(pointedValue - least) < Math.abs(pointedValue - greatest) ? least : greatest
  let row = under
  if (arePeaks && hasValue) {
    const from = rows.cellFromMs(pixel * pixels.msPerPixel)
    const to = rows.cellFromMs((pixel + 1) * pixels.msPerPixel)
    row = rowOf(layer, channel, firstCell(from, to), endCell(from, to), nearest) ?? under
  }
  return measuredAt({
    pane: 'trace',
    rows,
    column: channel,
    row,
    timeMs: model.baseMs + ms,
    hertz: null,
    bin: null,
    value: hasValue ? nearest : null
  })
}
