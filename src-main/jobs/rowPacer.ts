import type { AnalysedRows } from '../analysis/analysis.ts'
import type { Clock } from '../clock.ts'

/** What becomes of rows in time: they are handed out, or known not to come. */
export interface PacedOutlet {
  rows(rows: AnalysedRows): void
  /** Rows from `firstRow` on that are missing or were left out; `tell` tells it. */
  missing(tell: () => void): void
}

type Item = { firstRow: number; bytes: number } & ({ rows: AnalysedRows } | { tell: () => void })

/** Rows that wait for their time, bytes: above, the stream is asked to pause. */
const highWaterBytes = 16 * 1024 * 1024
const tickMs = 40

export interface RowPacer {
  /** Null: as fast as they come. 0: nothing is handed out. Else times real time. */
  readonly pace: number | null
  setPace(pace: number | null): void
  /** A new picture: its rows lie so far apart, and nothing that waited is of use. */
  begin(rowIntervalNs: number): void
  rows(rows: AnalysedRows): void
  missing(firstRow: number, tell: () => void): void
  /** The row whose time it is; null before the first. */
  position(): number | null
  readonly isFull: boolean
  readonly isWaiting: boolean
  /** Resolves when everything has been handed out, or it was disposed. */
  drained(): Promise<void>
  dispose(): void
}

/**
 * Hands out the rows of a historic job when their time has come: row r at (r − first row) · interval / pace after the first.
 * The clock of playback stands still while there is nothing to show, so that a slow source never makes it jump.
 */
export function createRowPacer(
  initialPace: number | null,
  clock: Clock,
  outlet: PacedOutlet,
  levelChanged: () => void
): RowPacer {
  const items: Item[] = []
  const waiters = new Set<() => void>()
  let pace = initialPace
  let rowIntervalNs = 1e9
  let waitingBytes = 0
  /** Time that playback has reached, as a row with a fraction, at `atMs`. */
  let row: number | null = null
  let atMs = clock.monotonicMs()
  let stopTicking: (() => void) | null = null

  const give = (item: Item): void => {
    waitingBytes -= item.bytes
    if ('rows' in item) outlet.rows(item.rows)
    else outlet.missing(item.tell)
  }

  /** Takes the rows before `end` off the first item. */
  function takeBefore(item: Item & { rows: AnalysedRows }, end: number): Item {
    const { firstRow, rowCount, columnCount, values, dataEndNs } = item.rows
    const count = end - firstRow
    const backNs = BigInt(Math.round((rowCount - count) * rowIntervalNs))
    const taken = {
      ...item.rows,
      rowCount: count,
      values: values.slice(0, count * columnCount),
      dataEndNs: dataEndNs - backNs
    }
    // A view, not a copy: a long item is cut many times.
    const left = {
      ...item.rows,
      firstRow: end,
      rowCount: rowCount - count,
      values: values.subarray(count * columnCount)
    }
    items[0] = { firstRow: end, bytes: left.values.byteLength, rows: { ...left, invalidValues: 0 } }
    return { firstRow, bytes: taken.values.byteLength, rows: taken }
  }

  function advance(): void {
    const nowMs = clock.monotonicMs()
    if (row !== null && pace !== null) row += ((nowMs - atMs) * 1e6 * pace) / rowIntervalNs
    atMs = nowMs
  }

  function settle(): void {
    if (items.length > 0) return
    stopTicking?.()
    stopTicking = null
    for (const resolve of waiters) resolve()
    waiters.clear()
  }

  function release(): void {
    const wasFull = waitingBytes > highWaterBytes
    const first = items[0]
    if (first && row === null) {
      row = first.firstRow
      atMs = clock.monotonicMs()
    }
    advance()
    let last: number | null = null
    while (items.length > 0 && (pace === null || items[0]!.firstRow <= row!)) {
      const item = items[0]!
      const end = 'rows' in item ? item.firstRow + item.rows.rowCount : item.firstRow + 1
      const due = pace === null ? end : Math.min(end, Math.floor(row!) + 1)
      if ('rows' in item && due < end) {
        give(takeBefore(item, due))
      } else {
        items.shift()
        give(item)
      }
      last = due
    }
    // Nothing is there for the time that has come: playback waits for it.
    if (items.length === 0 && last !== null && row !== null) row = Math.min(row, last)
    if (wasFull !== waitingBytes > highWaterBytes) levelChanged()
    settle()
  }

  function add(item: Item): void {
    // Nothing was there to show: the time that passed does not count.
    if (items.length === 0) atMs = clock.monotonicMs()
    items.push(item)
    waitingBytes += item.bytes
    release()
    if (items.length > 0 && pace !== 0) stopTicking ??= clock.every(tickMs, release)
    if (waitingBytes > highWaterBytes) levelChanged()
  }

  return {
    get pace() {
      return pace
    },
    setPace(next) {
      advance()
      pace = next
      stopTicking?.()
      stopTicking = null
      release()
      if (items.length > 0 && pace !== 0) stopTicking = clock.every(tickMs, release)
    },
    begin(intervalNs) {
      items.length = 0
      waitingBytes = 0
      row = null
      rowIntervalNs = intervalNs
      settle()
    },
    rows: (rows) => add({ firstRow: rows.firstRow, bytes: rows.values.byteLength, rows }),
    missing: (firstRow, tell) => add({ firstRow, bytes: 0, tell }),
    position: () => row,
    get isFull() {
      return waitingBytes > highWaterBytes
    },
    get isWaiting() {
      return items.length > 0
    },
    drained: () => (items.length === 0 ? Promise.resolve() : new Promise((resolve) => waiters.add(resolve))),
    dispose() {
      items.length = 0
      waitingBytes = 0
      settle()
    }
  }
}
