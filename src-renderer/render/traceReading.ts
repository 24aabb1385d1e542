import { isInvalid, isMissing, isValue, missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { isoFromNanoseconds } from '../../src-preload/contract/units.ts'
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
