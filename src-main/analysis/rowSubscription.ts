import { encodeFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import { createColumnReduction, type ColumnReduction } from './columnReduction.ts'
import { sendHistory, type HistoryRequest } from './historyFrames.ts'
import type { RowLog } from './rowLog.ts'
import type { RowPyramid } from './rowPyramid.ts'

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
  pyramid: RowPyramid
}

/** What a view that comes back still has: the rows of an epoch before this one. */
export interface KnownRows {
  epoch: number
  row: number
}

export interface RowSubscriptionOptions {
  id: number
  sink: RowSink
  columnsMax: number
  since: KnownRows | null
}

/** A view that comes late gets so much of what is kept by itself; it asks for older rows when it shows them. */
const replayBytes = 32 * 1024 * 1024
/** Requests for kept rows that may wait for each other. */
const historyRequestsMax = 8

/** Frames are bounded: history comes in pieces that a window can draw between others. */
const frameBytesMax = 256 * 1024
/** Live views without credit: newest rows that wait in the slot; older ones are shed. */
const slotSeconds = 2
const slotBytes = 1024 * 1024
/** Ranges of shed rows that are remembered, to be sent when there is time; the oldest are forgotten first. */
const skippedMax = 64
/** Credit beyond this is not kept. */
const creditMax = 1000

/**
 * One view's reading of a job's log: a cursor, its credit, and what it had to leave out. Nothing is copied for it until a
 * frame is made, so a view that never grants credit costs nothing.
 */
export interface RowSubscription {
  readonly id: number
  readonly description: ViewDescription | null
  /** Rows that were left out and have not been sent since. */
  readonly shedRows: number
  /** Rows that wait for it. */
  readonly lag: number
  /** Since when rows have waited for want of credit, ms; null while none do. */
  readonly starvedSinceMs: number | null
  begin(epoch: Epoch): void
  grant(frames: number): void
  /** Rows that were never computed: the next frame tells how many. */
  tellShed(rowCount: number): void
  /**
   * Sends what credit allows; live: sheds what is too old for the slot, and sends it later, when nothing newer waits. Returns
   * by how many the rows that are left out have become more (or, below 0, fewer).
   */
  pump(nowMs: number): number
  /** Null where too many requests wait. */
  history(request: HistoryRequest): Promise<SentHistory> | null
  close(): void
}

export interface SentHistory {
  epoch: number
  sent: { firstRow: number; rowCount: number }[]
}

export function createRowSubscription(
  { id, sink, columnsMax, since }: RowSubscriptionOptions,
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
  /** Positions [from, to) of the log that were shed though the log has them, in order. */
  let skipped: { from: number; to: number }[] = []
  let historyRequests = 0
  let lastHistory: Promise<unknown> = Promise.resolve()
  let isClosed = false

  function describe(begun: Epoch, reduced: ColumnReduction): ViewDescription {
    const { columns, samples } = begun.description
    const channelsPerColumn = columns.channelsPerColumn * reduced.factor
    return {
      ...begun.description,
      subscription: id,
      epoch: begun.number,
      columns: { ...columns, count: reduced.columnCount, channelsPerColumn },
      samples: samples && { ...samples, valuesPerColumn: reduced.valuesPerColumn === 2 ? 2 : 1 }
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

  /** @param dataEndMs 0 for rows that are history: they have no latency */
  function sendFrame(epochNow: Epoch, position: number, rowCount: number, dataEndMs: number, nowMs: number): void {
    const { log, number } = epochNow
    const frame = encodeFrame({
      kind: 'rows',
      subscription: id,
      epoch: number,
      firstRow: log.rows.indexAt(position),
      rowCount,
      columnCount: reduction!.valuesPerRow,
      dataEndMs,
      sentAtMs: nowMs,
      shedRows: shedSinceFrame,
      values: reduction!.reduce(log.rows.valuesAt(position, rowCount), rowCount)
    })
    shedSinceFrame = 0
    credit--
    sink.send(frame)
  }

  function sendRows(epochNow: Epoch, nowMs: number): void {
    const { log, description: described } = epochNow
    const rowCount = log.runLength(cursor, rowsPerFrame, nextGap)
    const last = cursor + rowCount - 1
    const dataEndMs = described.live && last >= historyEnd ? log.rows.stampAt(last) : 0
    const from = cursor
    cursor += rowCount
    sendFrame(epochNow, from, rowCount, dataEndMs, nowMs)
    if (dataEndMs > 0) sent(nowMs - dataEndMs, nowMs)
  }

  /** One frame of what was shed, newest range first: what is on the screen is filled before what has scrolled away. */
  function sendSkipped(epochNow: Epoch, nowMs: number): number {
    const { log } = epochNow
    const range = skipped.at(-1)
    if (!range) return 0
    range.from = Math.max(range.from, log.start)
    if (range.from >= range.to) {
      skipped.pop()
      return 0
    }
    const rowCount = log.runLength(range.from, Math.min(rowsPerFrame, range.to - range.from), log.gapEnd)
    const { from } = range
    range.from += rowCount
    if (range.from >= range.to) skipped.pop()
    sendFrame(epochNow, from, rowCount, 0, nowMs)
    shedRows -= rowCount
    return rowCount
  }

  function shedTo(position: number, isHeld: boolean): number {
    const count = position - cursor
    const last = skipped.at(-1)
    if (isHeld && last?.to === cursor) last.to = position
    else if (isHeld) skipped.push({ from: cursor, to: position })
    if (skipped.length > skippedMax) skipped.shift()
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
      reduction = createColumnReduction(begun.description, columnsMax)
      description = describe(begun, reduction)
      const rowBytes = reduction.valuesPerRow * 4
      rowsPerFrame = Math.max(1, Math.floor(frameBytesMax / rowBytes))
      const rowsInSeconds = Math.ceil((slotSeconds * 1e9) / begun.description.rowIntervalNs)
      slotRows = Math.max(1, Math.min(rowsInSeconds, Math.floor(slotBytes / rowBytes)))
      const { log } = begun
      const isKnown = since?.epoch === begun.number
      const replayRows = Math.max(1, Math.floor(replayBytes / rowBytes))
      cursor = isKnown ? log.rows.positionFrom(since.row) : Math.max(log.start, log.end - replayRows)
      nextGap = isKnown ? log.gapFrom(since.row) : log.gapStart
      historyEnd = begun.log.end
      isCaughtUp = false
      skipped = []
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
      if (cursor < log.start) shed += shedTo(log.start, false)
      if (epoch.description.live && isCaughtUp && credit === 0 && log.end - cursor > slotRows) {
        shed += shedTo(log.end - slotRows, true)
      }
      sendGaps(epoch, nowMs)
      while (credit > 0 && cursor < log.end) {
        sendRows(epoch, nowMs)
        sendGaps(epoch, nowMs)
      }
      if (cursor === log.end) {
        isCaughtUp = true
        starvedSinceMs = null
        // One at a time: the next row that comes must not wait behind all that was missed.
        if (credit > 0) shed -= sendSkipped(epoch, nowMs)
      } else {
        starvedSinceMs ??= nowMs
      }
      return shed
    },
    history(request) {
      const begun = epoch
      const reduced = reduction
      if (historyRequests >= historyRequestsMax || !begun || !reduced) return null
      historyRequests++
      const isCurrent = (): boolean => epoch === begun && !isClosed
      const source = { pyramid: begun.pyramid, epoch: begun.number, subscription: id, reduction: reduced }
      // One after the other: together they take no more of the thread than one.
      const done = lastHistory.then(async () => {
        const rows = isCurrent() ? await sendHistory(request, source, isCurrent, (frame) => sink.send(frame)) : []
        historyRequests--
        return { epoch: begun.number, sent: rows }
      })
      lastHistory = done.catch(() => undefined)
      return done
    },
    close() {
      isClosed = true
    }
  }
}
