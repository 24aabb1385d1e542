import { millisecondsFromNanoseconds } from '../../src-preload/contract/units.ts'
import type { ViewDescription, ViewExtent } from '../../src-preload/contract/schemas.ts'
import type { AnalysedRows } from './analysis.ts'
import { valuesPerColumnOf } from './columnReduction.ts'
import type { HistoryRequest } from './historyFrames.ts'
import { createLatencyWindow, type Percentiles } from './latencyWindow.ts'
import { createRowLog, type RowGap } from './rowLog.ts'
import { createRowPyramid } from './rowPyramid.ts'
import { rowBytes } from './rowStore.ts'
import {
  createRowSubscription,
  type Epoch,
  type JobViewDescription,
  type KnownRows,
  type RowSink,
  type RowSubscription,
  type SentHistory
} from './rowSubscription.ts'

/** Historic jobs are lossless: a view may lag so far behind before the job is asked to wait. */
const historicLagBytes = 4 * 1024 * 1024
/** A view that grants no credit for so long no longer holds the job (and the other views) back. */
const abandonedAfterMs = 10_000
const fewestRows = 16
const gapsTold = 1000

export interface RowHubOptions {
  /** Bound of the rows that are kept as they are; the levels above them take up to half as much again. */
  historyBytes: number
  /** Ids must be unique over all hubs of a core. */
  nextSubscriptionId: () => number
}

export interface HubSubscription {
  readonly id: number
  /** Null before the first `describe` of the job. */
  readonly description: ViewDescription | null
  /** Allows so many more row frames (gap frames are free), and tells how old the drawn ones were. */
  credit(frames: number, drawnLatencyMs: readonly number[]): void
  /** Null before the first `describe`. */
  extent(): ViewExtent | null
  /** Sends kept rows, which cost no credit; null before the first `describe`, or where too many requests wait. */
  history(request: HistoryRequest): Promise<SentHistory> | null
  close(): void
}

export interface HubStatistics {
  /** End of the newest data of a frame → handed to a window. Null without live frames in the last 30 s. */
  latencyMs: Percentiles | null
  /** End of the newest data → drawn, as windows report it. */
  drawnLatencyMs: Percentiles | null
  /** Rows left out because the machine does not keep up, and for windows that granted no credit, over all windows. */
  shedRows: number
  rows: number
  gaps: number
  gapMs: number
  historyRows: number
  /** What all levels take now, and the most that they can take. */
  historyBytes: number
  historyBytesMost: number
  /** Rows that the history had no room to keep. */
  droppedHistoryRows: number
  /** Rows that came twice and were taken once. */
  repeatedRows: number
  subscriptions: number
}

/** One job's rows on their way to its windows: a bounded history, and a cursor with credit for each window. */
export interface RowHub {
  /** Begins a new picture: windows get the description and only rows that come after it. */
  describe(description: JobViewDescription): void
  /** Copies the rows. Missing indices between rows that no gap told of become a gap by themselves. */
  publish(rows: AnalysedRows): void
  gap(gap: RowGap): void
  /** Live rows that were not computed for want of time: no gap, their data was there. Counted, and told to every window. */
  shed(rows: { firstRow: number; rowCount: number }): void
  subscribe(sink: RowSink, options: { columnsMax: number; since?: KnownRows | null }): HubSubscription
  /** Changes the bound; the oldest rows go where there are more. */
  setHistoryBytes(bytes: number): void
  /** What is kept, level by level; null before the first `describe`. */
  extent(): ViewExtent | null
  /** Historic: false while a window lags too far behind; the job should pause what feeds this hub. */
  readonly writable: boolean
  /** Called when `writable` turns true again. Returns how to stop listening. */
  onWritable(listener: () => void): () => void
  statistics(): HubStatistics
  dispose(): void
}

export function createRowHub({ historyBytes: initialBytes, nextSubscriptionId }: RowHubOptions): RowHub {
  const subscriptions = new Map<number, RowSubscription>()
  const writableListeners = new Set<() => void>()
  const latency = createLatencyWindow()
  const drawnLatency = createLatencyWindow()
  let epoch: Epoch | null = null
  let epochNumber = 0
  /** Row index after the last that came in this epoch; null before the first of a live job. */
  let nextRow: number | null = null
  let isWritable = true
  let abandonTimer: NodeJS.Timeout | null = null
  let historyBytes = initialBytes
  const counts = { shedRows: 0, rows: 0, gaps: 0, gapMs: 0, droppedHistoryRows: 0, repeatedRows: 0 }

  function lagRowsMax({ log }: Epoch): number {
    const rows = Math.floor(historicLagBytes / (log.valuesPerRow * 4))
    return Math.max(1, Math.min(rows, Math.floor(log.rows.capacityRows / 2)))
  }

  function capacityRows({ expectedRows }: JobViewDescription, valuesPerRow: number): number {
    const wanted = Math.floor(historyBytes / rowBytes(valuesPerRow))
    return Math.max(fewestRows, Math.min(wanted, (expectedRows ?? wanted) + fewestRows))
  }

  function extent(): ViewExtent | null {
    if (!epoch) return null
    const { log, pyramid, number } = epoch
    const gaps: ViewExtent['gaps'] = []
    for (let gap = Math.max(log.gapStart, log.gapEnd - gapsTold); gap < log.gapEnd; gap++) {
      const { firstRow, rowCount, missingMs, reason } = log.gapAt(gap)
      gaps.push({ firstRow, rowCount, missingMs, reason })
    }
    return { epoch: number, levels: pyramid.levels(), gaps }
  }

  function holdsBack(subscription: RowSubscription, current: Epoch, nowMs: number): boolean {
    if (subscription.lag <= lagRowsMax(current)) return false
    const since = subscription.starvedSinceMs
    return since === null || nowMs - since < abandonedAfterMs
  }

  /** Decides anew whether a historic job may go on; while a view holds it back, looks again when that view is given up. */
  function updateWritable(nowMs: number): void {
    if (abandonTimer) clearTimeout(abandonTimer)
    abandonTimer = null
    const current = epoch
    const holding =
      current && !current.description.live
        ? [...subscriptions.values()].filter((subscription) => holdsBack(subscription, current, nowMs))
        : []
    const wasWritable = isWritable
    isWritable = holding.length === 0
    if (!isWritable) {
      const until = Math.min(...holding.map(({ starvedSinceMs }) => (starvedSinceMs ?? nowMs) + abandonedAfterMs))
      abandonTimer = setTimeout(
        () => {
          updateWritable(Date.now())
        },
        Math.max(1, until - nowMs)
      )
      abandonTimer.unref()
    }
    if (isWritable && !wasWritable) for (const listener of [...writableListeners]) listener()
  }

  function pumpAll(): void {
    const nowMs = Date.now()
    for (const subscription of subscriptions.values()) counts.shedRows += subscription.pump(nowMs)
    updateWritable(nowMs)
  }

  function addGap(current: Epoch, gap: RowGap): void {
    // Shorter than the way from one window to the next: time is missing, but no row.
    if (gap.rowCount > 0) current.log.addGap(gap)
    counts.gaps++
    counts.gapMs += gap.missingMs
  }

  /** Whatever the reason that rows are missing, the picture must not close up over them. */
  function addUntoldGaps(current: Epoch, fromRow: number, endRow: number): void {
    for (const { first, count } of current.log.uncovered(fromRow, endRow)) {
      const missingMs = (count * current.description.rowIntervalNs) / 1e6
      addGap(current, { firstRow: first, rowCount: count, missingMs, reason: 'these rows never came' })
    }
  }

  function sent(latencyMs: number, nowMs: number): void {
    latency.add(latencyMs, nowMs)
  }

  return {
    describe(description) {
      const valuesPerRow = description.columns.count * valuesPerColumnOf(description)
      const log = createRowLog(valuesPerRow, capacityRows(description, valuesPerRow))
      const { expectedRows } = description
      const areLevels = description.content !== 'trace'
      const pyramid = createRowPyramid({ log, areLevels, historyBytes, expectedRows })
      epoch = { number: ++epochNumber, description, log, pyramid }
      nextRow = description.live ? null : 0
      for (const subscription of subscriptions.values()) subscription.begin(epoch)
      pumpAll()
    },
    publish({ firstRow, rowCount, columnCount, dataEndNs, values }) {
      if (!epoch) throw new Error('rows came before their description')
      const { log, pyramid } = epoch
      if (columnCount !== log.valuesPerRow) {
        throw new Error(`rows of ${columnCount} columns came, described were ${log.valuesPerRow}`)
      }
      nextRow ??= firstRow
      if (firstRow > nextRow) addUntoldGaps(epoch, nextRow, firstRow)
      const repeated = Math.min(rowCount, Math.max(0, nextRow - firstRow))
      counts.repeatedRows += repeated
      const dataEndMs = millisecondsFromNanoseconds(dataEndNs)
      const startBefore = log.start
      // A batch as large as the log would overwrite rows that a view with credit waits for.
      const pieceRows = Math.max(1, log.rows.capacityRows >> 2)
      for (let row = repeated; row < rowCount; row += pieceRows) {
        const count = Math.min(pieceRows, rowCount - row)
        log.addRows(firstRow + row, count, dataEndMs, values, row * columnCount)
        pyramid.add(firstRow + row, count, values, row * columnCount)
        if (row + count < rowCount) pumpAll()
      }
      // Nobody looks, and the age of the data counts all the same: that of the rows that could be handed over now.
      if (subscriptions.size === 0 && epoch.description.live)
        latency.add(Math.max(0, Date.now() - dataEndMs), Date.now())
      counts.rows += rowCount - repeated
      counts.droppedHistoryRows += log.start - startBefore
      nextRow = Math.max(nextRow, firstRow + rowCount)
      pumpAll()
    },
    gap(gap) {
      if (!epoch) return
      addGap(epoch, gap)
      pumpAll()
    },
    shed({ firstRow, rowCount }) {
      if (!epoch) return
      if (nextRow !== null && firstRow > nextRow) addUntoldGaps(epoch, nextRow, firstRow)
      nextRow = Math.max(nextRow ?? 0, firstRow + rowCount)
      counts.shedRows += rowCount
      for (const subscription of subscriptions.values()) subscription.tellShed(rowCount)
    },
    subscribe(sink, { columnsMax, since = null }) {
      const subscription = createRowSubscription({ id: nextSubscriptionId(), sink, columnsMax, since }, sent)
      subscriptions.set(subscription.id, subscription)
      if (epoch) {
        subscription.begin(epoch)
        pumpAll()
      }
      return {
        id: subscription.id,
        get description() {
          return subscription.description
        },
        credit(frames, drawnLatencyMs) {
          if (!subscriptions.has(subscription.id)) return
          const nowMs = Date.now()
          for (const drawn of drawnLatencyMs) drawnLatency.add(drawn, nowMs)
          subscription.grant(frames)
          counts.shedRows += subscription.pump(nowMs)
          updateWritable(nowMs)
        },
        extent,
        history: (request) => subscription.history(request),
        close() {
          subscription.close()
          subscriptions.delete(subscription.id)
          updateWritable(Date.now())
        }
      }
    },
    setHistoryBytes(bytes) {
      if (bytes === historyBytes) return
      historyBytes = bytes
      if (!epoch) return
      const { log, pyramid, description } = epoch
      log.rows.resize(capacityRows(description, log.valuesPerRow))
      pyramid.resize(bytes)
    },
    extent,
    get writable() {
      return isWritable
    },
    onWritable(listener) {
      writableListeners.add(listener)
      return () => writableListeners.delete(listener)
    },
    statistics() {
      const nowMs = Date.now()
      const levels = epoch?.pyramid.levels() ?? []
      return {
        ...counts,
        latencyMs: latency.percentiles(nowMs),
        drawnLatencyMs: drawnLatency.percentiles(nowMs),
        historyRows: epoch ? epoch.log.end - epoch.log.start : 0,
        historyBytes: levels.reduce((sum, { bytes }) => sum + bytes, 0),
        historyBytesMost: levels.reduce((sum, { bytesMost }) => sum + bytesMost, 0),
        subscriptions: subscriptions.size
      }
    },
    dispose() {
      if (abandonTimer) clearTimeout(abandonTimer)
      for (const subscription of subscriptions.values()) subscription.close()
      subscriptions.clear()
      writableListeners.clear()
      epoch = null
    }
  }
}
