import { createRowGrid, type RowGrid } from '../dsp/rowGrid.ts'
import type { StreamGap } from '../streams/streamSource.ts'
import type { AnalysisPlan } from './analysis.ts'

/**
 * Which samples make which rows under a plan. Band energy: each sample is a row, at its own time. Samples: windows of nfft,
 * centred at origin + nfft/2 · dt + row · rowIntervalS. `centreNs(originNs, 0)` is the origin of the picture.
 */
export function planGrid(
  plan: Pick<AnalysisPlan, 'content' | 'sampleIntervalNs' | 'rowIntervalS' | 'nfft'>
): RowGrid & { rowIntervalNs: number; windowSamples: number } {
  if (plan.content === 'samples') {
    return { ...createRowGrid(plan), rowIntervalNs: plan.rowIntervalS * 1e9, windowSamples: plan.nfft }
  }
  const { sampleIntervalNs } = plan
  const rowIntervalS = sampleIntervalNs / 1e9
  return {
    ...createRowGrid({ sampleIntervalNs, rowIntervalS, nfft: 1 }),
    centreNs: createRowGrid({ sampleIntervalNs, rowIntervalS, nfft: 0 }).centreNs,
    rowIntervalNs: sampleIntervalNs,
    windowSamples: 1
  }
}

/**
 * The rows that a hole in the stream costs: every row whose window touches it, or the service's own count where it counts
 * rows. What lies before the job's first sample costs nothing.
 */
export function rowsOfGap(
  plan: Pick<AnalysisPlan, 'content' | 'sampleIntervalNs' | 'rowIntervalS' | 'nfft' | 'originNs'>,
  gap: Pick<StreamGap, 'startNs' | 'endNs' | 'rows'>
): { first: number; count: number } {
  if (gap.rows) return gap.rows
  const sampleAt = (timeNs: bigint): number =>
    Math.max(0, Math.round(Number(timeNs - plan.originNs) / plan.sampleIntervalNs))
  return planGrid(plan).rowsTouching(sampleAt(gap.startNs), sampleAt(gap.endNs))
}
