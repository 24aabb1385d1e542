import type { BlockTap } from '../../streams/streamSource.ts'
import {
  CaptureWriter,
  type BeginOptions,
  type CaptureCounters,
  type CaptureListener,
  type CaptureWriterOptions
} from './captureWriter.ts'

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

export interface TappedStream {
  /** The returned function takes the tap away again. */
  add(tap: BlockTap): () => void
  /** The tap that said "pause" has room again. */
  drained(tap: BlockTap): void
}

/** For streams that run on the calling thread. */
export function createLocalCaptureHost(
  streamOf: (jobId: string) => TappedStream | null,
  clock: CaptureWriterOptions['clock']
): CaptureHost {
  return {
    attach(jobId, options, changed) {
      const stream = streamOf(jobId)
      if (!stream) return null
      const listener: CaptureListener = { changed, drained: () => stream.drained(writer) }
      const writer = new CaptureWriter({ ...options, clock }, listener)
      const detach = stream.add(writer)
      return {
        counters: () => writer.counters(),
        begin: (begin) => writer.begin(begin),
        close: (reason) => writer.close(reason),
        detach
      }
    }
  }
}
