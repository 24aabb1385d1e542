import type { Nanoseconds } from '../../src-preload/contract/units.ts'

/** Axes, unit and time grid of what a stream will deliver, from the offer of its service. */
export interface StreamOffer {
  service: 'blocks' | 'rows'
  live: boolean
  content: 'samples' | 'bandEnergy' | 'rows'
  sourceName: string
  unit: string
  quantity: string
  /** Numbers as the axes show them: the recording's own where it has one. */
  firstChannel: number
  channelStep: number
  channelCount: number
  firstDistanceM: number | null
  channelSpacingM: number | null
  gaugeLengthM?: number | null
  /** blocks: between samples; rows: between rows. */
  sampleIntervalNs: number
  startNs: Nanoseconds | null
  endNs: Nanoseconds | null
  bandLowHz: number | null
  bandHighHz: number | null
  /** Rows of spectra: their frequencies; every channel has a value for each. */
  bins?: { count: number; firstHz: number; stepHz: number } | null
}

export interface SampleBlock {
  sequence: number
  startNs: Nanoseconds
  /** Samples since the job's first (holes count). */
  firstSample: number
  sampleCount: number
  channelCount: number
  sampleIntervalNs: number
  elementType: 'int16' | 'float32'
  /** Physical value = stored · scale. */
  scale: number
  /**
   * Little-endian, time-major. Borrowed: valid only during the call of the listener, may start at an odd offset. Copy once
   * into an aligned ring.
   */
  data: Uint8Array
}

/** Analysed rows, dB; columns = channels, or for spectra channels · bins. */
export interface RowBlock {
  firstRow: number
  rowCount: number
  columnCount: number
  /** Centre of the first row's analysis window. */
  firstCentreNs: Nanoseconds
  /** rowCount · columnCount, belongs to the listener. */
  values: Float32Array
}

export interface StreamGap {
  startNs: Nanoseconds
  endNs: Nanoseconds
  firstSequence: number | null
  lastSequence: number | null
  /** Rows that are missing, for services that count rows. */
  rows: { first: number; count: number } | null
  reason: string
}

/** Why a stream ended for good, where someone can do something about it. */
export type StreamFailureCode =
  | 'job-unknown' // the backend does not know the job (any more): it may be created again
  | 'unimplemented' // the backend does not offer this service
  | 'no-data' // the limit without data has passed
  | 'not-reachable' // no connection in all attempts
  | 'refused'

export type StreamState =
  | { name: 'connecting'; reason: string }
  | { name: 'streaming'; reason: string }
  | { name: 'stalled'; reason: string }
  | { name: 'reconnecting'; reason: string }
  | { name: 'completed'; reason: string }
  | { name: 'cancelled'; reason: string }
  | { name: 'failed'; reason: string; code: StreamFailureCode }

export interface StreamListener {
  /** Comes before the first block, and again when a reconnect changed what is offered. */
  offer(offer: StreamOffer): void
  block(block: SampleBlock): void
  rows(rows: RowBlock): void
  gap(gap: StreamGap): void
  state(state: StreamState): void
}

/** Hears everything that a stream delivers, on the stream's own thread. */
export interface BlockTap {
  /** Before the first block, and again when a reconnect changed what is offered. */
  offer(offer: StreamOffer): void
  /** The block's data is borrowed. `false`: it was taken, but the stream must pause until the tap has drained. */
  push(block: SampleBlock): boolean
  gap(gap: StreamGap): void
}

/** Counters since the stream began; the strip and the health panel read them. */
export interface StreamCounters {
  bytes: number
  blocks: number
  rows: number
  gaps: number
  gapNs: Nanoseconds
  lostBlocks: number
  lostRows: number
  badMessages: number
  pauses: number
  reconnects: number
  lastArrivalMs: number | null
}

/** One job's stream(s) from the backend, whichever service carries it, whichever thread it runs on. */
export interface StreamSource {
  start(): void
  /** Back-pressure: the peer is told to stop sending until `resume`. */
  pause(): void
  resume(): void
  counters(): StreamCounters
  dispose(): void
}
