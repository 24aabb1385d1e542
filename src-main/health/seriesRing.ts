/** The values of one reading by the number of their record: the newest `capacity` of them. */
export interface SeriesRing {
  /** Records may be left out; they have no value. */
  set(record: number, min: number, mean: number, max: number): void
  has(record: number): boolean
  /** NaN where there is none. */
  min(record: number): number
  mean(record: number): number
  max(record: number): number
  /** The newest record that has a value. */
  readonly newest: number
  readonly bytes: number
}

const chunkRecords = 125

/** A chunk in which nothing changes is one number: many readings are, and most of the memory would be theirs. */
type Chunk = { first: number; constant: number; filled: Uint8Array | null } | { first: number; values: Float32Array }

/**
 * @param width 1: one value a record; 3: least, mean and greatest of it.
 * @param capacity a multiple of 125.
 */
export function createSeriesRing(width: 1 | 3, capacity: number): SeriesRing {
  const chunks = new Map<number, Chunk>()
  const chunksMax = Math.ceil(capacity / chunkRecords) + 1
  let newest = -1
  let bytes = 0

  const bytesOf = (chunk: Chunk): number =>
    64 + ('values' in chunk ? chunk.values.byteLength : chunk.filled!.byteLength)

  const chunkOf = (record: number): Chunk | undefined => chunks.get(Math.floor(record / chunkRecords))

  function widened(chunk: Chunk): Extract<Chunk, { values: Float32Array }> {
    if ('values' in chunk) return chunk
    const values = new Float32Array(chunkRecords * width).fill(NaN)
    for (let at = 0; at < chunkRecords; at++)
      if (chunk.filled![at]) values.fill(chunk.constant, at * width, (at + 1) * width)
    const wide = { first: chunk.first, values }
    chunks.set(chunk.first, wide)
    bytes += bytesOf(wide) - bytesOf(chunk)
    return wide
  }

  function read(record: number, part: number): number {
    const chunk = chunkOf(record)
    if (!chunk) return NaN
    const at = record % chunkRecords
    if ('values' in chunk) return chunk.values[at * width + (width === 3 ? part : 0)]!
    return chunk.filled![at] ? chunk.constant : NaN
  }

  return {
    get newest() {
      return newest
    },
    get bytes() {
      return bytes
    },
    set(record, min, mean, max) {
      const number = Math.floor(record / chunkRecords)
      let chunk = chunks.get(number)
      const value = Math.fround(mean)
      const isFlat = width === 1 || (min === mean && max === mean)
      if (!chunk) {
        chunk = { first: number, constant: value, filled: new Uint8Array(chunkRecords) }
        chunks.set(number, chunk)
        bytes += bytesOf(chunk)
        if (chunks.size > chunksMax) {
          const oldest = Math.min(...chunks.keys())
          bytes -= bytesOf(chunks.get(oldest)!)
          chunks.delete(oldest)
        }
      }
      newest = Math.max(newest, record)
      const at = record % chunkRecords
      if (!('values' in chunk) && isFlat && chunk.constant === value) {
        chunk.filled![at] = 1
        return
      }
      const { values } = widened(chunk)
      if (width === 1) values[at] = value
      else values.set([min, mean, max], at * 3)
    },
    has: (record) => !Number.isNaN(read(record, 1)),
    min: (record) => read(record, 0),
    mean: (record) => read(record, 1),
    max: (record) => read(record, 2)
  }
}
