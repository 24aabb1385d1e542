import type { AnalysedRows } from '../analysis/analysis.ts'
import type { Clock } from '../clock.ts'

/** What becomes of rows in time: they are handed out, or known not to come. */
export interface PacedOutlet {
  rows(rows: AnalysedRows): void
  /** Rows from `firstRow` on that are missing or were left out; `tell` tells it. */
  missing(tell: () => void): void
}

type Item = { firstRow: number; bytes: number } & ({ rows: AnalysedRows } | { tell: () => void })

/** Rows that wait for their time, bytes, over all layers: above, the stream is asked to pause. */
const highWaterBytes = 16 * 1024 * 1024
const tickMs = 40
/**
 * How far ahead of playback is read, in its time. Little at first, because a hand on the time axis leaves most places at once,
 * and what was read ahead of them would take the processors from the place where it stops; then more, up to the bytes.
 */
const aheadFirstMs = 500
const aheadPerMs = 1
/** What is paused goes on when so much of the allowed time is left. */
const goOnBelow = 0.6
/** Rows further apart than that time: a few always wait, so that none is late. */
const aheadRowsLeast = 4

/** The rows of one layer on their way to their time. */
export interface PacerLane {
  /** A new picture: row k is due at firstNs + k · rowIntervalNs of the playback's time. What waited is of no use. */
  begin(rowIntervalNs: number, firstNs?: number): void
  /** What must wait is copied. */
  rows(rows: AnalysedRows): void
  missing(firstRow: number, tell: () => void): void
}

export interface RowPacer {
  /** Null: as fast as they come. 0: nothing is handed out. Else times real time. */
  readonly pace: number | null
  setPace(pace: number | null): void
  lane(outlet: PacedOutlet): PacerLane
  /** Begins a new time, with the first row that comes; or at `fromNs`: what is due before it is handed out as it comes. */
  restart(fromNs?: number | null): void
  /** Hands out what is due in the next so many nanoseconds at once; at a pace of 0 step by step. */
  advanceBy(ns: number): void
  /** The time that is reached, ns; null before the first row. */
  position(): number | null
  readonly isFull: boolean
  readonly isWaiting: boolean
  /** Resolves when everything has been handed out, or it was disposed. */
  drained(): Promise<void>
  dispose(): void
}

interface Lane {
  items: Item[]
  outlet: PacedOutlet
  rowIntervalNs: number
  firstNs: number
  rowsWaiting: number
}

/**
 * Hands out the rows of a historic job when their time has come, those of all its layers by one clock. It stands still while
 * there is nothing to show, so that a slow source never makes playback jump.
 */
export function createRowPacer(initialPace: number | null, clock: Clock, levelChanged: () => void): RowPacer {
  const lanes: Lane[] = []
  const waiters = new Set<() => void>()
  let pace = initialPace
  let waitingBytes = 0
  /** Time that playback has reached, at `atMs` of the clock. */
  let timeNs: number | null = null
  let atMs = clock.monotonicMs()
  let begunMs = atMs
  let isFarAhead = false
  let isFull = false
  let stopTicking: (() => void) | null = null

  const isEmpty = (): boolean => lanes.every(({ items }) => items.length === 0)
  const dueNs = ({ firstNs, rowIntervalNs }: Lane, row: number): number => firstNs + row * rowIntervalNs

  const give = ({ outlet }: Lane, item: Item): void => {
    if ('rows' in item) outlet.rows(item.rows)
    else outlet.missing(item.tell)
  }

  /** Hands out the rows before `end` of the first item; what is left is a view, because a long item is cut many times. */
  function giveBefore(lane: Lane, item: Item & { rows: AnalysedRows }, end: number): void {
    const { firstRow, rowCount, columnCount, values, dataEndNs } = item.rows
    const count = end - firstRow
    const backNs = BigInt(Math.round((rowCount - count) * lane.rowIntervalNs))
    const at = count * columnCount
    const left = { ...item.rows, firstRow: end, rowCount: rowCount - count, values: values.subarray(at) }
    const bytes = item.bytes - at * 4
    lane.items[0] = { firstRow: end, bytes, rows: { ...left, invalidValues: 0 } }
    waitingBytes -= at * 4
    lane.rowsWaiting -= count
    lane.outlet.rows({ ...item.rows, rowCount: count, values: values.subarray(0, at), dataEndNs: dataEndNs - backNs })
  }

  function advance(): void {
    const nowMs = clock.monotonicMs()
    if (timeNs !== null && pace !== null) timeNs += (nowMs - atMs) * 1e6 * pace
    atMs = nowMs
  }

  const rowCountOf = (item: Item): number => ('rows' in item ? item.rows.rowCount : 0)

  /** Decides anew whether the stream has to wait; while it waits for time alone, the clock looks again. */
  function look(): void {
    const allowedMs = (aheadFirstMs + aheadPerMs * (clock.monotonicMs() - begunMs)) * Math.max(1, pace ?? 1)
    const boundNs = allowedMs * 1e6 * (isFarAhead ? goOnBelow : 1)
    isFarAhead =
      pace !== null &&
      lanes.every((lane) => lane.rowsWaiting >= aheadRowsLeast && lane.rowsWaiting * lane.rowIntervalNs > boundNs)
    if (isEmpty() || (pace === 0 && !isFarAhead)) {
      stopTicking?.()
      stopTicking = null
    } else stopTicking ??= clock.every(tickMs, release)
    const wasFull = isFull
    isFull = isFarAhead || waitingBytes > highWaterBytes
    if (wasFull !== isFull) levelChanged()
  }

  function settle(): void {
    if (!isEmpty()) return
    for (const resolve of waiters) resolve()
    waiters.clear()
  }

  /** Hands out what is due; returns when the first row is due that was not handed out, or null where nothing was. */
  function releaseLane(lane: Lane): number | null {
    const { items } = lane
    let nextNs: number | null = null
    while (items.length > 0 && (pace === null || dueNs(lane, items[0]!.firstRow) <= timeNs!)) {
      const item = items[0]!
      const end = 'rows' in item ? item.firstRow + item.rows.rowCount : item.firstRow + 1
      const reached = Math.floor((timeNs! - lane.firstNs) / lane.rowIntervalNs + 1e-9) + 1
      const due = pace === null ? end : Math.min(end, Math.max(item.firstRow + 1, reached))
      if ('rows' in item && due < end) giveBefore(lane, item, due)
      else {
        items.shift()
        waitingBytes -= item.bytes
        lane.rowsWaiting -= rowCountOf(item)
        give(lane, item)
      }
      nextNs = dueNs(lane, due)
    }
    return nextNs
  }

  function release(): void {
    if (timeNs === null && !isEmpty()) {
      timeNs = Math.min(...lanes.flatMap((lane) => (lane.items[0] ? [dueNs(lane, lane.items[0].firstRow)] : [])))
      atMs = clock.monotonicMs()
    }
    advance()
    let reachedNs: number | null = null
    for (const lane of lanes) {
      const next = releaseLane(lane)
      if (next !== null) reachedNs = Math.max(reachedNs ?? next, next)
    }
    if (pace === null && reachedNs !== null) timeNs = Math.max(timeNs ?? reachedNs, reachedNs)
    // Nothing is there for the time that has come: playback waits for it.
    if (reachedNs !== null && timeNs !== null && isEmpty()) timeNs = Math.min(timeNs, reachedNs)
    look()
    settle()
  }

  function add(lane: Lane, item: Item): void {
    // Nothing was there to show: the time that passed does not count.
    if (isEmpty()) atMs = clock.monotonicMs()
    lane.items.push(item)
    waitingBytes += item.bytes
    lane.rowsWaiting += rowCountOf(item)
    release()
    const last = lane.items.at(-1)
    // Borrowed from who computed it, who computes on.
    if (last && 'rows' in last && 'rows' in item && last.rows.values.buffer === item.rows.values.buffer)
      last.rows = { ...last.rows, values: last.rows.values.slice() }
  }

  return {
    get pace() {
      return pace
    },
    setPace(next) {
      advance()
      pace = next
      release()
    },
    lane(outlet) {
      const lane: Lane = { items: [], outlet, rowIntervalNs: 1e9, firstNs: 0, rowsWaiting: 0 }
      lanes.push(lane)
      return {
        begin(rowIntervalNs, firstNs = 0) {
          waitingBytes -= lane.items.reduce((sum, { bytes }) => sum + bytes, 0)
          lane.items.length = 0
          lane.rowsWaiting = 0
          lane.rowIntervalNs = rowIntervalNs
          lane.firstNs = firstNs
          look()
          settle()
        },
        rows: (rows) => add(lane, { firstRow: rows.firstRow, bytes: rows.values.byteLength, rows }),
        missing: (firstRow, tell) => add(lane, { firstRow, bytes: 0, tell })
      }
    },
    restart(fromNs = null) {
      timeNs = fromNs
      atMs = clock.monotonicMs()
      begunMs = atMs
    },
    advanceBy(ns) {
      if (timeNs === null) return
      advance()
      timeNs += ns
      release()
    },
    position: () => timeNs,
    get isFull() {
      return isFull
    },
    get isWaiting() {
      return !isEmpty()
    },
    drained: () => (isEmpty() ? Promise.resolve() : new Promise((resolve) => waiters.add(resolve))),
    dispose() {
      for (const lane of lanes) lane.items.length = 0
      waitingBytes = 0
      isFull = false
      stopTicking?.()
      stopTicking = null
      settle()
    }
  }
}
