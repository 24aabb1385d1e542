import { invalidValue, isMissing, missingValue } from '../src-preload/contract/drawing/cellValues.ts'
import type { PictureGap } from '../src-preload/contract/drawing/gapPainter.ts'
import { durationText } from '../src-preload/contract/drawing/ticks.ts'
import { decodeFrame } from '../src-preload/contract/frames.ts'
import type { ViewDescription } from '../src-preload/contract/schemas.ts'
import { isoFromNanoseconds } from '../src-preload/contract/units.ts'
import type { Clock } from './clock.ts'
import type { PictureOf } from './health/alerts/pictures.ts'
import type { Measure } from './health/operationMeter.ts'
import type { JobManager } from './jobs/jobManager.ts'
import { defaultPictureRequest } from './sessions/pictures/pictureRequest.ts'
import { renderRows } from './sessions/pictures/renderRows.ts'

/** Small enough for a mail and for the thread that paints it. */
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
  /** One level a column; `missingValue` where a row never came. */
  values: Float32Array
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
    const rowCount = kept.endRow - firstRow
    await subscription.history({ level: 0, firstRow, rowCount, request: 1 })
    const { count } = description.columns
    const rows = endRow - firstRow
    const values = new Float32Array(rows * count).fill(missingValue)
    for (const buffer of frames) {
      const frame = decodeFrame(buffer)
      if (frame?.kind !== 'reduced') continue
      const perColumn = frame.columnCount / count
      for (let row = 0; row < frame.rowCount; row++) {
        const at = frame.firstRow + row - firstRow
        if (at < 0 || at >= rows) continue
        for (let column = 0; column < count; column++) {
          let greatest = missingValue
          // Of spectra the strongest bin stands for its channel.
          for (let part = 0; part < perColumn; part++) {
            const value = frame.mean[row * frame.columnCount + column * perColumn + part]!
            greatest = Math.max(greatest, Number.isNaN(value) ? invalidValue : value)
          }
          values[at * count + column] = greatest
        }
      }
    }
    return { description, firstRow, rows, values }
  } finally {
    subscription.close()
  }
}

function gapsIn({ description, firstRow, rows, values }: KeptRows): PictureGap[] {
  const { count } = description.columns
  const gaps: PictureGap[] = []
  for (let row = 0; row < rows; row++) {
    if (!isMissing(values[row * count]!)) continue
    const from = row
    while (row < rows && isMissing(values[row * count]!)) row++
    const missingMs = ((row - from) * description.rowIntervalNs) / 1e6
    gaps.push({
      firstRow: firstRow + from,
      rowCount: row - from,
      missingMs,
      reason: '',
      label: `no data ${durationText(missingMs)}`
    })
  }
  return gaps
}

/** Draws the newest rows of a job's waterfall as PNG, with axes, units, gaps and colour bar. */
export function createAlertPictureOf(
  jobs: () => JobManager,
  display: { colourMap: string },
  measure: Measure,
  clock: Clock
): PictureOf {
  const draw = async (jobId: string, enter: (stage: string) => void): Promise<Uint8Array | null> => {
    enter('collecting rows')
    const kept = await newestRows(jobs(), jobId, clock)
    if (!kept) return null
    const { description, firstRow, rows, values } = kept
    const { quantity, lowHz, highHz, unit } = description.value
    const band = lowHz === null ? '' : ` ${lowHz} – ${highHz ?? ''} Hz`
    const until = isoFromNanoseconds(clock.nowNs()).slice(0, 19).replace('T', ' ')
    const title = { name: jobId, details: `${quantity}${band} · to ${until} UTC` }
    enter('painting')
    return renderRows(
      { title, description, firstRow, rows, values, gaps: gapsIn(kept), unit },
      { ...defaultPictureRequest, ...size, colourMap: display.colourMap }
    )
  }
  return (jobId) => measure('picture', jobId, (enter) => draw(jobId, enter))
}
