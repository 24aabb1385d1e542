import { z } from 'zod'
import { nanosecondsText } from './schemas.ts'

const nothing = z.object({})
const count = z.number().int().min(0)

/** What an operator says of a session; kept beside the samples, so that words can change while they are written. */
export const sessionLabels = z.object({
  name: z.string().trim().min(1).max(200),
  place: z.string().max(200),
  notes: z.string().max(20_000),
  tags: z.array(z.string().trim().min(1).max(60)).max(50),
  /** Never removed by rules of age or size. */
  keep: z.boolean()
})
export type SessionLabels = z.infer<typeof sessionLabels>

/** A ring keeps the newest: segments that are wholly older than `maxS`, or beyond `maxBytes` in all, are removed. */
export const ringLimit = z.object({
  maxBytes: z.number().int().min(16_000_000).nullable(),
  maxS: z.number().min(1).nullable()
})
export type RingLimit = z.infer<typeof ringLimit>

export const captureStates = ['armed', 'starting', 'recording', 'closing', 'closed', 'failed'] as const
export const captureState = z.enum(captureStates)
export type CaptureState = z.infer<typeof captureState>

export const captureSnapshot = z.object({
  /** The program's own id (`capture-3`). */
  id: z.string(),
  jobId: z.string(),
  /** `armed`: blocks are kept in memory, nothing is on the disk yet. */
  state: captureState,
  /** One sentence: why it is in this state and what can be done. */
  reason: z.string(),
  /** Id of its session in the catalogue, and its folder; null while armed. A stream that changed has more than one. */
  sessionId: z.string().nullable(),
  folder: z.string().nullable(),
  name: z.string(),
  startedAtNs: nanosecondsText,
  /** Time of the first sample and end of the last one; null before there is one. */
  startNs: nanosecondsText.nullable(),
  endNs: nanosecondsText.nullable(),
  channelCount: count,
  sampleRateHz: z.number().nullable(),
  /** Of what is kept: blocks, samples of each channel, bytes on the disk. */
  blocks: count,
  samples: count,
  bytes: count,
  bytesPerS: z.number(),
  /** Blocks that are synced: a power cut costs none of them. */
  acknowledgedBlocks: count,
  gaps: count,
  /** Time missing in all gaps, seconds. */
  gapS: z.number(),
  lostBlocks: count,
  queue: z.object({ bytes: count, capacityBytes: count, ageMs: z.number() }),
  /** Longest time that writing and syncing one group took, ms. */
  slowestCommitMs: z.number(),
  /** Times that the stream had to be paused because the disk was slower. */
  pauses: count,
  preTriggerS: z.number(),
  ring: ringLimit.nullable(),
  segments: count,
  removedSegments: count,
  /** Null where the system does not say. */
  freeBytes: z.number().nullable(),
  /** How long the free space lasts at the present rate; null where it is not known, or where the ring bounds it. */
  secondsLeft: z.number().nullable(),
  warnings: z.array(z.string())
})
export type CaptureSnapshot = z.infer<typeof captureSnapshot>

/**
 * RMS of stored values on a grid of time × channel, for a small picture: `values` are base64 of columns · rows bytes,
 * row by row (time downwards), 0 = no data, 1..255 linear in dB over [minDb, maxDb].
 */
export const sessionThumbnail = z.object({
  columns: count,
  rows: count,
  minDb: z.number(),
  maxDb: z.number(),
  values: z.string()
})
export type SessionThumbnail = z.infer<typeof sessionThumbnail>

export const sessionStates = ['recording', 'closed', 'recovered', 'interrupted', 'damaged', 'missing'] as const

export const sessionSummary = sessionLabels.extend({
  /** Of a session: the name of its folder. Of a file: `file-` and a hash of its path. */
  id: z.string(),
  kind: z.enum(['session', 'file']),
  path: z.string(),
  format: z.string(),
  /** `interrupted`: not closed by its writer, which is gone; `recovered`: the same, and put in order since. */
  state: z.enum(sessionStates),
  /** What is doubtful about it, one sentence; empty where nothing is. */
  problem: z.string(),
  source: z.string().nullable(),
  startNs: nanosecondsText.nullable(),
  endNs: nanosecondsText.nullable(),
  channelCount: count,
  firstChannel: z.number().nullable(),
  channelSpacingM: z.number().nullable(),
  sampleRateHz: z.number().nullable(),
  samples: count,
  unit: z.string().nullable(),
  bytes: count,
  gaps: count,
  gapS: z.number(),
  /** When it was made (session) or last opened (file). */
  changedAtNs: nanosecondsText,
  thumbnail: sessionThumbnail.nullable()
})
export type SessionSummary = z.infer<typeof sessionSummary>

export const sessionGap = z.object({
  startNs: nanosecondsText,
  endNs: nanosecondsText,
  firstSequence: z.number().nullable(),
  lastSequence: z.number().nullable(),
  reason: z.string()
})
export type SessionGap = z.infer<typeof sessionGap>

export const sessionDetail = sessionSummary.extend({
  dtype: z.string(),
  quantity: z.string().nullable(),
  scale: z.number(),
  gaugeLengthM: z.number().nullable(),
  firstDistanceM: z.number().nullable(),
  gapList: z.array(sessionGap),
  segments: count,
  warnings: z.array(z.string())
})
export type SessionDetail = z.infer<typeof sessionDetail>

export const sessionProblem = z.object({
  file: z.string(),
  /** Byte in that file; null where the whole file is meant. */
  offset: z.number().nullable(),
  message: z.string()
})

export const verification = z.object({
  id: z.string(),
  whole: z.boolean(),
  frames: count,
  bytes: count,
  samples: count,
  gaps: count,
  problems: z.array(sessionProblem),
  /** Problems beyond those that are listed. */
  furtherProblems: count
})
export type Verification = z.infer<typeof verification>

export const sessionSortKeys = ['time', 'name', 'size', 'duration', 'channels', 'rate', 'gaps', 'changed'] as const

export const sessionCalls = {
  /**
   * Captures a running job into a new session. `preTriggerS` seconds that the job is armed with (see `captures.arm`) come
   * first. The job is kept open for it, also when its window closes.
   */
  'captures.start': {
    arguments: z.object({
      jobId: z.string(),
      name: z.string().trim().min(1).max(200).optional(),
      notes: z.string().max(20_000).optional(),
      place: z.string().max(200).optional(),
      tags: z.array(z.string().trim().min(1).max(60)).max(50).optional(),
      preTriggerS: z.number().min(0).max(3600).optional(),
      /** Ends by itself after so many seconds of data. */
      durationS: z.number().positive().optional(),
      ring: ringLimit.optional()
    }),
    result: captureSnapshot
  },
  /** Keeps the newest seconds of a job in memory, for a capture that is started later; 0 lets them go. */
  'captures.arm': {
    arguments: z.object({
      jobId: z.string(),
      preTriggerS: z.number().min(0).max(3600),
      maxBytes: z.number().int().min(1_000_000).max(4_000_000_000).optional()
    }),
    result: captureSnapshot.nullable()
  },
  /** Ends a capture (its session is closed and whole), or disarms one that is armed. */
  'captures.stop': { arguments: z.object({ captureId: z.string() }), result: captureSnapshot },
  /** Running ones, and the last that ended. */
  'captures.list': { arguments: nothing, result: z.array(captureSnapshot) },
  'sessions.list': {
    arguments: z.object({
      /** Words that must all be in name, place, notes, tags, source or path. */
      search: z.string().max(500).optional(),
      sort: z.enum(sessionSortKeys).optional(),
      descending: z.boolean().optional()
    }),
    result: z.object({
      sessions: z.array(sessionSummary),
      /** Where new ones go, what all of them take, and what is free there. */
      folder: z.string(),
      totalBytes: count,
      freeBytes: z.number().nullable()
    })
  },
  'sessions.show': { arguments: z.object({ id: z.string() }), result: sessionDetail },
  'sessions.update': {
    arguments: z.object({ id: z.string(), labels: sessionLabels.partial() }),
    result: sessionSummary
  },
  /**
   * To the trash. Without `confirmation` nothing is deleted: the answer says what would be, and carries the confirmation
   * that a second call within five minutes gives back.
   */
  'sessions.delete': {
    arguments: z.object({ id: z.string(), confirmation: z.string().optional() }),
    result: z.object({ deleted: z.boolean(), confirmation: z.string().nullable(), message: z.string() })
  },
  /** Reads every frame and checks every sum; `sessions.verifying` tells how far it is. Files are read as a whole. */
  'sessions.verify': { arguments: z.object({ id: z.string() }), result: verification },
  /** As a historic job of the window. */
  'sessions.open': {
    arguments: z.object({ id: z.string(), windowId: z.string().nullable() }),
    result: z.object({ jobIds: z.array(z.string()) })
  },
  /** Forgets the index and reads the folders anew. */
  'sessions.reindex': { arguments: nothing, result: z.object({ sessions: count }) }
} as const

export const sessionEvents = {
  /** Running captures at about 2 Hz, and each change of state at once. */
  'captures.changed': z.array(captureSnapshot),
  /** The catalogue may have changed: ask for it again. */
  'sessions.changed': nothing,
  'sessions.verifying': z.object({ id: z.string(), doneBytes: count, totalBytes: count })
} as const
