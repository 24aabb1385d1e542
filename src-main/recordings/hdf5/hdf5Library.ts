// The declaration is not found by the test project otherwise.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./hdf5Util.d.ts" />
import { closeSync } from 'node:fs'
import type { Module } from 'h5wasm'

export type Hdf5Module = typeof Module

/** Something expected is wrong with a file: it is damaged, cut off, or not what it claims. The library itself is well. */
export class Hdf5Problem extends Error {
  override readonly name = 'Hdf5Problem'
}

/** The library itself has failed: a trap, an abort, memory exhausted. Nothing it holds can be trusted any more. */
export class Hdf5Fault extends Error {
  override readonly name = 'Hdf5Fault'
}

/** One open HDF5 file, valid until the action that got it returns. */
export interface OpenFile {
  module: Hdf5Module
  fileId: bigint
  /** Innermost reason of what the library complained about last, or null; asking forgets it. */
  takeComplaint(): string | null
}

interface Stream {
  fd: number
  nfd: number
}

interface FileSystem {
  streams: (Stream | null)[]
  write(stream: Stream, buffer: Uint8Array, offset: number, length: number, position?: number): number
}

export interface Hdf5Instance {
  module: Hdf5Module
  /** Least recently used first. */
  files: Map<object, { path: string; fileId: bigint }>
  takeComplaint(): string | null
}

/** Files that stay open between reads. More recordings than that may be in use: they are opened again when read. */
const openFileLimit = 32
/** What files are read with. A damaged length must not be believed up to the two gigabytes that WebAssembly could have. */
const usualHeapBytes = 128 * 1024 * 1024
const largestHeapBytes = 2 * 1024 * 1024 * 1024
const complaintLimit = 20_000

/**
 * HDF5 in WebAssembly, reading from the disk itself: a file is never loaded as a whole. All files share one instance. A
 * fault in it (a trap, an abort, memory exhausted) costs that instance, not the process: its descriptors are closed, and
 * the next read of any file opens it in a fresh one.
 */
export class Hdf5Library {
  #instance: Promise<Hdf5Instance> | null = null
  #heapLimitBytes = usualHeapBytes

  /** What the heap may grow to; the thread's entry enforces it. */
  get heapLimitBytes(): number {
    return this.#heapLimitBytes
  }

  /** A sound file may need more: a chunk is unpacked as a whole, beside its packed bytes. */
  allowChunk(bytes: number): void {
    this.#heapLimitBytes = Math.min(largestHeapBytes, Math.max(this.#heapLimitBytes, usualHeapBytes + 3 * bytes))
  }

  /** Runs `action`, which must be synchronous, on the file; `key` stands for the reader's own opening of it. */
  async use<T>(key: object, path: string, action: (file: OpenFile) => T): Promise<T> {
    this.#instance ??= createHdf5Instance()
    const pending = this.#instance
    let instance: Hdf5Instance
    try {
      instance = await pending
    } catch (error) {
      this.#forget(pending)
      throw error
    }
    if (this.#instance !== pending) return this.use(key, path, action)
    try {
      const result = action(this.#open(instance, key, path))
      if (instance.module.HEAPU8.length > this.#heapLimitBytes) this.#retire(pending, instance)
      return result
    } catch (error) {
      const isBlownUp = instance.module.HEAPU8.length > this.#heapLimitBytes
      if (error instanceof Hdf5Fault || isBlownUp) this.#retire(pending, instance)
      throw error instanceof Hdf5Fault ? new Hdf5Problem(`the HDF5 library gave up on it (${error.message})`) : error
    }
  }

  /** Closes the file of that key, if it is open. */
  async release(key: object): Promise<void> {
    const pending = this.#instance
    const instance = await pending?.catch(() => null)
    const open = instance?.files.get(key)
    if (!instance || !open) return
    instance.files.delete(key)
    closeFile(instance, open.fileId)
    // The heap of WebAssembly never shrinks: one that a large chunk has filled goes with the last file.
    const isLarge = instance.module.HEAPU8.length > usualHeapBytes
    if (pending && instance.files.size === 0 && isLarge) {
      this.#retire(pending, instance)
      this.#heapLimitBytes = usualHeapBytes
    }
  }

  #open(instance: Hdf5Instance, key: object, path: string): OpenFile {
    const { module, files, takeComplaint } = instance
    let fileId = files.get(key)?.fileId
    files.delete(key)
    if (fileId === undefined) {
      // HDF5 would join an opening of the same file that is still there, with what it remembers of an earlier content.
      this.#closeOthers(instance, path)
      takeComplaint()
      fileId = callLibrary(() => module.open(path, module.H5F_ACC_RDONLY, false, -1, -1))
      if (fileId < 0n) throw new Hdf5Problem(takeComplaint() ?? 'it cannot be opened as HDF5')
    }
    files.set(key, { path, fileId })
    for (const [oldest, open] of files) {
      if (files.size <= openFileLimit) break
      files.delete(oldest)
      closeFile(instance, open.fileId)
    }
    return { module, fileId, takeComplaint }
  }

  #closeOthers(instance: Hdf5Instance, path: string): void {
    for (const [key, open] of instance.files) {
      if (open.path !== path) continue
      instance.files.delete(key)
      closeFile(instance, open.fileId)
    }
  }

  #retire(pending: Promise<Hdf5Instance>, instance: Hdf5Instance): void {
    this.#forget(pending)
    instance.files.clear()
    for (const stream of (instance.module.FS as unknown as FileSystem).streams) {
      if (!stream || stream.nfd <= 2) continue
      try {
        closeSync(stream.nfd)
      } catch {
        // It was closed before the fault.
      }
    }
  }

  #forget(pending: Promise<Hdf5Instance>): void {
    if (this.#instance === pending) this.#instance = null
  }
}

/** What the bindings throw when an object is not there or cannot be opened; the library is well after it. */
const bindingsRefusal = /^error - /

/**
 * Runs one call of the library and sorts what it throws: `Hdf5Problem` where it refused an object, else `Hdf5Fault`. Our
 * own mistakes happen outside such calls and stay what they are.
 */
export function callLibrary<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    const message = firstLine(error)
    throw bindingsRefusal.test(message) ? new Hdf5Problem(message) : new Hdf5Fault(message)
  }
}

function closeFile(instance: Hdf5Instance, fileId: bigint): void {
  try {
    instance.module.close_file(fileId)
  } catch {
    // A damaged file may fail here too; its descriptor goes with the instance.
  }
}

/** A fresh library with a heap of its own, for whoever writes a file. What HDF5 complains about is kept, not printed. */
export async function createHdf5Instance(): Promise<Hdf5Instance> {
  const { default: createModule } = await import('../../../node_modules/h5wasm/dist/node/hdf5_util.js')
  let complaint = ''
  const note = (text: string): void => {
    if (complaint.length < complaintLimit) complaint += text
  }
  const module = await createModule({ noInitialRun: true, print: note, printErr: (text) => note(`${text}\n`) })
  // HDF5 prints its error stack to the process's standard error; it is our reason for a refusal instead.
  const fileSystem = module.FS as unknown as FileSystem
  const write = fileSystem.write
  fileSystem.write = (stream, buffer, offset, length, position) => {
    if (stream.fd !== 1 && stream.fd !== 2) return write(stream, buffer, offset, length, position)
    note(new TextDecoder().decode(buffer.slice(offset, offset + length)))
    return length
  }
  const takeComplaint = (): string | null => {
    const reason = innermostReason(complaint)
    complaint = ''
    return reason
  }
  return { module, files: new Map(), takeComplaint }
}

/** What the library says of chunks that it has no decoder for, before it complains of the places where it looked for one. */
const missingFilter = /required filter '([^';]+)[^']*' is not registered/

/** `#004: …/H5Fsuper.c line 400 in H5F__super_read(): truncated file: eof = …` → what follows `(): `, of the last such line. */
function innermostReason(stack: string): string | null {
  const filter = missingFilter.exec(stack)?.[1]
  if (filter !== undefined)
    return `it is compressed with "${filter.trim()}", which is not built in; h5repack writes it anew with gzip or without compression`
  const reasons = [...stack.matchAll(/^\s*#\d+: .*?\(\): (.+)$/gm)]
  return reasons.at(-1)?.[1]?.trim() ?? null
}

const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''

/**
 * The library of this process, as an import of the package would be: there is one, it holds no recording, and it costs
 * nothing until the first HDF5 file is opened.
 */
export const hdf5Library = new Hdf5Library()
