import { isInvalid, isMissing, isValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { columnFromPixel, slotFromPixel, type PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { powerText, powerUnit } from '../../src-preload/contract/drawing/powerText.ts'
import { durationText, numberText } from '../../src-preload/contract/drawing/ticks.ts'
import { isoFromNanoseconds } from '../../src-preload/contract/units.ts'
import { findShownCell, type ShownCell } from './shownCell.ts'
import type { ShownRows } from './shownRows.ts'
import type { WaterfallModel } from './waterfallModel.ts'

/** What is under the cursor, ready to be read. */
export interface CursorReading {
  /** `2023-04-26T16:14:49.042000000Z`, the centre of the row. */
  timeIso: string
  /** `1 m 43 s ago` for a live job, `12.3 s from the start` for a historic one. */
  relative: string
  channel: string
  /** Null where the source knows no distances. */
  distance: string | null
  /** Without unit; a word where there is none. */
  value: string
  hasValue: boolean
  unit: string
  /** What was done to the rows before they are shown; null where the value is as it came. */
  processing: string | null
  /** The value as it came, with its unit; null where that is what is shown, or it is no more in memory. */
  raw: string | null
}

/** Reading and place of the cell at a pixel. */
export interface PointedCell {
  reading: CursorReading
  row: number
  rowTimeNs: bigint
  column: number
  value: number | null
  rawValue: number | null
  /** Exactly under the pointer, not the cell's centre. */
  timeMs: number
  channel: number
  distanceM: number | null
}

/** What the values of a picture are: their unit, and what was done to them. */
export function shownUnit(unit: string, hasBackground: boolean, isLinear: boolean): string {
  if (hasBackground) return isLinear ? '× background' : 'dB above background'
  return isLinear ? powerUnit(unit) : unit
}

/**
 * Reads the picture at a device pixel. Where several cells share the pixel, the one with the greatest value is read, which
 * is the one shown, with its own time and channel.
 */
export function readCursor(
  model: WaterfallModel,
  shown: ShownRows,
  view: PictureView,
  x: number,
  y: number,
  nowMs: number
): PointedCell | null {
  const { ring, axes, description } = model
  if (!ring || !axes || !description) return null
  const [pixelX, pixelY] = [Math.floor(x), Math.floor(y)]
  const cell = findShownCell(view, shown.bands, pixelX, pixelY, ring.columns)
  const rowsPerSlot = cell.ring?.rowsPerSlot ?? 1
  const row = cell.slot * rowsPerSlot + Math.floor((rowsPerSlot - 1) / 2)
  const rowTimeNs = axes.rowTimeNs(row)
  const raw = cell.ring ? shown.rawOf(cell.ring).valueAt(cell.slot, cell.column) : Number.NaN
  return {
    row,
    rowTimeNs,
    column: cell.column,
    value: isValue(cell.value) ? cell.value : null,
    rawValue: isValue(raw) ? raw : null,
    timeMs: axes.timeFromSlot(slotFromPixel(view, y)),
    channel: axes.channelFromColumn(columnFromPixel(view, x)),
    distanceM: axes.hasDistance ? axes.distanceFromColumn(columnFromPixel(view, x)) : null,
    reading: {
      timeIso: isoFromNanoseconds(rowTimeNs),
      relative: relativeText(axes.timeFromSlot(row + 0.5), axes.timeFromSlot(0.5), description.live ? nowMs : null),
      ...placeTexts(model, cell.column),
      ...valueTexts(model, shown, view, cell, row),
      raw: rawText(cell, raw, description.value.unit, shown)
    }
  }
}

function relativeText(timeMs: number, firstMs: number, nowMs: number | null): string {
  if (nowMs === null) return `${durationText(timeMs - firstMs)} from the start`
  return timeMs <= nowMs ? `${durationText(nowMs - timeMs)} ago` : 'not yet'
}

function placeTexts({ axes }: WaterfallModel, column: number): Pick<CursorReading, 'channel' | 'distance'> {
  const channels = axes!.channelsOfColumn(column)
  return {
    channel:
      channels.first === channels.last
        ? numberText(channels.first)
        : `${numberText(channels.first)} – ${numberText(channels.last)}`,
    distance: axes!.hasDistance ? distanceText(axes!.distanceFromColumn(column + 0.5), axes!.metresPerColumn) : null
  }
}

function valueTexts(
  model: WaterfallModel,
  shown: ShownRows,
  view: PictureView,
  cell: ShownCell,
  row: number
): Pick<CursorReading, 'value' | 'hasValue' | 'unit' | 'processing'> {
  const { value } = cell
  const isLinear = view.isLinear ?? false
  const unit = shownUnit(model.description!.value.unit, shown.processing.background !== null, isLinear)
  const common = { unit, processing: processingText(shown, cell) }
  if (isValue(value)) return { ...common, hasValue: true, value: isLinear ? powerText(value) : numberText(value, 2) }
  const word = isInvalid(value)
    ? 'invalid'
    : (model.gapAt(row)?.label ?? (cell.ring || shown.loading === null ? 'no row' : 'loading'))
  return { ...common, hasValue: false, value: word }
}

/** `mean of 4 rows, above the median of 30 s, held, −1 dB/s`. */
export function processingText(shown: ShownRows, cell: Pick<ShownCell, 'ring'>): string | null {
  const { processing } = shown
  const meanRows = cell.ring ? shown.meanRowsOf(cell.ring) : processing.meanRows
  const rowsPerSlot = cell.ring?.rowsPerSlot ?? 1
  const words: string[] = []
  if (meanRows > 1) words.push(`mean of ${numberText(meanRows)} rows`)
  else if (rowsPerSlot > 1) words.push(`peak of ${numberText(rowsPerSlot)} rows`)
  const { background, maxHold } = processing
  if (background) words.push(`above the ${background.kind} of ${durationText(background.overS * 1000)}`)
  if (maxHold) words.push(maxHold.decayDbPerS > 0 ? `held, −${maxHold.decayDbPerS} dB/s` : 'held')
  return words.length > 0 ? words.join(', ') : null
}

function rawText(cell: ShownCell, raw: number, unit: string, shown: ShownRows): string | null {
  if (!cell.ring || shown.rawOf(cell.ring) === cell.ring) return null
  if (isMissing(raw)) return 'no row'
  return isInvalid(raw) ? 'invalid' : `${numberText(raw, 2)} ${unit}`
}

/** Digits as the spacing allows: to a tenth of it. */
function distanceText(metres: number, spacingM: number): string {
  const decimals = Math.abs(spacingM) >= 10 ? 0 : Math.abs(spacingM) >= 1 ? 1 : 2
  return Math.abs(metres) >= 10_000 ? `${numberText(metres / 1000, 3)} km` : `${numberText(metres, decimals)} m`
}
