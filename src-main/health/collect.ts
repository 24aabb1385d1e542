import { gradeNames, memoryLevels, type HealthStatus } from '../../src-preload/contract/health.ts'
import { endedStates, jobStates, type JobSnapshot } from '../../src-preload/contract/schemas.ts'
import { captureStates } from '../../src-preload/contract/sessions.ts'
import { taskStates } from '../../src-preload/contract/tasks.ts'
import type { ThreadVitals } from '../threadVitals.ts'
import type { MachineSample } from './machineWatch.ts'
import type { ReadingStore } from './readingStore.ts'
import type { HealthSources, JobUsage } from './sources.ts'

const MB = 1e6
const quantiles = { p50: '0.5', p95: '0.95', p99: '0.99' } as const

type SetReading = ReadingStore['set']
type Percentiles = { p50: number; p95: number; p99: number } | null

function setQuantiles(set: SetReading, name: string, labels: Record<string, string>, values: Percentiles): void {
  if (!values) return
  for (const at of ['p50', 'p95', 'p99'] as const) set(name, { ...labels, quantile: quantiles[at] }, values[at] / 1000)
}

export function collectMachine(
  { set }: ReadingStore,
  machine: MachineSample,
  rssBytes: number,
  vmsBytes: number | null
): void {
  const component = (name: string, value: number): void => set('memory_usage_bytes', { component: name }, value)
  component('rss_mb', rssBytes / MB)
  component('vms_mb', (vmsBytes ?? 0) / MB)
  component('percent', machine.memoryPercent)
  component('available_mb', machine.memoryAvailableBytes / MB)
  component('swap_percent', machine.swapPercent ?? 0)
  set('process_resident_memory_bytes', {}, rssBytes)
  set('memory_usage_percent', {}, machine.memoryPercent)
  set('swap_usage_percent', {}, machine.swapPercent ?? 0)
  set('memory_available_mb', {}, machine.memoryAvailableBytes / MB)
  set('wavefall_machine_cpu_ratio', {}, machine.cpuPercent / 100)
  if (machine.ioWaitPercent !== null) set('wavefall_machine_iowait_ratio', {}, machine.ioWaitPercent / 100)
  set('wavefall_machine_memory_available_bytes', {}, machine.memoryAvailableBytes)
  set('wavefall_machine_memory_bytes', {}, machine.memoryTotalBytes)
  if (machine.disk) {
    set('wavefall_disk_read_bytes_per_second', {}, machine.disk.readBytesPerS)
    set('wavefall_disk_written_bytes_per_second', {}, machine.disk.writtenBytesPerS)
    set('wavefall_disk_wait_seconds', {}, machine.disk.waitMs / 1000)
  }
  if (machine.network) {
    set('wavefall_network_received_bytes_per_second', {}, machine.network.receivedBytesPerS)
    set('wavefall_network_sent_bytes_per_second', {}, machine.network.sentBytesPerS)
  }
}

export interface ProcessFigures {
  process: string
  cpuPercent: number
  rssBytes: number | null
  vmsBytes: number | null
  vitals: ThreadVitals | null
  gcCount: number
  gcPauseP99Ms: number
  handles: number | null
  restarts: number | null
}

export function collectProcess({ set }: ReadingStore, figures: ProcessFigures): void {
  const { process, vitals } = figures
  const labels = { process }
  set('wavefall_process_cpu_ratio', labels, figures.cpuPercent / 100)
  if (figures.rssBytes !== null) set('wavefall_process_resident_bytes', labels, figures.rssBytes)
  if (figures.vmsBytes !== null) set('wavefall_process_virtual_bytes', labels, figures.vmsBytes)
  if (figures.handles !== null) set('wavefall_process_open_handles', labels, figures.handles)
  if (figures.restarts !== null) set('wavefall_process_restarts_total', labels, figures.restarts)
  if (!vitals) return
  set('wavefall_process_heap_used_bytes', labels, vitals.heapUsedBytes)
  set('wavefall_process_external_bytes', labels, vitals.externalBytes)
  const { p50, p99 } = vitals.eventLoopMs
  set('wavefall_process_event_loop_delay_seconds', { process, quantile: '0.5' }, p50 / 1000)
  set('wavefall_process_event_loop_delay_seconds', { process, quantile: '0.99' }, p99 / 1000)
  set('wavefall_process_gc_total', labels, figures.gcCount)
  set('wavefall_process_gc_pause_p99_seconds', labels, figures.gcPauseP99Ms / 1000)
}

/** Counters that are there before anything is counted. */
export function beginCounters({ add }: Pick<ReadingStore, 'add'>): void {
  for (const counter of [
    'memory_cleanup_operations_total',
    'memory_leaks_detected_total',
    'wavefall_jobs_opened_total',
    'wavefall_jobs_failed_total'
  ])
    add(counter, {}, 0)
  for (const severity of ['info', 'warning', 'critical', 'emergency']) add('memory_alerts_sent_total', { severity }, 0)
}

export const isFlowing = ({ state }: JobSnapshot): boolean => !endedStates.has(state) && state !== 'queued'

export function collectStreams({ set }: ReadingStore, jobs: readonly JobSnapshot[]): void {
  const states = new Map<string, number>(jobStates.map((state) => [state, 0]))
  for (const job of jobs) {
    states.set(job.state, states.get(job.state)! + 1)
    if (!isFlowing(job)) continue
    const { statistics: stream } = job
    const labels = { job: job.id }
    set('wavefall_stream_received_bytes_total', labels, stream.bytes)
    set('wavefall_stream_received_bytes_per_second', labels, stream.bytesPerS)
    set('wavefall_stream_rows_total', labels, stream.rows)
    set('wavefall_stream_rows_per_second', labels, stream.rowsPerS)
    setQuantiles(set, 'wavefall_stream_latency_seconds', labels, stream.latencyMs)
    setQuantiles(set, 'wavefall_stream_drawn_latency_seconds', labels, stream.drawnLatencyMs)
    set('wavefall_stream_gaps_total', labels, stream.gaps)
    set('wavefall_stream_gap_seconds_total', labels, stream.gapS)
    set('wavefall_stream_lost_blocks_total', labels, stream.lostBlocks)
    set('wavefall_stream_lost_rows_total', labels, stream.lostRows)
    set('wavefall_stream_shed_rows_total', labels, stream.shedRows)
    set('wavefall_stream_bad_messages_total', labels, stream.badMessages)
    set('wavefall_stream_invalid_values_total', labels, stream.invalidValues)
    set('wavefall_stream_pauses_total', labels, stream.pauses)
    set('wavefall_stream_reconnects_total', labels, stream.reconnects)
    set('wavefall_stream_silence_seconds', labels, (stream.silentMs ?? 0) / 1000)
    set('wavefall_stream_stalled', labels, job.state === 'stalled' || job.state === 'reconnecting' ? 1 : 0)
    collectQueue(
      { set },
      'analysis',
      job.id,
      stream.queue.length,
      stream.queue.capacity,
      stream.queue.ageMs,
      stream.shedRows
    )
    collectQueue({ set }, 'samples', job.id, stream.ringFill, 1, null, stream.lostBlocks)
  }
  for (const [state, count] of states) set('wavefall_jobs', { state }, count)
}

export function collectQueue(
  { set }: Pick<ReadingStore, 'set'>,
  queue: string,
  of: string,
  length: number,
  capacity: number,
  ageMs: number | null,
  dropped: number
): void {
  const labels = { queue, of }
  set('wavefall_queue_length', labels, length)
  set('wavefall_queue_capacity', labels, capacity)
  if (ageMs !== null) set('wavefall_queue_age_seconds', labels, ageMs / 1000)
  set('wavefall_queue_dropped_total', labels, dropped)
}

export function collectCaptures({ set }: ReadingStore, sources: HealthSources): void {
  const states = new Map<string, number>(captureStates.map((state) => [state, 0]))
  for (const capture of sources.captures()) {
    states.set(capture.state, states.get(capture.state)! + 1)
    if (capture.state === 'closed' || capture.state === 'failed') continue
    const labels = { capture: capture.id }
    set('wavefall_capture_written_bytes_total', labels, capture.bytes)
    set('wavefall_capture_bytes_per_second', labels, capture.bytesPerS)
    set('wavefall_capture_lost_blocks_total', labels, capture.lostBlocks)
    set('wavefall_capture_pauses_total', labels, capture.pauses)
    set('wavefall_capture_slowest_commit_seconds', labels, capture.slowestCommitMs / 1000)
    if (capture.secondsLeft !== null) set('wavefall_capture_seconds_left', labels, capture.secondsLeft)
    const { bytes, capacityBytes, ageMs } = capture.queue
    collectQueue({ set }, 'capture', capture.id, bytes, capacityBytes, ageMs, capture.lostBlocks)
  }
  for (const [state, count] of states) set('wavefall_captures', { state }, count)
}

function collectSockets({ set }: Pick<ReadingStore, 'set'>, sources: HealthSources): void {
  const backends = sources.backends()
  const isBeside = backends.some(({ isLocal }) => isLocal)
  const streaming = sources.jobs().filter((job) => isFlowing(job) && job.backendJobId !== null)
  for (const { name, sockets, isLocal } of backends) {
    const channels = streaming.filter(({ request }) => (isBeside && request.local === true) === isLocal)
    set('wavefall_grpc_channels', { backend: name }, channels.length)
    if (!sockets) continue
    const labels = { pool: `control of ${name}` }
    set('wavefall_sockets_in_use', labels, sockets.inUse)
    set('wavefall_sockets_kept', labels, sockets.kept)
    set('wavefall_sockets_waiting', labels, sockets.waiting)
    set('wavefall_sockets_limit', labels, sockets.most)
  }
}

export function collectParts({ set }: ReadingStore, sources: HealthSources): void {
  for (const cache of sources.caches()) {
    const labels = { cache: cache.name }
    const asked = cache.hits + cache.joined + cache.misses
    set('cache_hit_rate', labels, asked > 0 ? (cache.hits + cache.joined) / asked : 0)
    set('cached_items_total', labels, cache.entries)
    set('wavefall_cache_bytes', labels, cache.bytes)
    set('wavefall_cache_limit_bytes', labels, cache.bytesMax)
    set('wavefall_cache_hits_total', labels, cache.hits + cache.joined)
    set('wavefall_cache_misses_total', labels, cache.misses)
    set('wavefall_cache_evictions_total', labels, cache.evictions)
    set('wavefall_cache_expirations_total', labels, cache.expirations)
    set('wavefall_cache_saved_seconds_total', labels, cache.savedMs / 1000)
  }
  const { counters } = sources.tasks()
  for (const state of taskStates) set('wavefall_tasks', { state }, counters[state])
  for (const outcome of ['completed', 'failed', 'cancelled', 'retried', 'refused'] as const)
    set('wavefall_tasks_ended_total', { outcome }, counters[outcome])
  for (const { kind, meanSeconds } of counters.kinds)
    if (meanSeconds !== null) set('wavefall_task_mean_seconds', { kind }, meanSeconds)
  collectSockets({ set }, sources)
  for (const { name, status } of sources.backends()) {
    set('wavefall_backend_up', { backend: name }, status.state === 'up' || status.state === 'no-fibre' ? 1 : 0)
    set('wavefall_backend_circuit_open', { backend: name }, status.circuit.state === 'closed' ? 0 : 1)
  }
  for (const { queue, of, length, capacity, ageMs, dropped } of sources.queues())
    collectQueue({ set }, queue, of, length, capacity, ageMs, dropped)
  set('wavefall_windows', {}, sources.windows())
  const log = sources.log()
  set('wavefall_log_lines_total', {}, log.written)
  set('wavefall_log_dropped_lines_total', {}, log.dropped)
}

/** Analysis time of each job over the last collections, of one core. */
export function createUsageMeter(): (store: ReadingStore, usage: readonly JobUsage[], seconds: number) => void {
  let before = new Map<string, number>()
  return ({ set }, usage, seconds) => {
    const now = new Map<string, number>()
    for (const { jobId, computeMs, memoryBytes } of usage) {
      now.set(jobId, computeMs)
      const last = before.get(jobId) ?? computeMs
      const ratio = seconds > 0 ? Math.max(0, (computeMs - last) / 1000 / seconds) : 0
      set('wavefall_job_compute_ratio', { job: jobId }, ratio)
      set('wavefall_job_memory_bytes', { job: jobId }, memoryBytes)
    }
    before = now
  }
}

/** What was judged, and what monitoring itself costs. */
export function collectOwn(
  { set }: ReadingStore,
  status: HealthStatus,
  poorInARow: number,
  droppedLines: number
): void {
  for (const { part, score } of status.parts) if (score !== null) set('wavefall_health_score', { part }, score)
  set('wavefall_health_grade', {}, gradeNames.indexOf(status.grade))
  set('wavefall_health_poor_checks_in_a_row', {}, poorInARow)
  set('wavefall_memory_level', {}, memoryLevels.indexOf(status.level))
  set('wavefall_losing', {}, status.losses.isLosing ? 1 : 0)
  set('wavefall_uptime_seconds', {}, status.uptimeS)
  const { monitoring } = status
  set('wavefall_monitoring_active', {}, monitoring.active ? 1 : 0)
  set('wavefall_monitoring_interval_seconds', {}, monitoring.intervalMs / 1000)
  set('wavefall_monitoring_cpu_ratio', {}, monitoring.cpuPercent / 100)
  set('wavefall_monitoring_memory_bytes', {}, monitoring.memoryBytes)
  set('wavefall_monitoring_availability_ratio', {}, monitoring.availabilityPercent / 100)
  set('wavefall_monitoring_abandoned_checks_total', {}, monitoring.abandonedChecks)
  set('wavefall_monitoring_restarts_total', {}, monitoring.restarts)
  set('wavefall_monitoring_history_dropped_lines_total', {}, droppedLines)
}
