import { mkdir, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { delay, type Clock } from '../../clock.ts'

/** Draws what a job shows now, as PNG; null where it shows nothing. */
export type PictureOf = (jobId: string) => Promise<Uint8Array | null>

export interface AlertPictures {
  /** Draws the job as it is now and keeps it under the alert's id. */
  take(alertId: string, jobId: string): Promise<Uint8Array | null>
  read(alertId: string): Promise<Uint8Array | null>
  /** Not drawn, because too many were asked for at once. */
  readonly skipped: number
}

const waitingMost = 4
const keptMost = 100
const takeTimeoutMs = 5000
const isId = (id: string): boolean => /^[\w-]+$/.test(id)

/** Pictures of streams as they were when their alert began: the newest hundred, one file each. */
export function createAlertPictures(
  folder: string,
  pictureOf: PictureOf,
  clock: Clock,
  onError: (error: unknown) => void
): AlertPictures {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let skipped = 0

  async function keep(alertId: string, picture: Uint8Array): Promise<void> {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `${alertId}.png`), picture)
    const files = (await readdir(folder)).filter((name) => name.endsWith('.png'))
    if (files.length <= keptMost) return
    const aged = await Promise.all(
      files.map(async (name) => ({
        name,
        ms: await stat(join(folder, name)).then(
          (found) => found.mtimeMs,
          () => 0
        )
      }))
    )
    aged.sort((a, b) => a.ms - b.ms)
    for (const { name } of aged.slice(0, files.length - keptMost))
      await unlink(join(folder, name)).catch(() => undefined)
  }

  async function draw(alertId: string, jobId: string): Promise<Uint8Array | null> {
    const ended = new AbortController()
    try {
      const picture = await Promise.race([
        pictureOf(jobId),
        delay(clock, takeTimeoutMs, ended.signal).then((): null => null)
      ])
      if (picture) await keep(alertId, picture)
      return picture
    } catch (error) {
      onError(error)
      return null
    } finally {
      ended.abort()
    }
  }

  return {
    take(alertId, jobId) {
      if (waiting >= waitingMost || !isId(alertId)) {
        skipped++
        return Promise.resolve(null)
      }
      waiting++
      const drawn = last.then(() => draw(alertId, jobId)).finally(() => waiting--)
      last = drawn
      return drawn
    },
    read: (alertId) =>
      isId(alertId) ? readFile(join(folder, `${alertId}.png`)).catch(() => null) : Promise.resolve(null),
    get skipped() {
      return skipped
    }
  }
}
