import { isoFromNanoseconds } from '../../src-preload/contract/units.ts'
import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { endCell, firstCell } from '../../src-preload/contract/drawing/pictureView.ts'
import { isInvalid, isMissing } from '../../src-preload/contract/drawing/cellValues.ts'
import { durationText, numberText } from '../../src-preload/contract/drawing/ticks.ts'
import { columnFromPixel, slotFromPixel } from '../../src-preload/contract/drawing/pictureView.ts'
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
}

/**
 * Reads the picture at a device pixel. Where several cells share the pixel, the one with the greatest value is read, which
 * is the one shown, with its own time and channel.
 */
export function readCursor(
  model: WaterfallModel,
  view: PictureView,
  x: number,
  y: number,
  nowMs: number
): CursorReading | null {
  const { ring, axes, description } = model
  if (!ring || !axes || !description) return null
  const left = columnFromPixel(view, Math.floor(x))
  const top = slotFromPixel(view, Math.floor(y))
  const bottom = top + view.slotsPerPixel
  const columnFirst = firstCell(left, left + view.columnsPerPixel)
  const columnEnd = endCell(left, left + view.columnsPerPixel)
  const slotFirst = firstCell(Math.min(top, bottom), Math.max(top, bottom))
  const slotEnd = endCell(Math.min(top, bottom), Math.max(top, bottom))
  let column = Math.min(Math.max(columnFirst, 0), ring.columns - 1)
  let slot = slotFirst
  let value = ring.valueAt(slot, column)
  for (let s = slotFirst; s < slotEnd; s++) {
    for (let c = columnFirst; c < columnEnd; c++) {
      if (ring.valueAt(s, c) <= value) continue
      value = ring.valueAt(s, c)
      slot = s
      column = c
    }
  }
  const row = slot * ring.rowsPerSlot
  const timeNs = axes.rowTimeNs(row + Math.floor((ring.rowsPerSlot - 1) / 2))
  const timeMs = axes.timeFromSlot(slot + 0.5)
  const channels = axes.channelsOfColumn(column)
  const gap = isMissing(value) ? model.gapAt(row) : null
  return {
    timeIso: isoFromNanoseconds(timeNs),
    relative: description.live
      ? timeMs <= nowMs
        ? `${durationText(nowMs - timeMs)} ago`
        : 'not yet'
      : `${durationText(timeMs - axes.timeFromSlot(0.5))} from the start`,
    channel:
      channels.first === channels.last
        ? numberText(channels.first)
        : `${numberText(channels.first)} – ${numberText(channels.last)}`,
    distance: axes.hasDistance ? distanceText(axes.distanceFromColumn(column + 0.5), axes.metresPerColumn) : null,
    value: isMissing(value) ? (gap?.label ?? 'no row') : isInvalid(value) ? 'invalid' : numberText(value, 1),
    hasValue: !isMissing(value) && !isInvalid(value),
    unit: description.value.unit
  }
}

/** Digits as the spacing allows: to a tenth of it. */
function distanceText(metres: number, spacingM: number): string {
  const decimals = Math.abs(spacingM) >= 10 ? 0 : Math.abs(spacingM) >= 1 ? 1 : 2
  return Math.abs(metres) >= 10_000 ? `${numberText(metres / 1000, 3)} km` : `${numberText(metres, decimals)} m`
}
