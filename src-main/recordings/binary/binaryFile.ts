import { closeSync, openSync, readSync } from 'node:fs'
import { RecordingError } from '../recording.ts'

/** One file that is read by place. Reading is synchronous: recordings are read on a thread of their own, as HDF5 is. */
export class BinaryFile {
  readonly path: string
  readonly #descriptor: number

  constructor(path: string, descriptor: number) {
    this.path = path
    this.#descriptor = descriptor
  }

  /** Exactly `length` bytes, which belong to the caller. Throws `RecordingError` where the file ends before. */
  read(place: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length)
    this.readInto(bytes, place)
    return bytes
  }

  /** Fills `target`; throws `RecordingError` where the file ends before. */
  readInto(target: Uint8Array, place: number): void {
    const done = this.readUpTo(target, place)
    if (done < target.length)
      throw new RecordingError(
        this.path,
        `ends at byte ${place + done}, where ${target.length - done} more were expected`
      )
  }

  /** How many bytes there were to put into `target`. */
  readUpTo(target: Uint8Array, place: number): number {
    let done = 0
    while (done < target.length) {
      const count = readSync(this.#descriptor, target, done, target.length - done, place + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** The file is open while `use` runs, so an idle recording holds no descriptor. */
export function withFile<T>(path: string, use: (file: BinaryFile) => T): T {
  const file = new BinaryFile(path, openSync(path, 'r'))
  try {
    return use(file)
  } finally {
    file.close()
  }
}

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

export const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Text from a file inside a sentence of ours: short, and nothing in it that a terminal would obey. */
export const shown = (text: string): string => `"${text.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?')}"`
