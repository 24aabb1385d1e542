import { z } from 'zod'
import { healthSettings } from './healthSettings.ts'

/** Limits and defaults of a site. Every number has its unit in its name and its default here. */
export const siteSettings = z.object({
  name: z.string().min(1).max(100).default('Embedded simulator'),
  /** Null = the embedded Focus Server. May have a path; may be https. */
  backendUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  /** PEM file of a CA, or the SHA-256 fingerprint of the server's certificate (hex, colons allowed). */
  tlsCaFile: z.string().nullable().default(null),
  tlsFingerprint256: z.string().nullable().default(null),
  /** `auto`: raw blocks where the backend offers them, analysed rows otherwise. */
  service: z.enum(['auto', 'blocks', 'rows']).default('auto'),
  /** How a site's analysed values are scaled. */
  rowScale: z.enum(['as sent', 'linear', 'natural logarithm']).default('as sent'),
  channelLowest: z.number().int().min(1).default(1),
  channelHighest: z.number().int().min(1).max(1_000_000).default(2222),
  frequencyMinHz: z.number().min(0).default(0),
  frequencyMaxHz: z.number().positive().default(1000),
  frequencyRangeMinHz: z.number().min(0).default(1),
  nfftMin: z.number().int().default(128),
  nfftMaxMany: z.number().int().default(2048),
  nfftMaxSingle: z.number().int().default(65536),
  windowsMax: z.number().int().min(1).max(1000).default(30),
  defaultStartChannel: z.number().int().default(11),
  defaultEndChannel: z.number().int().default(109),
  defaultNfft: z.number().int().default(1024),
  defaultRows: z.number().int().min(1).max(10_000).default(200),
  defaultDurationS: z.number().int().min(1).max(3600).default(30)
})
export type SiteSettings = z.infer<typeof siteSettings>

export const jobSettings = z.object({
  concurrentMax: z.number().int().min(1).max(1000).default(30),
  queueMax: z.number().int().min(0).max(10_000).default(100),
  cpuRefusePercent: z.number().min(1).max(100).default(85),
  memoryRefusePercent: z.number().min(1).max(100).default(90),
  /** A job whose memory estimate is above this is refused, bytes. */
  memoryPerJobMaxBytes: z.number().min(1e6).default(1e9),
  staleAfterS: z.number().min(1).default(1800)
})

export const streamSettings = z.object({
  stallAfterMs: z.number().min(50).max(60_000).default(250),
  noDataAfterMs: z.number().min(500).max(600_000).default(5000),
  noDataLimitS: z.number().min(5).default(600),
  controlTimeoutMs: z.number().min(100).default(10_000),
  controlRetries: z.number().int().min(0).max(20).default(3),
  /** NumGrpcRetries of a site. */
  streamRetries: z.number().int().min(0).max(100).default(10),
  retryFirstMs: z.number().min(10).default(1000),
  retryMaxMs: z.number().min(10).default(30_000),
  circuitFailures: z.number().int().min(1).default(5),
  circuitOpenMs: z.number().min(100).default(60_000)
})

/** Background tasks: exports, reports, clean-ups. */
export const taskSettings = z.object({
  workersMax: z.number().int().min(1).max(4).default(4),
  retriesMax: z.number().int().min(0).max(20).default(3),
  retryFirstMs: z.number().int().min(10).max(600_000).default(1000),
  /** A task that does not get on for so long is given up, seconds. */
  timeoutS: z.number().min(1).max(86_400).default(300),
  /** How long an ended task stays on the list, seconds. */
  keptS: z.number().int().min(60).default(86_400),
  waitingMax: z.number().int().min(1).max(10_000).default(200),
  endedMax: z.number().int().min(1).max(10_000).default(200)
})
export type TaskSettings = z.infer<typeof taskSettings>

export const displaySettings = z.object({
  theme: z.enum(['dark', 'light', 'system']).default('dark'),
  newestAt: z.enum(['top', 'bottom']).default('bottom'),
  colourMap: z.string().default('viridis')
})

export const settings = z.object({
  version: z.literal(1).default(1),
  site: siteSettings.prefault({}),
  jobs: jobSettings.prefault({}),
  streams: streamSettings.prefault({}),
  tasks: taskSettings.prefault({}),
  display: displaySettings.prefault({}),
  health: healthSettings.prefault({})
})
export type Settings = z.infer<typeof settings>
export type JobSettings = z.infer<typeof jobSettings>
export type StreamSettings = z.infer<typeof streamSettings>
export type DisplaySettings = z.infer<typeof displaySettings>

export const defaultSettings = (): Settings => settings.parse({})
