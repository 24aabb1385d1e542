import { createRowGrid, type RowGrid } from '../dsp/rowGrid.ts'
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
