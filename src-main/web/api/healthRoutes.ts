import { z } from 'zod'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import type { HealthStatus } from '../../../src-preload/contract/health.ts'
import type { Clock } from '../../clock.ts'
import type { Readings } from '../../health/readings.ts'
import { aggregate } from './aggregate.ts'
import * as schemas from './apiSchemas.ts'
import { route, type ApiRoute } from './apiRoute.ts'
import type { ApiAlert, ApiSource, FreedMemory } from './apiSource.ts'

const MB = 1e6
const hourMs = 3_600_000
/** H2: so many records are kept of each reading. */
const recordsMax = 2000
const isOpen = ({ status }: ApiAlert): boolean => status !== 'resolved'

export const isoTime = (atMs: number): string => new Date(atMs).toISOString()

function gradeWord(status: HealthStatus | null): 'healthy' | 'warning' | 'critical' {
  if (!status) return 'healthy'
  if (status.grade === 'critical' || status.severity === 'critical' || status.severity === 'emergency')
    return 'critical'
  return status.grade === 'poor' || status.severity === 'warning' ? 'warning' : 'healthy'
}

function memoryOf(readings: Readings): Omit<z.output<typeof schemas.memory>, 'timestamp'> {
  const component = (name: string): number | null => readings.value('memory_usage_bytes', { component: name })
  const core = (name: string): number | null => readings.value(name, { process: 'core' })
  return {
    rss_mb: component('rss_mb') ?? process.memoryUsage.rss() / MB,
    vms_mb: component('vms_mb') ?? 0,
    percent: component('percent') ?? 0,
    available_mb: component('available_mb') ?? 0,
    swap_percent: component('swap_percent') ?? 0,
    gc_collections: Math.round(core('wavefall_process_gc_total') ?? 0),
    gc_objects: null,
    heap_used_mb: (core('wavefall_process_heap_used_bytes') ?? process.memoryUsage().heapUsed) / MB,
    external_mb: (core('wavefall_process_external_bytes') ?? process.memoryUsage().external) / MB
  }
}

/** One record for each interval that has any of the readings. */
function historyOf(readings: Readings, fromMs: number, toMs: number, intervalMs: number) {
  const records = new Map<number, z.output<typeof schemas.historyRecord>>()
  const empty = { rss_mb: null, vms_mb: null, percent: null, available_mb: null, swap_percent: null, cpu_percent: null }
  const add = (key: keyof typeof empty, name: string, labels: Record<string, string>, factor: number): void => {
    const points = readings.history(name, labels, fromMs, toMs).flatMap((series) => series.points)
    for (const { atMs, value } of aggregate(points, intervalMs, 'avg')) {
      const record = records.get(atMs) ?? { timestamp: isoTime(atMs), ...empty }
      record[key] = value * factor
      records.set(atMs, record)
    }
  }
  for (const name of ['rss_mb', 'vms_mb', 'percent', 'available_mb', 'swap_percent'] as const)
    add(name, 'memory_usage_bytes', { component: name }, 1)
  add('cpu_percent', 'wavefall_machine_cpu_ratio', {}, 100)
  return [...records].sort(([a], [b]) => a - b).map(([, record]) => record)
}

function countBy(alerts: readonly ApiAlert[], key: 'severity' | 'component'): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const alert of alerts) counts[alert[key]] = (counts[alert[key]] ?? 0) + 1
  return counts
}

function freed(result: FreedMemory, nowMs: number) {
  return {
    success: result.succeeded,
    before_mb: result.beforeMb,
    after_mb: result.afterMb,
    collected_mb: Math.max(0, result.freedMb),
    timestamp: isoTime(nowMs)
  }
}

export function healthRoutes(source: ApiSource, clock: Clock): ApiRoute[] {
  const { readings } = source
  return [
    route({
      method: 'GET',
      path: '/health',
      summary: 'Is it well? One word and the numbers behind it',
      description:
        'Always 200 while the program answers: what is wrong stands in `status`, the reasons in /api/v1/alerts.',
      tag: 'health',
      right: 'metrics',
      answer: schemas.health,
      async handle() {
        const status = source.status()
        const memory = memoryOf(readings)
        const open = await source.alerts({ status: 'active' })
        return ok({
          status: gradeWord(status),
          timestamp: isoTime(clock.nowMs()),
          uptime_seconds: status?.uptimeS ?? readings.value('wavefall_uptime_seconds') ?? process.uptime(),
          monitoring_active: status?.monitoring.active ?? false,
          memory_usage_mb: memory.rss_mb,
          memory_percentage: memory.percent,
          active_alerts: open.length
        })
      }
    }),
    route({
      method: 'GET',
      path: '/health/memory',
      summary: 'Memory of the core and of the machine',
      tag: 'health',
      right: 'metrics',
      answer: schemas.memory,
      handle: () => ok({ timestamp: isoTime(clock.nowMs()), ...memoryOf(readings) })
    }),
    route({
      method: 'GET',
      path: '/health/alerts',
      summary: 'How many alerts of which kind, over the last hours',
      tag: 'alerts',
      right: 'metrics',
      query: schemas.hoursQuery(24),
      answer: schemas.alertCounts,
      async handle({ query }) {
        const alerts = await source.alerts({ sinceMs: clock.nowMs() - query.hours * hourMs })
        return ok({
          total_alerts: alerts.length,
          active_alerts: alerts.filter(isOpen).length,
          resolved_alerts: alerts.filter((alert) => !isOpen(alert)).length,
          by_severity: countBy(alerts, 'severity'),
          by_component: countBy(alerts, 'component')
        })
      }
    }),
    route({
      method: 'GET',
      path: '/health/metrics/history',
      summary: 'Memory and processor over the last hours',
      description: `At most ${recordsMax} records; each is the mean over its interval, null where nothing was recorded.`,
      tag: 'metrics',
      right: 'metrics',
      query: schemas.hoursQuery(1),
      answer: schemas.metricsHistory,
      handle({ query }) {
        const toMs = clock.nowMs()
        const lengthMs = query.hours * hourMs
        const intervalMs = Math.max(1000, 1000 * Math.ceil(lengthMs / recordsMax / 1000))
        const history = historyOf(readings, toMs - lengthMs, toMs, intervalMs).slice(-recordsMax)
        return ok({ hours: query.hours, interval_seconds: intervalMs / 1000, count: history.length, history })
      }
    }),
    route({
      method: 'POST',
      path: '/health/actions/gc',
      summary: 'Collects garbage in the core now',
      tag: 'actions',
      right: 'operate',
      answer: schemas.gcResult,
      handle: async (): Promise<Result<z.output<typeof schemas.gcResult>>> => {
        const done = await source.act('gc')
        return done.ok ? ok(freed(done.value, clock.nowMs())) : done
      }
    }),
    route({
      method: 'POST',
      path: '/health/actions/optimize',
      summary: 'Frees memory: garbage and caches; nothing that is measured, shown or captured',
      tag: 'actions',
      right: 'operate',
      body: schemas.optimizeRequest,
      answer: schemas.optimizeResult,
      handle: async ({ body }): Promise<Result<z.output<typeof schemas.optimizeResult>>> => {
        const done = await source.act(body.aggressive ? 'free memory thoroughly' : 'free memory')
        if (!done.ok) return done
        return ok({ ...freed(done.value, clock.nowMs()), aggressive: body.aggressive, actions: done.value.steps })
      }
    }),
    route({
      method: 'GET',
      path: '/api/v1/alerts',
      summary: 'Alerts, the newest first',
      description: 'At most 500.',
      tag: 'alerts',
      right: 'records',
      query: schemas.alertsQuery,
      answer: z.array(schemas.alertItem),
      async handle({ query }) {
        const { severity, status } = query
        const alerts = await source.alerts({ ...(severity ? { severity } : {}), ...(status ? { status } : {}) })
        return ok(
          alerts.map(({ id, title, description, severity, status, createdAtMs, resolvedAtMs }) => ({
            id,
            title,
            description,
            severity,
            status,
            createdAt: isoTime(createdAtMs),
            resolvedAt: resolvedAtMs === null ? null : isoTime(resolvedAtMs)
          }))
        )
      }
    }),
    route({
      method: 'GET',
      path: '/metrics',
      summary: 'All readings in the text form of Prometheus',
      tag: 'metrics',
      right: 'metrics',
      answer: z.string(),
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      async handle() {
        try {
          return ok(await source.metrics())
        } catch (error) {
          return failure(
            'failed',
            `The readings cannot be written out: ${error instanceof Error ? error.message : String(error)}`
          )
        }
      }
    })
  ]
}
