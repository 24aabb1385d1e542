import type { SampleBlock, StreamGap, StreamOffer } from '../../streams/streamSource.ts'

/** Hears everything that a stream delivers, on the stream's own thread. */
export interface BlockTap {
  /** Before the first block, and again when a reconnect changed what is offered. */
  offer(offer: StreamOffer): void
  /** The block's data is borrowed. `false`: it was taken, but the stream must pause until the tap has drained. */
  push(block: SampleBlock): boolean
  gap(gap: StreamGap): void
}
