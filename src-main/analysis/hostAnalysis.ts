import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { Analysis, AnalysisListener, AnalysisPlan, StoredBlock } from './analysis.ts'
import { createOrderBook, type Order } from './orderBook.ts'
import { createOverloadGovernor } from './overload.ts'
import { planGrid } from './planGrid.ts'
import type { WorkerCommand, WorkerPart, WorkerReport } from './protocol.ts'
import { createRowQueue } from './rowQueue.ts'
import { createRingReader, holdRing, type RingHold, type SampleRing } from './sampleRing.ts'

/** Main's side of one analysis, as the host sees it. */
export interface HostAnalysis extends Analysis {
  readonly id: number
  readonly plan: AnalysisPlan
  /** What the worker of a part needs to begin, again after a restart; then come the orders that it has not answered. */
  openCommands(part: number): WorkerCommand[]
  take(part: number, report: Extract<WorkerReport, { kind: 'done' }>): void
  /** The worker of a part died. Comes before the new worker is opened. */
  workerLost(part: number, reason: string): void
  fail(reason: string): void
}

export interface HostAnalysisOptions {
  id: number
  plan: AnalysisPlan
  ring: SampleRing
  parts: WorkerPart[]
  /** Milliseconds that the largest part takes for a row, as far as is known beforehand. */
  estimatedRowMs: number
  /** Rows that the shared results hold. */
  resultRows: number
  /** A worker that is away gets what it missed when it comes back. */
  send(part: number, command: WorkerCommand): void
  /** Closes the parts. */
  disposed(): void
}

export function createHostAnalysis(options: HostAnalysisOptions, listener: AnalysisListener): HostAnalysis {
  const { id, plan, ring, parts } = options
  const { channelCount, elementType, originNs, sampleIntervalNs } = plan
  const grid = planGrid(plan)
  const reader = createRingReader(ring)
  const results = new Float32Array(parts[0]!.results)
  const { rowColumns } = parts[0]!
  const queue = createRowQueue()
  const governor = createOverloadGovernor(performance.now())
  const book = createOrderBook(parts.length, options.resultRows, options.estimatedRowMs)
  const flushes: (() => void)[] = []
  let isEnded = false
  let shedRows = 0
  let strideLeast = 1
  let computeMs = 0
  let hold: RingHold | null = null
  /** What waits for a worker that only begins is not late. */
  let answeredSinceMs: number | null = null
  /** Row that is made ready next; null before the first block. */
  let nextRow: number | null = null
  /** The unbroken run of samples that the newest block belongs to. */
  let positionOffset = 0
  let endSample = 0

  const timeOf = (sample: number): Nanoseconds => originNs + BigInt(Math.round(sample * sampleIntervalNs))

  function emitRows(order: Order, from: number, count: number, invalidValues: number): void {
    const firstRow = order.firstRow + from
    const at = (order.resultRow + from) * rowColumns
    const dataEndNs = timeOf(grid.firstSample(firstRow + count - 1) + grid.windowSamples)
    const values = results.subarray(at, at + count * rowColumns)
    listener.rows({ firstRow, rowCount: count, columnCount: rowColumns, dataEndNs, values, invalidValues })
  }

  function emitLost(firstRow: number, count: number, reason: string): void {
    const startNs = timeOf(grid.firstSample(firstRow))
    const endNs = timeOf(grid.firstSample(firstRow + count))
    listener.gap({ startNs, endNs, firstSequence: null, lastSequence: null, rows: { first: firstRow, count }, reason })
  }

  function emitShed(first: number, count: number): void {
    shedRows += count
    listener.shed({ first, count })
  }

  /** Rows of an order, without those whose samples were overwritten. */
  function emitOrder(order: Order): void {
    if (order.lostReason !== null) return emitLost(order.firstRow, order.rowCount, order.lostReason)
    if (order.overwritten.size === 0) return emitRows(order, 0, order.rowCount, order.invalidValues)
    let { invalidValues } = order
    for (let from = 0; from < order.rowCount;) {
      const isGone = order.overwritten.has(order.firstRow + from)
      let to = from + 1
      while (to < order.rowCount && order.overwritten.has(order.firstRow + to) === isGone) to++
      if (isGone) emitShed(order.firstRow + from, to - from)
      else {
        emitRows(order, from, to - from, invalidValues)
        invalidValues = 0
      }
      from = to
    }
  }

  function emitFinished(): void {
    for (let entry = book.nextFinished(); entry && !isEnded; entry = book.nextFinished()) {
      if (entry.kind === 'shed') emitShed(entry.firstRow, entry.rowCount)
      else if (entry.kind === 'mark') entry.run()
      else emitOrder(entry)
    }
  }

  /** Live: leaves out what is late, or will be overwritten before it can be read. */
  function shedLate(nowMs: number): void {
    const oldest = queue.first()
    if (!plan.live || !oldest) return
    const isOverwritten = !reader.isHeld(grid.firstSample(oldest.firstRow) + oldest.positionOffset)
    const waitedMs = answeredSinceMs === null ? 0 : nowMs - Math.max(oldest.readyMs, answeredSinceMs)
    if (!governor.isLate(isOverwritten ? Infinity : waitedMs, nowMs)) return
    while (queue.length > 1) {
      placeMarks()
      const late = queue.take(queue.length - 1)
      if (late) book.shed(late.firstRow, late.endRow - late.firstRow)
    }
  }

  function placeMarks(): void {
    for (let mark = queue.takeMark(); mark; mark = queue.takeMark()) book.mark(mark)
  }

  function dispatch(): void {
    const nowMs = performance.now()
    shedLate(nowMs)
    while (book.hasRoom) {
      placeMarks()
      const stride = Math.max(governor.stride, plan.live ? strideLeast : 1)
      const ready = queue.take(stride > 1 ? 1 : book.batchRows)
      if (!ready) break
      if (stride > 1 && ready.firstRow % stride !== 0) {
        book.shed(ready.firstRow, 1)
        continue
      }
      const order = book.add(ready.firstRow, ready.endRow - ready.firstRow, ready.positionOffset, ready.readyMs)
      for (let part = 0; part < parts.length; part++) options.send(part, commandOf(order))
    }
    emitFinished()
    governor.busy(book.inFlight > 0, nowMs)
    moveHold()
    if (queue.isEmpty && book.isEmpty) for (const settle of flushes.splice(0)) settle()
  }

  const commandOf = (order: Order): WorkerCommand => ({
    kind: 'rows',
    analysis: id,
    order: order.number,
    firstRow: order.firstRow,
    rowCount: order.rowCount,
    positionOffset: order.positionOffset,
    resultRow: order.resultRow
  })

  /** Samples before the oldest row that is not out may be overwritten. */
  function moveHold(): void {
    if (!hold) return
    const oldest = book.oldest() ?? queue.first()
    const position = oldest
      ? grid.firstSample(oldest.firstRow) + oldest.positionOffset
      : Math.min(grid.firstSample(nextRow ?? 0), endSample) + positionOffset
    hold.moveTo(position)
  }

  /** Why a block cannot be analysed under this plan, or null. */
  function mismatch(block: StoredBlock): string | null {
    if (block.elementType !== elementType) return `samples came as ${block.elementType}, expected ${elementType}`
    return block.channelCount === channelCount ? null : `${block.channelCount} channels came, expected ${channelCount}`
  }

  function refuse(block: StoredBlock, reason: string): void {
    const { firstSample, sampleCount, sequence } = block
    const rows = grid.rowsTouching(firstSample, firstSample + sampleCount)
    const range = { startNs: timeOf(firstSample), endNs: timeOf(firstSample + sampleCount) }
    listener.gap({ ...range, firstSequence: sequence, lastSequence: sequence, rows, reason })
  }

  function end(): void {
    isEnded = true
    hold?.release()
    hold = null
    for (const settle of flushes.splice(0)) settle()
  }

  return {
    id,
    plan,
    openCommands: (part) => {
      // Field by field: the origin is no business of the worker's.
      const { originNs: _origin, ...workerPlan } = plan
      return [
        { kind: 'open', analysis: id, plan: workerPlan, part: parts[part]! },
        ...book.unanswered(part).map(commandOf)
      ]
    },
    push(block) {
      if (isEnded) return
      const wrong = mismatch(block)
      if (wrong) return refuse(block, wrong)
      const { firstSample, sampleCount, position } = block
      if (nextRow === null && !plan.live) hold = holdRing(ring, position)
      if (nextRow === null || firstSample !== endSample || position - firstSample !== positionOffset) {
        // A new run: windows that begin before it can never be whole.
        nextRow = Math.max(nextRow ?? 0, grid.firstRowFrom(firstSample))
        positionOffset = position - firstSample
      }
      endSample = firstSample + sampleCount
      const endRow = grid.firstRowFrom(endSample - grid.windowSamples + 1)
      if (endRow > nextRow) {
        queue.add(nextRow, endRow, positionOffset, performance.now())
        nextRow = endRow
      }
      dispatch()
    },
    mark(run) {
      if (isEnded) return run()
      queue.addMark(run)
      dispatch()
    },
    queue() {
      const waiting = book.oldest()?.readyMs ?? queue.readySinceMs
      const spareRows = (ring.capacitySamples - grid.windowSamples) / (grid.rowIntervalNs / sampleIntervalNs)
      return {
        length: queue.length + book.rowsInFlight,
        capacity: Math.max(1, Math.floor(spareRows)),
        ageMs: waiting === null ? 0 : performance.now() - waiting,
        shedRows,
        stride: governor.stride
      }
    },
    thin(stride) {
      strideLeast = stride
    },
    computeMs: () => computeMs,
    flush() {
      if (isEnded || (queue.isEmpty && book.isEmpty)) return Promise.resolve()
      return new Promise((resolve) => flushes.push(resolve))
    },
    take(part, report) {
      if (isEnded) return
      answeredSinceMs ??= performance.now()
      computeMs += report.computeMs
      book.answer(part, report)
      emitFinished()
      if (!isEnded) dispatch()
    },
    workerLost(part, reason) {
      if (isEnded) return
      answeredSinceMs = null
      book.partLost(part, reason)
      dispatch()
    },
    fail(reason) {
      if (isEnded) return
      end()
      listener.failed(reason)
    },
    dispose() {
      if (!isEnded) end()
      options.disposed()
    }
  }
}
