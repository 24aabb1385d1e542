import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { Stage, StageCounts } from '../stageTimes.ts'
import type { ThreadVitals } from '../threadVitals.ts'
import type { SampleBlock, StreamGap } from '../streams/streamSource.ts'
import type { SampleRing } from './sampleRing.ts'

/** What a layer of a job wants computed from its blocks. */
export interface AnalysisPlan {
  channelCount: number
  /** Channels averaged into one column (power mean). */
  channelsPerColumn: number
  sampleIntervalNs: number
  elementType: 'int16' | 'float32'
  scale: number
  /**
   * `energy`: the level of a band, one value a column. `spectra`: PSD in dB, the bins of the band, column after column.
   * `trace`: samples as they are, or the least and the greatest of `samplesPerRow`; one or two values a channel.
   */
  output: 'energy' | 'spectra' | 'trace'
  /** Trace: samples that a row stands for. */
  samplesPerRow?: number
  nfft: number
  /** Row k starts at sample round(k · rowIntervalS / dt) of the job; its time is the centre of its window, without drift. */
  rowIntervalS: number
  lowHz: number
  highHz: number
  /** `samples`: STFT, PSD (unit²/Hz), sum over the band · bin width. `bandEnergy`: each sample is already a row, linear. */
  content: 'samples' | 'bandEnergy'
  /** Time of sample 0 of the job. */
  originNs: Nanoseconds
  live: boolean
}

/** A block whose samples lie in a ring, from `position` on. */
export type StoredBlock = Omit<SampleBlock, 'data'> & { position: number }

export interface AnalysedRows {
  firstRow: number
  rowCount: number
  /** Values of a row. */
  columnCount: number
  /** End of the newest sample that went into these rows. */
  dataEndNs: Nanoseconds
  /** dB re unit² (trace: unit), NaN where invalid. Borrowed: valid only during the call. */
  values: Float32Array
  invalidValues: number
}

export interface AnalysisListener {
  rows(rows: AnalysedRows): void
  /** Rows of a live job that were left out because the machine does not keep up. Their data was there. */
  shed(rows: { first: number; count: number }): void
  /** Data that this stage lost. */
  gap(gap: StreamGap): void
  failed(reason: string): void
}

export interface AnalysisQueue {
  /** Rows whose samples are there and that are not out yet. */
  length: number
  /** Rows that can wait before samples are overwritten (live) or the stream is paused (historic). */
  capacity: number
  /** Since when the oldest of them waits. */
  ageMs: number
  /** Rows left out, in all. */
  shedRows: number
  /** Only every so-many-th row is computed at the moment; 1: all of them. */
  stride: number
}

/**
 * One analysis of the blocks of one ring. A historic one loses nothing: it holds the ring, and the stream waits. A live one
 * holds nothing up: rows that are late are shed.
 */
export interface Analysis {
  push(block: StoredBlock): void
  /** Runs when the rows of every block before it are out, and before any row of a later block. */
  mark(run: () => void): void
  queue(): AnalysisQueue
  /** At most one row in so many is computed from now on, live: to spare the machine. 1: all of them. */
  thin(stride: number): void
  /** Time that workers have spent on it, ms. */
  computeMs(): number
  /** Resolves when everything pushed has been analysed (end of a historic job). */
  flush(): Promise<void>
  dispose(): void
}

/** How often a thread ended without being asked to. */
export interface ThreadLoss {
  count: number
  /** Of the last time; empty where there was none. */
  reason: string
  /** There is no thread now. */
  isGone: boolean
}

export interface WorkerReading {
  index: number
  /** Percent of one core over the last second. */
  cpuPercent: number
  jobs: number
  restarts: number
  loss: ThreadLoss
  eventLoopDelayMs: { p50: number; p99: number } | null
  /** What the thread told of itself last; null before its first report. */
  vitals: ThreadVitals | null
}

export interface AnalysisHost {
  /** @param ring where the blocks that will be pushed lie */
  open(plan: AnalysisPlan, ring: SampleRing, listener: AnalysisListener): Analysis
  workers(): WorkerReading[]
  /** Time per stage since it was last asked. */
  stages(): Partial<Record<Stage, StageCounts>>[]
  /** For tests and the "worker killed" fault: ends a worker thread at once, as a crash would. */
  killWorker(index: number): Promise<void>
  dispose(): Promise<void>
}
