import { millisecondsFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { channelNumber, columnDistanceM } from '../spectraChannelNames.ts'
import type { LayerRows } from '../spectraRows.ts'
import type { MeasuredPlace, PaneKind } from './measuredPlace.ts'

interface Found {
  pane: PaneKind
  rows: LayerRows
  /** Index of the layer's column, and the row that was found. */
  column: number
  row: number
  /** Exactly under the pointer, milliseconds since the epoch; Hz. */
  timeMs: number
  hertz: number | null
  /** Index of the bin that was found; null without frequencies. */
  bin: number | null
  value: number | null
}

/** What was found under a pointer, in the terms of the fibre; null before the layer is described. */
export function measuredAt(found: Found): Omit<MeasuredPlace, 'x' | 'y'> | null {
  const { pane, rows, column, row, timeMs, hertz, bin, value } = found
  const { description } = rows
  if (!description) return null
  const { columns, bins } = description
  const channel = channelNumber(columns, column)
  const distanceM = columnDistanceM(columns, column)
  const middleHz = bins && bin !== null ? bins.firstHz + bin * bins.stepHz : null
  const timeNs = rows.rowTimeNs(row)
  return {
    timeMs,
    channel,
    distanceM,
    hertz,
    bin:
      bins && middleHz !== null
        ? { lowHz: Math.max(0, middleHz - bins.stepHz / 2), highHz: middleHz + bins.stepHz / 2 }
        : null,
    point: {
      pane,
      timeNs: String(timeNs),
      timeMs: millisecondsFromNanoseconds(timeNs),
      channel,
      distanceM,
      hertz: middleHz,
      value,
      unit: description.value.unit
    }
  }
}
