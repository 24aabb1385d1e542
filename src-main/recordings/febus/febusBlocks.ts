import { copyValues, newSamples, slabBytes } from '../hdf5/hdf5Array.ts'
import type { Hdf5File, Hdf5Reader, StoredElement } from '../hdf5/hdf5File.ts'
import type { ReadRange, SampleArray } from '../recording.ts'

/** Blocks × rows × channels; of every block the same rows count, one block after the other. */
export interface SampleBlocks {
  path: string
  element: StoredElement
  blocks: number
  /** Rows at the start of a block that repeat the one before. */
  skippedRows: number
  keptRows: number
  channels: number
}

/** Reads a range of the rows that count, time-major; rows that overlap are never read. */
export const readBlocks = (file: Hdf5File, blocks: SampleBlocks, range: ReadRange): Promise<SampleArray> =>
  file.use((reader) => readRange(reader, blocks, range))

function readRange(reader: Hdf5Reader, blocks: SampleBlocks, { time, channel }: ReadRange): SampleArray {
  const { path, element, skippedRows, keptRows } = blocks
  const stride = time.stride ?? 1
  const channelStride = channel.stride ?? 1
  const rows = Math.ceil((time.to - time.from) / stride)
  const columns = Math.ceil((channel.to - channel.from) / channelStride)
  const target = newSamples(element, rows * columns)
  const rowsAtOnce = Math.max(1, Math.floor(slabBytes / 8 / Math.max(1, columns)))
  for (let done = 0; done < rows && columns > 0;) {
    const row = time.from + done * stride
    const block = Math.floor(row / keptRows)
    const within = row % keptRows
    const whole = stride === 1 && within === 0 ? Math.floor(Math.min(rows - done, rowsAtOnce) / keptRows) : 0
    const [blockCount, count] =
      whole > 0 ? [whole, keptRows] : [1, Math.min(rows - done, rowsAtOnce, Math.ceil((keptRows - within) / stride))]
    const values = reader.slab(
      path,
      element,
      [block, skippedRows + within, channel.from],
      [blockCount, count, columns],
      [1, stride, channelStride]
    )
    copyValues(values, target, done * columns)
    done += blockCount * count
  }
  return target
}
