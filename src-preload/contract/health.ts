import { z } from 'zod'

const nothing = z.object({})
const milliseconds = z.number()
const count = z.number()
const labels = z.record(z.string(), z.string())

/** The best first. */
export const gradeNames = ['excellent', 'good', 'fair', 'poor', 'critical'] as const
export const gradeName = z.enum(gradeNames)
export type GradeName = z.infer<typeof gradeName>

export const memoryLevels = ['normal', 'warning', 'critical', 'emergency'] as const
export const memoryLevel = z.enum(memoryLevels)
export type MemoryLevel = z.infer<typeof memoryLevel>

export const healthSeverities = ['good', 'info', 'warning', 'critical', 'emergency'] as const
export const healthSeverity = z.enum(healthSeverities)
export type HealthSeverity = z.infer<typeof healthSeverity>

/** Which reading a figure is of; partial labels mean the sum over all that match. */
export const readingReference = z.object({ name: z.string(), labels })
export type ReadingReference = z.infer<typeof readingReference>

export const healthActions = [
  'gc',
  'free memory',
  'free memory thoroughly',
  'fewer rows',
  'all rows',
  'pause tasks',
  'resume tasks',
  'prepare restart'
] as const
export const healthAction = z.enum(healthActions)
export type HealthAction = z.infer<typeof healthAction>

/** A button: what it says, and the call that it makes. */
export const offeredAction = z.object({
  label: z.string(),
  action: healthAction,
  jobId: z.string().nullable()
})
export type OfferedAction = z.infer<typeof offeredAction>

export const letterGrade = z.enum(['A', 'B', 'C', 'D', 'F'])

/** 0..100 of one part of the program, with how it came about. */
export const partScore = z.object({
  part: z.enum(['control API', 'memory', 'CPU', 'caches', 'concurrency', 'whole']),
  /** Null where nothing was there to be judged. */
  score: z.number().nullable(),
  letter: letterGrade.nullable(),
  /** The formula, with the numbers that went into it. */
  formula: z.string()
})
export type PartScore = z.infer<typeof partScore>

export const healthReason = z.object({
  /** Stable: `memory`, `cpu`, `response`, `cache-hits`, `errors`, `stream-lost`, `stream-stalled`, `rows-shed` … */
  code: z.string(),
  severity: healthSeverity,
  /** One sentence with its number and its threshold. */
  text: z.string(),
  reading: readingReference.nullable(),
  jobId: z.string().nullable(),
  /** Since when it holds. */
  sinceMs: milliseconds
})
export type HealthReason = z.infer<typeof healthReason>

export const healthStatus = z.object({
  atMs: milliseconds,
  grade: gradeName,
  /** Since when it is this grade. */
  gradeSinceMs: milliseconds,
  score: z.number(),
  letter: letterGrade,
  parts: z.array(partScore),
  /** The worst first; empty where all is well. */
  reasons: z.array(healthReason),
  /** The one sentence: what is lost, since when, why. */
  headline: z.string(),
  /** The numbers that prove it, and what is whole. */
  detail: z.string(),
  severity: healthSeverity,
  sinceMs: milliseconds.nullable(),
  action: offeredAction.nullable(),
  level: memoryLevel,
  /** What is lost at this moment, and in all since the core began. */
  losses: z.object({
    isLosing: z.boolean(),
    sinceMs: milliseconds.nullable(),
    jobs: z.array(z.string()),
    lostBlocks: count,
    lostRows: count,
    shedRows: count,
    gaps: count,
    /** Of running captures: blocks that are not in the session. */
    captureLostBlocks: count
  }),
  /** Of the monitoring itself. */
  monitoring: z.object({
    active: z.boolean(),
    intervalMs: milliseconds,
    /** Its own cost made the interval longer; `note` says so. */
    isWidened: z.boolean(),
    note: z.string(),
    /** Percent of one core. */
    cpuPercent: z.number(),
    memoryBytes: z.number(),
    abandonedChecks: count,
    restarts: count,
    /** Percent of the time since the core began. */
    availabilityPercent: z.number()
  }),
  uptimeS: z.number()
})
export type HealthStatus = z.infer<typeof healthStatus>

const percentiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number() })

export const streamHealth = z.object({
  jobId: z.string(),
  view: z.enum(['multi', 'single', 'waterfall']),
  live: z.boolean(),
  channels: z.number(),
  /** One word: `streaming`, `slow`, `behind`, `stalled`, `cut`, `losing`, `waiting`, `paused`, `ended`. */
  word: z.string(),
  severity: healthSeverity,
  /** One sentence; empty where all is well. */
  reason: z.string(),
  bytesPerS: z.number(),
  rowsPerS: z.number(),
  latencyMs: percentiles.nullable(),
  gaps: count,
  gapS: z.number(),
  shedRows: count,
  lostBlocks: count,
  lostRows: count,
  queue: z.object({ length: count, capacity: count, ageMs: z.number() }),
  reconnects: count,
  /** Share of the analysis time of all jobs, 0..1. */
  cpuShare: z.number(),
  memoryBytes: z.number(),
  isCaptured: z.boolean()
})
export type StreamHealth = z.infer<typeof streamHealth>

export const processHealth = z.object({
  id: z.string(),
  kind: z.enum(['core', 'worker', 'task', 'window', 'backend']),
  label: z.string(),
  /** Percent of one core. */
  cpuPercent: z.number().nullable(),
  rssBytes: z.number().nullable(),
  vmsBytes: z.number().nullable(),
  heapUsedBytes: z.number().nullable(),
  externalBytes: z.number().nullable(),
  eventLoopMs: z.object({ p50: z.number(), p99: z.number() }).nullable(),
  gc: z.object({ count, pauseP99Ms: z.number() }).nullable(),
  handles: z.number().nullable(),
  /** Windows: time between frames and rows drawn. */
  frameP95Ms: z.number().nullable(),
  restarts: count.nullable()
})
export type ProcessHealth = z.infer<typeof processHealth>

/** A threshold to be drawn into a chart. */
export const drawnThreshold = z.object({ value: z.number(), severity: healthSeverity, label: z.string() })
export type DrawnThreshold = z.infer<typeof drawnThreshold>

/** One of the readings that the panel shows large. Value and thresholds are in `unit`; charts are the reading · factor. */
export const headlineReading = z.object({
  key: z.string(),
  title: z.string(),
  unit: z.string(),
  value: z.number().nullable(),
  severity: healthSeverity,
  reading: readingReference,
  factor: z.number(),
  thresholds: z.array(drawnThreshold)
})
export type HeadlineReading = z.infer<typeof headlineReading>

export const healthLive = z.object({
  status: healthStatus,
  headlines: z.array(headlineReading),
  streams: z.array(streamHealth),
  processes: z.array(processHealth)
})
export type HealthLive = z.infer<typeof healthLive>

export const readingKind = z.object({
  name: z.string(),
  help: z.string(),
  unit: z.string(),
  type: z.enum(['gauge', 'counter', 'histogram']),
  labels: z.array(z.string())
})

export const chartPoint = z.object({ atMs: milliseconds, min: z.number(), mean: z.number(), max: z.number() })
export type ChartPoint = z.infer<typeof chartPoint>

export const chartSeries = z.object({ labels, points: z.array(chartPoint) })
export type ChartSeries = z.infer<typeof chartSeries>

export const timelineLane = z.object({
  id: z.string(),
  label: z.string(),
  kind: z.enum(['stream', 'job', 'capture', 'alerts', 'actions']),
  jobId: z.string().nullable(),
  spans: z.array(
    z.object({
      fromMs: milliseconds,
      /** Null: it goes on. */
      toMs: milliseconds.nullable(),
      severity: healthSeverity,
      text: z.string()
    })
  ),
  marks: z.array(z.object({ atMs: milliseconds, severity: healthSeverity, text: z.string() }))
})
export type TimelineLane = z.infer<typeof timelineLane>

export const changeKinds = [
  'job',
  'rows',
  'backend',
  'process',
  'settings',
  'alert',
  'action',
  'capture',
  'clock',
  'worker',
  'monitoring'
] as const

export const healthChange = z.object({
  id: z.number(),
  atMs: milliseconds,
  kind: z.enum(changeKinds),
  severity: healthSeverity,
  text: z.string(),
  jobId: z.string().nullable()
})
export type HealthChange = z.infer<typeof healthChange>

export const bottlenecks = [
  'CPU',
  'memory',
  'network',
  'storage',
  'connections',
  'consumer',
  'setting',
  'backend',
  'database'
] as const

export const evidence = z.object({ text: z.string(), reading: readingReference.nullable() })
export type Evidence = z.infer<typeof evidence>

export const explanation = z.object({
  bottleneck: z.enum(bottlenecks),
  /** One sentence. */
  cause: z.string(),
  evidence: z.array(evidence),
  advice: z.string(),
  /** How far past its threshold; 1: at it. */
  strength: z.number(),
  action: offeredAction.nullable()
})
export type Explanation = z.infer<typeof explanation>

export const forecast = z.object({
  /** Stable: `memory`, `disk`, `queue-age`, `latency`, `leak`. */
  subject: z.string(),
  severity: healthSeverity,
  /** `4 096 MB in about 14 min`. */
  text: z.string(),
  reading: readingReference,
  jobId: z.string().nullable(),
  value: z.number(),
  limit: z.number().nullable(),
  /** When the limit is reached; null where only the growth is told. */
  reachedAtMs: milliseconds.nullable(),
  /** Robust slope in the reading's unit a second, and its 95 % interval. */
  perS: z.object({ slope: z.number(), low: z.number(), high: z.number() }),
  /** Growth over the window, parts of the value at its beginning. */
  growth: z.number(),
  windowS: z.number()
})
export type Forecast = z.infer<typeof forecast>

/** Something that was done, by the program or by a person, and what it brought. */
export const actionRecord = z.object({
  id: z.number(),
  atMs: milliseconds,
  /** `gc`, `drop caches`, `throttle` … as shown. */
  what: z.string(),
  /** `level critical`, `operator`. */
  cause: z.string(),
  detail: z.string(),
  beforeMb: z.number(),
  afterMb: z.number(),
  freedMb: z.number(),
  succeeded: z.boolean()
})
export type ActionRecord = z.infer<typeof actionRecord>

export const heapProfile = z.object({
  process: z.string(),
  file: z.string(),
  seconds: z.number(),
  /** The largest first: bytes that were allocated there and still live. */
  growers: z.array(z.object({ where: z.string(), bytes: z.number(), percent: z.number() }))
})
export type HeapProfile = z.infer<typeof heapProfile>

export const windowReport = z.object({
  /** Milliseconds between frames, since the last report. */
  frameMs: percentiles.nullable(),
  drawMs: percentiles.nullable(),
  framesPerS: z.number(),
  rowsDrawn: count,
  shedRows: count,
  creditFrames: count,
  heapUsedBytes: z.number().nullable(),
  textureBytes: z.number().nullable(),
  hidden: z.boolean(),
  label: z.string().max(80)
})
export type WindowReport = z.infer<typeof windowReport>

export const healthCalls = {
  /** All that the panel shows at once; null in the first second of the program. */
  'health.live': { arguments: nothing, result: healthLive.nullable() },
  'health.status': { arguments: nothing, result: healthStatus.nullable() },
  /** What can be read, and its value now. */
  'health.readings': {
    arguments: z.object({ name: z.string().max(200).optional() }),
    result: z.object({
      kinds: z.array(readingKind),
      current: z.array(z.object({ name: z.string(), labels, value: z.number(), atMs: milliseconds }))
    })
  },
  /** For a chart: at most `pointsMax` points of each series, with least, mean and greatest of the time between them. */
  'health.history': {
    arguments: z.object({
      name: z.string().max(200),
      labels: labels.default({}),
      fromMs: milliseconds,
      toMs: milliseconds,
      pointsMax: z.number().int().min(2).max(5000).default(600)
    }),
    result: z.object({ unit: z.string(), series: z.array(chartSeries), thresholds: z.array(drawnThreshold) })
  },
  'health.timeline': {
    arguments: z.object({ fromMs: milliseconds, toMs: milliseconds }),
    result: z.object({ lanes: z.array(timelineLane) })
  },
  /** The newest first. */
  'health.changes': {
    arguments: z.object({ minutes: z.number().min(0.1).max(1440).default(10) }),
    result: z.array(healthChange)
  },
  /** Why something is red: of one job, or of the whole program. The strongest cause first; empty where nothing is wrong. */
  'health.why': {
    arguments: z.object({ jobId: z.string().nullable().default(null) }),
    result: z.array(explanation)
  },
  'health.forecasts': { arguments: nothing, result: z.array(forecast) },
  /** The newest first. */
  'health.actions': { arguments: nothing, result: z.array(actionRecord) },
  'health.act': {
    arguments: z.object({ action: healthAction, jobId: z.string().nullable().default(null) }),
    result: z.array(actionRecord)
  },
  /** `process`: an id of `processes`, core or one of its workers. The file lies in the data folder. */
  'health.profile': {
    arguments: z.object({
      process: z.string().max(80).default('core'),
      kind: z.enum(['sampling', 'snapshot']).default('sampling'),
      seconds: z.number().min(1).max(120).default(10)
    }),
    result: heapProfile
  },
  /** What a window knows of itself; at most once a second. */
  'health.reportWindow': { arguments: windowReport, result: nothing }
} as const

export const healthEvents = {
  /** About once a second. */
  'health.changed': healthLive
} as const
