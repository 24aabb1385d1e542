import type { JobRequest, JobSnapshot, StreamStatistics, ViewDescription } from '../../src-preload/contract/schemas.ts'

export const statistics: StreamStatistics = {
  service: 'blocks',
  bytesPerS: 8.9e6,
  rowsPerS: 10,
  bytes: 5.3e8,
  blocks: 1020,
  rows: 598,
  latencyMs: { p50: 21, p95: 34, p99: 51 },
  drawnLatencyMs: { p50: 31, p95: 44, p99: 62 },
  gaps: 0,
  gapS: 0,
  lostBlocks: 0,
  lostRows: 0,
  badMessages: 0,
  invalidValues: 0,
  shedRows: 0,
  queue: { length: 2, capacity: 64, ageMs: 11 },
  ringFill: 0,
  overload: null,
  pauses: 0,
  reconnects: 0,
  workerRestarts: 0,
  silentMs: 12
}

export const liveRequest: JobRequest = {
  view: 'waterfall',
  channels: { min: 1, max: 2222 },
  band: { minHz: 5, maxHz: 100 },
  nfft: 1024,
  rowIntervalS: 0.1,
  timeRange: null,
  recording: null
}

export const jobSnapshot = (change: Partial<JobSnapshot> = {}): JobSnapshot => ({
  id: 'live-1',
  backendJobId: 'b-1',
  request: liveRequest,
  state: 'streaming',
  reason: 'Rows are coming.',
  createdAtNs: '1700000000000000000',
  endedAtNs: null,
  queuePosition: null,
  steps: [
    { name: 'request', atNs: '1700000000000000000', detail: 'live, 2 222 channels' },
    { name: 'validation', atNs: '1700000000002000000', detail: '' },
    { name: 'creation', atNs: '1700000000010000000', detail: 'backend job b-1, port 50051' },
    { name: 'analyser start', atNs: '1700000000050000000', detail: 'worker 1' },
    { name: 'streaming', atNs: '1700000000350000000', detail: 'raw blocks' }
  ],
  statistics,
  progress: null,
  playback: null,
  ...change
})

export const viewDescription = (change: Partial<ViewDescription> = {}): ViewDescription => ({
  subscription: 1,
  jobId: 'live-1',
  epoch: 1,
  live: true,
  layer: 'picture',
  content: 'energy',
  bins: null,
  samples: null,
  analysis: null,
  columns: {
    count: 16,
    firstChannel: 1,
    channelStep: 1,
    channelsPerColumn: 1,
    firstDistanceM: 0,
    channelSpacingM: 1
  },
  originNs: '1700000000000000000',
  rowIntervalNs: 100_000_000,
  expectedRows: null,
  value: { quantity: 'band energy', unit: 'dB re (nm/m/s)²', lowHz: 5, highHz: 100 },
  ...change
})
