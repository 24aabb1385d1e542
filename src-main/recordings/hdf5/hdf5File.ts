import type { ElementName } from '../recording.ts'
import { callLibrary, Hdf5Fault, type Hdf5Module, Hdf5Problem, hdf5Library, type OpenFile } from './hdf5Library.ts'
import { type Attributes, type Hdf5Value, plainValue } from './hdf5Values.ts'

export type NumberArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array

export type StoredElement = ElementName | 'uint8' | 'uint16' | 'uint32' | 'int64' | 'uint64'

export interface DatasetShape {
  shape: number[]
  /** Null: not numbers of a width that is read here. */
  element: StoredElement | null
  chunks: number[] | null
  /** It claims more than this file can hold: what was never written reads as its fill value. */
  isMostlyUnwritten: boolean
}

const elements = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array
}

/** More is data, not a description of it; a damaged length would otherwise be believed. */
const attributeLimitBytes = 1024 * 1024
const datasetLimitBytes = 64 * 1024 * 1024
/** What deflate can at most make of a byte: what a file of this size cannot hold is a damaged length. */
const largestExpansion = 1032
/** Parts that were never written take no room in the file: so much of them is believed, in memory and on disk. */
const believedBytes = 16 * 1024 * 1024
const believedUnwrittenBytes = 1024 ** 4

/** Synchronous access to one open file; paths are absolute. What is not there is null or empty, what is broken throws. */
export class Hdf5Reader {
  readonly #file: OpenFile
  readonly #sizeBytes: number

  constructor(file: OpenFile, sizeBytes: number) {
    this.#file = file
    this.#sizeBytes = sizeBytes
  }

  kindOf(path: string): 'group' | 'dataset' | null {
    const type = this.#call(path, (module, fileId) => module.get_type(fileId, path))
    const { H5G_GROUP, H5G_DATASET } = this.#file.module
    return type === H5G_GROUP ? 'group' : type === H5G_DATASET ? 'dataset' : null
  }

  isGroup(path: string): boolean {
    return this.kindOf(path) === 'group'
  }

  isDataset(path: string): boolean {
    return this.kindOf(path) === 'dataset'
  }

  /** Names in a group; empty where there is none. */
  names(path: string): string[] {
    return this.isGroup(path) ? this.#call(path, (module, fileId) => module.get_names(fileId, path, false)) : []
  }

  attributes(path: string): Attributes {
    if (path !== '/' && this.kindOf(path) === null) return {}
    const found: Attributes = {}
    const names = this.#call(path, (module, fileId) => module.get_attribute_names(fileId, path))
    for (const name of names) found[name] = this.#attribute(path, name)
    return found
  }

  /** Null where there is no dataset. */
  dataset(path: string): DatasetShape | null {
    if (!this.isDataset(path)) return null
    const metadata = this.#call(path, (module, fileId) => module.get_dataset_metadata(fileId, path))
    const { shape, type, size, signed, chunks } = metadata
    if (!shape) return { shape: [], element: null, chunks: null, isMostlyUnwritten: false }
    if (shape.some((length) => !Number.isSafeInteger(length)))
      throw new Hdf5Problem(`${path} claims the shape ${shape.join(' × ')}`)
    const isVirtual = Boolean(metadata.virtual_sources)
    const bytes = isVirtual ? 0 : this.#checkSize(path, 'values', size, shape, believedUnwrittenBytes)
    if (!isVirtual) hdf5Library.allowChunk(this.#checkSize(path, 'chunks', size, chunks ?? [], believedBytes))
    const isMostlyUnwritten = bytes > Math.max(believedBytes, this.#sizeBytes * largestExpansion)
    return { shape, element: elementName(type, size, signed), chunks, isMostlyUnwritten }
  }

  #checkSize(path: string, what: string, elementBytes: number, lengths: number[], believed: number): number {
    const bytes = lengths.reduce((product, length) => product * length, elementBytes)
    if (bytes > Math.max(believed, this.#sizeBytes * largestExpansion))
      throw new Hdf5Problem(`${path} claims ${bytes} bytes of ${what} in a file of ${this.#sizeBytes}`)
    return bytes
  }

  /** All of a small dataset; null where there is none, or it holds what is not read here. */
  value(path: string): Hdf5Value {
    const dataset = this.dataset(path)
    if (!dataset) return null
    const metadata = this.#call(path, (module, fileId) => module.get_dataset_metadata(fileId, path))
    const { shape, type, size, total_size: count, vlen, cset } = metadata
    if (!shape || size * count > datasetLimitBytes || size * count <= 0) return null
    return this.#read(size * count, (address) => {
      const status = this.#call(path, (module, fileId) =>
        module.get_dataset_data(fileId, path, null, null, null, BigInt(address))
      )
      if (status < 0) throw this.#problem(path)
      try {
        return this.#decode(address, { type, size, count, vlen, cset: cset ?? 0 }, dataset.element)
      } finally {
        if (vlen) this.#call(path, (module, fileId) => module.reclaim_vlen_memory(fileId, path, '', BigInt(address)))
      }
    })
  }

  /** Names of the coordinates attached to each dimension (netCDF's dimension scales), as absolute paths; empty where none is. */
  scales(path: string, dimensions: number): string[][] {
    return Array.from({ length: dimensions }, (_, i) =>
      this.#call(path, (module, fileId) => module.get_attached_scales(fileId, path, i))
    )
  }

  /** A hyperslab in the file's own order, as numbers of the machine's byte order in an array of the caller's. */
  slab(path: string, element: StoredElement, from: number[], count: number[], stride: number[]): NumberArray {
    const values = count.reduce((product, length) => product * length, 1)
    const Elements = elements[element]
    const bytes = values * Elements.BYTES_PER_ELEMENT
    if (bytes === 0) return new Elements(0)
    return this.#read(bytes, (address) => {
      const [counts, offsets, strides] = [count, from, stride].map((list) => list.map(BigInt)) as bigint[][]
      const status = this.#call(path, (module, fileId) =>
        module.get_dataset_data(fileId, path, counts!, offsets!, strides!, BigInt(address))
      )
      if (status < 0) throw this.#problem(path)
      return new Elements(this.#file.module.HEAPU8.slice(address, address + bytes).buffer as ArrayBuffer)
    })
  }

  #attribute(path: string, name: string): Hdf5Value {
    const metadata = this.#call(path, (module, fileId) => module.get_attribute_metadata(fileId, path, name))
    const { shape, type, size, signed, total_size: count, vlen, cset } = metadata
    const bytes = size * count
    if (!shape || !(bytes > 0) || bytes > attributeLimitBytes) return null
    return this.#read(bytes, (address) => {
      const status = this.#call(path, (module, fileId) =>
        module.get_attribute_data(fileId, path, name, BigInt(address))
      )
      if (status < 0) return null
      try {
        return this.#decode(address, { type, size, count, vlen, cset: cset ?? 0 }, elementName(type, size, signed))
      } finally {
        if (vlen) this.#call(path, (module, fileId) => module.reclaim_vlen_memory(fileId, path, name, BigInt(address)))
      }
    })
  }

  #call<T>(path: string, call: (module: Hdf5Module, fileId: bigint) => T): T {
    const { module, fileId } = this.#file
    try {
      return callLibrary(() => call(module, fileId))
    } catch (error) {
      throw error instanceof Hdf5Problem ? this.#problem(path) : error
    }
  }

  /** Memory of the library for the time of `use`. After a fault it is not given back: nothing may be called then. */
  #read<T>(bytes: number, use: (address: number) => T): T {
    const { module } = this.#file
    const address = callLibrary(() => module._malloc(bytes))
    if (address === 0) throw new Hdf5Problem(`${bytes} bytes of memory could not be had`)
    let isFault = false
    try {
      return use(address)
    } catch (error) {
      isFault = error instanceof Hdf5Fault
      throw error
    } finally {
      if (!isFault) callLibrary(() => module._free(address))
    }
  }

  #decode(
    address: number,
    stored: { type: number; size: number; count: number; vlen: boolean; cset: number },
    element: StoredElement | null
  ): Hdf5Value {
    const { module } = this.#file
    const { type, size, count, vlen, cset } = stored
    const bytes = module.HEAPU8.slice(address, address + size * count)
    if (element) return plainValue(new elements[element](bytes.buffer as ArrayBuffer))
    // Booleans: an enumeration by its numbers (h5py), or a field of bits (PyTables).
    const { H5T_ENUM, H5T_BITFIELD } = module.H5T_class_t
    if ((type === H5T_ENUM.value || type === H5T_BITFIELD.value) && size === 1)
      return plainValue(new Int8Array(bytes.buffer as ArrayBuffer))
    if (type !== module.H5T_class_t.H5T_STRING.value) return null
    if (vlen) {
      const read = cset === 1 ? module.UTF8ToString : module.AsciiToString
      const pointers = [...new Uint32Array(bytes.buffer as ArrayBuffer)]
      return plainValue(callLibrary(() => pointers.map((pointer) => (pointer === 0 ? '' : read(pointer)))))
    }
    const decoder = new TextDecoder()
    return plainValue(
      Array.from({ length: count }, (_, index) => decoder.decode(bytes.subarray(index * size, (index + 1) * size)))
    )
  }

  #problem(path: string): Hdf5Problem {
    const reason = this.#file.takeComplaint()
    return new Hdf5Problem(`${path} cannot be read${reason ? `: ${reason}` : ''}`)
  }
}

function elementName(type: number, size: number, signed: boolean): StoredElement | null {
  if (type === 1) return size === 4 ? 'float32' : size === 8 ? 'float64' : null
  if (type !== 0 || ![1, 2, 4, 8].includes(size)) return null
  return `${signed ? 'int' : 'uint'}${(size * 8) as 8 | 16 | 32 | 64}` as StoredElement
}

/** A file on disk that is opened when it is read, and again when it was closed in between. */
export interface Hdf5File {
  /** The action is synchronous, and its reader is not to be kept. Throws `Hdf5Problem`. */
  use<T>(action: (reader: Hdf5Reader) => T): Promise<T>
  close(): Promise<void>
}

export function openHdf5File(path: string, sizeBytes: number): Hdf5File {
  const key = {}
  return {
    use: (action) => hdf5Library.use(key, path, (file) => action(new Hdf5Reader(file, sizeBytes))),
    close: () => hdf5Library.release(key)
  }
}
