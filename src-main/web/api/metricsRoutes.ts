import type { z } from 'zod'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import type { Clock } from '../../clock.ts'
import type { Readings } from '../../health/readings.ts'
import { aggregate, summarise } from './aggregate.ts'
import { route, type ApiRoute } from './apiRoute.ts'
import * as schemas from './apiSchemas.ts'
import type { ApiSource } from './apiSource.ts'
import { isoTime } from './healthRoutes.ts'
import { durationMs, timeRange } from './timeRange.ts'

const pointsByDefault = 120
const pointsMax = 20_000

/** `name` or `name{label="value",…}`; null where it is neither. */
export function parseSelector(text: string): { name: string; labels: Record<string, string> } | null {
  const match = /^([A-Za-z_:][\w:]*)\s*(?:\{(.*)\})?$/.exec(text.trim())
  if (!match) return null
  const labels: Record<string, string> = {}
  const inside = (match[2] ?? '').trim()
  if (inside === '') return { name: match[1]!, labels }
  for (const part of inside.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
    const label = /^\s*([A-Za-z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(part)
    if (!label) return null
    labels[label[1]!] = label[2]!.replace(/\\(.)/g, '$1')
  }
  return { name: match[1]!, labels }
}

/** Of a histogram the series are `…_count` and `…_sum`. */
const isKnown = (readings: Readings, name: string): boolean =>
  readings.kinds().some((kind) => kind.name === name || `${kind.name}_count` === name || `${kind.name}_sum` === name)

function nearestNames(readings: Readings, name: string): string[] {
  const words = name.split('_').filter((word) => word.length > 2)
  return readings
    .kinds()
    .map((kind) => ({ name: kind.name, score: words.filter((word) => kind.name.includes(word)).length }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, 3)
    .map((one) => one.name)
}

type MetricData = z.output<typeof schemas.metricData>

function currentValues(readings: Readings): MetricData {
  const units = new Map(readings.kinds().map(({ name, unit }) => [name, unit]))
  const current = readings.current()
  return {
    metric: null,
    data: current.map(({ name, labels, value, atMs }) => ({
      timestamp: isoTime(atMs),
      value,
      labels,
      metric: name,
      unit: units.get(name) ?? ''
    })),
    summary: { count: current.length, min: null, max: null, avg: null, sum: 0, latest: null }
  }
}

function history(
  readings: Readings,
  clock: Clock,
  { metric, timeRange: rangeText, aggregation, interval }: z.output<typeof schemas.metricsQuery>
): Result<MetricData> {
  const selector = parseSelector(metric!)
  if (!selector)
    return failure('invalid', `"${metric!}" is no name of a metric, such as wavefall_queue_length{queue="analysis"}.`)
  if (!isKnown(readings, selector.name)) {
    const near = nearestNames(readings, selector.name)
    const hint = near.length > 0 ? ` Near to it: ${near.join(', ')}.` : ''
    return failure(
      'not-found',
      `There is no metric "${selector.name}".${hint} /api/v1/metrics without a name lists all.`
    )
  }
  const range = timeRange(rangeText, clock.nowMs())
  if (!range)
    return failure('invalid', `timeRange: "${rangeText}" is neither a duration such as 1h nor two times with a slash.`)
  const lengthMs = range.toMs - range.fromMs
  const asked = interval === undefined ? null : durationMs(interval)
  if (interval !== undefined && asked === null)
    return failure('invalid', `interval: "${interval}" is no duration such as 30s.`)
  const intervalMs = asked ?? Math.max(1000, 1000 * Math.ceil(lengthMs / pointsByDefault / 1000))
  if (lengthMs / intervalMs > pointsMax)
    return failure('invalid', `interval: ${interval!} gives more than ${pointsMax} points; take a longer one.`)
  const series = readings.history(selector.name, selector.labels, range.fromMs, range.toMs)
  return ok({
    metric: metric!,
    data: series.flatMap(({ labels, points }) =>
      aggregate(points, intervalMs, aggregation).map(({ atMs, value }) => ({ timestamp: isoTime(atMs), value, labels }))
    ),
    summary: summarise(series.flatMap(({ points }) => points))
  })
}

/** Uptime, response and errors of what has counters; services without requests so far are `unknown`. */
function slaOf(source: ApiSource, nowMs: number): z.output<typeof schemas.slaStatus> {
  const { readings } = source
  const uptimeS = source.status()?.uptimeS ?? readings.value('wavefall_uptime_seconds') ?? process.uptime()
  const measured_since = isoTime(nowMs - uptimeS * 1000)
  const services = ['calls', 'api', 'backend', 'catalogue'].map((service) => {
    const total = readings.value('wavefall_requests_total', { service })
    const failed = readings.value('wavefall_requests_total', { service, outcome: 'failed' }) ?? 0
    const mean = readings.value('wavefall_response_mean_seconds', { service })
    const errorPercent = total ? (100 * failed) / total : null
    const responseMs = mean === null ? null : mean * 1000
    const isCritical = (errorPercent ?? 0) > 5 || (responseMs ?? 0) > 2000
    const isWarning = (errorPercent ?? 0) > 2.5 || (responseMs ?? 0) > 1000
    const isUnknown = errorPercent === null && responseMs === null
    return {
      service,
      status: isUnknown
        ? ('unknown' as const)
        : isCritical
          ? ('critical' as const)
          : isWarning
            ? ('warning' as const)
            : ('healthy' as const),
      uptime_percent: null,
      response_ms: responseMs,
      error_percent: errorPercent,
      measured_since
    }
  })
  const status = source.status()
  const availability = status?.monitoring.availabilityPercent ?? null
  return {
    timestamp: isoTime(nowMs),
    services: [
      ...services,
      {
        service: 'monitoring',
        status: !status ? 'unknown' : status.monitoring.active ? 'healthy' : 'critical',
        uptime_percent: availability,
        response_ms: null,
        error_percent: null,
        measured_since
      }
    ]
  }
}

export function metricsRoutes(source: ApiSource, clock: Clock): ApiRoute[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/metrics',
      summary: 'One reading over a time, aggregated; without a name, all readings as they are now',
      description:
        'Each series that matches is aggregated by itself and carries its labels; the summary is over all of them.',
      tag: 'metrics',
      right: 'metrics',
      query: schemas.metricsQuery,
      answer: schemas.metricData,
      handle: ({ query }) =>
        query.metric === undefined ? ok(currentValues(source.readings)) : history(source.readings, clock, query)
    }),
    route({
      method: 'GET',
      path: '/api/v1/sla/status',
      summary: 'What was measured of each service since the core began',
      description:
        'Response and errors come from the counters of real requests. What is not measured is null, never assumed.',
      tag: 'health',
      right: 'metrics',
      answer: schemas.slaStatus,
      handle: () => ok(slaOf(source, clock.nowMs()))
    })
  ]
}
