import { stageBuckets } from '../stageTimes.ts'
import { alertKinds } from './alerts/alertReadings.ts'
import { networkKinds } from './networkKinds.ts'
import { foldedName, secondsBuckets, type DeclaredKind } from './readingStore.ts'

type Options = Partial<DeclaredKind>
const gauge = (name: string, unit: string, help: string, labels: string[] = [], more: Options = {}): DeclaredKind => ({
  name,
  help,
  unit,
  type: 'gauge',
  labels,
  ...more
})
/** Counted elsewhere and copied at each collection. */
const total = (name: string, unit: string, help: string, labels: string[] = [], more: Options = {}): DeclaredKind => ({
  ...gauge(name, unit, help, labels, more),
  type: 'counter'
})
/** Counted here, when it happens. */
const counted = (name: string, help: string, labels: string[] = []): DeclaredKind => ({
  ...total(name, '', help, labels),
  isPushed: true
})
const histogram = (name: string, help: string, labels: string[] = [], buckets = secondsBuckets): DeclaredKind => ({
  ...gauge(name, 'seconds', help, labels),
  type: 'histogram',
  buckets
})

/** Names that existing queries use, in the units that their labels say. */
const establishedKinds: DeclaredKind[] = [
  gauge(
    'memory_usage_bytes',
    'as labelled',
    'Memory by component, each in the unit of its label: rss_mb, vms_mb and available_mb in MB (10^6 bytes), percent and swap_percent in percent.',
    ['component']
  ),
  counted('memory_alerts_sent_total', 'Alerts about memory, by severity.', ['severity']),
  histogram('memory_check_duration_seconds', 'Time that one check of the readings took.'),
  counted('memory_cleanup_operations_total', 'Times that memory was freed, by the program or by a person.'),
  counted('memory_leaks_detected_total', 'Times that steady growth of memory was found.'),
  gauge('process_resident_memory_bytes', 'bytes', 'Resident memory of the core.'),
  gauge('memory_usage_percent', 'percent', 'Memory of the machine that cannot be had.'),
  gauge('swap_usage_percent', 'percent', 'Swap in use.'),
  gauge('memory_available_mb', 'MB', 'Memory of the machine that can be had.'),
  gauge('cache_hit_rate', 'ratio', 'Hits of all requests to a cache since the core began, 0..1.', ['cache']),
  total('cached_items_total', '', 'Entries that a cache holds.', ['cache'], { type: 'gauge' })
]

const machineKinds: DeclaredKind[] = [
  gauge('wavefall_machine_cpu_ratio', 'ratio', 'Processor time in use, of all processors.'),
  gauge('wavefall_machine_iowait_ratio', 'ratio', 'Processor time that waits for disks.'),
  gauge('wavefall_machine_memory_available_bytes', 'bytes', 'Memory of the machine that can be had.'),
  gauge('wavefall_machine_memory_bytes', 'bytes', 'Memory of the machine.'),
  gauge('wavefall_disk_read_bytes_per_second', 'bytes/s', 'Read from all disks.'),
  gauge('wavefall_disk_written_bytes_per_second', 'bytes/s', 'Written to all disks.'),
  gauge('wavefall_disk_wait_seconds', 'seconds', 'Mean time of a disk operation.'),
  gauge('wavefall_disk_free_bytes', 'bytes', 'Free room on the disk of the data folder.'),
  gauge('wavefall_disk_size_bytes', 'bytes', 'Size of the disk of the data folder.'),
  gauge('wavefall_network_received_bytes_per_second', 'bytes/s', 'Received on all interfaces.'),
  gauge('wavefall_network_sent_bytes_per_second', 'bytes/s', 'Sent on all interfaces.'),
  gauge('wavefall_others_cpu_ratio', 'ratio', 'Processor time of processes that are not of the program, of one core.')
]

const processKinds: DeclaredKind[] = [
  gauge('wavefall_process_cpu_ratio', 'ratio', 'Processor time, of one core.', ['process']),
  gauge('wavefall_process_resident_bytes', 'bytes', 'Resident memory.', ['process']),
  gauge('wavefall_process_virtual_bytes', 'bytes', 'Virtual memory.', ['process']),
  gauge('wavefall_process_heap_used_bytes', 'bytes', 'JavaScript heap in use.', ['process']),
  gauge('wavefall_process_external_bytes', 'bytes', 'Memory outside of the heap that objects hold.', ['process']),
  gauge('wavefall_process_event_loop_delay_seconds', 'seconds', 'How late the event loop comes.', [
    'process',
    'quantile'
  ]),
  gauge('wavefall_process_gc_pause_p99_seconds', 'seconds', 'Pauses of garbage collection, p99 of the last minute.', [
    'process'
  ]),
  total('wavefall_process_gc_total', '', 'Garbage collections.', ['process']),
  gauge('wavefall_process_open_handles', '', 'Files, sockets and pipes that are open.', ['process']),
  total('wavefall_process_restarts_total', '', 'Times that it was started again.', ['process']),
  histogram('wavefall_gc_pause_seconds', 'Pauses of garbage collection.', ['process'], secondsBuckets)
]

const streamKinds: DeclaredKind[] = [
  total('wavefall_stream_received_bytes_total', 'bytes', 'Received.', ['job']),
  gauge('wavefall_stream_received_bytes_per_second', 'bytes/s', 'Received over the last seconds.', ['job']),
  total('wavefall_stream_rows_total', 'rows', 'Rows shown.', ['job']),
  gauge('wavefall_stream_rows_per_second', 'rows/s', 'Rows over the last seconds.', ['job']),
  gauge(
    'wavefall_stream_latency_seconds',
    'seconds',
    'Last sample at the source to row at a window.',
    ['job', 'quantile'],
    { seriesMax: 192 }
  ),
  gauge(
    'wavefall_stream_drawn_latency_seconds',
    'seconds',
    'Last sample at the source to drawn, as windows tell.',
    ['job', 'quantile'],
    { seriesMax: 192 }
  ),
  total('wavefall_stream_gaps_total', '', 'Gaps.', ['job']),
  total('wavefall_stream_gap_seconds_total', 'seconds', 'Time missing in all gaps.', ['job']),
  total('wavefall_stream_lost_blocks_total', 'blocks', 'Blocks that never came or had no room.', ['job']),
  total('wavefall_stream_lost_rows_total', 'rows', 'Rows lost.', ['job']),
  total('wavefall_stream_shed_rows_total', 'rows', 'Rows left out of the display; their data was there.', ['job']),
  total('wavefall_stream_bad_messages_total', '', 'Messages that were refused.', ['job']),
  total('wavefall_stream_invalid_values_total', '', 'Values that were no numbers.', ['job']),
  total('wavefall_stream_pauses_total', '', 'Times that it was paused.', ['job']),
  total('wavefall_stream_reconnects_total', '', 'Times that it was connected again.', ['job']),
  gauge('wavefall_stream_silence_seconds', 'seconds', 'Since the last block or row.', ['job']),
  gauge('wavefall_stream_stalled', '', '1 while a stream that should flow does not.', ['job']),
  gauge('wavefall_job_compute_ratio', 'ratio', 'Analysis time of a job, of one core.', ['job']),
  gauge('wavefall_job_memory_bytes', 'bytes', 'Memory of the rings and rows of a job.', ['job']),
  gauge('wavefall_jobs', '', 'Jobs by state.', ['state']),
  counted('wavefall_jobs_opened_total', 'Jobs that were opened.'),
  counted('wavefall_jobs_failed_total', 'Jobs that failed.'),
  histogram(
    'wavefall_stage_seconds',
    'Time that a block or an order spent in a stage.',
    ['stage'],
    stageBuckets as never
  ),
  gauge('wavefall_stage_p95_seconds', 'seconds', 'The same, p95 of the last minute.', ['stage']),
  gauge('wavefall_stage_busy_ratio', 'ratio', 'Time of one core that a stage took.', ['stage'])
]

const partKinds: DeclaredKind[] = [
  gauge('wavefall_queue_length', '', 'What waits.', ['queue', 'of'], { seriesMax: 160 }),
  gauge('wavefall_queue_capacity', '', 'What can wait.', ['queue', 'of'], { seriesMax: 160 }),
  gauge('wavefall_queue_age_seconds', 'seconds', 'Since when the oldest waits.', ['queue', 'of'], { seriesMax: 160 }),
  total('wavefall_queue_dropped_total', '', 'What found no room.', ['queue', 'of'], { seriesMax: 160 }),
  gauge('wavefall_captures', '', 'Captures by state.', ['state']),
  total('wavefall_capture_written_bytes_total', 'bytes', 'Written to sessions.', ['capture']),
  gauge('wavefall_capture_bytes_per_second', 'bytes/s', 'Written over the last seconds.', ['capture']),
  total('wavefall_capture_lost_blocks_total', 'blocks', 'Blocks that are missing in the session.', ['capture']),
  total('wavefall_capture_pauses_total', '', 'Times that the stream waited for the disk.', ['capture']),
  gauge('wavefall_capture_slowest_commit_seconds', 'seconds', 'Longest time that a group took to be synced.', [
    'capture'
  ]),
  gauge('wavefall_capture_seconds_left', 'seconds', 'How long the free room lasts at this rate.', ['capture']),
  gauge('wavefall_tasks', '', 'Background tasks by state.', ['state']),
  total('wavefall_tasks_ended_total', '', 'Background tasks that ended, by outcome.', ['outcome']),
  gauge('wavefall_task_mean_seconds', 'seconds', 'Mean time of the completed tasks of a kind.', ['kind']),
  gauge('wavefall_cache_bytes', 'bytes', 'Memory that a cache holds.', ['cache']),
  gauge('wavefall_cache_limit_bytes', 'bytes', 'Memory that a cache may hold.', ['cache']),
  total('wavefall_cache_hits_total', '', 'Requests that a cache answered.', ['cache']),
  total('wavefall_cache_misses_total', '', 'Requests that were computed.', ['cache']),
  total('wavefall_cache_evictions_total', '', 'Entries that had to go for others.', ['cache']),
  total('wavefall_cache_expirations_total', '', 'Entries that were too old.', ['cache']),
  total('wavefall_cache_saved_seconds_total', 'seconds', 'What the hits would have cost.', ['cache']),
  gauge('wavefall_backend_up', '', '1 while the backend answers.', ['backend']),
  gauge('wavefall_sockets_in_use', '', 'Connections in use, by pool: control of a backend.', ['pool']),
  gauge('wavefall_sockets_kept', '', 'Connections that are open and kept for the next request.', ['pool']),
  gauge('wavefall_sockets_waiting', '', 'Requests that wait for a connection.', ['pool']),
  gauge('wavefall_sockets_limit', '', 'Connections that a pool may have.', ['pool']),
  gauge('wavefall_grpc_channels', '', 'gRPC channels in use: one a job that streams.', ['backend']),
  gauge('wavefall_backend_circuit_open', '', '1 while the backend is not asked because it failed.', ['backend']),
  gauge('wavefall_operation_memory_bytes', 'bytes', 'By how much memory grew during the last operation of a kind.', [
    'operation'
  ]),
  total('wavefall_heavy_operations_total', '', 'Operations that took more memory than the limit.', ['operation']),
  gauge('wavefall_windows', '', 'Windows that are connected.'),
  gauge('wavefall_window_frame_seconds', 'seconds', 'Time between frames.', ['window', 'quantile']),
  gauge('wavefall_window_draw_seconds', 'seconds', 'Time to draw.', ['window', 'quantile']),
  gauge('wavefall_window_frames_per_second', 'frames/s', 'Frames drawn.', ['window']),
  total('wavefall_window_rows_total', 'rows', 'Rows drawn.', ['window']),
  gauge('wavefall_window_credit_frames', 'frames', 'Row frames that the window may still be sent.', ['window']),
  gauge('wavefall_window_heap_used_bytes', 'bytes', 'JavaScript heap of a window, where it can tell.', ['window']),
  gauge('wavefall_window_texture_bytes', 'bytes', 'Textures of a window.', ['window']),
  total('wavefall_log_lines_total', '', 'Lines logged.'),
  total('wavefall_log_dropped_lines_total', '', 'Lines that found no room in the queue of the log.')
]

const responseKinds: DeclaredKind[] = [
  histogram('wavefall_response_seconds', 'Time to an answer, by service: calls of windows, api, backend, catalogue.', [
    'service'
  ]),
  { ...counted('wavefall_requests_total', 'Requests by service and outcome.', ['service', 'outcome']) },
  gauge('wavefall_requests_per_second', 'requests/s', 'Over the last minute.', ['service']),
  gauge('wavefall_response_mean_seconds', 'seconds', 'Mean over the last minute.', ['service']),
  gauge('wavefall_response_p95_seconds', 'seconds', 'p95 over the last minute.', ['service']),
  gauge('wavefall_error_ratio', 'ratio', 'Requests that failed, over the last minute.', ['service'])
]

const monitoringKinds: DeclaredKind[] = [
  gauge('wavefall_health_score', '', 'Score 0..100 of a part, and of the whole.', ['part']),
  gauge('wavefall_health_grade', '', '0 excellent, 1 good, 2 fair, 3 poor, 4 critical.'),
  gauge('wavefall_health_poor_checks_in_a_row', '', 'Checks at grade poor or critical, one after the other.'),
  gauge('wavefall_memory_level', '', '0 normal, 1 warning, 2 critical, 3 emergency.'),
  gauge('wavefall_losing', '', '1 while samples or rows are being lost.'),
  gauge('wavefall_uptime_seconds', 'seconds', 'Since the core began.'),
  gauge('wavefall_monitoring_active', '', '1 while readings are collected.'),
  gauge('wavefall_monitoring_interval_seconds', 'seconds', 'Between two collections.'),
  gauge('wavefall_monitoring_cpu_ratio', 'ratio', 'What monitoring costs, of one core.'),
  gauge('wavefall_monitoring_memory_bytes', 'bytes', 'Memory of readings and their history.'),
  gauge(
    'wavefall_monitoring_availability_ratio',
    'ratio',
    'Time that monitoring worked, of the time since the core began.'
  ),
  total('wavefall_monitoring_abandoned_checks_total', '', 'Checks that took over two seconds.'),
  total('wavefall_monitoring_history_dropped_lines_total', '', 'Lines of the history that the disk did not take.'),
  total('wavefall_monitoring_restarts_total', '', 'Times that monitoring was silent and begun anew.'),
  {
    ...counted(foldedName, 'Values that were added up in a series `other` because a metric had too many.', ['metric']),
    seriesMax: 300
  }
]

export const readingKinds: readonly DeclaredKind[] = [
  ...establishedKinds,
  ...machineKinds,
  ...processKinds,
  ...streamKinds,
  ...partKinds,
  ...responseKinds,
  ...monitoringKinds,
  ...alertKinds,
  ...networkKinds
]
