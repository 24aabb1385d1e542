import type { DrawnThreshold, HeadlineReading, HealthSeverity } from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import type { Readings } from './readings.ts'
import type { Sight } from './sight.ts'
import type { JudgedStream } from './streamJudge.ts'

interface Limits {
  warning: number
  critical: number
}

const drawn = ({ warning, critical }: Limits): DrawnThreshold[] => [
  { value: warning, severity: 'warning', label: 'warning' },
  { value: critical, severity: 'critical', label: 'critical' }
]

const severityOf = (value: number | null, limits: Limits | null): HealthSeverity =>
  value === null || limits === null || value < limits.warning
    ? 'good'
    : value < limits.critical
      ? 'warning'
      : 'critical'

/** Thresholds of a reading, in its own unit; for every chart of it. */
export function thresholdsOf(name: string, settings: HealthSettings): DrawnThreshold[] {
  const seconds = (limits: Limits): DrawnThreshold[] =>
    drawn({ warning: limits.warning / 1000, critical: limits.critical / 1000 })
  const levels = (unit: number): DrawnThreshold[] => [
    { value: settings.memoryWarningMb * unit, severity: 'warning', label: 'warning' },
    { value: settings.memoryCriticalMb * unit, severity: 'critical', label: 'critical' },
    { value: settings.memoryEmergencyMb * unit, severity: 'emergency', label: 'emergency' }
  ]
  switch (name) {
    case 'wavefall_machine_cpu_ratio':
      return drawn({ warning: settings.cpuWarningPercent / 100, critical: settings.cpuCriticalPercent / 100 })
    case 'wavefall_stream_latency_seconds':
    case 'wavefall_stream_drawn_latency_seconds':
      return seconds({ warning: settings.latencyWarningMs, critical: settings.latencyCriticalMs })
    case 'wavefall_queue_age_seconds':
      return seconds({ warning: settings.queueAgeWarningMs, critical: settings.queueAgeCriticalMs })
    case 'process_resident_memory_bytes':
    case 'wavefall_process_resident_bytes':
      return levels(1e6)
    case 'memory_usage_percent':
      return [
        { value: settings.memoryWarningPercent, severity: 'warning', label: 'warning' },
        { value: settings.memoryCriticalPercent, severity: 'critical', label: 'critical' },
        { value: settings.memoryEmergencyPercent, severity: 'emergency', label: 'emergency' }
      ]
    case 'wavefall_response_p95_seconds':
      return drawn({ warning: 0.5, critical: 2 })
    case 'wavefall_error_ratio':
      return drawn({ warning: 0.025, critical: 0.05 })
    default:
      return []
  }
}

/** The six readings that the panel shows large. */
export function headlinesOf(
  readings: Readings,
  sight: Sight,
  streams: readonly JudgedStream[],
  settings: HealthSettings
): HeadlineReading[] {
  const worstBy = (value: (stream: JudgedStream) => number): JudgedStream | null =>
    streams
      .filter(({ live, word }) => live && word !== 'ended' && word !== 'waiting')
      .sort((a, b) => value(b) - value(a))[0] ?? null
  const latest = worstBy(({ latencyMs }) => latencyMs?.p95 ?? 0)
  const oldest = worstBy(({ queue }) => queue.ageMs)
  const latency = { warning: settings.latencyWarningMs, critical: settings.latencyCriticalMs }
  const age = { warning: settings.queueAgeWarningMs / 1000, critical: settings.queueAgeCriticalMs / 1000 }
  const cpu = { warning: settings.cpuWarningPercent, critical: settings.cpuCriticalPercent }
  const memory = { warning: settings.memoryWarningMb, critical: settings.memoryCriticalMb }
  const received = readings.value('wavefall_stream_received_bytes_per_second')
  const written = readings.value('wavefall_capture_bytes_per_second')
  const latencyMs = latest?.latencyMs?.p95 ?? null
  const ageS = oldest ? oldest.queue.ageMs / 1000 : null
  return [
    {
      key: 'received',
      title: 'Received',
      unit: 'MB/s',
      value: received === null ? null : received / 1e6,
      severity: streams.some(({ trouble }) => trouble?.kind === 'stalled' || trouble?.kind === 'lost')
        ? 'critical'
        : 'good',
      reading: { name: 'wavefall_stream_received_bytes_per_second', labels: {} },
      factor: 1e-6,
      thresholds: []
    },
    {
      key: 'latency',
      title: 'Latency p95',
      unit: 'ms',
      value: latencyMs,
      severity: severityOf(latencyMs, latency),
      reading: {
        name: 'wavefall_stream_latency_seconds',
        labels: { ...(latest ? { job: latest.jobId } : {}), quantile: '0.95' }
      },
      factor: 1000,
      thresholds: drawn(latency)
    },
    {
      key: 'queue-age',
      title: 'Queue age',
      unit: 's',
      value: ageS,
      severity: severityOf(ageS, age),
      reading: {
        name: 'wavefall_queue_age_seconds',
        labels: { queue: 'analysis', ...(oldest ? { of: oldest.jobId } : {}) }
      },
      factor: 1,
      thresholds: drawn(age)
    },
    {
      key: 'cpu',
      title: 'CPU, all processes',
      unit: '%',
      value: sight.cpuPercent.mean,
      severity: severityOf(sight.cpuPercent.mean, cpu),
      reading: { name: 'wavefall_machine_cpu_ratio', labels: {} },
      factor: 100,
      thresholds: drawn(cpu)
    },
    {
      key: 'memory',
      title: 'Memory',
      unit: 'MB',
      value: sight.rssBytes / 1e6,
      severity: severityOf(sight.rssBytes / 1e6, memory),
      reading: { name: 'process_resident_memory_bytes', labels: {} },
      factor: 1e-6,
      thresholds: drawn(memory)
    },
    {
      key: 'disk',
      title: 'Disk written',
      unit: 'MB/s',
      value: written === null ? 0 : written / 1e6,
      severity: 'good',
      reading: { name: 'wavefall_capture_bytes_per_second', labels: {} },
      factor: 1e-6,
      thresholds: []
    }
  ]
}
