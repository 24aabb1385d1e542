import { join } from 'node:path'
import type { Handlers } from '../src-preload/contract/calls.ts'
import { failure, ok } from '../src-preload/contract/errors.ts'
import type { logCalls, LogLevel } from '../src-preload/contract/logs.ts'
import type { Clock } from './clock.ts'
import type { CorePort } from './coreInterface.ts'
import { allLogFiles, bundleName, writeBundle, type BundleParts } from './diagnostics/bundle.ts'
import type { RootLog } from './storage/log.ts'
import { logFileNames } from './storage/logFile.ts'
import { readLog } from './storage/logReader.ts'

export interface CoreLogsOptions {
  dataFolder: string
  log: RootLog
  /** Files that the limits keep beside the newest one. */
  filesMax: () => number
  failedWrites(): number
  clock: Clock
  /** What goes into a bundle beside the logs. */
  documents: BundleParts['documents']
}

export const logFileIn = (dataFolder: string): string => join(dataFolder, 'logs', 'wavefall.log')

export function createLogHandlers(options: CoreLogsOptions): Pick<Handlers<CorePort>, keyof typeof logCalls> {
  const { dataFolder, log, clock } = options
  return {
    async 'logs.query'(query) {
      // What was logged a moment ago is what is looked for.
      await log.flush()
      return ok(await readLog(logFileNames(logFileIn(dataFolder), options.filesMax()), query))
    },
    'logs.state': async () =>
      ok({
        level: log.level(),
        folder: join(dataFolder, 'logs'),
        failedWrites: options.failedWrites(),
        ...log.counters()
      }),
    async 'logs.setLevel'({ level }: { level: LogLevel }) {
      log.with({ component: 'log' }).critical('log_level_changed', { from: log.level(), to: level })
      log.setLevel(level)
      return ok({})
    },
    async 'diagnostics.save'() {
      await log.flush()
      const file = join(dataFolder, 'diagnostics', bundleName(clock.nowMs()))
      try {
        return ok(await writeBundle(file, { logFiles: await allLogFiles(dataFolder), documents: options.documents }))
      } catch (error) {
        return failure(
          'failed',
          `${file} could not be written: ${error instanceof Error ? error.message : String(error)}.`
        )
      }
    }
  }
}
