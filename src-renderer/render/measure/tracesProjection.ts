import { channelsOfColumn } from '../spectraChannelNames.ts'
import type { LayerRows } from '../spectraRows.ts'
import type { SpectraTileModel } from '../spectraTileModel.ts'
import type { TimePixels } from '../spectraTimeWindow.ts'
import { traceY, type StackOptions, type TraceScale } from '../traceStack.ts'
import type { MarksArea } from './marksProjection.ts'
import { PaneProjection } from './paneProjection.ts'
import { timeAcross } from './spectraProjection.ts'

interface Traces {
  model: SpectraTileModel
  rows: LayerRows
  pixels: TimePixels
  /** Columns of the traces, from the top. */
  channels: readonly number[]
  scales: readonly (TraceScale | null)[]
  stack: StackOptions
  /** Of all traces, CSS pixels. */
  area: MarksArea
}

/** Where times and channels lie in stacked traces; null before there are any. */
export function tracesProjection(traces: Traces): PaneProjection | null {
  const { model, rows, pixels, channels, scales, stack, area } = traces
  const { description } = rows
  if (!description || model.baseMs === null) return null
  const height = area.height / Math.max(1, channels.length)
  const lanes = channels.map((channel, index) => ({
    area: { left: area.left, top: area.top + index * height, width: area.width, height },
    ...channelsOfColumn(description.columns, channel)
  }))
  return new PaneProjection(area, lanes, {
    xFromTime: timeAcross(model, pixels),
    xFromHertz: null,
    yFromHertz: null,
    yFromValue: (value, unit, lane) => {
      const scale = scales[lane]
      return scale && unit === description.value.unit ? traceY(value, scale, 0.5, 1, stack) : null
    },
    shownMs: null
  })
}
