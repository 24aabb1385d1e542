import { encodeFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import { createColumnReduction, type ColumnReduction } from './columnReduction.ts'
import type { RowLog } from './rowLog.ts'

/** Where a subscription's rows go: one view of one window. */
export interface RowSink {
  /** Before the first frame of each epoch, the current one included. */
  describe(description: ViewDescription): void
  /** Takes the buffer over. */
  send(frame: ArrayBuffer): void
}

/** A view's description before it is addressed: the hub numbers epochs, subscriptions have ids. */
export type JobViewDescription = Omit<ViewDescription, 'subscription' | 'epoch'>

export interface Epoch {
  number: number
  description: JobViewDescription
  log: RowLog
}

/** Frames are bounded: history comes in pieces that a window can draw between others. */
const frameBytesMax = 256 * 1024
/** Live views without credit: newest rows that wait in the slot; older ones are shed. */
const slotSeconds = 2
const slotBytes = 1024 * 1024
/** Credit beyond this is not kept. */
const creditMax = 1000

/**
 * One view's reading of a job's log: a cursor, its credit, and what it had to leave out. Nothing is copied for it until a
 * frame is made, so a view that never grants credit costs nothing.
 */
export interface RowSubscription {
  readonly id: number
  readonly description: ViewDescription | null
  readonly shedRows: number
  /** Rows that wait for it. */
  readonly lag: number
  /** Since when rows have waited for want of credit, ms; null while none do. */
  readonly starvedSinceMs: number | null
  begin(epoch: Epoch): void
  grant(frames: number): void
  /** Rows that were never computed: the next frame tells how many. */
  tellShed(rowCount: number): void
  /** Sends what credit allows; live: sheds what is too old for the slot. Returns rows shed now. */
  pump(nowMs: number): number
}

export function createRowSubscription(
  id: number,
  sink: RowSink,
  columnsMax: number,
  sent: (latencyMs: number, nowMs: number) => void
): RowSubscription {
  let epoch: Epoch | null = null
  let description: ViewDescription | null = null
  let reduction: ColumnReduction | null = null
  let rowsPerFrame = 1
  let slotRows = 1
  let cursor = 0
  let nextGap = 0
  let credit = 0
  /** Rows logged before this one came are history: they have no latency. */
  let historyEnd = 0
  /** A view that still replays history is shed nothing; once it has caught up it is live. */
  let isCaughtUp = false
  let shedSinceFrame = 0
  let shedRows = 0
  let starvedSinceMs: number | null = null

  function describe(begun: Epoch, reduced: ColumnReduction): ViewDescription {
    const { columns } = begun.description
    const channelsPerColumn = columns.channelsPerColumn * reduced.factor
    return {
      ...begun.description,
      subscription: id,
      epoch: begun.number,
      columns: { ...columns, count: reduced.columnCount, channelsPerColumn }
    }
  }

  /** Gaps are small, rare and never shed: they need no credit and come before the rows that follow them. */
  function sendGaps({ log, number }: Epoch, nowMs: number): void {
    nextGap = Math.max(nextGap, log.gapStart)
    while (nextGap < log.gapEnd && log.gapAt(nextGap).position <= cursor) {
      const { firstRow, rowCount, missingMs, reason } = log.gapAt(nextGap)
      nextGap++
      const gap = { firstRow, rowCount, missingMs, reason }
      sink.send(encodeFrame({ kind: 'gap', subscription: id, epoch: number, sentAtMs: nowMs, ...gap }))
    }
  }

  function sendRows({ log, number, description: { live } }: Epoch, reduced: ColumnReduction, nowMs: number): void {
    const rowCount = log.runLength(cursor, rowsPerFrame, nextGap)
    const last = cursor + rowCount - 1
    const dataEndMs = live && last >= historyEnd ? log.dataEndMsAt(last) : 0
    const frame = encodeFrame({
      kind: 'rows',
      subscription: id,
      epoch: number,
      firstRow: log.rowIndexAt(cursor),
      rowCount,
      columnCount: reduced.columnCount,
      dataEndMs,
      sentAtMs: nowMs,
      shedRows: shedSinceFrame,
      values: reduced.reduce(log.valuesAt(cursor, rowCount), rowCount)
    })
    shedSinceFrame = 0
    cursor += rowCount
    credit--
    sink.send(frame)
    if (dataEndMs > 0) sent(nowMs - dataEndMs, nowMs)
  }

  function shedTo(position: number): number {
    const count = position - cursor
    cursor = position
    shedSinceFrame += count
    shedRows += count
    return count
  }

  return {
    id,
    get description() {
      return description
    },
    get shedRows() {
      return shedRows
    },
    get lag() {
      return epoch ? epoch.log.end - cursor : 0
    },
    get starvedSinceMs() {
      return starvedSinceMs
    },
    begin(begun) {
      epoch = begun
      reduction = createColumnReduction(begun.log.columnCount, columnsMax)
      description = describe(begun, reduction)
      const rowBytes = reduction.columnCount * 4
      rowsPerFrame = Math.max(1, Math.floor(frameBytesMax / rowBytes))
      const rowsInSeconds = Math.ceil((slotSeconds * 1e9) / begun.description.rowIntervalNs)
      slotRows = Math.max(1, Math.min(rowsInSeconds, Math.floor(slotBytes / rowBytes)))
      cursor = begun.log.start
      nextGap = begun.log.gapStart
      historyEnd = begun.log.end
      isCaughtUp = false
      shedSinceFrame = 0
      starvedSinceMs = null
      sink.describe(description)
    },
    grant(frames) {
      credit = Math.min(creditMax, credit + Math.max(0, Math.floor(frames)))
      if (frames > 0) starvedSinceMs = null
    },
    tellShed(rowCount) {
      shedSinceFrame += rowCount
    },
    pump(nowMs) {
      if (!epoch || !reduction) return 0
      const { log } = epoch
      let shed = 0
      // The log has overtaken a view that would not read.
      if (cursor < log.start) shed += shedTo(log.start)
      if (epoch.description.live && isCaughtUp && credit === 0 && log.end - cursor > slotRows) {
        shed += shedTo(log.end - slotRows)
      }
      sendGaps(epoch, nowMs)
      while (credit > 0 && cursor < log.end) {
        sendRows(epoch, reduction, nowMs)
        sendGaps(epoch, nowMs)
      }
      if (cursor === log.end) {
        isCaughtUp = true
        starvedSinceMs = null
      } else {
        starvedSinceMs ??= nowMs
      }
      return shed
    }
  }
}
