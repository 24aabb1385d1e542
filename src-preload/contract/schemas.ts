import { z } from 'zod'

/** Decimal integer nanoseconds since the epoch, as text. */
export const nanosecondsText = z.string().regex(/^-?\d{1,20}$/, 'not an integer number of nanoseconds')

export const viewNames = ['multi', 'single', 'waterfall'] as const
export const viewName = z.enum(viewNames)
export type ViewName = z.infer<typeof viewName>

/** The backend's numbers for the views (`view_type`). */
export const viewTypeFromName: Record<ViewName, '0' | '1' | '2'> = { multi: '0', single: '1', waterfall: '2' }

const integer = z.number().int()

/** What an operator asks for. Limits are checked by `jobs.validate` and again by the server, not here. */
export const jobRequest = z.object({
  view: viewName,
  /** Channel numbers as the backend counts them, 1-based, inclusive. */
  channels: z.object({ min: integer, max: integer }),
  /** Band whose energy is shown (waterfall) or range of the spectra, Hz; null = 0..PRR/2. */
  band: z.object({ minHz: z.number(), maxHz: z.number() }).nullable(),
  nfft: integer,
  /** Seconds between rows. */
  rowIntervalS: z.number().positive().max(3600),
  /** Null = live. Half-open. */
  timeRange: z.object({ startNs: nanosecondsText, endNs: nanosecondsText }).nullable(),
  /** Name of a recording as `backend.recordings` lists it, where the backend has names; else null. */
  recording: z.string().max(500).nullable(),
  /** The recording is a file that this program opened itself, beside a site's backend. */
  local: z.boolean().optional()
})
export type JobRequest = z.infer<typeof jobRequest>

export const jobStates = [
  'queued',
  'starting',
  'streaming',
  'stalled',
  'reconnecting',
  'completed',
  'cancelled',
  'failed'
] as const
export const jobState = z.enum(jobStates)
export type JobState = z.infer<typeof jobState>

export const endedStates: ReadonlySet<JobState> = new Set(['completed', 'cancelled', 'failed'])

/** J2: the steps of a job's life, in order. */
export const jobStepNames = [
  'request',
  'validation',
  'creation',
  'analyser start',
  'streaming',
  'monitoring',
  'termination',
  'clean-up'
] as const

export const jobStep = z.object({ name: z.enum(jobStepNames), atNs: nanosecondsText, detail: z.string() })
export type JobStep = z.infer<typeof jobStep>

const percentiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number() })

/** Every counter of one stream that the strip shows. Rates are over the last seconds; counts are since the job began. */
export const streamStatistics = z.object({
  service: z.enum(['blocks', 'rows']).nullable(),
  bytesPerS: z.number(),
  rowsPerS: z.number(),
  bytes: z.number(),
  blocks: z.number(),
  rows: z.number(),
  /** End of the last sample at the source → row handed to a window; and → drawn, as windows report it. Milliseconds. */
  latencyMs: percentiles.nullable(),
  drawnLatencyMs: percentiles.nullable(),
  gaps: z.number(),
  /** Time missing in all gaps, seconds. */
  gapS: z.number(),
  lostBlocks: z.number(),
  lostRows: z.number(),
  /** Messages refused because their shape does not match their bytes. */
  badMessages: z.number(),
  /** Values that were NaN or infinite and are shown as invalid. */
  invalidValues: z.number(),
  /** Rows that were left out of the display: the machine does not keep up, or a window had no credit. Their data was there. */
  shedRows: z.number(),
  /** Rows whose samples are there and that are not out. */
  queue: z.object({ length: z.number(), capacity: z.number(), ageMs: z.number() }),
  /** Historic: part of the room for samples that is not analysed yet, 0..1; the stream is paused above a half. */
  ringFill: z.number(),
  /** One sentence while rows are left out because the machine does not keep up, with what to change; null otherwise. */
  overload: z.string().nullable(),
  pauses: z.number(),
  reconnects: z.number(),
  workerRestarts: z.number(),
  /** Since the last block or row arrived; null before the first. */
  silentMs: z.number().nullable()
})
export type StreamStatistics = z.infer<typeof streamStatistics>

/** Half-open. */
export const timeSpan = z.object({ startNs: nanosecondsText, endNs: nanosecondsText })
export type TimeSpan = z.infer<typeof timeSpan>

/** Times real time; null: as fast as it can be; 0: it stands still. */
export const playbackPace = z.number().min(0).max(1000).nullable()

export const jobSnapshot = z.object({
  /** The program's own id (`live-7`, `historic-3`). */
  id: z.string(),
  backendJobId: z.string().nullable(),
  request: jobRequest,
  state: jobState,
  /** One sentence: why it is in this state and what the program does about it. */
  reason: z.string(),
  createdAtNs: nanosecondsText,
  endedAtNs: nanosecondsText.nullable(),
  /** Place in the admission queue, 1 = next; null when not queued. */
  queuePosition: z.number().nullable(),
  steps: z.array(jobStep),
  statistics: streamStatistics,
  /** Historic: part of the range that has arrived, 0..1; null where it cannot be known. */
  progress: z.number().nullable(),
  /** Historic: how fast it is shown, and the time that is reached (null before the first row). Null for a live job. */
  playback: z
    .object({
      pace: playbackPace,
      positionNs: nanosecondsText.nullable(),
      /** What it can be sought in: the whole recording where that is known. */
      range: timeSpan,
      /** Played again and again; null: played to its end. */
      loop: timeSpan.nullable()
    })
    .nullable()
})
export type JobSnapshot = z.infer<typeof jobSnapshot>

export const circuitState = z.object({
  state: z.enum(['closed', 'open', 'probing']),
  failures: z.number(),
  /** Milliseconds until the next probe; null when closed. */
  retryInMs: z.number().nullable()
})
export type CircuitState = z.infer<typeof circuitState>

export const liveFibre = z.object({
  channelSpacingM: z.number(),
  /** Pulse repetition rate = sample rate, Hz. */
  prrHz: z.number(),
  fibreStartM: z.number().nullable(),
  fibreLengthM: z.number().nullable(),
  channelCount: z.number(),
  softwareVersion: z.string(),
  description: z.string()
})
export type LiveFibre = z.infer<typeof liveFibre>

export const backendStatus = z.object({
  name: z.string(),
  url: z.string(),
  embedded: z.boolean(),
  state: z.enum(['unknown', 'up', 'no-fibre', 'down']),
  /** What an operator should know: why it is down, what "waiting for fiber" said. */
  reason: z.string(),
  circuit: circuitState,
  channels: z.object({ lowest: z.number(), highest: z.number() }).nullable(),
  fibre: liveFibre.nullable(),
  checkedAtNs: nanosecondsText.nullable()
})
export type BackendStatus = z.infer<typeof backendStatus>

export const backendRecording = z.object({
  /** Null where the backend lists time ranges only. */
  name: z.string().nullable(),
  startNs: nanosecondsText,
  /** Null: still running. */
  endNs: nanosecondsText.nullable(),
  format: z.string().nullable(),
  channels: z.object({ min: z.number(), max: z.number() }).nullable(),
  sampleRateHz: z.number().nullable(),
  /** Bands of a band-energy recording; empty for raw samples. */
  bands: z.array(z.object({ lowHz: z.number(), highHz: z.number() })),
  unit: z.string().nullable(),
  /** A file that this program opened itself, beside a site's backend. */
  local: z.boolean().optional()
})
export type BackendRecording = z.infer<typeof backendRecording>

/** An event that must be seen: stays until the operator dismisses it. */
export const notice = z.object({
  id: z.string(),
  severity: z.enum(['info', 'warning', 'error']),
  /** What happened. */
  title: z.string(),
  /** To which job, what the program is doing about it, what the operator can do. */
  detail: z.string(),
  jobId: z.string().nullable(),
  atNs: nanosecondsText,
  /** Equal notices are counted, not repeated. */
  count: z.number()
})
export type Notice = z.infer<typeof notice>

/** What a job sends: its picture; and beside spectra the samples that they were computed from. Each has its own rows. */
export const viewLayer = z.enum(['picture', 'trace'])
export type ViewLayer = z.infer<typeof viewLayer>

/** What a layer of a job is made of: axes, unit and time grid. A new `epoch` starts a new picture. */
export const viewDescription = z.object({
  subscription: z.number(),
  jobId: z.string(),
  epoch: z.number(),
  live: z.boolean(),
  layer: viewLayer,
  /** `energy`: a level a channel. `spectra`: levels by frequency, see `bins`. `trace`: samples, linear, see `samples`. */
  content: z.enum(['energy', 'spectra', 'trace']),
  columns: z.object({
    /** Of channels (or groups of them); a row has `bins.count` or `samples.valuesPerColumn` values for each. */
    count: z.number(),
    /** Channel number (the recording's own where it has one) of the first column's first channel, and step per channel. */
    firstChannel: z.number(),
    channelStep: z.number(),
    /** Channels averaged into one column (power mean), 1 = none. */
    channelsPerColumn: z.number(),
    /** Distance of the first channel and between channels, metres; null where the source does not know. */
    firstDistanceM: z.number().nullable(),
    channelSpacingM: z.number().nullable()
  }),
  /** Spectra: bin b is at firstHz + b · stepHz; value of channel c and bin b of a row at c · count + b. dB re unit²/Hz. */
  bins: z.object({ count: z.number(), firstHz: z.number(), stepHz: z.number() }).nullable(),
  /**
   * Trace: samples that a row stands for. With one value a column it is the sample (perRow 1); with two they are the least
   * and the greatest of `perRow` samples, next to each other.
   */
  samples: z
    .object({
      perRow: z.number(),
      valuesPerColumn: z.union([z.literal(1), z.literal(2)]),
      sampleIntervalNs: z.number()
    })
    .nullable(),
  /** How levels were computed; null for samples, and where the backend does not say. */
  analysis: z
    .object({
      nfft: z.number(),
      /** Between the windows of two rows; may be a fraction, the hop follows it without drift. */
      hopSamples: z.number(),
      window: z.string(),
      binWidthHz: z.number(),
      /** Equivalent noise bandwidth of the window. */
      noiseBandwidthBins: z.number()
    })
    .nullable(),
  /** Row k is centred at originNs + k · rowIntervalNs (nanoseconds, may be fractional in the interval). */
  originNs: nanosecondsText,
  rowIntervalNs: z.number(),
  /** Historic: number of rows of the whole range; null for live. */
  expectedRows: z.number().nullable(),
  value: z.object({
    /** `band energy`, … */
    quantity: z.string(),
    /** Unit of the colour bar, e.g. `dB re (nm/m/s)²`. */
    unit: z.string(),
    lowHz: z.number().nullable(),
    highHz: z.number().nullable()
  })
})
export type ViewDescription = z.infer<typeof viewDescription>

/** What is kept of a layer's rows. Level 0 holds them as they are, level L ≥ 1 the mean, least and greatest of factor rows. */
export const viewExtent = z.object({
  epoch: z.number(),
  levels: z.array(
    z.object({
      level: z.number(),
      /** Rows of level 0 that one row of this level stands for. */
      factor: z.number(),
      /** In rows of this level: [firstRow, endRow). The last one may still grow. */
      firstRow: z.number(),
      endRow: z.number(),
      /** 0 for a level that is computed when it is asked for. */
      bytes: z.number(),
      bytesMost: z.number()
    })
  ),
  /** The newest thousand, in rows of level 0. */
  gaps: z.array(z.object({ firstRow: z.number(), rowCount: z.number(), missingMs: z.number(), reason: z.string() }))
})
export type ViewExtent = z.infer<typeof viewExtent>

/** What the program costs, at about 1 Hz. */
export const processReading = z.object({
  process: z.enum(['core', 'focus-server', 'worker']),
  label: z.string(),
  /** Percent of one core. */
  cpuPercent: z.number(),
  rssBytes: z.number().nullable(),
  /** JavaScript heap in use, where the process is the core's own. */
  heapUsedBytes: z.number().optional(),
  eventLoopDelayMs: z.object({ p50: z.number(), p99: z.number() }).nullable()
})

/** One cache: its bounds, what it holds, and what it was asked since the program began. */
export const cacheReading = z.object({
  name: z.string(),
  entries: z.number(),
  entriesMax: z.number(),
  bytes: z.number(),
  bytesMax: z.number(),
  ttlMs: z.number(),
  hits: z.number(),
  misses: z.number(),
  /** Asked for what was being computed: neither a hit nor computed twice. */
  joined: z.number(),
  evictions: z.number(),
  expirations: z.number(),
  /** Larger than the whole cache, so never kept. */
  tooLarge: z.number(),
  /** What the hits would have cost, by what they cost the first time, ms. */
  savedMs: z.number()
})
export type CacheReading = z.infer<typeof cacheReading>

export const machineReading = z.object({
  atNs: nanosecondsText,
  /** Of the whole machine, 0..100. */
  cpuPercent: z.number(),
  memoryPercent: z.number(),
  processes: z.array(processReading),
  caches: z.array(cacheReading).optional()
})
export type MachineReading = z.infer<typeof machineReading>
