import { createPartKernel, pieceSizes } from './partKernel.ts'
import { planGrid, valuesPerColumn } from './planGrid.ts'
import type { RowsOrder, WorkerPart, WorkerPlan, WorkerReport } from './protocol.ts'
import { createRingReader } from './sampleRing.ts'

/** More than the rows of a trace that wait. */
const targetsMax = 16_384

/** One worker's part of an analysis: its orders in turn, computed piece by piece. */
export interface WorkerAnalysis {
  readonly live: boolean
  readonly hasWork: boolean
  /** Milliseconds that it has had, on the common scale of the worker: who has had least is next. */
  servedMs: number
  add(order: RowsOrder): void
  /** Computes pieces until the time is up or nothing is left. */
  work(untilMs: number): void
}

export function createWorkerAnalysis(
  analysis: number,
  plan: WorkerPlan,
  part: WorkerPart,
  /** The compiled kernel; null where there is none. */
  module: WebAssembly.Module | null,
  post: (report: WorkerReport) => void
): WorkerAnalysis {
  const { pieceChannels, rowColumns } = part
  const grid = planGrid(plan)
  const perColumn = valuesPerColumn(plan)
  const reader = createRingReader(part.ring)
  const results = new Float32Array(part.results)
  const sizes = pieceSizes(part)
  const kernels = new Map(
    sizes.map((size, index) => [
      size,
      createPartKernel({ plan, part, reader, module }, size, part.scratchOffsets[index])
    ])
  )
  const pieceCount = Math.ceil(part.channelCount / pieceChannels)
  const rowsMax = results.length / rowColumns
  /** One view on the results for every piece of every row, made once: nothing is allocated for a row. */
  const targets = new Map<number, Float32Array>()
  const orders: RowsOrder[] = []
  let row = 0
  let piece = 0
  let invalidValues = 0
  let computeMs = 0
  let overwritten: number[] = []

  function targetOf(resultRow: number, firstValue: number, values: number): Float32Array {
    const from = resultRow * rowColumns + firstValue
    let target = targets.get(from)
    if (!target) {
      target = results.subarray(from, from + values)
      if (targets.size < targetsMax) targets.set(from, target)
    }
    return target
  }

  function computePiece(order: RowsOrder): void {
    const position = grid.firstSample(order.firstRow + row) + order.positionOffset
    const firstChannel = piece * pieceChannels
    const size = Math.min(pieceChannels, part.channelCount - firstChannel)
    const values = Math.ceil(size / plan.channelsPerColumn) * perColumn
    const firstValue = part.firstColumn + (firstChannel / plan.channelsPerColumn) * perColumn
    const resultRow = (order.resultRow + row) % rowsMax
    const isLost = overwritten.at(-1) === order.firstRow + row
    if (!isLost && reader.isHeld(position)) {
      const element = reader.elementAt(position) + part.firstChannel + firstChannel
      invalidValues += kernels.get(size)!.computeRow(element, targetOf(resultRow, firstValue, values))
    }
    // Once more: it may have been overwritten while it was read.
    if (!isLost && !reader.isHeld(position)) overwritten.push(order.firstRow + row)
    if (++piece < pieceCount) return
    piece = 0
    row++
  }

  function finish(order: RowsOrder): void {
    orders.shift()
    post({ kind: 'done', analysis, order: order.order, invalidValues, overwritten, computeMs })
    row = 0
    invalidValues = 0
    computeMs = 0
    if (overwritten.length > 0) overwritten = []
  }

  return {
    live: plan.live,
    servedMs: 0,
    get hasWork() {
      return orders.length > 0
    },
    add: (order) => orders.push(order),
    work(untilMs) {
      let now = performance.now()
      while (orders.length > 0 && now < untilMs) {
        const order = orders[0]!
        computePiece(order)
        const before = now
        now = performance.now()
        computeMs += now - before
        this.servedMs += now - before
        if (row === order.rowCount) finish(order)
      }
    }
  }
}
