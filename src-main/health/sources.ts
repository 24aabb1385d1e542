import type { BackendStatus, CacheReading, JobSnapshot } from '../../src-preload/contract/schemas.ts'
import type { CaptureSnapshot } from '../../src-preload/contract/sessions.ts'
import type { TaskList } from '../../src-preload/contract/tasks.ts'
import type { Stage, StageCounts } from '../stageTimes.ts'
import type { ThreadVitals } from '../threadVitals.ts'

/** A thread of the core, with what it told last. */
export interface ThreadSource {
  /** `ingest`, `analysis 1`, `task 2`. */
  label: string
  kind: 'worker' | 'task'
  /** Percent of one core. */
  cpuPercent: number
  restarts: number
  /** Null before its first report, and of a thread that does not report. */
  vitals: ThreadVitals | null
}

/** A part that can fail and comes back, or does not. */
export interface ComponentSource {
  /** As an operator knows it: `analysis 1`, `ingest`, `recordings`. */
  component: string
  /** Since the program began. */
  failures: number
  /** Of the last failure: one sentence. */
  reason: string
  /** It works now. */
  isBack: boolean
  /** What that means for what it had in hand: one sentence. */
  after: string
}

export interface BackendSource {
  name: string
  status: BackendStatus
  /** Of the embedded one. */
  pid: number | null
  /** What its process told of itself; null where it is a site's. */
  vitals: ThreadVitals | null
  restarts: number
  /** Of the client that asks it; null while it is not known where it listens. */
  sockets: { inUse: number; kept: number; waiting: number; most: number } | null
  /** It has the recordings of this machine, beside a site's. */
  isLocal: boolean
  /** Why its process ended last; empty where it did not. */
  lastLoss: string
}

/** One bounded queue. What a stream or a capture keeps is read from their snapshots. */
export interface QueueSource {
  queue: string
  /** Job or capture that it belongs to; empty for the program's own. */
  of: string
  length: number
  capacity: number
  ageMs: number | null
  dropped: number
}

export interface JobUsage {
  jobId: string
  /** Analysis time since it began. */
  computeMs: number
  memoryBytes: number
}

/** Everything that health reads. It asks once a collection; nothing of it may wait. */
export interface HealthSources {
  jobs(): JobSnapshot[]
  usage(): JobUsage[]
  captures(): CaptureSnapshot[]
  tasks(): TaskList
  caches(): CacheReading[]
  backends(): BackendSource[]
  threads(): ThreadSource[]
  /** Parts whose failure is told. */
  components(): ComponentSource[]
  queues(): QueueSource[]
  /** Since the last call. */
  stages(): Partial<Record<Stage, StageCounts>>[]
  windows(): number
  log(): { written: number; dropped: number; repeated: number }
}

/** What the program can do to get along; each returns one sentence of what it did. */
export interface HealthLevers {
  /** False where the runtime does not allow it. */
  collectGarbage(): Promise<boolean>
  clearCaches(): string
  /** Of live jobs one row in `stride` is computed from now on; 1: all. A capture is not touched. */
  thinRows(jobId: string | null, stride: number): string
  /** Background tasks wait (those that run go back to the queue); false: they go on. */
  holdTasks(isHeld: boolean): string
  /** Everything that must survive is on the disk when it resolves. */
  prepareRestart(): Promise<string>
  /** A restart is not wanted any more: what was prepared is taken back. Null where nothing is. */
  withdrawRestart(): Promise<string | null>
}
