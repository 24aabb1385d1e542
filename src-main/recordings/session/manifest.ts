import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { crc32 } from './crc32.ts'
import { manifestFile } from './paths.ts'

/** Decimal integer nanoseconds since the epoch. */
const nanosecondsText = z.string().regex(/^-?\d{1,19}$/)
const whole = z.number().int().min(0)
const finite = z.number()

/** What the samples of a session are. One session, one description: a stream that changes goes on in another session. */
export const sessionData = z.object({
  elementType: z.enum(['int16', 'float32']),
  /** Physical value = stored · scale, in `unit`. */
  scale: finite,
  unit: z.string(),
  quantity: z.string(),
  content: z.enum(['samples', 'bandEnergy']),
  bandLowHz: finite.nullable(),
  bandHighHz: finite.nullable(),
  sampleIntervalNs: finite.positive(),
  channelCount: whole.min(1),
  firstChannel: z.number().int(),
  channelStep: z.number().int(),
  firstDistanceM: finite.nullable(),
  channelSpacingM: finite.nullable(),
  gaugeLengthM: finite.nullable()
})
export type SessionData = z.infer<typeof sessionData>

export const sessionSource = z.object({
  /** As the backend names it. */
  name: z.string(),
  backend: z.string(),
  live: z.boolean(),
  jobId: z.string().nullable()
})
export type SessionSource = z.infer<typeof sessionSource>

/** Payload of the frame that each segment begins with: enough to read the segment without anything beside it. */
export const segmentDescription = z.object({
  format: z.literal('wavefall-session'),
  version: z.literal(1),
  session: z.string(),
  createdAtNs: nanosecondsText,
  segment: whole,
  source: sessionSource,
  data: sessionData
})
export type SegmentDescription = z.infer<typeof segmentDescription>

/** Payload of a gap frame. Half-open in time; sequence numbers of the first and last block that are missing. */
export const gapRecord = z.object({
  startTimeNs: nanosecondsText,
  endTimeNs: nanosecondsText,
  firstSequence: whole.nullable(),
  lastSequence: whole.nullable(),
  reason: z.string()
})
export type GapRecord = z.infer<typeof gapRecord>

export const segmentSummary = z.object({
  file: z.string(),
  firstFrame: whole,
  /** Of all kinds, the description included. */
  frames: whole,
  blocks: whole,
  samples: whole,
  bytes: whole,
  startTimeNs: nanosecondsText.nullable(),
  endTimeNs: nanosecondsText.nullable(),
  /** Samples without a hole: the sample (from the segment's first) at which each run begins, and its time. */
  runs: z.array(z.object({ firstSample: whole, startTimeNs: nanosecondsText })),
  gaps: z.array(gapRecord)
})
export type SegmentSummary = z.infer<typeof segmentSummary>

export const sessionManifest = z.object({
  format: z.literal('wavefall-session'),
  version: z.literal(1),
  /** `recovered`: its writer was gone without closing it, and the program put it in order. */
  state: z.enum(['recording', 'closed', 'recovered']),
  /** Why it ended, for a person. */
  reason: z.string(),
  /** The words of the operator when the capture began; later ones are in labels.json. */
  name: z.string(),
  place: z.string(),
  notes: z.string(),
  tags: z.array(z.string()),
  program: z.string(),
  createdAtNs: nanosecondsText,
  closedAtNs: nanosecondsText.nullable(),
  /** The folder of the session that this one goes on from, where the stream changed. */
  continues: z.string().nullable(),
  source: sessionSource,
  data: sessionData,
  ring: z.object({ maxBytes: whole.nullable(), maxS: finite.nullable() }).nullable(),
  removedSegments: whole,
  /** Closed segments; those with higher numbers in the folder are found by their frames. */
  segments: z.array(segmentSummary),
  /** After the last sample: what was lost at the end. */
  lostAtEnd: gapRecord.nullable()
})
export type SessionManifest = z.infer<typeof sessionManifest>

/** The text of session.json. Its last field is the CRC-32 of the same object without that field, as compact JSON. */
export const encodeManifest = (manifest: SessionManifest): string =>
  `${JSON.stringify({ ...manifest, crc32: crc32(Buffer.from(JSON.stringify(manifest))) }, null, 1)}\n`

export type ReadManifest = { manifest: SessionManifest } | { problem: string }

/** Reads session.json; a sentence part where it is missing, damaged, or of another version. */
export async function readManifest(folder: string): Promise<ReadManifest> {
  let text: string
  try {
    text = await readFile(manifestFile(folder), 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { problem: code === 'ENOENT' ? 'is missing' : `cannot be read (${code})` }
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'is damaged: it is not JSON' }
  }
  if (typeof value !== 'object' || value === null) return { problem: 'is damaged: it is not an object' }
  const { crc32: sum, ...rest } = value as Record<string, unknown>
  const { format, version } = rest
  if (format === 'wavefall-session' && typeof version === 'number' && version > 1)
    return { problem: `is of version ${version}, which this program does not know` }
  if (sum !== crc32(Buffer.from(JSON.stringify(rest)))) return { problem: 'does not match its own sum' }
  const parsed = sessionManifest.safeParse(rest)
  if (parsed.success) return { manifest: parsed.data }
  const [issue] = parsed.error.issues
  return { problem: `is damaged: ${issue?.path.join('.')}: ${issue?.message}` }
}
