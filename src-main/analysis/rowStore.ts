/** Memory of rows is taken in pieces of about so much, as rows come. */
const chunkBytes = 1024 * 1024
/** Index and stamp of a row. */
const rowOverheadBytes = 16

/**
 * The newest rows in the order of their indices, which only rise: memory is taken as they come, and given back when the bound
 * is lowered. Positions count rows ever added. Nobody's thread but the owner's.
 */
export interface RowStore {
  /** Rows [start, end) are held. */
  readonly start: number
  readonly end: number
  readonly capacityRows: number
  /** What is taken now, and what it can become, bytes. */
  readonly bytes: number
  readonly bytesMost: number
  /** Copies rows with the indices firstIndex, firstIndex + 1, … */
  add(firstIndex: number, rowCount: number, stamp: number, values: Float32Array, offset?: number): void
  indexAt(position: number): number
  stampAt(position: number): number
  /** Rows from `position` on, at most `most`, that lie together in memory and have consecutive indices. */
  runLength(position: number, most: number): number
  /** A view, valid until more rows come. */
  valuesAt(position: number, rowCount: number): Float32Array
  /** First position whose row has at least this index; `end` where none has. */
  positionFrom(index: number): number
  /** The oldest go where there are more. */
  resize(capacityRows: number): void
}

interface Chunk {
  values: Float32Array
  indices: Float64Array
  stamps: Float64Array
}

export const rowBytes = (valuesPerRow: number): number => valuesPerRow * 4 + rowOverheadBytes

export function createRowStore(valuesPerRow: number, initialCapacityRows: number): RowStore {
  const chunkRows = Math.max(
    1,
    Math.min(Math.floor(chunkBytes / rowBytes(valuesPerRow)), Math.ceil(initialCapacityRows / 8))
  )
  const chunkSize = chunkRows * rowBytes(valuesPerRow)
  const chunks = new Map<number, Chunk>()
  let spare: Chunk | null = null
  let capacityRows = initialCapacityRows
  let end = 0
  let oldestChunk = 0
  /** Where a lowered bound has moved the start to; it never goes back. */
  let floor = 0

  const start = (): number => Math.max(floor, end - capacityRows)
  const chunkAt = (position: number): Chunk => chunks.get(Math.floor(position / chunkRows))!
  const indexAt = (position: number): number => chunkAt(position).indices[position % chunkRows]!

  function dropOld(): void {
    for (const last = Math.floor(start() / chunkRows); oldestChunk < last; oldestChunk++) {
      spare = chunks.get(oldestChunk) ?? spare
      chunks.delete(oldestChunk)
    }
  }

  function chunkFor(position: number): Chunk {
    const number = Math.floor(position / chunkRows)
    let chunk = chunks.get(number)
    if (!chunk) {
      chunk = spare ?? {
        values: new Float32Array(chunkRows * valuesPerRow),
        indices: new Float64Array(chunkRows),
        stamps: new Float64Array(chunkRows)
      }
      spare = null
      chunks.set(number, chunk)
    }
    return chunk
  }

  return {
    get start() {
      return start()
    },
    get end() {
      return end
    },
    get capacityRows() {
      return capacityRows
    },
    get bytes() {
      return (chunks.size + (spare ? 1 : 0)) * chunkSize
    },
    get bytesMost() {
      return (Math.ceil(capacityRows / chunkRows) + 1) * chunkSize
    },
    add(firstIndex, rowCount, stamp, values, offset = 0) {
      for (let done = 0; done < rowCount;) {
        const chunk = chunkFor(end)
        const at = end % chunkRows
        const count = Math.min(rowCount - done, chunkRows - at)
        const from = offset + done * valuesPerRow
        chunk.values.set(values.subarray(from, from + count * valuesPerRow), at * valuesPerRow)
        for (let row = 0; row < count; row++) chunk.indices[at + row] = firstIndex + done + row
        chunk.stamps.fill(stamp, at, at + count)
        done += count
        end += count
        dropOld()
      }
    },
    indexAt,
    stampAt: (position) => chunkAt(position).stamps[position % chunkRows]!,
    runLength(position, most) {
      const { indices } = chunkAt(position)
      const at = position % chunkRows
      const longest = Math.min(most, end - position, chunkRows - at)
      // Indices rise: the last one says whether any between is missing.
      if (indices[at + longest - 1] === indices[at]! + longest - 1) return longest
      let length = 1
      while (indices[at + length] === indices[at]! + length) length++
      return length
    },
    valuesAt(position, rowCount) {
      const at = (position % chunkRows) * valuesPerRow
      return chunkAt(position).values.subarray(at, at + rowCount * valuesPerRow)
    },
    positionFrom(index) {
      let low = start()
      let high = end
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        if (indexAt(middle) < index) low = middle + 1
        else high = middle
      }
      return low
    },
    resize(rows) {
      floor = start()
      capacityRows = Math.max(1, rows)
      dropOld()
      if (start() > floor) spare = null
    }
  }
}
