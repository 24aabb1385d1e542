import type { Nanoseconds } from '../../src-preload/contract/units.ts'
import type { AnalysisPlan } from '../analysis/analysis.ts'
import { planGrid } from '../analysis/planGrid.ts'

/** Shorter waits for a first row need no words. */
const awaitingFromS = 1

/** How long the window of a first row still is; null where that is a moment. */
export function awaitingSentence(plan: AnalysisPlan, endNs: Nanoseconds): string | null {
  const neededS = (planGrid(plan).windowSamples * plan.sampleIntervalNs) / 1e9
  if (neededS < awaitingFromS) return null
  const haveS = Math.min(neededS, Number(endNs - plan.originNs) / 1e9)
  return `the first row needs ${neededS.toFixed(1)} s of samples (NFFT ${plan.nfft}), ${haveS.toFixed(1)} s are there`
}
