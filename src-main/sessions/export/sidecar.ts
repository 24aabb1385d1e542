import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { dasMetadataDocument } from './dasMetadataDocument.ts'
import type { ExportContent } from './exportContent.ts'

/** What a reader of the samples needs to know and many formats have no place for. Null is what is not known. */
export interface SidecarFields {
  /** ISO 8601, UTC, nine decimals. */
  start_time: string | null
  sample_interval_s: number | null
  channel_spacing_m: number | null
  first_channel_distance_m: number | null
  /** In place of the two above where channels are not evenly spaced. */
  distance_m?: number[]
  unit: string | null
  quantity: string | null
  gauge_length_m: number | null
  /** Where the source has no samples; half-open. */
  gaps: { start_time: string; end_time: string }[]
}

export function sidecarFields(content: ExportContent): SidecarFields {
  const { source, channels } = content
  const isUneven = source.distancesM !== null
  return {
    start_time: content.hasStartTime ? isoFromNanoseconds(content.startTimeNs) : null,
    sample_interval_s: content.sampleIntervalNs === null ? null : content.sampleIntervalNs / 1e9,
    channel_spacing_m: content.channelSpacingM,
    first_channel_distance_m: content.distanceM(0),
    ...(isUneven ? { distance_m: Array.from({ length: channels }, (_, i) => content.distanceM(i) ?? NaN) } : {}),
    unit: content.unit,
    quantity: content.quantity,
    gauge_length_m: source.gaugeLengthM,
    gaps: content.gaps.map(({ startTimeNs, endTimeNs }) => ({
      start_time: isoFromNanoseconds(startTimeNs),
      end_time: isoFromNanoseconds(endTimeNs)
    }))
  }
}

/**
 * Text of `NAME.EXT.json`, which goes beside every export: the fields, what the format says of this file, and the FDSN
 * DAS-Metadata document.
 */
export const sidecarText = (content: ExportContent, described: Record<string, unknown> = {}): string =>
  `${JSON.stringify({ ...sidecarFields(content), ...described, das_metadata: dasMetadataDocument(content) }, null, 2)}\n`
