import { encodeFrame, decodeFrame, type ReducedFrame, type RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription, ViewExtent } from '../../src-preload/contract/schemas.ts'
import type { HistorySource } from '../../src-renderer/render/spectraHistory.ts'
import { viewDescription } from './fakeJobs.ts'

/** A description of spectra: `channels` columns with `bins` bins from 0 Hz. */
export const spectraDescription = (
  channels: number,
  bins: number,
  change: Partial<ViewDescription> = {}
): ViewDescription =>
  viewDescription({
    content: 'spectra',
    layer: 'picture',
    columns: {
      count: channels,
      firstChannel: 32_900,
      channelStep: 1,
      channelsPerColumn: 1,
      firstDistanceM: 33_598,
      channelSpacingM: 1.02
    },
    bins: { count: bins, firstHz: 0, stepHz: 2 },
    samples: null,
    analysis: { nfft: (bins - 1) * 2, hopSamples: 100, window: 'hann', binWidthHz: 2, noiseBandwidthBins: 1.5 },
    value: { quantity: 'power spectral density', unit: 'dB re (rad)²/Hz', lowHz: 0, highHz: (bins - 1) * 2 },
    ...change
  })

/** A description of samples at `rateHz`. */
export const traceDescription = (
  channels: number,
  rateHz: number,
  valuesPerColumn: 1 | 2 = 1,
  change: Partial<ViewDescription> = {}
): ViewDescription => ({
  ...spectraDescription(channels, 2),
  layer: 'trace',
  content: 'trace',
  bins: null,
  analysis: null,
  samples: { perRow: valuesPerColumn === 1 ? 1 : 4, valuesPerColumn, sampleIntervalNs: 1e9 / rateHz },
  rowIntervalNs: (1e9 / rateHz) * (valuesPerColumn === 1 ? 1 : 4),
  value: { quantity: 'strain rate', unit: 'rad', lowHz: 0, highHz: rateHz / 2 },
  ...change
})

export function rowsFrame(
  columnCount: number,
  firstRow: number,
  rowCount: number,
  value: (row: number, column: number) => number
): RowsFrame {
  const values = new Float32Array(rowCount * columnCount)
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columnCount; column++) {
      values[row * columnCount + column] = value(firstRow + row, column)
    }
  }
  const common = { subscription: 1, epoch: 1, dataEndMs: 0, sentAtMs: 0, shedRows: 0 }
  return { kind: 'rows', ...common, firstRow, rowCount, columnCount, values }
}

const factorOf = (level: number): number => 4 ** level

/**
 * Kept rows as a core has them, from a function: every level of factor 4, from `keptFrom[level]` (rows of level 0) to `end`.
 * Frames go through their bytes.
 */
export class KeptRows implements HistorySource {
  readonly requests: { level: number; firstRow: number; rowCount: number }[] = []
  isFailing = false
  private readonly columnCount: number
  private readonly keptFrom: number[]
  private readonly end: number
  private readonly value: (row: number, column: number) => number

  constructor(columnCount: number, keptFrom: number[], end: number, value: (row: number, column: number) => number) {
    this.columnCount = columnCount
    this.keptFrom = keptFrom
    this.end = end
    this.value = value
  }

  async extent(): Promise<ViewExtent> {
    const levels = this.keptFrom.map((from, level) => {
      const factor = factorOf(level)
      const [firstRow, endRow] = [Math.ceil(from / factor), Math.ceil(this.end / factor)]
      return { level, factor, firstRow, endRow, bytes: 0, bytesMost: 0 }
    })
    return { epoch: 1, levels, gaps: [] }
  }

  async history(level: number, firstRow: number, rowCount: number): Promise<ReducedFrame[] | null> {
    this.requests.push({ level, firstRow, rowCount })
    if (this.isFailing) return null
    const factor = factorOf(level)
    const from = Math.max(firstRow, Math.ceil(this.keptFrom[level]! / factor))
    const to = Math.min(firstRow + rowCount, Math.ceil(this.end / factor))
    if (to <= from) return []
    const size = (to - from) * this.columnCount
    const mean = new Float32Array(size)
    const minimum = new Float32Array(size).fill(Infinity)
    const maximum = new Float32Array(size).fill(-Infinity)
    for (let row = from; row < to; row++) {
      for (let column = 0; column < this.columnCount; column++) {
        const at = (row - from) * this.columnCount + column
        const last = Math.min((row + 1) * factor, this.end)
        for (let one = row * factor; one < last; one++) {
          const value = this.value(one, column)
          mean[at]! += value / (last - row * factor)
          minimum[at] = Math.min(minimum[at]!, value)
          maximum[at] = Math.max(maximum[at]!, value)
        }
      }
    }
    const shape = { firstRow: from, rowCount: to - from, columnCount: this.columnCount, sentAtMs: 0 }
    const planes = level === 0 ? 1 : 3
    const frame = { kind: 'reduced', subscription: 1, epoch: 1, level, request: 1, planes, ...shape } as const
    return [decodeFrame(encodeFrame({ ...frame, mean, minimum, maximum })) as ReducedFrame]
  }
}
