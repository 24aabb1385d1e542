import type { IngestCounters } from './protocol.ts'

export const noCounters = (): IngestCounters => ({
  bytes: 0,
  blocks: 0,
  rows: 0,
  gaps: 0,
  gapNs: 0n,
  lostBlocks: 0,
  lostRows: 0,
  badMessages: 0,
  pauses: 0,
  reconnects: 0,
  lastArrivalMs: null,
  ringFill: 0,
  ringBytes: 0,
  ringDrops: 0
})

/** What is counted goes on, or is taken off; what is a state is that of the newer one. */
const combined = (older: IngestCounters, newer: IngestCounters, sign: 1 | -1): IngestCounters => ({
  bytes: newer.bytes + sign * older.bytes,
  blocks: newer.blocks + sign * older.blocks,
  rows: newer.rows + sign * older.rows,
  gaps: newer.gaps + sign * older.gaps,
  gapNs: newer.gapNs + BigInt(sign) * older.gapNs,
  lostBlocks: newer.lostBlocks + sign * older.lostBlocks,
  lostRows: newer.lostRows + sign * older.lostRows,
  badMessages: newer.badMessages + sign * older.badMessages,
  pauses: newer.pauses + sign * older.pauses,
  reconnects: newer.reconnects + sign * older.reconnects,
  lastArrivalMs: newer.lastArrivalMs ?? older.lastArrivalMs,
  ringFill: newer.ringFill,
  ringBytes: newer.ringBytes,
  ringDrops: newer.ringDrops + sign * older.ringDrops
})

/** Of streams that follow each other. */
export const addCounters = (older: IngestCounters, newer: IngestCounters): IngestCounters => combined(older, newer, 1)

/** Since an earlier reading: a job that joins a stream late has no part in what came before. */
export const countersSince = (earlier: IngestCounters, now: IngestCounters): IngestCounters =>
  combined({ ...earlier, lastArrivalMs: null }, now, -1)
