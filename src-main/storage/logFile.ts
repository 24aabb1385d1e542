import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { logSettings, type LogSettings } from '../../src-preload/contract/logs.ts'

/** Where log lines go. `write` never rejects: a log must not bring down what it logs. */
export interface LogSink {
  write(text: string): Promise<void>
  dispose(): Promise<void>
}

export interface FileSink extends LogSink {
  /** Writes that failed (disk full, folder gone): the program goes on without its log. */
  failures(): number
  /** How often they began to fail, and whether they do now. */
  trouble(): { episodes: number; isFailing: boolean }
}

export interface LogFileLimits {
  /** A file that would grow beyond it is put aside as `<file>.1`, that one as `<file>.2`, … */
  maxBytes: number
  /** A file that was begun so long ago is put aside too, milliseconds. */
  maxAgeMs: number
  /** Files put aside; the oldest goes. */
  filesMax: number
  /** Files put aside that were last written so long ago go too, milliseconds. */
  keptMs: number
}

const hourMs = 3_600_000

export const logFileLimitsOf = (settings: LogSettings): LogFileLimits => ({
  maxBytes: settings.fileMaxMb * 1e6,
  maxAgeMs: settings.fileMaxAgeHours * hourMs,
  filesMax: settings.filesMax,
  keptMs: settings.keptDays * 24 * hourMs
})

export const usualLogFileLimits = (): LogFileLimits => logFileLimitsOf(logSettings.parse({}))

/** Names of a log's files, newest first; whether they are there is another matter. */
export const logFileNames = (file: string, filesMax: number): string[] => [
  file,
  ...Array.from({ length: filesMax }, (_, k) => `${file}.${k + 1}`)
]

async function moveAside(file: string, { filesMax, keptMs }: LogFileLimits, nowMs: number): Promise<void> {
  const names = logFileNames(file, filesMax)
  await rm(names.at(-1)!, { force: true })
  for (let k = names.length - 2; k >= 0; k--)
    await rename(names[k]!, names[k + 1]!).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
  for (const name of names.slice(1)) {
    const found = await stat(name).catch(() => null)
    if (found && nowMs - found.mtimeMs > keptMs) await rm(name, { force: true })
  }
}

/** Appends to a file, and puts it aside by size and age. `limits` is asked each time, so that settings apply at once. */
export function createFileSink(
  file: string,
  limits: () => LogFileLimits = usualLogFileLimits,
  now: () => number = Date.now
): FileSink {
  let handle: FileHandle | null = null
  let size = 0
  let begunMs = 0
  let failures = 0
  let isFailing = false
  let episodes = 0

  const openFile = async (): Promise<FileHandle> => {
    await mkdir(dirname(file), { recursive: true })
    const opened = await open(file, 'a')
    const found = await opened.stat()
    size = found.size
    // Not every file system knows when a file was made.
    begunMs = size === 0 ? now() : found.birthtimeMs > 0 ? found.birthtimeMs : found.mtimeMs
    return opened
  }

  return {
    async write(text) {
      try {
        handle ??= await openFile()
        const bytes = Buffer.byteLength(text)
        const { maxBytes, maxAgeMs } = limits()
        if (size > 0 && (size + bytes > maxBytes || now() - begunMs > maxAgeMs)) {
          await handle.close()
          handle = null
          await moveAside(file, limits(), now())
          handle = await openFile()
        }
        await handle.appendFile(text)
        size += bytes
        isFailing = false
      } catch {
        failures++
        if (!isFailing) episodes++
        isFailing = true
      }
    },
    failures: () => failures,
    trouble: () => ({ episodes, isFailing }),
    async dispose() {
      await handle?.close().catch(() => undefined)
      handle = null
    }
  }
}

/** Lines to a stream, standard error by default: what `serve` and the backend print. */
export function createStreamSink(stream: NodeJS.WritableStream = process.stderr): LogSink {
  return {
    write: (text) => new Promise((resolve) => stream.write(text, () => resolve())),
    dispose: () => Promise.resolve()
  }
}
