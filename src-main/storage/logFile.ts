import { mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where log lines go. `write` never rejects: a log must not bring down what it logs. */
export interface LogSink {
  write(text: string): Promise<void>
  dispose(): Promise<void>
}

export interface FileSink extends LogSink {
  /** Writes that failed (disk full, folder gone): the program goes on without its log. */
  failures(): number
}

/**
 * Appends to a file; past `maxBytes` it becomes `<file>.1` (the one before that is replaced), so a log takes at most twice
 * as much.
 */
export function createFileSink(file: string, maxBytes = 16 * 1024 * 1024): FileSink {
  let handle: FileHandle | null = null
  let size = 0
  let failures = 0

  const openFile = async (): Promise<FileHandle> => {
    await mkdir(dirname(file), { recursive: true })
    const opened = await open(file, 'a')
    size = (await stat(file)).size
    return opened
  }

  return {
    async write(text) {
      try {
        handle ??= await openFile()
        const bytes = Buffer.byteLength(text)
        if (size > 0 && size + bytes > maxBytes) {
          await handle.close()
          handle = null
          await rename(file, `${file}.1`)
          handle = await openFile()
        }
        await handle.appendFile(text)
        size += bytes
      } catch {
        failures++
      }
    },
    failures: () => failures,
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
