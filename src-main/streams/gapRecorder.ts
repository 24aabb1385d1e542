import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { StreamCounters, StreamGap } from './streamSource.ts'

export interface GapRecorder {
  record(gap: StreamGap): void
  counters: Pick<StreamCounters, 'gaps' | 'gapNs' | 'lostBlocks' | 'lostRows'>
}

export function createGapRecorder(deliver: (gap: StreamGap) => void): GapRecorder {
  const counters = { gaps: 0, gapNs: 0n as Nanoseconds, lostBlocks: 0, lostRows: 0 }
  return {
    counters,
    record(gap) {
      counters.gaps++
      if (gap.endNs > gap.startNs) counters.gapNs += gap.endNs - gap.startNs
      counters.lostRows += gap.rows?.count ?? 0
      deliver(gap)
    }
  }
}
