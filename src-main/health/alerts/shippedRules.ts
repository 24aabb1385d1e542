import { cpus } from 'node:os'
import type { z } from 'zod'
import { alertRule, type AlertRule } from '../../../src-preload/contract/alerts.ts'

const minute = 60
/** How long something short is looked at before it counts. */
const momentS = 30

const above = (reading: string, value: number, clearValue: number | null = null) =>
  ({ kind: 'threshold', reading, value, clearValue }) as const
const below = (reading: string, value: number, clearValue: number | null = null) =>
  ({ kind: 'threshold', reading, value, clearValue, compare: 'below' }) as const
const rises = (reading: string, windowS: number) => ({ kind: 'rate', reading, value: 0, windowS }) as const
const percentAbove = (expression: string, value: number, clearValue: number) =>
  ({ kind: 'expression', expression, value, clearValue, unit: '%' }) as const
const finding = (name: string, endsAfterS: number | null = null) =>
  ({ kind: 'finding', finding: name, endsAfterS }) as const

type Written = z.input<typeof alertRule>

/** Thresholds of the program's own working. */
const operation: Written[] = [
  {
    id: 'response-slow',
    title: 'Answers take over 2 s',
    description: 'Calls wait. Close views or jobs that nobody looks at, and see what takes the processor.',
    component: 'control API',
    severity: 'warning',
    condition: above('wavefall_response_mean_seconds', 2, 1.8),
    forS: 5 * minute
  },
  {
    id: 'response-degraded',
    title: 'Answers take over 1 s',
    description: 'Answers become slow. Nothing is lost.',
    component: 'control API',
    severity: 'warning',
    condition: above('wavefall_response_mean_seconds', 1, 0.9),
    forS: 5 * minute
  },
  {
    id: 'errors-high',
    title: 'Over 5 % of the requests fail',
    description: 'The log names what failed and why.',
    component: 'control API',
    severity: 'critical',
    condition: above('wavefall_error_ratio', 0.05, 0.04),
    forS: 2 * minute
  },
  {
    id: 'cpu-high',
    title: 'The processors are over 80 % busy',
    description: 'Rows will be left out of the display before samples are lost. Close jobs, or raise the row interval.',
    component: 'processor',
    severity: 'warning',
    condition: percentAbove('wavefall_machine_cpu_ratio * 100', 80, 75),
    forS: 10 * minute
  },
  {
    id: 'memory-high',
    title: 'The memory of the machine is over 85 % full',
    description: 'Free memory in the health panel, close jobs, or end other programs.',
    component: 'memory',
    severity: 'warning',
    condition: { ...above('memory_usage_percent', 85, 82) },
    forS: 10 * minute
  },
  {
    id: 'uptime-low',
    title: 'The backend was up for less than 99.9 % of the last hour',
    description: 'See when it was away in the timeline, and ask the one who runs it.',
    component: 'backend',
    severity: 'critical',
    condition: { ...below('wavefall_backend_up', 0.999), averageS: 60 * minute },
    clearForS: minute
  },
  {
    id: 'degraded-in-a-row',
    title: 'Five checks in a row were poor',
    description: 'The grade has been poor or critical all the time. The health panel says why.',
    component: 'health',
    severity: 'critical',
    condition: above('wavefall_health_poor_checks_in_a_row', 4.5, 0.5)
  },
  {
    id: 'event-loop-late',
    title: 'The core is late',
    description: 'Its event loop comes more than 250 ms too late: windows feel stuck.',
    component: 'processor',
    severity: 'warning',
    condition: {
      ...above('wavefall_process_event_loop_delay_seconds', 0.25, 0.1),
      labels: { process: 'core', quantile: '0.99' }
    },
    forS: momentS
  },
  {
    id: 'others-cpu',
    title: 'Another program takes the processors',
    description: 'Over 60 % of the processors go to programs that are not Wavefall. End them, or move them elsewhere.',
    component: 'processor',
    severity: 'warning',
    condition: above('wavefall_others_cpu_ratio', Math.max(1, cpus().length) * 0.6),
    forS: momentS
  }
]

/** What costs data. */
const data: Written[] = [
  {
    id: 'stream-stalled',
    title: 'Stream stalled',
    description: 'No data comes. It reconnects by itself; what is missing becomes a gap.',
    component: 'streams',
    severity: 'critical',
    condition: above('wavefall_stream_stalled', 0.5),
    forS: 3
  },
  {
    id: 'stream-losing',
    title: 'Samples are being lost',
    description: 'Blocks do not come, or find no room. The health panel says why.',
    component: 'streams',
    severity: 'critical',
    condition: rises('wavefall_stream_lost_blocks_total', 15),
    clearForS: momentS
  },
  {
    id: 'stream-slow',
    title: 'Rows come over 5 s late',
    description: 'Analysis or network cannot keep up with the stream.',
    component: 'streams',
    severity: 'warning',
    condition: { ...above('wavefall_stream_latency_seconds', 5, 3), labels: { quantile: '0.95' } },
    forS: 15
  },
  {
    id: 'stream-wrong',
    title: 'The stream sends what cannot be used',
    description: 'Messages are refused because they contradict themselves or what was configured.',
    component: 'streams',
    severity: 'warning',
    condition: rises('wavefall_stream_bad_messages_total', 15),
    clearForS: momentS
  },
  {
    id: 'capture-losing',
    title: 'A capture is losing blocks',
    description: 'The session will have gaps. See whether its disk is full or slow.',
    component: 'capture',
    severity: 'emergency',
    condition: rises('wavefall_capture_lost_blocks_total', 15),
    clearForS: momentS
  },
  {
    id: 'capture-time-left',
    title: 'The disk will be full in less than 30 min',
    description: 'The capture ends when it is. Delete or move sessions.',
    component: 'disk',
    severity: 'critical',
    condition: below('wavefall_capture_seconds_left', 1800, 2100),
    forS: 10
  },
  {
    id: 'disk-low',
    title: 'Less than 2 GB are free on the disk of the data folder',
    description: 'Captures will be refused below their reserve. Delete or move sessions.',
    component: 'disk',
    severity: 'warning',
    condition: below('wavefall_disk_free_bytes', 2e9, 2.2e9),
    forS: 10
  },
  {
    id: 'disk-full',
    title: 'The disk of the data folder is full',
    description: 'Captures end, history and settings cannot be written. Make room now.',
    component: 'disk',
    severity: 'critical',
    condition: below('wavefall_disk_free_bytes', 3e8, 4e8),
    forS: 2
  },
  {
    id: 'backend-down',
    title: 'The backend does not answer',
    description: 'Its streams end, and no job can be opened. It is asked again until it answers.',
    component: 'backend',
    severity: 'critical',
    condition: below('wavefall_backend_up', 0.5),
    forS: 10
  }
]

/** Of monitoring and alerting themselves. */
const monitoring: Written[] = [
  {
    id: 'labels-folded',
    title: 'Too many series in one reading',
    description: 'They are added up as "other". Something names jobs, windows or files without end.',
    component: 'health',
    severity: 'warning',
    condition: { ...rises('wavefall_monitoring_folded_series_total', minute) },
    clearForS: minute
  },
  {
    id: 'log-dropping',
    title: 'Log lines are lost',
    description: 'More is logged than the disk takes. The level of the log can be raised.',
    component: 'log',
    severity: 'warning',
    condition: rises('wavefall_log_dropped_lines_total', minute),
    clearForS: minute
  }
]

/** What other parts find; each with its own severity where none is written here. */
const findings: Written[] = (
  [
    ['memory-level', 'Memory level', 'memory', null, null],
    ['memory-leak', 'Memory grows steadily', 'memory', null, null],
    ['forecast-memory', 'Forecast: memory', 'memory', 'warning', null],
    ['forecast-disk', 'Forecast: disk', 'disk', 'warning', null],
    ['forecast-queue-age', 'Forecast: queues', 'streams', 'warning', null],
    ['forecast-latency', 'Forecast: latency', 'streams', 'warning', null],
    ['component-failed', 'A component failed', 'processes', 'critical', null],
    ['task-failed', 'A background task failed', 'tasks', 'warning', 10 * minute],
    ['monitoring-silent', 'Monitoring is silent', 'health', 'critical', null],
    ['clock-stepped', 'The clock was set', 'clock', 'warning', 10 * minute],
    ['history-damaged', 'The history could not be read', 'health', 'warning', 10 * minute],
    ['cache-hits', 'A cache answers less than 30 % of its requests', 'caches', 'warning', null],
    ['channel-failed', 'A channel of alerts fails', 'alerts', 'warning', null],
    ['alerts-damaged', 'Rules or history of alerts were damaged', 'alerts', 'warning', 10 * minute],
    ['alerts-overflow', 'More alerts than can be followed', 'alerts', 'critical', 5 * minute]
  ] as const
).map(([id, title, component, severity, endsAfterS]) => ({
  id,
  title,
  description: '',
  component,
  severity,
  condition: finding(id, endsAfterS)
}))

/** What is watched as the program comes. */
export const shippedRules = (): AlertRule[] =>
  [...operation, ...data, ...monitoring, ...findings].map((rule) => alertRule.parse(rule))
