import type { SampleBlock, StreamGap, StreamOffer } from '../streams/streamSource.ts'

/**
 * Something that takes every block of a stream on the thread that receives it, whatever becomes of the display: a capture.
 * It never loses a block: where it cannot follow, the stream waits.
 */
export interface BlockTap {
  /** Before the first block, and again when what is offered changes. A tap that is added later is told at once. */
  offer?(offer: StreamOffer): void
  /**
   * Borrowed: the block's data is valid only during the call. False: taken, but send no more until `drained`; what is on its
   * way already still comes.
   */
  push(block: SampleBlock): boolean
  gap(gap: StreamGap): void
  /** What main tells it, plain data. */
  tell?(message: unknown): void
  /** No block comes any more: the stream ended, or it was taken off. It closes what it has open. */
  dispose(): void
}

/** What a tap is made with. */
export interface TapContext {
  /** It can take blocks again. */
  drained(): void
  /** Tells main something, plain data. */
  report(message: unknown): void
  /** It cannot go on, one sentence. It gets no more blocks. */
  failed(reason: string): void
}

/** Makes taps of one kind; registered where the ingest thread is put together. */
export type TapFactory = (options: unknown, context: TapContext) => BlockTap
