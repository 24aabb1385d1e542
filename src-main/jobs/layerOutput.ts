import type { ViewLayer } from '../../src-preload/contract/schemas.ts'
import type { AnalysedRows, Analysis, AnalysisHost, AnalysisPlan, StoredBlock } from '../analysis/analysis.ts'
import { planGrid } from '../analysis/planGrid.ts'
import type { RowHub } from '../analysis/rowHub.ts'
import type { JobViewDescription } from '../analysis/rowSubscription.ts'
import type { SampleRing } from '../analysis/sampleRing.ts'
import type { StreamGap } from '../streams/streamSource.ts'
import type { PacerLane, RowPacer } from './rowPacer.ts'

/** Where the rows of one layer go: through playback's time to its hub. */
export interface LayerOutput {
  readonly layer: ViewLayer
  readonly hub: RowHub
  /** Of the newest row that was handed in; −1 before the first of a picture. */
  readonly lastRow: number
  /** A new picture. @param firstNs when its row 0 is due in playback's time */
  describe(description: JobViewDescription, firstNs: number): void
  rows(rows: AnalysedRows): void
  gap(rows: { first: number; count: number }, gap: StreamGap): void
  shed(rows: { first: number; count: number }): void
}

export function createLayerOutput(layer: ViewLayer, hub: RowHub, pacer: RowPacer, published: () => void): LayerOutput {
  const lane: PacerLane = pacer.lane({
    rows(rows) {
      hub.publish(rows)
      published()
    },
    missing: (tell) => tell()
  })
  let lastRow = -1
  return {
    layer,
    hub,
    get lastRow() {
      return lastRow
    },
    describe(description, firstNs) {
      lastRow = -1
      hub.describe(description)
      lane.begin(description.rowIntervalNs, firstNs)
    },
    rows(rows) {
      lastRow = Math.max(lastRow, rows.firstRow + rows.rowCount - 1)
      lane.rows(rows)
    },
    gap({ first, count }, { startNs, endNs, reason }) {
      if (count === 0) return
      const told = { firstRow: first, rowCount: count, missingMs: Number(endNs - startNs) / 1e6, reason }
      lane.missing(first, () => hub.gap(told))
    },
    shed: ({ first, count }) => lane.missing(first, () => hub.shed({ firstRow: first, rowCount: count }))
  }
}

/** The analysis that makes the rows of one layer from blocks. */
export interface LayerAnalysis {
  readonly output: LayerOutput
  readonly plan: AnalysisPlan
  readonly expectedRows: number | null
  push(block: StoredBlock): void
  /** The samples lie elsewhere from now on: the picture goes on, without the rows that would need both places. */
  moveTo(ring: SampleRing): void
  /** Samples that will never come, told in their place: rows from before them may still be in work. */
  missing(fromSample: number, toSample: number, gap: StreamGap): void
  queue: Analysis['queue']
  thin: Analysis['thin']
  computeMs: Analysis['computeMs']
  flush(): Promise<void>
  dispose(): void
}

export interface LayerAnalysisListener {
  invalid(values: number): void
  shed(): void
  /** Data that the analysis lost. */
  lost(gap: StreamGap): void
  failed(reason: string): void
}

export function createLayerAnalysis(options: {
  host: AnalysisHost
  output: LayerOutput
  plan: AnalysisPlan
  expectedRows: number | null
  ring: SampleRing
  listener: LayerAnalysisListener
}): LayerAnalysis {
  const { host, output, plan, listener } = options
  const grid = planGrid(plan)
  let isOpen = true
  let stride = 1
  let earlierMs = 0

  const open = (ring: SampleRing): Analysis =>
    host.open(plan, ring, {
      rows(rows) {
        if (!isOpen) return
        listener.invalid(rows.invalidValues)
        output.rows(rows)
      },
      shed(rows) {
        if (!isOpen) return
        listener.shed()
        output.shed(rows)
      },
      gap(gap) {
        if (!isOpen) return
        output.gap(gap.rows ?? { first: 0, count: 0 }, gap)
        listener.lost(gap)
      },
      failed(reason) {
        if (isOpen) listener.failed(reason)
      }
    })
  let analysis = open(options.ring)

  return {
    output,
    plan,
    expectedRows: options.expectedRows,
    push: (block) => analysis.push(block),
    moveTo(ring) {
      earlierMs += analysis.computeMs()
      analysis.dispose()
      analysis = open(ring)
      analysis.thin(stride)
    },
    missing(fromSample, toSample, gap) {
      const rows = grid.rowsTouching(fromSample, toSample)
      analysis.mark(() => {
        if (isOpen) output.gap(rows, gap)
      })
    },
    queue: () => analysis.queue(),
    thin(next) {
      stride = next
      analysis.thin(next)
    },
    computeMs: () => earlierMs + analysis.computeMs(),
    flush: () => analysis.flush(),
    dispose() {
      isOpen = false
      analysis.dispose()
    }
  }
}

/** Infinities cannot be drawn; they and NaN are counted and shown as invalid. */
export function markInvalid(values: Float32Array): number {
  let invalid = 0
  for (let k = 0; k < values.length; k++) {
    if (Number.isFinite(values[k])) continue
    values[k] = NaN
    invalid++
  }
  return invalid
}
