import { mkdir, open, readFile, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Replaces a file so that a crash leaves either the old or the new content, never a part: written beside it, synced,
 * renamed. Writers of one file must take turns (see `createSerialWriter`).
 */
export async function writeFileAtomic(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}.tmp`
  const handle = await open(temporary, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } catch (error) {
    await handle.close()
    await unlink(temporary).catch(() => undefined)
    throw error
  }
  await handle.close()
  await rename(temporary, file)
  await syncFolder(dirname(file))
}

/** Makes the rename itself durable; not every file system can, and then the content still is. */
export async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // Windows cannot open folders; nothing is lost but the order of two renames.
  }
}

export type JsonFile = { state: 'absent' } | { state: 'damaged'; reason: string } | { state: 'read'; value: unknown }

export async function readJsonFile(file: string): Promise<JsonFile> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' ? { state: 'absent' } : { state: 'damaged', reason: `cannot be read (${code})` }
  }
  try {
    return { state: 'read', value: JSON.parse(text) as unknown }
  } catch {
    return { state: 'damaged', reason: 'is not JSON' }
  }
}

/** Reads `{ version, … }` of one version; another version counts as damaged, because its meaning is not known. */
export async function readVersionedJson(file: string, version: number): Promise<JsonFile> {
  const read = await readJsonFile(file)
  if (read.state !== 'read') return read
  const { value } = read
  if (typeof value !== 'object' || value === null || (value as { version?: unknown }).version !== version)
    return { state: 'damaged', reason: `is not of version ${version}` }
  return read
}

export interface SerialWriter {
  /** Writes the newest content; contents that were overtaken while a write ran are skipped. */
  write(value: object): Promise<void>
  /** Resolves when nothing is left to write. */
  settled(): Promise<void>
}

/** One writer of a versioned JSON file: writes take turns, latest wins. */
export function createSerialWriter(file: string, version: number, onError: (error: unknown) => void): SerialWriter {
  let next: string | null = null
  let running: Promise<void> | null = null

  const run = async (): Promise<void> => {
    while (next !== null) {
      const content = next
      next = null
      try {
        await writeFileAtomic(file, content)
      } catch (error) {
        onError(error)
      }
    }
    running = null
  }

  return {
    write(value) {
      next = `${JSON.stringify({ version, ...value }, null, 2)}\n`
      running ??= run()
      return running
    },
    settled: () => running ?? Promise.resolve()
  }
}
