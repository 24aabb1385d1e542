import { z } from 'zod'
import { exportFormatName, exportSelection, type TaskResult } from '../../../src-preload/contract/tasks.ts'
import { RecordingError } from '../../recordings/recording.ts'
import { TaskFailure } from '../../tasks/runningTask.ts'
import type { TaskRunner } from '../../tasks/serveTasks.ts'
import { ExportError } from './exportFormat.ts'
import { exportFormats } from './exportFormats.ts'
import { openRemembered } from '../openRemembered.ts'
import { runExport } from './runExport.ts'

/** An export with its paths, as it is queued. */
export const exportAssignment = z.object({
  source: z.string(),
  /** Where what was said of files is remembered. */
  dataFolder: z.string().optional(),
  target: z.string(),
  format: exportFormatName,
  selection: exportSelection,
  overwrite: z.boolean()
})
export type ExportAssignment = z.infer<typeof exportAssignment>

const inWords = (samples: number): string =>
  samples >= 1e9 ? `${(samples / 1e9).toFixed(1)} G` : samples >= 1e6 ? `${(samples / 1e6).toFixed(1)} M` : `${samples}`

/** Carries out an export on the thread of a task worker. */
export const runExportTask: TaskRunner = async (assignment, { key, signal, progressed }): Promise<TaskResult> => {
  const { format, dataFolder, ...rest } = exportAssignment.parse(assignment)
  try {
    const { files, bytes, warnings } = await runExport({
      ...rest,
      ...(dataFolder === undefined ? {} : { open: openRemembered(dataFolder) }),
      format: exportFormats[format],
      signal,
      key,
      onProgress: (done, { rows, channels }) =>
        progressed(
          Math.min(1, done / rows),
          `${inWords(Math.round(done) * channels)} of ${inWords(rows * channels)} samples`
        )
    })
    return { files, bytes, warnings }
  } catch (error) {
    if (error instanceof ExportError) throw new TaskFailure(error.message, error.mayPass)
    if (error instanceof RecordingError) throw new TaskFailure(`${error.message}.`, true)
    throw error
  }
}
