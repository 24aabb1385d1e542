import { z } from 'zod'
import { nanosecondsText } from './schemas.ts'

export const taskPriorities = ['high', 'normal', 'low'] as const
export const taskPriority = z.enum(taskPriorities)
export type TaskPriority = z.infer<typeof taskPriority>

export const taskStates = ['pending', 'running', 'completed', 'failed', 'cancelled'] as const
export const taskState = z.enum(taskStates)
export type TaskState = z.infer<typeof taskState>

export const exportFormatNames = [
  'prodml',
  'dasdae',
  'zarr',
  'segy',
  'mseed',
  'npy',
  'npz',
  'csv',
  'wav',
  'png',
  'das-metadata'
] as const
export const exportFormatName = z.enum(exportFormatNames)
export type ExportFormatName = z.infer<typeof exportFormatName>

/** Which part of a recording. Null is all of it. */
export const exportSelection = z.object({
  /** Half-open, UTC. For a recording whose times are not known: counted from its first row. */
  time: z.object({ fromNs: nanosecondsText, toNs: nanosecondsText }).nullable().default(null),
  /** Both ends in, by the recording's own numbers; one without numbers counts from 0. */
  channels: z.object({ from: z.number().int(), to: z.number().int() }).nullable().default(null),
  /** Index into the bands of a band-energy recording; null: all where the format holds several, else the first. */
  band: z.number().int().min(0).nullable().default(null),
  /** Every nth row behind a low-pass filter; 1 = all rows as they are. */
  decimate: z.number().int().min(1).max(100_000).default(1)
})
export type ExportSelection = z.infer<typeof exportSelection>

/** Where an export goes. A window never makes a path: the dialog of the desktop did, or the file lies below the data folder. */
export const exportTarget = z.discriminatedUnion('place', [
  /** `exports` in the data folder. */
  z.object({
    place: z.literal('exports'),
    name: z
      .string()
      .min(1)
      .max(200)
      .regex(/^[^/\\:*?"<>|]+$/, 'has characters that file names cannot have')
      .refine((name) => !name.startsWith('.') && [...name].every((character) => character >= ' '), 'is no file name')
  }),
  /** A path that `exports.chooseTarget` answered. */
  z.object({ place: z.literal('chosen'), path: z.string().min(1).max(4096) })
])
export type ExportTarget = z.infer<typeof exportTarget>

export const exportArguments = z.object({
  /** A session or recording, by its id in the catalogue. */
  source: z.string().min(1).max(500),
  format: exportFormatName,
  selection: exportSelection.prefault({}),
  target: exportTarget,
  overwrite: z.boolean().default(false)
})
export type ExportArguments = z.infer<typeof exportArguments>

/** What to do in the background, by kind. */
export const taskRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('export'), arguments: exportArguments })
])
export type TaskRequest = z.infer<typeof taskRequest>
export const taskKinds = ['export'] as const
export const taskKind = z.enum(taskKinds)
export type TaskKind = z.infer<typeof taskKind>

export const taskResult = z.object({
  /** What was made, the main file first. */
  files: z.array(z.string()),
  bytes: z.number(),
  /** What the format could not hold, and what was doubtful about the source. */
  warnings: z.array(z.string())
})
export type TaskResult = z.infer<typeof taskResult>

export const taskSnapshot = z.object({
  id: z.string(),
  kind: taskKind,
  /** `aqueduct.h5 → aqueduct.zarr`. */
  title: z.string(),
  priority: taskPriority,
  state: taskState,
  /** 0..1 while it runs, null where it is not known. */
  progress: z.number().min(0).max(1).nullable(),
  /** What it does now (`1.2 of 3.4 million samples`), what it waits for, or why it failed. */
  detail: z.string(),
  /** 1 for the first; `attemptsMax` counts it. */
  attempt: z.number().int(),
  attemptsMax: z.number().int(),
  createdNs: nanosecondsText,
  startedNs: nanosecondsText.nullable(),
  endedNs: nanosecondsText.nullable(),
  /** When it goes off the list; null while it has not ended. */
  forgottenNs: nanosecondsText.nullable(),
  /** Next attempt of a pending task that failed before. */
  nextAttemptNs: nanosecondsText.nullable(),
  /** Number of the worker that runs it, from 1. */
  worker: z.number().int().nullable(),
  result: taskResult.nullable()
})
export type TaskSnapshot = z.infer<typeof taskSnapshot>

/** Since the list was first made; kept over restarts. */
export const taskCounters = z.object({
  pending: z.number(),
  running: z.number(),
  completed: z.number(),
  failed: z.number(),
  cancelled: z.number(),
  retried: z.number(),
  /** Requests that a full queue refused. */
  refused: z.number(),
  /** completed ÷ (completed + failed), null before the first. */
  successRate: z.number().nullable(),
  kinds: z.array(
    z.object({
      kind: taskKind,
      completed: z.number(),
      failed: z.number(),
      /** Of the completed ones, from start to end of the attempt that succeeded; null before the first. */
      meanSeconds: z.number().nullable(),
      longestSeconds: z.number().nullable()
    })
  )
})
export type TaskCounters = z.infer<typeof taskCounters>

export const taskWorker = z.object({
  number: z.number().int(),
  /** What it does now. */
  taskId: z.string().nullable(),
  completed: z.number(),
  failed: z.number()
})
export type TaskWorker = z.infer<typeof taskWorker>

export const taskList = z.object({
  /** Running first, then waiting in their order, then ended ones, the newest first. */
  tasks: z.array(taskSnapshot),
  counters: taskCounters,
  workers: z.array(taskWorker)
})
export type TaskList = z.infer<typeof taskList>

/** What the export dialog shows before it starts. */
export const exportCheck = z.object({
  /** Sentences: what the format cannot hold of this selection, or holds in another way. */
  limits: z.array(z.string()),
  /** Why it cannot be exported so; null when it can. */
  refusal: z.string().nullable(),
  rows: z.number(),
  channels: z.number(),
  element: z.string(),
  /** About; free space is null where the system does not tell. */
  bytes: z.number(),
  freeBytes: z.number().nullable(),
  /** A name for the file, with the ending of the format. */
  suggestedName: z.string(),
  targetExists: z.boolean()
})
export type ExportCheck = z.infer<typeof exportCheck>

export const taskCalls = {
  'tasks.list': { arguments: z.object({}), result: taskList },
  /** Queues it; the answer comes at once. */
  'tasks.start': {
    arguments: z.object({ request: taskRequest, priority: taskPriority.default('normal') }),
    result: taskSnapshot
  },
  'tasks.cancel': { arguments: z.object({ taskId: z.string() }), result: taskSnapshot },
  /** Queues a failed or cancelled task again, with all its attempts. */
  'tasks.retry': { arguments: z.object({ taskId: z.string() }), result: taskSnapshot },
  /** Takes an ended task off the list. */
  'tasks.forget': { arguments: z.object({ taskId: z.string() }), result: z.object({}) },
  /** What an export would be: for the dialog, while it is filled in. */
  'exports.check': {
    arguments: exportArguments.extend({ target: exportTarget.nullable().default(null) }),
    result: exportCheck
  },
  /** Desktop: the system's dialog for saving; null when it was closed. Web: `unsupported`. */
  'exports.chooseTarget': {
    arguments: z.object({ suggestedName: z.string().min(1).max(200), format: exportFormatName }),
    result: z.object({ path: z.string().nullable() })
  }
} as const

export const taskEvents = {
  /** At most four times a second: what changed since the last one. */
  'tasks.changed': z.object({
    tasks: z.array(taskSnapshot),
    forgotten: z.array(z.string()),
    counters: taskCounters,
    workers: z.array(taskWorker)
  })
} as const
