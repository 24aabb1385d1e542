import type { CaptureSnapshot, SessionSummary } from '../../src-preload/contract/sessions.ts'
import type { ExportCheck, TaskList, TaskSnapshot } from '../../src-preload/contract/tasks.ts'

/** Ten seconds from 2023-10-27 14:23:37 on. */
export const sessionSummary = (change: Partial<SessionSummary> = {}): SessionSummary => ({
  id: 'session-1',
  kind: 'session',
  name: 'Quarry blast',
  place: '',
  notes: '',
  tags: [],
  keep: false,
  path: 'sessions/session-1',
  format: 'wavefall-session',
  state: 'closed',
  problem: '',
  source: 'live',
  startNs: '1698416617000000000',
  endNs: '1698416627000000000',
  channelCount: 51,
  firstChannel: 11,
  channelSpacingM: 1.02,
  sampleRateHz: 500,
  samples: 5000,
  unit: 'nm/m/s',
  bytes: 510_000,
  gaps: 0,
  gapS: 0,
  changedAtNs: '1698416628000000000',
  thumbnail: null,
  ...change
})

export const captureSnapshot = (change: Partial<CaptureSnapshot> = {}): CaptureSnapshot => ({
  id: 'capture-1',
  jobId: 'live-1',
  state: 'recording',
  reason: 'Every block goes to the disk.',
  sessionId: 'session-1',
  folder: 'sessions/session-1',
  name: 'Quarry blast',
  startedAtNs: '1698416617000000000',
  startNs: '1698416617000000000',
  endNs: '1698416627000000000',
  channelCount: 51,
  sampleRateHz: 500,
  blocks: 200,
  samples: 5000,
  bytes: 510_000,
  bytesPerS: 51_000,
  acknowledgedBlocks: 198,
  gaps: 0,
  gapS: 0,
  lostBlocks: 0,
  queue: { bytes: 0, capacityBytes: 64_000_000, ageMs: 0 },
  slowestCommitMs: 12,
  pauses: 0,
  preTriggerS: 0,
  ring: null,
  segments: 1,
  removedSegments: 0,
  freeBytes: 1e9,
  secondsLeft: null,
  warnings: [],
  ...change
})

export const taskSnapshot = (change: Partial<TaskSnapshot> = {}): TaskSnapshot => ({
  id: 'task-1',
  kind: 'export',
  title: 'Quarry blast → quarry.h5',
  priority: 'normal',
  state: 'pending',
  progress: null,
  detail: '',
  attempt: 1,
  attemptsMax: 3,
  createdNs: '1698416630000000000',
  startedNs: null,
  endedNs: null,
  forgottenNs: null,
  nextAttemptNs: null,
  worker: null,
  result: null,
  ...change
})

export const taskList = (tasks: TaskSnapshot[] = []): TaskList => ({
  tasks,
  counters: {
    pending: 0,
    running: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    retried: 0,
    refused: 0,
    successRate: null,
    kinds: []
  },
  workers: []
})

export const exportCheck = (change: Partial<ExportCheck> = {}): ExportCheck => ({
  limits: [],
  refusal: null,
  rows: 5000,
  channels: 51,
  element: 'int16',
  bytes: 510_000,
  freeBytes: 1e9,
  suggestedName: 'quarry-blast.h5',
  targetExists: false,
  ...change
})
