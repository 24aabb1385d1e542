import type { ViewDescription } from '../src-preload/contract/schemas.ts'
import { isoFromNanoseconds } from '../src-preload/contract/units.ts'
import type { Clock } from './clock.ts'
import { taskWorkerFile } from './coreTasks.ts'
import type { PictureOf } from './health/alerts/pictures.ts'
import type { Measure } from './health/operationMeter.ts'
import type { JobManager } from './jobs/jobManager.ts'
import { defaultPictureRequest } from './sessions/pictures/pictureRequest.ts'
import { createPictureThread } from './sessions/pictures/pictureThread.ts'

/** Small enough for a mail. */
const size = { width: 800, height: 480 }
const columnsMax = 640
const rowsMost = 300
/** Of a stream that stands still, so much of the time without rows is shown at most. */
const missingRowsMost = 120

interface KeptRows {
  description: ViewDescription
  /** Index of the first row, for its time. */
  firstRow: number
  rows: number
  frames: ArrayBuffer[]
}

export interface CoreAlertPictures {
  readonly pictureOf: PictureOf
  dispose(): Promise<void>
}

/** The newest rows of a job as its waterfall shows them, up to this moment; null where there are none. */
async function newestRows(jobs: JobManager, jobId: string, clock: Clock): Promise<KeptRows | null> {
  const frames: ArrayBuffer[] = []
  const sink = { describe: () => undefined, send: (frame: ArrayBuffer) => void frames.push(frame) }
  const subscribed = jobs.subscribe(jobId, 'picture', sink, { columnsMax, since: null })
  if (!subscribed.ok) return null
  const subscription = subscribed.value
  try {
    const { description } = subscription
    const kept = subscription.extent()?.levels[0]
    if (!description || !kept || kept.endRow <= kept.firstRow || description.content === 'trace') return null
    const ageNs = Number(clock.nowNs() - BigInt(description.originNs))
    const missing = description.live ? Math.floor(ageNs / description.rowIntervalNs) - kept.endRow : 0
    const endRow = kept.endRow + Math.min(missingRowsMost, Math.max(0, missing))
    const firstRow = Math.max(kept.firstRow, endRow - rowsMost)
    await subscription.history({ level: 0, firstRow, rowCount: kept.endRow - firstRow, request: 1 })
    return { description, firstRow, rows: endRow - firstRow, frames }
  } finally {
    subscription.close()
  }
}

/** Draws the newest rows of a job's waterfall as PNG. Here the rows are collected; another thread unpacks and paints them. */
export function createAlertPictureOf(
  jobs: () => JobManager,
  display: { colourMap: string },
  measure: Measure,
  clock: Clock
): CoreAlertPictures {
  const thread = createPictureThread(taskWorkerFile())

  async function draw(jobId: string, enter: (stage: string) => void): Promise<Uint8Array | null> {
    enter('collecting rows')
    const kept = await newestRows(jobs(), jobId, clock)
    if (!kept) return null
    const { quantity, lowHz, highHz } = kept.description.value
    const band = lowHz === null ? '' : ` ${lowHz} – ${highHz ?? ''} Hz`
    const until = isoFromNanoseconds(clock.nowNs()).slice(0, 19).replace('T', ' ')
    const title = { name: jobId, details: `${quantity}${band} · to ${until} UTC` }
    enter('painting')
    return thread.paint({ ...kept, title }, { ...defaultPictureRequest, ...size, colourMap: display.colourMap })
  }

  return {
    pictureOf: (jobId) => measure('picture', jobId, (enter) => draw(jobId, enter)),
    dispose: () => thread.dispose()
  }
}
