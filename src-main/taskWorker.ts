import './recordings/worker/runtimeShim.ts'
import { parentPort } from 'node:worker_threads'
import { runExportTask } from './sessions/export/exportTask.ts'
import { servePictures } from './sessions/pictures/pictureThread.ts'
import { serveTasks } from './tasks/serveTasks.ts'

/** Worker thread entry: carries out background tasks, and paints pictures. */
if (parentPort) {
  serveTasks(parentPort, { export: runExportTask })
  servePictures(parentPort)
}
