import { z } from 'zod'
import { aggregations } from './aggregate.ts'
import { durationMs } from './timeRange.ts'

/** What the API answers. Names with underscores and hours are those that operations groups already query. */
const time = z.iso.datetime().describe('UTC, ISO 8601')
const count = z.number().int().min(0)
const megabytes = z.number().describe('MB, 10^6 bytes')
const percent = z.number().describe('0..100')

export const apiError = z.object({
  error: z
    .string()
    .describe('A stable code: unauthorized, forbidden, invalid, not-found, too-large, too-many, refused …'),
  message: z.string().describe('One sentence: what is wrong and what to do'),
  fields: z.array(z.object({ path: z.string(), message: z.string() })).optional()
})

export const health = z.object({
  status: z.enum(['healthy', 'warning', 'critical']),
  timestamp: time,
  uptime_seconds: z.number(),
  monitoring_active: z.boolean(),
  memory_usage_mb: megabytes.describe('Resident memory of the core, MB'),
  memory_percentage: percent.describe('Of the machine, what cannot be had any more'),
  active_alerts: count
})

export const memory = z.object({
  timestamp: time,
  rss_mb: megabytes,
  vms_mb: megabytes,
  percent: percent.describe('Of the machine'),
  available_mb: megabytes,
  swap_percent: percent,
  gc_collections: count.describe('Of the core since it began'),
  gc_objects: z.null().describe('Always null: the runtime gives no cheap count'),
  heap_used_mb: megabytes,
  external_mb: megabytes
})

const counts = z.record(z.string(), count)
export const alertCounts = z.object({
  total_alerts: count,
  active_alerts: count,
  resolved_alerts: count,
  by_severity: counts,
  by_component: counts
})

export const historyRecord = z.object({
  timestamp: time,
  rss_mb: z.number().nullable(),
  vms_mb: z.number().nullable(),
  percent: z.number().nullable(),
  available_mb: z.number().nullable(),
  swap_percent: z.number().nullable(),
  cpu_percent: z.number().nullable()
})
export const metricsHistory = z.object({
  hours: z.number(),
  interval_seconds: z.number(),
  count,
  history: z.array(historyRecord)
})

export const gcResult = z.object({
  success: z.boolean(),
  before_mb: megabytes,
  after_mb: megabytes,
  collected_mb: megabytes,
  timestamp: time
})

export const optimizeResult = gcResult.extend({ aggressive: z.boolean(), actions: z.array(z.string()) })

const labels = z.record(z.string(), z.string())
export const metricData = z.object({
  metric: z.string().nullable(),
  data: z.array(
    z.object({
      timestamp: time,
      value: z.number(),
      labels,
      metric: z.string().optional(),
      unit: z.string().optional()
    })
  ),
  summary: z.object({
    count,
    min: z.number().nullable(),
    max: z.number().nullable(),
    avg: z.number().nullable(),
    sum: z.number(),
    latest: z.number().nullable()
  })
})

export const slaStatus = z.object({
  timestamp: time,
  services: z.array(
    z.object({
      service: z.string(),
      status: z.enum(['healthy', 'warning', 'critical', 'unknown']),
      uptime_percent: percent.nullable(),
      response_ms: z.number().nullable().describe('Mean over the last minute'),
      error_percent: percent.nullable().describe('Of the requests since the core began'),
      measured_since: time
    })
  )
})

export const alertItem = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  severity: z.enum(['info', 'warning', 'critical', 'emergency']),
  status: z.enum(['active', 'acknowledged', 'resolved', 'silenced']),
  createdAt: time,
  resolvedAt: time.nullable()
})

export const testTypes = ['load', 'stress', 'spike', 'baseline', 'soak'] as const
export const testStatuses = ['scheduled', 'running', 'completed', 'failed', 'cancelled'] as const
const duration = z.union([
  z.number().positive(),
  z.string().refine((text) => durationMs(text) !== null, 'is no duration such as 60 or "5m"')
])
export const testRequest = z.object({
  type: z.enum(testTypes),
  duration: duration.optional().describe('Seconds, or text such as "5m"; of the whole test, at most an hour'),
  jobs: z.number().int().min(1).max(100).optional().describe('The greatest number of jobs')
})
export const testStarted = z.object({ testId: z.string(), status: z.enum(['scheduled', 'running']) })
export const testState = z.object({
  testId: z.string(),
  type: z.enum(testTypes),
  status: z.enum(testStatuses),
  progress: z.number().min(0).max(1),
  message: z.string().describe('What it does at this moment, or why it failed'),
  startedAt: time,
  endedAt: time.nullable(),
  report: z.record(z.string(), z.unknown()).nullable()
})

const hours = (fallback: number) => z.coerce.number().positive().max(8784).default(fallback)
export const hoursQuery = (fallback: number) => z.object({ hours: hours(fallback) })
export const metricsQuery = z.object({
  metric: z
    .string()
    .max(500)
    .optional()
    .describe('A name, or a name with labels: wavefall_queue_length{queue="analysis"}'),
  timeRange: z.string().max(100).default('1h').describe('15m, 1h, 24h …, or two times with a slash between them'),
  aggregation: z.enum(aggregations).default('avg'),
  interval: z.string().max(20).optional().describe('30s, 1m, 1h …; without it about 120 points')
})
export const alertsQuery = z.object({
  severity: z.enum(['info', 'warning', 'critical', 'emergency']).optional(),
  status: z.enum(['active', 'acknowledged', 'resolved', 'silenced']).optional()
})
export const optimizeRequest = z.object({
  aggressive: z.boolean().default(false).describe('Also drops caches that are costly to fill again')
})
