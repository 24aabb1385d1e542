import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SequentialFile } from '../sessions/export/sequentialFile.ts'
import { ZipFile } from '../sessions/export/zipFile.ts'
import { withoutSecrets } from './withoutSecrets.ts'

export interface BundleParts {
  /** Packed as they are, by their names; those that are not there are passed over. */
  logFiles: readonly string[]
  /** Packed as JSON, without secrets. A part that fails is packed as the sentence why. */
  documents: Readonly<Record<string, () => unknown>>
}

export interface Bundle {
  file: string
  bytes: number
  contents: string[]
}

/** Every file of the log folder: the core's, the desktop's, the backend's. */
export async function allLogFiles(dataFolder: string): Promise<string[]> {
  const folder = join(dataFolder, 'logs')
  const names = await readdir(folder).catch(() => [])
  return names.sort().map((name) => join(folder, name))
}

/** A name that sorts by time and that every file system takes. */
export const bundleName = (nowMs: number): string =>
  `wavefall-diagnostics-${new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}.zip`

const pieceBytes = 1024 * 1024
const partWithinMs = 20_000

/** Of one part: a doctor that hangs must not keep the rest back. */
function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`gave no answer within ${partWithinMs / 1000} s`)), partWithinMs)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

async function documentOf(make: () => unknown): Promise<string> {
  let value: unknown
  try {
    value = withoutSecrets(await withinTime(Promise.resolve().then(make)))
  } catch (error) {
    value = { failed: error instanceof Error ? error.message : String(error) }
  }
  return `${JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? one.toString() : one), 2)}\n`
}

/**
 * Packs what somebody needs who is asked "what is wrong with it?". Written beside its place and renamed, so that a file of
 * that name is whole.
 */
export async function writeBundle(file: string, { logFiles, documents }: BundleParts): Promise<Bundle> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  const contents: string[] = []
  try {
    await SequentialFile.make(temporary, async (target) => {
      const zip = new ZipFile(target)
      for (const [name, make] of Object.entries(documents)) {
        const text = await documentOf(make)
        await zip.add(name, (append) => append(new TextEncoder().encode(text)))
        contents.push(name)
      }
      for (const path of logFiles) {
        const handle = await open(path, 'r').catch(() => null)
        if (!handle) continue
        const name = `logs/${basename(path)}`
        try {
          await zip.add(name, async (append) => {
            const buffer = Buffer.alloc(pieceBytes)
            for (;;) {
              const { bytesRead } = await handle.read(buffer, 0, pieceBytes)
              if (bytesRead === 0) break
              await append(buffer.subarray(0, bytesRead))
            }
          })
        } finally {
          await handle.close()
        }
        contents.push(name)
      }
      await zip.end()
    })
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return { file, bytes: (await stat(file)).size, contents }
}
