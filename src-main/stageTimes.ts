/** The stages of the path of a block. `draw` is told by windows. */
export const stages = ['receive', 'decode', 'FFT', 'rows', 'draw'] as const
export type Stage = (typeof stages)[number]

/** Upper bounds, seconds: from a header to a hang. */
export const stageBuckets = [
  0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2
] as const

/** How often a stage took how long; the last count is of what took longer than every bound. */
export interface StageCounts {
  counts: number[]
  /** Seconds. */
  sum: number
}

export interface StageTimes {
  add(stage: Stage, milliseconds: number): void
  /** What was added since it was last asked; stages that did nothing are left out. */
  take(): Partial<Record<Stage, StageCounts>>
}

/** Counts on the thread that does the work; nothing is allocated for a measurement. */
export function createStageTimes(): StageTimes {
  let taken: Partial<Record<Stage, StageCounts>> = {}
  return {
    add(stage, milliseconds) {
      const seconds = milliseconds / 1000
      const counted = (taken[stage] ??= { counts: new Array<number>(stageBuckets.length + 1).fill(0), sum: 0 })
      let at = 0
      while (at < stageBuckets.length && seconds > stageBuckets[at]!) at++
      counted.counts[at]! += 1
      counted.sum += seconds
    },
    take() {
      const counts = taken
      taken = {}
      return counts
    }
  }
}
