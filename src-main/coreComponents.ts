import type { AnalysisHost, ThreadLoss } from './analysis/analysis.ts'
import type { Clock } from './clock.ts'
import type { CoreBackends } from './coreBackends.ts'
import type { CoreTasks } from './coreTasks.ts'
import type { ComponentSource } from './health/sources.ts'
import type { IngestHost } from './ingest/ingestHost.ts'
import { readingThreadLosses } from './recordings/openRecording.ts'
import type { Log } from './storage/log.ts'
import type { FileSink } from './storage/logFile.ts'

export interface ComponentParts {
  analysisHost: AnalysisHost
  ingest: IngestHost
  backends: CoreBackends
  tasks(): CoreTasks
  logFile: Pick<FileSink, 'failures' | 'trouble'>
  storage: StorageFailures
}

/** Files of the program that could not be written, by what they are. */
export interface StorageFailures {
  failed(what: string): (error: unknown) => void
  components(): ComponentSource[]
}

/** A file that could not be written is written again at its next change: quiet for so long, it is taken as written. */
const quietMs = 60_000

export function createStorageFailures(log: Log, clock: Clock): StorageFailures {
  const failures = new Map<string, { count: number; reason: string; atMs: number }>()
  return {
    failed: (what) => (error) => {
      const reason = error instanceof Error ? error.message : String(error)
      log.error('write_failed', { what, reason })
      const count = (failures.get(what)?.count ?? 0) + 1
      failures.set(what, { count, reason: `It cannot be written (${reason}).`, atMs: clock.monotonicMs() })
    },
    components: () =>
      [...failures].map(([what, { count, reason, atMs }]) => ({
        component: `file of ${what}`,
        failures: count,
        reason,
        isBack: clock.monotonicMs() - atMs > quietMs,
        after: 'What was changed is kept in memory until it can be written.'
      }))
  }
}

const threadOf = (component: string, { count, reason, isGone }: ThreadLoss, after: string): ComponentSource => ({
  component,
  failures: count,
  reason: `Its thread was lost: ${reason}.`,
  isBack: !isGone,
  after: isGone ? `It is not there again yet. ${after}` : `It was started again. ${after}`
})

/** Every part of the program whose failure an operator must hear of, as it is now. */
export function componentsOf(parts: ComponentParts): ComponentSource[] {
  const { analysisHost, ingest, backends, logFile } = parts
  const reading = readingThreadLosses()
  const background = parts.tasks().threadLosses()
  return [
    threadOf('ingest', ingest.reading().loss, 'What came meanwhile is a gap, and captures on it have ended.'),
    ...analysisHost
      .workers()
      .map(({ index, loss }) => threadOf(`analysis ${index + 1}`, loss, 'The rows that it had in hand are missing.')),
    {
      component: 'reading of recordings',
      failures: reading.count,
      reason: `${reading.reason}.`,
      isBack: true,
      after: 'That file is given up; other recordings are read by a new thread.'
    },
    {
      component: 'background tasks',
      failures: background.count,
      reason: background.reason,
      isBack: true,
      after: 'The task is tried again by a new thread.'
    },
    ...backends.sources().flatMap(({ name, restarts, lastLoss, status }): ComponentSource[] =>
      restarts === 0
        ? []
        : [
            {
              component: `backend ${name}`,
              failures: restarts,
              reason: `Its process is gone: ${lastLoss}.`,
              isBack: status.state === 'up' || status.state === 'no-fibre',
              after: 'It is started again; what came meanwhile is a gap.'
            }
          ]
    ),
    {
      component: 'log file',
      failures: logFile.trouble().episodes,
      reason: `${logFile.failures()} writes of the log failed.`,
      isBack: !logFile.trouble().isFailing,
      after: 'The program goes on without what they said.'
    },
    ...parts.storage.components()
  ]
}
