import type { WorkerReport } from './protocol.ts'

/** Rows that all parts of an analysis compute; a row is out when every part has answered. */
export interface Order {
  kind: 'order'
  number: number
  firstRow: number
  rowCount: number
  positionOffset: number
  resultRow: number
  /** Since when the rows could have been computed. */
  readyMs: number
  /** Parts that have not answered. */
  waitsFor: Set<number>
  /** Workers that died while they had it. */
  deaths: number
  /** Why its rows will never be. */
  lostReason: string | null
  invalidValues: number
  overwritten: Set<number>
}

interface Shed {
  kind: 'shed'
  firstRow: number
  rowCount: number
}

interface Mark {
  kind: 'mark'
  run: () => void
}

/** The orders that are with the workers, and what comes between them, in the order of rows. */
export interface OrderBook {
  readonly hasRoom: boolean
  /** Orders that are not answered. */
  readonly inFlight: number
  readonly rowsInFlight: number
  readonly isEmpty: boolean
  /** Rows for one order: a few milliseconds of work. */
  readonly batchRows: number
  add(firstRow: number, rowCount: number, positionOffset: number, readyMs: number): Order
  shed(firstRow: number, rowCount: number): void
  /** Something that goes out after the rows before it. */
  mark(run: () => void): void
  answer(part: number, report: Extract<WorkerReport, { kind: 'done' }>): void
  /** The worker of a part is gone. The next gets its orders once more; those that two did not survive are given up. */
  partLost(part: number, reason: string): void
  unanswered(part: number): Order[]
  oldest(): Order | null
  /** Takes what can go out. */
  nextFinished(): Order | Shed | Mark | null
}

const ordersMax = 4
/** Where an order takes long there are fewer: what is ordered cannot be shed any more. */
const longOrderMs = 50
const longOrdersMax = 2
const orderMs = 12
const deathsMax = 2
/** Weight of the newest reading. */
const smoothing = 0.25

/** @param resultRows room in the shared results: at least one row for each of four orders */
export function createOrderBook(partCount: number, resultRows: number, estimatedRowMs: number): OrderBook {
  const rowsPerOrderMax = Math.floor(resultRows / ordersMax)
  const entries: (Order | Shed | Mark)[] = []
  let nextNumber = 0
  let inFlight = 0
  let rowsInFlight = 0
  let rowMs = estimatedRowMs

  const batchRows = (): number => Math.max(1, Math.min(rowsPerOrderMax, Math.floor(orderMs / Math.max(1e-3, rowMs))))
  const isOrder = (entry: Order | Shed | Mark): entry is Order => entry.kind === 'order'

  return {
    get hasRoom() {
      return inFlight < (rowMs * batchRows() > longOrderMs ? longOrdersMax : ordersMax)
    },
    get inFlight() {
      return inFlight
    },
    get rowsInFlight() {
      return rowsInFlight
    },
    get isEmpty() {
      return entries.length === 0
    },
    get batchRows() {
      return batchRows()
    },
    add(firstRow, rowCount, positionOffset, readyMs) {
      const number = nextNumber++
      const order: Order = {
        kind: 'order',
        number,
        firstRow,
        rowCount,
        positionOffset,
        resultRow: (number % ordersMax) * rowsPerOrderMax,
        readyMs,
        waitsFor: new Set(Array.from({ length: partCount }, (_, part) => part)),
        deaths: 0,
        lostReason: null,
        invalidValues: 0,
        overwritten: new Set()
      }
      entries.push(order)
      inFlight++
      rowsInFlight += rowCount
      return order
    },
    shed(firstRow, rowCount) {
      const last = entries.at(-1)
      if (last?.kind === 'shed' && last.firstRow + last.rowCount === firstRow) last.rowCount += rowCount
      else entries.push({ kind: 'shed', firstRow, rowCount })
    },
    mark: (run) => void entries.push({ kind: 'mark', run }),
    answer(part, report) {
      const order = entries.find((entry): entry is Order => isOrder(entry) && entry.number === report.order)
      if (!order) return
      order.invalidValues += report.invalidValues
      for (const row of report.overwritten) order.overwritten.add(row)
      rowMs += smoothing * (report.computeMs / order.rowCount - rowMs)
      order.waitsFor.delete(part)
    },
    partLost(part, reason) {
      for (const order of entries) {
        if (!isOrder(order) || !order.waitsFor.has(part)) continue
        order.deaths++
        if (order.deaths < deathsMax) continue
        order.lostReason = reason
        order.waitsFor.delete(part)
      }
    },
    unanswered: (part) => entries.filter((entry): entry is Order => isOrder(entry) && entry.waitsFor.has(part)),
    oldest: () => entries.find(isOrder) ?? null,
    nextFinished() {
      const first = entries[0]
      if (!first || (isOrder(first) && first.waitsFor.size > 0)) return null
      entries.shift()
      if (isOrder(first)) {
        inFlight--
        rowsInFlight -= first.rowCount
      }
      return first
    }
  }
}
