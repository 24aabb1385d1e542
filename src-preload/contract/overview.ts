import { z } from 'zod'
import { nanosecondsText, timeSpan } from './schemas.ts'

const band = z.object({ minHz: z.number(), maxHz: z.number() })

/**
 * A coarse picture of a recording. `mean`, `minimum` and `maximum` are rows · columns float32, little-endian, base64, row after
 * row, dB: power means, and the least and the greatest of the windows that were looked at. NaN: recorded but invalid; −Infinity:
 * nothing was recorded then.
 */
export const recordingOverview = z.object({
  startNs: nanosecondsText,
  endNs: nanosecondsText,
  rows: z.number(),
  columns: z.number(),
  /** Of the first column's first channel, and between channels, as axes show them. */
  firstChannel: z.number(),
  channelStep: z.number(),
  channelsPerColumn: z.number(),
  unit: z.string(),
  /** Part of the samples that was looked at, 0..1. */
  sampled: z.number(),
  gaps: z.array(timeSpan),
  mean: z.string(),
  minimum: z.string(),
  maximum: z.string()
})
export type RecordingOverview = z.infer<typeof recordingOverview>

export const overviewCalls = {
  /** Random access, bounded work. `request` names it in its progress and for `recordings.cancelOverview`. */
  'recordings.overview': {
    arguments: z.object({
      request: z.string().max(100),
      /** As `backend.recordings` names it. */
      recording: z.string().max(500),
      /** Null: the whole of it. */
      range: timeSpan.nullable().default(null),
      rows: z.number().int().min(1).max(2000),
      columns: z.number().int().min(1).max(4096),
      /** Null: all frequencies but 0 (the variance). */
      band: band.nullable().default(null)
    }),
    result: recordingOverview
  },
  'recordings.cancelOverview': { arguments: z.object({ request: z.string().max(100) }), result: z.object({}) }
} as const

export const overviewEvents = {
  'recordings.overviewProgress': z.object({ request: z.string(), fraction: z.number() })
} as const
