import type { BlockTap, StreamListener, StreamOffer } from './streamSource.ts'

type Hearing = Pick<StreamListener, 'offer' | 'block' | 'rows' | 'gap'>

/** Others who hear a job's blocks beside its picture, over every reconnect; each may hold the stream back. */
export interface StreamTaps {
  /** What a stream tells goes to the taps first, then on to `next`. */
  listener(next: Hearing): Hearing
  /** A tap that is added while the stream runs hears the offer at once. The returned function takes it away. */
  add(tap: BlockTap): () => void
  /** This tap, whose `push` said false, has room again. */
  drained(tap: BlockTap): void
  isHolding(): boolean
}

export function createStreamTaps(hold: (isHeld: boolean) => void): StreamTaps {
  const taps = new Set<BlockTap>()
  const full = new Set<BlockTap>()
  let offer: StreamOffer | null = null

  const release = (tap: BlockTap): void => {
    if (full.delete(tap) && full.size === 0) hold(false)
  }

  return {
    listener: (next) => ({
      offer(told) {
        offer = told
        for (const tap of taps) tap.offer(told)
        next.offer(told)
      },
      block(block) {
        for (const tap of taps)
          if (!tap.push(block)) {
            full.add(tap)
            hold(true)
          }
        next.block(block)
      },
      rows: (rows) => next.rows(rows),
      gap(gap) {
        for (const tap of taps) tap.gap(gap)
        next.gap(gap)
      }
    }),
    add(tap) {
      taps.add(tap)
      if (offer) tap.offer(offer)
      return () => {
        taps.delete(tap)
        release(tap)
      }
    },
    drained: release,
    isHolding: () => full.size > 0
  }
}
