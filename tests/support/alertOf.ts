import type { Alert } from '../../src-preload/contract/alerts.ts'

/** An open alert about a stream, with what the test says of it. */
export const alertOf = (more: Partial<Alert> = {}): Alert => ({
  id: 'alert-1',
  ruleId: 'stream-stalled',
  component: 'streams',
  severity: 'critical',
  status: 'active',
  title: 'Stream stalled · job-1',
  description: 'No data comes.',
  labels: { job: 'job-1' },
  jobId: 'job-1',
  isForecast: false,
  createdAtMs: Date.UTC(2026, 0, 1, 3, 0, 0),
  changedAtMs: Date.UTC(2026, 0, 1, 3, 0, 0),
  acknowledgedAtMs: null,
  acknowledgedBy: null,
  resolvedAtMs: null,
  resolvedBy: null,
  silencedUntilMs: null,
  value: 12.5,
  threshold: 5,
  unit: 'seconds',
  count: 1,
  hasPicture: false,
  ...more
})
