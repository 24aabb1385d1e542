import './recordings/worker/runtimeShim.ts'
import { parentPort } from 'node:worker_threads'
import { runExportTask } from './sessions/export/exportTask.ts'
import { serveTasks } from './tasks/serveTasks.ts'

/** Worker thread entry: carries out background tasks. */
if (parentPort) serveTasks(parentPort, { export: runExportTask })
