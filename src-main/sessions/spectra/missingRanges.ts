import type { ExportContent } from '../export/exportContent.ts'

/** Rows of a content with filled gaps that were never recorded; may be fractional. */
export interface MissingRange {
  from: number
  to: number
}

export function missingRanges(content: ExportContent): MissingRange[] {
  const { gaps, startTimeNs, sampleIntervalNs } = content
  if (sampleIntervalNs === null) return []
  return gaps.map((gap) => ({
    from: Number(gap.startTimeNs - startTimeNs) / sampleIntervalNs,
    to: Number(gap.endTimeNs - startTimeNs) / sampleIntervalNs
  }))
}
