import type { StoredBlock } from '../analysis/analysis.ts'
import { createRingReader, type RingReader, type SampleRing } from '../analysis/sampleRing.ts'
import type { SampleBlock } from '../streams/streamSource.ts'

/** What a ring still has, block by block: for captures that begin before their trigger. */
export interface RecentBlocks {
  /** Blocks from now on lie in this ring; those before are forgotten. */
  begin(ring: SampleRing): void
  add(block: StoredBlock): void
  /** Whole blocks of the newest so many seconds, oldest first, as far as they are still there. Their data is copied. */
  since(seconds: number): SampleBlock[]
}

const blocksMax = 4096

export function createRecentBlocks(): RecentBlocks {
  let blocks: StoredBlock[] = []
  let reader: RingReader | null = null
  return {
    begin(ring) {
      blocks = []
      reader = createRingReader(ring)
    },
    add(block) {
      blocks.push(block)
      // In lumps: moving a long array for every block costs more than the room.
      if (blocks.length < 2 * blocksMax) return
      blocks = blocks.slice(blocksMax)
    },
    since(seconds) {
      const newest = blocks.at(-1)
      if (!reader || !newest || seconds <= 0) return []
      const found = reader
      const endNs = newest.startNs + BigInt(Math.round(newest.sampleCount * newest.sampleIntervalNs))
      const fromNs = endNs - BigInt(Math.round(seconds * 1e9))
      return blocks
        .filter((block) => block.startNs >= fromNs && found.isHeld(block.position))
        .map(({ position, ...block }) => ({ ...block, data: found.copyBytes(position, block.sampleCount) }))
    }
  }
}
