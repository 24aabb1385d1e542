import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { SampleBlock, StreamGap } from '../streams/streamSource.ts'

/** What a job wants computed from its blocks: rows of band energy by channel, in dB. */
export interface AnalysisPlan {
  channelCount: number
  /** Channels averaged into one column (power mean). */
  channelsPerColumn: number
  sampleIntervalNs: number
  elementType: 'int16' | 'float32'
  scale: number
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

export interface AnalysedRows {
  firstRow: number
  rowCount: number
  columnCount: number
  /** End of the newest sample that went into these rows. */
  dataEndNs: Nanoseconds
  /** dB re unit², NaN where invalid. Belongs to the listener. */
  values: Float32Array
  invalidValues: number
}

export interface AnalysisListener {
  rows(rows: AnalysedRows): void
  /** Blocks that this stage lost (a worker died): first and last sequence number, time range. */
  gap(gap: StreamGap): void
  /** The queue is below its low-water mark again. */
  drained(): void
  failed(reason: string): void
}

export interface Analysis {
  /**
   * Copies the block into the shared ring and hands it to the worker. `false`: taken, but the ring is past its high-water
   * mark; pause the stream until `drained`. A block that finds no room at all is lost, counted and reported as a gap.
   */
  push(block: SampleBlock): boolean
  /** Tells the worker about missing samples, in order with the blocks. */
  gap(gap: StreamGap): void
  queue(): { length: number; capacity: number; ageMs: number; drops: number }
  /** Resolves when everything pushed has been analysed (end of a historic job). */
  flush(): Promise<void>
  dispose(): void
}

export interface WorkerReading {
  index: number
  /** Percent of one core over the last second. */
  cpuPercent: number
  jobs: number
  restarts: number
  eventLoopDelayMs: { p50: number; p99: number } | null
}

export interface AnalysisHost {
  open(plan: AnalysisPlan, listener: AnalysisListener): Analysis
  workers(): WorkerReading[]
  /** For tests and the "worker killed" fault: ends a worker thread at once, as a crash would. */
  killWorker(index: number): Promise<void>
  dispose(): Promise<void>
}
