import type { BlockTap } from '../streams/streamSource.ts'

/** What a tap is made with. */
export interface TapContext {
  /** After `push` said false: the stream may go on. */
  drained(): void
  /** Tells main something, plain data. */
  report(message: unknown): void
}

/**
 * A tap on the thread that receives: it hears every block of a stream, whatever becomes of the display, and where it cannot
 * follow, the stream waits. It stays over every reconnect, and may be moved to another stream of the same job.
 */
export interface IngestTapPart extends BlockTap {
  /** What main tells it, plain data. */
  tell(message: unknown): void
  /** Nobody asks for it any more. */
  dispose(): void
}

/** Makes taps of one kind; registered where the ingest thread is put together. `options` is the kind's own, plain data. */
export type TapFactory = (options: unknown, context: TapContext) => IngestTapPart
