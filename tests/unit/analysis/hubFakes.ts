import { createRowHub, type RowHub } from '../../../src-main/analysis/rowHub.ts'
import type { JobViewDescription } from '../../../src-main/analysis/rowSubscription.ts'
import { decodeFrame, type Frame, type GapFrame, type RowsFrame } from '../../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../../src-preload/contract/schemas.ts'
import { nanosecondsFromMilliseconds } from '../../../src-preload/contract/units.ts'

export const jobDescription = (changes: Partial<JobViewDescription> = {}, columnCount = 4): JobViewDescription => ({
  jobId: 'live-1',
  live: true,
  layer: 'picture',
  content: 'energy',
  bins: null,
  samples: null,
  analysis: null,
  columns: {
    count: columnCount,
    firstChannel: 1,
    channelStep: 1,
    channelsPerColumn: 1,
    firstDistanceM: null,
    channelSpacingM: 1
  },
  originNs: '0',
  rowIntervalNs: 50_000_000,
  expectedRows: null,
  value: { quantity: 'band energy', unit: 'dB', lowHz: 0, highHz: 100 },
  ...changes
})

export function makeHub(historyBytes: number): RowHub {
  let id = 0
  return createRowHub({ historyBytes, nextSubscriptionId: () => ++id })
}

/** Every value says which row and column it is of. */
export const valueOf = (row: number, column: number): number => row * 10 + column

export function publishRows(hub: RowHub, firstRow: number, rowCount: number, columnCount = 4, dataEndMs = Date.now()) {
  const values = Float32Array.from({ length: rowCount * columnCount }, (_, index) =>
    valueOf(firstRow + Math.floor(index / columnCount), index % columnCount)
  )
  hub.publish({
    firstRow,
    rowCount,
    columnCount,
    dataEndNs: nanosecondsFromMilliseconds(dataEndMs),
    values,
    invalidValues: 0
  })
}

export function fakeWindow() {
  const frames: Frame[] = []
  const described: ViewDescription[] = []
  return {
    frames,
    described,
    sink: {
      describe: (description: ViewDescription) => void described.push(description),
      send(buffer: ArrayBuffer) {
        const frame = decodeFrame(buffer)
        if (!frame) throw new Error('no frame')
        frames.push(frame)
      }
    },
    rowFrames: () => frames.filter((frame): frame is RowsFrame => frame.kind === 'rows'),
    gapFrames: () => frames.filter((frame): frame is GapFrame => frame.kind === 'gap'),
    rowIndices: () =>
      frames.flatMap((frame) =>
        frame.kind === 'rows' ? Array.from({ length: frame.rowCount }, (_, row) => frame.firstRow + row) : []
      )
  }
}

export const range = (from: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - from) }, (_, index) => from + index)
