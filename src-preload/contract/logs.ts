import { z } from 'zod'

export const logLevels = ['debug', 'info', 'warning', 'error', 'critical'] as const
export const logLevel = z.enum(logLevels)
export type LogLevel = z.infer<typeof logLevel>

export const logSettings = z.object({
  level: logLevel.default('info').describe('Lowest level that is written.').meta({ appliesAtOnce: true }),
  fileMaxMb: z
    .number()
    .min(1)
    .max(1000)
    .default(16)
    .describe('A file that reaches it is put aside.')
    .meta({ appliesAtOnce: true }),
  fileMaxAgeHours: z
    .number()
    .min(1)
    .max(8760)
    .default(24)
    .describe('A file that is so old is put aside.')
    .meta({ appliesAtOnce: true }),
  filesMax: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(4)
    .describe('Files put aside that are kept.')
    .meta({ appliesAtOnce: true }),
  keptDays: z
    .number()
    .min(1)
    .max(3650)
    .default(14)
    .describe('Files put aside that are older go.')
    .meta({ appliesAtOnce: true })
})
export type LogSettings = z.infer<typeof logSettings>

/** One line of the log, as it was written. */
export const logLine = z.object({
  /** ISO 8601, UTC. */
  time: z.string(),
  level: logLevel,
  event: z.string(),
  component: z.string().nullable(),
  job: z.string().nullable(),
  /** How often the line came again within a second; null for once. */
  repeated: z.number().nullable(),
  values: z.record(z.string(), z.unknown())
})
export type LogLine = z.infer<typeof logLine>

export const logQuery = z.object({
  /** This level and above. */
  level: logLevel.default('info'),
  job: z.string().max(200).nullable().default(null),
  component: z.string().max(200).nullable().default(null),
  event: z.string().max(200).nullable().default(null),
  /** Anywhere in the line, whatever the case. */
  text: z.string().max(200).nullable().default(null),
  /** Lines before this time (ISO 8601), for reading on backwards. */
  before: z.string().max(40).nullable().default(null),
  limit: z.number().int().min(1).max(1000).default(200)
})
export type LogQuery = z.infer<typeof logQuery>

export const logCalls = {
  /** Newest first. `reachedEnd`: no older line fits. */
  'logs.query': {
    arguments: logQuery,
    result: z.object({ lines: z.array(logLine), reachedEnd: z.boolean(), unreadableLines: z.number() })
  },
  /** What is written, since the program began; and where to. */
  'logs.state': {
    arguments: z.object({}),
    result: z.object({
      level: logLevel,
      folder: z.string(),
      written: z.number(),
      dropped: z.number(),
      repeated: z.number(),
      failedWrites: z.number()
    })
  },
  /** From now on; the setting `logs.level` says what the next start begins with. */
  'logs.setLevel': { arguments: z.object({ level: logLevel }), result: z.object({}) },
  /** Packs logs, settings without secrets, readings and the findings of `doctor`. Gives where the file lies. */
  'diagnostics.save': {
    arguments: z.object({}),
    result: z.object({ file: z.string(), bytes: z.number(), contents: z.array(z.string()) })
  }
} as const
