import { type FileHandle, open } from 'node:fs/promises'

/** A file that is made from its beginning to its end; what was written may be patched before it is closed. */
export class SequentialFile {
  readonly #handle: FileHandle
  #length = 0

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** Runs `fill` on a new file and closes it, synced, whatever happens. */
  static async make(path: string, fill: (file: SequentialFile) => Promise<void>): Promise<void> {
    const handle = await open(path, 'wx')
    try {
      await fill(new SequentialFile(handle))
      await handle.sync()
    } finally {
      await handle.close()
    }
  }

  get length(): number {
    return this.#length
  }

  async append(bytes: Uint8Array): Promise<void> {
    await this.patch(bytes, this.#length)
    this.#length += bytes.byteLength
  }

  /** Writes what there is room for until nothing is left; a full disk throws. */
  async patch(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.byteLength;) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.byteLength - done, position + done)
      if (bytesWritten === 0) throw Object.assign(new Error('nothing could be written'), { code: 'ENOSPC' })
      done += bytesWritten
    }
  }

  appendText(text: string): Promise<void> {
    return this.append(new TextEncoder().encode(text))
  }
}

/** The bytes of an array, not copied. */
export const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
