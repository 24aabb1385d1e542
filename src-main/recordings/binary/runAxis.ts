import type { TimeSegment } from '../recording.ts'
import { durationNs, rateFromInterval, type TimeAxis } from '../timeAxis.ts'

const mostGaps = 10_000

/** The axis of rows that lie in known runs, ascending by row. A run that begins before the one before ended is a warning. */
export function axisOfRuns(runs: TimeSegment[], rows: number, intervalNs: number, rateHz?: number): TimeAxis {
  const warnings: string[] = []
  const gaps: TimeAxis['gaps'] = []
  const first = runs[0]
  let backwards = 0
  let lost = 0
  let endNs = first?.startTimeNs ?? null
  runs.forEach((run, i) => {
    if (i > 0 && run.startTimeNs > endNs!) {
      if (gaps.length < mostGaps) gaps.push({ startTimeNs: endNs!, endTimeNs: run.startTimeNs })
      else lost += 1
    } else if (i > 0) backwards += 1
    endNs = run.startTimeNs + durationNs((runs[i + 1]?.firstIndex ?? rows) - run.firstIndex, intervalNs)
  })
  if (backwards > 0) warnings.push(`Time goes back at ${backwards} places; rows are in the order of the file.`)
  if (gaps.length > 0)
    warnings.push(`There ${gaps.length + lost === 1 ? 'is 1 gap' : `are ${gaps.length + lost} gaps`}.`)
  if (lost > 0) warnings.push(`Only the first ${mostGaps} gaps are listed.`)
  return {
    startTimeNs: first?.startTimeNs ?? null,
    endTimeNs: endNs,
    sampleIntervalNs: intervalNs,
    sampleRateHz: rateHz ?? rateFromInterval(intervalNs),
    gaps,
    segments: runs.length > 1 ? runs : null,
    warnings
  }
}
