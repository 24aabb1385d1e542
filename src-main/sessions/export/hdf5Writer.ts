import { callLibrary, createHdf5Instance, type Hdf5Instance } from '../../recordings/hdf5/hdf5Library.ts'
import type { ElementName, SampleArray } from '../../recordings/recording.ts'
import { ExportError } from './exportFormat.ts'
import { bytesOf } from './sequentialFile.ts'

/**
 * Numbers are float64, integers int64 (`bigint`) or int32 (`{ int32 }`), strings of fixed length (one reader of the field takes no others), lists
 * arrays of them.
 */
export type AttributeValue = string | string[] | number | bigint | { int32: number } | { ascii: string }

interface Stored {
  type: number
  size: number
  signed: boolean
  vlen: boolean
  littleEndian: boolean
  cset?: number
}

const integer = (size: number): Stored => ({ type: 0, size, signed: true, vlen: false, littleEndian: true })
const float = (size: number): Stored => ({ type: 1, size, signed: false, vlen: false, littleEndian: true })

const stored: Record<ElementName | 'int64', Stored> = {
  int8: integer(1),
  int16: integer(2),
  int32: integer(4),
  int64: integer(8),
  float32: float(4),
  float64: float(8)
}

/** A chunk is packed in HDF5's own cache of 1 MiB; longer ones would be written row by row. */
const chunkBytes = 1024 * 1024
const chunkColumnsMost = 512

/** Rows and columns of a chunk of at most 1 MiB. */
export function chunkShape(rows: number, columns: number, elementBytes: number): [number, number] {
  const chunkColumns = Math.min(columns, chunkColumnsMost)
  const chunkRows = Math.max(1, Math.floor(chunkBytes / (chunkColumns * elementBytes)))
  return [Math.max(1, Math.min(rows, chunkRows)), Math.max(1, chunkColumns)]
}

/** Strings of fixed length, each with room for the zero that ends it. */
function packStrings(texts: string[]): { bytes: Uint8Array; size: number } {
  const encoded = texts.map((text) => new TextEncoder().encode(text))
  const size = Math.max(...encoded.map((text) => text.length)) + 1
  const bytes = new Uint8Array(size * texts.length)
  encoded.forEach((text, index) => bytes.set(text, index * size))
  return { bytes, size }
}

/**
 * A new HDF5 file, written in slices to the disk by a library of its own: what is written never passes through the heap as a
 * whole, and the readers' library is not touched. Synchronous: belongs on a worker thread for long work.
 */
export class Hdf5Writer {
  readonly #instance: Hdf5Instance
  readonly #fileId: bigint
  readonly #path: string
  /** The name of what the system refused a write with; HDF5 itself only says that one failed. */
  readonly #writeError: { code: string | null }

  private constructor(instance: Hdf5Instance, fileId: bigint, path: string, writeError: { code: string | null }) {
    this.#instance = instance
    this.#fileId = fileId
    this.#path = path
    this.#writeError = writeError
  }

  /** Runs `fill` on a new file and closes it, whatever happens. */
  static async make(path: string, fill: (file: Hdf5Writer) => Promise<void>): Promise<void> {
    const instance = await createHdf5Instance()
    const { module } = instance
    const writeError = noteWriteErrors(instance)
    const fileId = callLibrary(() => module.open(path, module.H5F_ACC_EXCL, false, -1, -1))
    const writer = new Hdf5Writer(instance, fileId, path, writeError)
    if (fileId < 0n) throw writer.#failure()
    let isFilled = false
    try {
      await fill(writer)
      isFilled = true
    } finally {
      const status = callLibrary(() => module.close_file(fileId))
      // eslint-disable-next-line no-unsafe-finally -- only where nothing else is thrown
      if (isFilled && (status < 0 || writeError.code !== null)) throw writer.#failure()
    }
  }

  group(path: string, attributes: Record<string, AttributeValue>): void {
    this.#call((module) => module.create_group(this.#fileId, path, false))
    this.attributes(path, attributes)
  }

  attributes(path: string, attributes: Record<string, AttributeValue>): void {
    for (const [name, value] of Object.entries(attributes)) this.#attribute(path, name, value)
  }

  /** Two-dimensional, in chunks, rows to be written by `writeRows` in ascending order. */
  samples(path: string, rows: number, columns: number, element: ElementName): void {
    const chunks = chunkShape(rows, columns, stored[element].size)
    this.#create(path, stored[element], [0, columns], [rows, columns], chunks)
    this.#resize(path, [rows, columns])
  }

  writeRows(path: string, firstRow: number, rows: number, columns: number, values: SampleArray): void {
    this.#write(path, [firstRow, 0], [rows, columns], bytesOf(values))
  }

  /** One-dimensional; `values` gives the part from one index to another. */
  column(
    path: string,
    element: 'int64' | 'float64',
    length: number,
    values: (from: number, to: number) => BigInt64Array | Float64Array
  ): void {
    const step = 65_536
    this.#create(path, stored[element], [0], [length], [Math.max(1, Math.min(length, step))])
    this.#resize(path, [length])
    for (let from = 0; from < length; from += step) {
      const to = Math.min(length, from + step)
      this.#write(path, [from], [to - from], bytesOf(values(from, to)))
    }
  }

  #create(path: string, type: Stored, shape: number[], most: number[], chunks: number[]): void {
    const [shapes, limits, parts] = [shape, most, chunks].map((list) => list.map(BigInt)) as bigint[][]
    const metadata = {
      ...type,
      shape: shapes!,
      maxshape: limits!,
      chunks: parts!,
      compression: 0,
      compression_opts: [],
      track_order: false,
      total_size: 0
    }
    this.#call((module) => module.create_dataset(this.#fileId, path, 0n, metadata))
  }

  #resize(path: string, shape: number[]): void {
    this.#call((module) => module.resize_dataset(this.#fileId, path, shape.map(BigInt)))
  }

  #write(path: string, offset: number[], count: number[], bytes: Uint8Array): void {
    const strides = offset.map(() => 1n)
    this.#withBytes(bytes, (address) =>
      this.#call((module) =>
        module.set_dataset_data(this.#fileId, path, count.map(BigInt), offset.map(BigInt), strides, BigInt(address))
      )
    )
  }

  #attribute(path: string, name: string, value: AttributeValue): void {
    const { type, bytes, shape } = attributeBytes(value)
    const metadata = { ...type, shape, maxshape: shape, chunks: null, total_size: 0 }
    this.#withBytes(bytes, (address) =>
      this.#call((module) => module.create_attribute(this.#fileId, path, name, BigInt(address), metadata))
    )
  }

  #withBytes(bytes: Uint8Array, use: (address: number) => void): void {
    const { module } = this.#instance
    const address = callLibrary(() => module._malloc(bytes.byteLength))
    if (address === 0) throw new ExportError(`${this.#path}: there is no memory for ${bytes.byteLength} bytes.`)
    try {
      module.HEAPU8.set(bytes, address)
      use(address)
    } finally {
      module._free(address)
    }
  }

  /** Chunks that are written when a dataset is closed may fail without a status: whatever was complained about counts. */
  #call(call: (module: Hdf5Instance['module']) => number): void {
    const status = callLibrary(() => call(this.#instance.module))
    if (status < 0 || this.#writeError.code !== null) throw this.#failure()
  }

  #failure(): Error {
    const reason = this.#instance.takeComplaint() ?? 'the HDF5 library refused it'
    const { code } = this.#writeError
    const error = new ExportError(`${this.#path}: cannot be written: ${reason}.`, { mayPass: true })
    return code === null ? error : Object.assign(error, { code })
  }
}

interface RawFileSystem {
  write(...parameters: unknown[]): number
}

/** Numbers of WASI, by which Emscripten tells what the system said. */
const systemCodes: Record<number, string> = {
  2: 'EACCES',
  19: 'EDQUOT',
  22: 'EFBIG',
  29: 'EIO',
  51: 'ENOSPC',
  63: 'EPERM'
}

/** Remembers the first write that the system refused. */
function noteWriteErrors({ module }: Hdf5Instance): { code: string | null } {
  const noted: { code: string | null } = { code: null }
  const fileSystem = module.FS as unknown as RawFileSystem
  const write = fileSystem.write
  fileSystem.write = (...parameters) => {
    try {
      return write(...parameters)
    } catch (error) {
      const { code, errno } = error as { code?: string; errno?: number }
      noted.code ??= code ?? systemCodes[errno ?? 0] ?? 'EIO'
      throw error
    }
  }
  return noted
}

function attributeBytes(value: AttributeValue): { type: Stored; bytes: Uint8Array; shape: bigint[] } {
  if (typeof value === 'number') return { type: float(8), bytes: bytesOf(Float64Array.of(value)), shape: [] }
  if (typeof value === 'bigint') return { type: integer(8), bytes: bytesOf(BigInt64Array.of(value)), shape: [] }
  if (typeof value === 'object' && 'int32' in value)
    return { type: integer(4), bytes: bytesOf(Int32Array.of(value.int32)), shape: [] }
  const string = (size: number, cset: 0 | 1): Stored => ({
    type: 3,
    size,
    signed: false,
    vlen: false,
    littleEndian: true,
    cset
  })
  if (typeof value === 'object') {
    const isList = Array.isArray(value)
    const { bytes, size } = packStrings(isList ? value : [value.ascii])
    return { type: string(size, 0), bytes, shape: isList ? [BigInt(value.length)] : [] }
  }
  // UTF-8 of its own length, as PyTables writes it: DASCore takes ASCII strings for bytes.
  const bytes = new TextEncoder().encode(value === '' ? ' ' : value)
  return { type: string(bytes.length, 1), bytes, shape: [] }
}
