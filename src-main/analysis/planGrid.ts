import { bandBins } from '../dsp/frequencyBins.ts'
import { createRowGrid, sampleRateHz, type RowGrid } from '../dsp/rowGrid.ts'
import { traceValuesPerChannel } from '../dsp/traceRows.ts'
import type { StreamGap } from '../streams/streamSource.ts'
import type { AnalysisPlan } from './analysis.ts'

export type GridPlan = Pick<
  AnalysisPlan,
  'content' | 'output' | 'samplesPerRow' | 'sampleIntervalNs' | 'rowIntervalS' | 'nfft'
>

/** Values of a row for each of its columns. */
export function valuesPerColumn(
  plan: Pick<AnalysisPlan, 'output' | 'samplesPerRow' | 'nfft' | 'sampleIntervalNs' | 'lowHz' | 'highHz'>
): number {
  if (plan.output === 'energy') return 1
  if (plan.output === 'trace') return traceValuesPerChannel(plan.samplesPerRow ?? 1)
  return bandBins(plan.nfft, sampleRateHz(plan.sampleIntervalNs), plan.lowHz, plan.highHz).count
}

/**
 * Which samples make which rows under a plan. Band energy: each sample is a row, at its own time. Traces: `samplesPerRow`
 * samples, at the middle of their times. Else windows of nfft, centred at origin + nfft/2 · dt + row · rowIntervalS.
 * `centreNs(originNs, 0)` is the origin of the picture.
 */
export function planGrid(plan: GridPlan): RowGrid & { rowIntervalNs: number; windowSamples: number } {
  if (plan.output === 'trace') {
    const perRow = plan.samplesPerRow ?? 1
    const rowIntervalNs = perRow * plan.sampleIntervalNs
    const grid = { sampleIntervalNs: plan.sampleIntervalNs, rowIntervalS: rowIntervalNs / 1e9 }
    return {
      ...createRowGrid({ ...grid, nfft: perRow }),
      centreNs: createRowGrid({ ...grid, nfft: perRow - 1 }).centreNs,
      rowIntervalNs,
      windowSamples: perRow
    }
  }
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
  plan: GridPlan & Pick<AnalysisPlan, 'originNs'>,
  gap: Pick<StreamGap, 'startNs' | 'endNs' | 'rows'>
): { first: number; count: number } {
  if (gap.rows) return gap.rows
  const sampleAt = (timeNs: bigint): number =>
    Math.max(0, Math.round(Number(timeNs - plan.originNs) / plan.sampleIntervalNs))
  return planGrid(plan).rowsTouching(sampleAt(gap.startNs), sampleAt(gap.endNs))
}
