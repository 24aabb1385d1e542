import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { TimeSegment } from '../recording.ts'
import { durationNs } from '../timeAxis.ts'

/** Puts stretches of samples together to runs without a hole; what does not lie on a run's own grid begins another one. */
export class RunList {
  readonly #intervalNs: number
  readonly runs: TimeSegment[] = []
  readonly gaps: { startTimeNs: Nanoseconds; endTimeNs: Nanoseconds }[] = []
  #samples = 0

  constructor(sampleIntervalNs: number) {
    this.#intervalNs = sampleIntervalNs
  }

  get samples(): number {
    return this.#samples
  }

  /** End of the last run; null before the first sample. */
  get endNs(): Nanoseconds | null {
    const run = this.runs.at(-1)
    return run ? run.startTimeNs + durationNs(this.#samples - run.firstIndex, this.#intervalNs) : null
  }

  /** Half a sample is no hole: times are rounded to nanoseconds, and clocks are steered. */
  isHole(fromNs: Nanoseconds, toNs: Nanoseconds): boolean {
    return Number(toNs - fromNs) >= this.#intervalNs / 2
  }

  add(startNs: Nanoseconds, sampleCount: number): void {
    if (sampleCount < 1) return
    const { endNs } = this
    if (endNs === null || Math.abs(Number(startNs - endNs)) >= this.#intervalNs / 2) {
      if (endNs !== null && this.isHole(endNs, startNs)) this.gaps.push({ startTimeNs: endNs, endTimeNs: startNs })
      this.runs.push({ firstIndex: this.#samples, startTimeNs: startNs })
    }
    this.#samples += sampleCount
  }
}
