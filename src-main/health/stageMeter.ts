import type { Clock } from '../clock.ts'
import { stageBuckets, stages, type Stage, type StageCounts } from '../stageTimes.ts'
import { bucketQuantile, type ReadingStore } from './readingStore.ts'

const windowMs = 60_000

/** Time per stage of the path of a block, from what the threads counted. */
export function createStageMeter(
  store: ReadingStore,
  clock: Clock
): (counted: readonly Partial<Record<Stage, StageCounts>>[]) => void {
  const recent = new Map<Stage, { atMs: number; counts: StageCounts }[]>(stages.map((stage) => [stage, []]))
  let beforeMs = clock.monotonicMs()

  return (counted) => {
    const nowMs = clock.monotonicMs()
    const seconds = Math.max(0.001, (nowMs - beforeMs) / 1000)
    beforeMs = nowMs
    for (const stage of stages) {
      const all = recent.get(stage)!
      let sum = 0
      for (const counts of counted.flatMap((one) => one[stage] ?? [])) {
        store.observeBuckets('wavefall_stage_seconds', { stage }, counts)
        all.push({ atMs: nowMs, counts })
        sum += counts.sum
      }
      while (all.length > 0 && nowMs - all[0]!.atMs > windowMs) all.shift()
      const total = new Array<number>(stageBuckets.length + 1).fill(0)
      for (const { counts } of all) counts.counts.forEach((count, at) => (total[at]! += count))
      store.set('wavefall_stage_busy_ratio', { stage }, sum / seconds)
      const p95 = bucketQuantile(stageBuckets, total, 0.95)
      if (p95 !== null) store.set('wavefall_stage_p95_seconds', { stage }, p95)
    }
  }
}
