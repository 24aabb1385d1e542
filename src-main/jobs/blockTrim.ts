import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { StoredBlock } from '../analysis/analysis.ts'

/**
 * Backends are asked in whole seconds: what they send from before `fromNs` is cut off, and samples are counted from there.
 * Returns null where nothing of a block is left.
 */
export function createBlockTrim(fromNs: Nanoseconds | null): (block: StoredBlock) => StoredBlock | null {
  /** As the stream that came first counts; one that is opened again counts anew, and its place is found by time. */
  let samplesBefore: number | null = null
  if (fromNs === null) return (block) => block
  return (block) => {
    const intervalNs = block.sampleIntervalNs
    const early = Number(fromNs - block.startNs) / intervalNs
    samplesBefore ??= Math.max(0, Math.round(block.firstSample + early))
    const cut = Math.max(0, Math.round(early))
    if (cut >= block.sampleCount) return null
    return {
      ...block,
      startNs: block.startNs + BigInt(Math.round(cut * intervalNs)),
      firstSample: block.firstSample + cut - samplesBefore,
      sampleCount: block.sampleCount - cut,
      position: block.position + cut
    }
  }
}
