import type { BeginOptions, CaptureCounters, CaptureWriterOptions } from './captureWriter.ts'

/** A capture writer, wherever it runs. */
export interface CaptureHandle {
  counters(): CaptureCounters
  /** Rejects with a sentence where the session cannot be made. */
  begin(options: BeginOptions): Promise<void>
  close(reason: string): Promise<void>
  /** It hears the stream no more; what it has is as it is. */
  detach(): void
}

/** Puts writers to the streams of jobs, on the thread on which those run. */
export interface CaptureHost {
  /** Null where there is no such job, or it has ended. */
  attach(jobId: string, options: Omit<CaptureWriterOptions, 'clock'>, changed: () => void): CaptureHandle | null
}
