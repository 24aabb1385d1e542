import type * as Zarrita from 'zarrita'
import { newSamples } from '../hdf5/hdf5Array.ts'
import type { NumberArray, StoredElement } from '../hdf5/hdf5File.ts'
import type { ReadRange, SampleArray } from '../recording.ts'
import { ZarrProblem } from './zarrProblem.ts'
import { MissingChunk, type ZarrStore } from './zarrStore.ts'

export type OpenArray = Zarrita.Array<Zarrita.DataType, ZarrStore>

interface Chunk {
  data: NumberArray
  stride: number[]
}

/** Unpacked chunks that are kept: rows are asked for in smaller steps than chunks have. */
const keptBytes = 64 * 1024 * 1024

/** What of a range lies in one chunk, along one axis: indices in the chunk, and the first one's place in the result. */
interface Piece {
  chunk: number
  from: number
  count: number
  stride: number
  targetFrom: number
}

function piecesOf({ from, to, stride = 1 }: ReadRange['time'], chunkLength: number): Piece[] {
  const pieces: Piece[] = []
  const total = Math.ceil((to - from) / stride)
  for (let done = 0; done < total;) {
    const index = from + done * stride
    const chunk = Math.floor(index / chunkLength)
    const count = Math.min(total - done, Math.ceil(((chunk + 1) * chunkLength - index) / stride))
    pieces.push({ chunk, from: index - chunk * chunkLength, count, stride, targetFrom: done })
    done += count
  }
  return pieces
}

/** Reads an array chunk by chunk, each unpacked once while it is in use. Throws `ZarrProblem`. */
export class ZarrArray {
  readonly #array: OpenArray
  readonly #kept = new Map<string, Chunk>()
  #keptBytes = 0
  readonly element: StoredElement

  constructor(array: OpenArray, element: StoredElement) {
    this.#array = array
    this.element = element
  }

  /** A range of a two-dimensional array, time-major; `timeAxis` says which of its axes is time. */
  async read({ time, channel }: ReadRange, timeAxis: 0 | 1): Promise<SampleArray> {
    const channelAxis = timeAxis === 0 ? 1 : 0
    const { chunks } = this.#array
    const rowPieces = piecesOf(time, chunks[timeAxis]!)
    const columnPieces = piecesOf(channel, chunks[channelAxis]!)
    const rows = Math.ceil((time.to - time.from) / (time.stride ?? 1))
    const columns = Math.ceil((channel.to - channel.from) / (channel.stride ?? 1))
    const target = newSamples(this.element, rows * columns)
    for (const row of rowPieces)
      for (const column of columnPieces) {
        const place = timeAxis === 0 ? [row.chunk, column.chunk] : [column.chunk, row.chunk]
        const chunk = await this.#chunk(place)
        if (chunk === null) fill(target, columns, row, column, Number(this.#array.fillValue ?? 0))
        else copy(chunk, target, columns, row, column, timeAxis)
      }
    return target
  }

  /** All values of an array of one dimension. */
  async values(): Promise<BigInt64Array | Float64Array> {
    const [length] = this.#array.shape as [number]
    const [chunkLength] = this.#array.chunks as [number]
    const isLong = this.element === 'int64'
    const target = isLong ? new BigInt64Array(length) : new Float64Array(length)
    for (let from = 0; from < length; from += chunkLength) {
      const chunk = await this.#chunk([from / chunkLength])
      const count = Math.min(chunkLength, length - from)
      for (let i = 0; i < count; i++) {
        const value = chunk === null ? (this.#array.fillValue ?? 0) : chunk.data[i * chunk.stride[0]!]!
        if (target instanceof BigInt64Array) target[from + i] = BigInt(value as bigint)
        else target[from + i] = Number(value)
      }
    }
    return target
  }

  /** One value of an array of one dimension. */
  async valueAt(index: number): Promise<number | bigint> {
    const [chunkLength] = this.#array.chunks as [number]
    const chunk = await this.#chunk([Math.floor(index / chunkLength)])
    if (chunk === null) return Number(this.#array.fillValue ?? 0)
    return chunk.data[(index % chunkLength) * chunk.stride[0]!]!
  }

  forget(): void {
    this.#kept.clear()
    this.#keptBytes = 0
  }

  /** Null where it was never written. */
  async #chunk(place: number[]): Promise<Chunk | null> {
    const key = place.join('.')
    const kept = this.#kept.get(key)
    if (kept) {
      this.#kept.delete(key)
      this.#kept.set(key, kept)
      return kept
    }
    const chunk = await this.#unpack(place, key)
    if (chunk === null) return null
    this.#kept.set(key, chunk)
    this.#keptBytes += chunk.data.byteLength
    for (const [oldest, { data }] of this.#kept) {
      if (this.#keptBytes <= keptBytes || this.#kept.size === 1) break
      this.#kept.delete(oldest)
      this.#keptBytes -= data.byteLength
    }
    return chunk
  }

  async #unpack(place: number[], key: string): Promise<Chunk | null> {
    let chunk: Chunk
    try {
      chunk = (await this.#array.getChunk(place, { throwsMissing: true } as never)) as Chunk
    } catch (error) {
      if (error instanceof MissingChunk) return null
      if ((error as NodeJS.ErrnoException).code !== undefined) throw error
      throw new ZarrProblem(`chunk ${key} of ${this.#array.path.slice(1)} cannot be unpacked: ${reasonOf(error)}`)
    }
    const expected = this.#array.chunks.reduce((product, length) => product * length, 1)
    if (chunk.data.length !== expected)
      throw new ZarrProblem(
        `chunk ${key} of ${this.#array.path.slice(1)} holds ${chunk.data.length} values instead of ${expected}`
      )
    return chunk
  }
}

/** What the library says is that a codec failed; why, is in its cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return cause instanceof Error ? cause.message : message
}

function copy(
  { data, stride }: Chunk,
  target: SampleArray,
  columns: number,
  row: Piece,
  column: Piece,
  timeAxis: 0 | 1
): void {
  const rowStep = stride[timeAxis]!
  const columnStep = stride[1 - timeAxis]!
  for (let i = 0; i < row.count; i++) {
    let from = (row.from + i * row.stride) * rowStep + column.from * columnStep
    let to = (row.targetFrom + i) * columns + column.targetFrom
    for (let k = 0; k < column.count; k++, from += column.stride * columnStep, to++) target[to] = Number(data[from])
  }
}

function fill(target: SampleArray, columns: number, row: Piece, column: Piece, value: number): void {
  for (let i = 0; i < row.count; i++) {
    const to = (row.targetFrom + i) * columns + column.targetFrom
    target.fill(value, to, to + column.count)
  }
}
