import type { HealthReason, HealthSeverity } from '../../src-preload/contract/health.ts'
import type { HealthSettings } from '../../src-preload/contract/healthSettings.ts'
import { gradeLimits } from './grade.ts'
import type { JudgedMemory } from './memoryLevel.ts'
import { duration, severityRank, spaced, type Sight } from './sight.ts'
import type { JudgedStream } from './streamJudge.ts'

export interface ReasonInput {
  sight: Sight
  settings: HealthSettings
  streams: readonly JudgedStream[]
  memory: JudgedMemory
  responseMs: number | null
  errorPercent: number | null
  cacheHitPercent: number | null
  monitoring: { active: boolean; note: string }
}

type Found = Omit<HealthReason, 'sinceMs'> & { sinceMs?: number }

const errorsCritical = 5
const spaceLeftS = 3600

const bySize = (value: number, warning: number, critical: number): HealthSeverity | null =>
  value >= critical ? 'critical' : value >= warning ? 'warning' : null

function streamReasons({ streams }: ReasonInput): Found[] {
  return streams.flatMap(({ jobId, severity, trouble, word, reason }): Found[] =>
    trouble === null || severity === 'good'
      ? []
      : [
          {
            code: `stream-${trouble.kind}`,
            severity,
            text: `${jobId} is ${word}. ${reason}`,
            reading: { name: 'wavefall_stream_latency_seconds', labels: { job: jobId, quantile: '0.95' } },
            jobId,
            sinceMs: trouble.sinceMs
          }
        ]
  )
}

function captureReasons({ sight }: ReasonInput): Found[] {
  return sight.captures.flatMap((capture): Found[] => {
    if (capture.state !== 'recording') return []
    const found: Found[] = []
    if (capture.lostBlocks > 0)
      found.push({
        code: 'capture-lost',
        severity: 'critical',
        text: `The capture "${capture.name}" misses ${capture.lostBlocks} blocks, ${capture.gapS.toFixed(1)} s.`,
        reading: { name: 'wavefall_capture_lost_blocks_total', labels: { capture: capture.id } },
        jobId: capture.jobId
      })
    if (capture.secondsLeft !== null && capture.secondsLeft < spaceLeftS)
      found.push({
        code: 'disk-space',
        severity: capture.secondsLeft < spaceLeftS / 6 ? 'critical' : 'warning',
        text: `The disk is full in ${duration(1000 * capture.secondsLeft)} at the rate of the capture "${capture.name}".`,
        reading: { name: 'wavefall_disk_free_bytes', labels: {} },
        jobId: capture.jobId
      })
    return found
  })
}

function machineReasons({ sight, settings, memory }: ReasonInput): Found[] {
  const found: Found[] = []
  const cpu = sight.cpuPercent.mean
  const cpuSeverity = bySize(cpu, settings.cpuWarningPercent, settings.cpuCriticalPercent)
  if (cpuSeverity)
    found.push({
      code: 'cpu',
      severity: cpuSeverity,
      text: `CPU of the machine is at ${cpu.toFixed(0)} %, ${cpuSeverity} from ${cpuSeverity === 'critical' ? settings.cpuCriticalPercent : settings.cpuWarningPercent} %.`,
      reading: { name: 'wavefall_machine_cpu_ratio', labels: {} },
      jobId: null
    })
  if (memory.level !== 'normal')
    found.push({
      code: 'memory',
      severity: memory.level,
      text: `Memory: ${memory.because}.`,
      reading: { name: memory.reading, labels: memory.reading.startsWith('wavefall') ? { process: 'core' } : {} },
      jobId: null
    })
  const io = sight.machine.ioWaitPercent ?? 0
  if (io >= 20)
    found.push({
      code: 'disk',
      severity: 'warning',
      text: `Processors wait for disks ${io.toFixed(0)} % of the time.`,
      reading: { name: 'wavefall_machine_iowait_ratio', labels: {} },
      jobId: null
    })
  return found
}

function serviceReasons(input: ReasonInput): Found[] {
  const found: Found[] = []
  const { responseMs, errorPercent, cacheHitPercent, sight } = input
  const slowResponseMs = input.settings.responseCriticalMs
  const response = bySize(responseMs ?? 0, gradeLimits.fair.responseMs, slowResponseMs)
  if (response)
    found.push({
      code: 'response',
      severity: response,
      text: `Calls are answered in ${spaced(responseMs!)} ms (p95), ${response} from ${response === 'critical' ? slowResponseMs : gradeLimits.fair.responseMs} ms.`,
      reading: { name: 'wavefall_response_p95_seconds', labels: { service: 'calls' } },
      jobId: null
    })
  if ((errorPercent ?? 0) > errorsCritical)
    found.push({
      code: 'errors',
      severity: 'critical',
      text: `${errorPercent!.toFixed(0)} % of the calls of the last minute failed, critical from ${errorsCritical} %.`,
      reading: { name: 'wavefall_error_ratio', labels: { service: 'calls' } },
      jobId: null
    })
  if (cacheHitPercent !== null && cacheHitPercent < gradeLimits.fair.hits)
    found.push({
      code: 'cache-hits',
      severity: cacheHitPercent < 30 ? 'warning' : 'info',
      text: `Caches answer ${cacheHitPercent.toFixed(0)} % of the requests; ${gradeLimits.fair.hits} % are wanted.`,
      reading: { name: 'cache_hit_rate', labels: {} },
      jobId: null
    })
  for (const { name, status } of sight.backends)
    if (status.state === 'down')
      found.push({
        code: 'backend',
        severity: 'critical',
        text: `The backend "${name}" is away: ${status.reason}`,
        reading: { name: 'wavefall_backend_up', labels: { backend: name } },
        jobId: null
      })
  if (!input.monitoring.active)
    found.push({
      code: 'monitoring',
      severity: 'critical',
      text: `Monitoring is silent. ${input.monitoring.note}`,
      reading: { name: 'wavefall_monitoring_active', labels: {} },
      jobId: null
    })
  return found
}

/** Everything that is not as it should be, the worst first, each with the time since when. */
export function createReasons(): (input: ReasonInput) => HealthReason[] {
  let since = new Map<string, number>()
  return (input) => {
    const found = [
      ...captureReasons(input),
      ...streamReasons(input),
      ...machineReasons(input),
      ...serviceReasons(input)
    ]
    const now = new Map<string, number>()
    const reasons = found.map((reason): HealthReason => {
      const key = `${reason.code} ${reason.jobId}`
      const sinceMs = reason.sinceMs ?? since.get(key) ?? input.sight.atMs
      now.set(key, sinceMs)
      return { ...reason, sinceMs }
    })
    since = now
    return reasons.sort((a, b) => severityRank[b.severity] - severityRank[a.severity])
  }
}
