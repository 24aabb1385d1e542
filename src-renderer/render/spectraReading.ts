import { isInvalid, isMissing, isValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { endCell, firstCell } from '../../src-preload/contract/drawing/pictureView.ts'
import { numberText } from '../../src-preload/contract/drawing/ticks.ts'
import { isoFromNanoseconds } from '../../src-preload/contract/units.ts'
import type { MeasuredPlace } from './measure/measuredPlace.ts'
import { measuredAt } from './measure/measuredAt.ts'
import { channelName } from './spectraChannelNames.ts'
import type { FrequencyLines, SpectraPlane } from './spectraPlane.ts'
import type { LayerRows } from './spectraRows.ts'
import type { SpectraTileModel } from './spectraTileModel.ts'
import { timeMsFromPixel, type TimePixels } from './spectraTimeWindow.ts'
import type { SpectrumReader } from './spectrumModel.ts'

/** What is under the pointer, ready to be read. */
export interface SpectraReading {
  timeIso: string
  relative: string
  channel: string
  distance: string | null
  /** `118.0 Hz`; null where there is none. */
  frequency: string | null
  value: string
  hasValue: boolean
  unit: string
}

/** As many decimals as bins can be told apart. */
export function hertzText(hertz: number, stepHz: number): string {
  const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(Math.max(stepHz, 1e-9))) + 2))
  return `${numberText(hertz, decimals)} Hz`
}

/** So many significant digits, a power of ten where it is far from one: samples have units from rad to m/s. */
export function quantityText(value: number, digits = 6): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  if (size >= 1e-3 && size < 1e6) {
    return numberText(value, Math.max(0, Math.min(9, digits - 1 - Math.floor(Math.log10(size)))))
  }
  const power = Math.floor(Math.log10(size))
  const superscript = String(power)
    .split('')
    .map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)]))
    .join('')
  return `${numberText(value / 10 ** power, digits - 2)}·10${superscript}`
}

interface Where {
  model: SpectraTileModel
  rows: LayerRows
  reader: SpectrumReader
  plane: SpectraPlane
  lines: FrequencyLines
  pixels: TimePixels
}

/** The cell that a pixel of a spectrogram shows: of those that share it the greatest, with its own time and frequency. */
export function cellAtPixel(
  { rows, reader, plane, lines, pixels }: Where,
  picture: number,
  column: number,
  x: number,
  y: number
): { row: number; bin: number; value: number } {
  const pixel = pixels.pixelAtLeft + Math.floor(x)
  const line = Math.min(Math.max(Math.floor(y), 0), lines.height - 1)
  const from = rows.cellFromMs(pixel * pixels.msPerPixel)
  const to = rows.cellFromMs((pixel + 1) * pixels.msPerPixel)
  const [rowFirst, rowEnd] = [firstCell(from, to), endCell(from, to)]
  const value = plane.values[plane.offsetOf(pixel) + picture * plane.height + line]!
  const middle = {
    row: Math.floor((rowFirst + rowEnd - 1) / 2),
    bin: Math.floor((lines.first[line]! + lines.end[line]! - 1) / 2),
    value
  }
  if (!isValue(value)) return middle
  for (let row = rowFirst; row < rowEnd; row++) {
    for (let bin = lines.first[line]!; bin < lines.end[line]!; bin++) {
      if (reader.levelAt(column, row, bin) === value) return { row, bin, value }
    }
  }
  return middle
}

export function readSpectra(
  where: Where,
  picture: number,
  column: number,
  x: number,
  y: number,
  coreNowMs: number
): SpectraReading | null {
  const { rows, model } = where
  const { description } = rows
  if (!description?.bins) return null
  const { row, bin, value } = cellAtPixel(where, picture, column, x, y)
  const { firstHz, stepHz } = description.bins
  const name = channelName(description.columns, column)
  return {
    timeIso: isoFromNanoseconds(rows.rowTimeNs(row)),
    relative: model.relativeText(rows.msFromCell(row + 0.5), coreNowMs),
    channel: name.number,
    distance: name.distance,
    frequency: hertzText(firstHz + bin * stepHz, stepHz),
    value: isMissing(value)
      ? (rows.gapAt(row)?.label ?? 'no row')
      : isInvalid(value)
        ? 'invalid'
        : numberText(value, 2),
    hasValue: isValue(value),
    unit: description.value.unit
  }
}

/** The place at a pixel of a spectrogram, and the cell shown there. `x`, `y`: device pixels of the picture. */
export function measureSpectra(
  where: Where,
  picture: number,
  column: number,
  x: number,
  y: number
): Omit<MeasuredPlace, 'x' | 'y'> | null {
  const { rows, model, pixels, lines } = where
  const bins = rows.description?.bins
  if (!bins || model.baseMs === null || lines.height === 0) return null
  const { row, bin, value } = cellAtPixel(where, picture, column, x, y)
  return measuredAt({
    pane: 'spectrogram',
    rows,
    column,
    row,
    timeMs: model.baseMs + timeMsFromPixel(pixels, x),
    hertz: model.band.highHz - (y / lines.height) * model.band.spanHz,
    bin,
    value: isValue(value) ? value : null
  })
}
