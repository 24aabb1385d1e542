import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { StoredBlock } from '../analysis/analysis.ts'

/**
 * Keeps one grid of samples and sequence numbers over a job that the backend had to create again: the new one counts from
 * 0, but time goes on.
 */
export interface BlockGrid {
  readonly originNs: Nanoseconds
  /** End of the last block; null before the first. */
  endNs(): Nanoseconds | null
  /** The block on this grid, without what was there already; null where nothing of it is new. */
  place(block: StoredBlock): StoredBlock | null
  /** What comes next is counted by another job. */
  beginAgain(): void
  sampleAt(timeNs: Nanoseconds): number
}

export function createBlockGrid(first: StoredBlock): BlockGrid {
  const intervalNs = first.sampleIntervalNs
  const originNs = first.startNs - BigInt(Math.round(first.firstSample * intervalNs))
  let sampleOffset = 0
  let sequenceOffset = 0
  let nextSequence = 0
  let endSample: number | null = null
  let endNs: Nanoseconds | null = null
  let mustAlign = false

  const sampleAt = (timeNs: Nanoseconds): number => Math.round(Number(timeNs - originNs) / intervalNs)

  return {
    originNs,
    endNs: () => endNs,
    sampleAt,
    beginAgain() {
      mustAlign = endSample !== null
    },
    place(block) {
      if (mustAlign) {
        sampleOffset = sampleAt(block.startNs) - block.firstSample
        sequenceOffset = nextSequence - block.sequence
        mustAlign = false
      }
      const firstSample = block.firstSample + sampleOffset
      const known = endSample === null ? 0 : Math.max(0, endSample - firstSample)
      if (known >= block.sampleCount) return null
      endSample = firstSample + block.sampleCount
      endNs = block.startNs + BigInt(Math.round(block.sampleCount * intervalNs))
      nextSequence = block.sequence + sequenceOffset + 1
      return {
        ...block,
        sequence: block.sequence + sequenceOffset,
        startNs: block.startNs + BigInt(Math.round(known * intervalNs)),
        firstSample: firstSample + known,
        sampleCount: block.sampleCount - known,
        position: block.position + known
      }
    }
  }
}
