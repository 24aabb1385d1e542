import type { ElementName, ReadRange, SampleArray } from '../recording.ts'
import type { Hdf5File, Hdf5Reader, NumberArray, StoredElement } from './hdf5File.ts'

/** A two-dimensional dataset of samples inside a file. */
export interface SampleDataset {
  path: string
  element: StoredElement
  shape: { time: number; channel: number }
  order: 'time-channel' | 'channel-time'
  chunks: number[] | null
  isMostlyUnwritten?: boolean
}

/** What to say of samples that the file cannot hold all of. */
export const unwrittenWarnings = ({
  isMostlyUnwritten,
  path
}: Pick<SampleDataset, 'isMostlyUnwritten' | 'path'>): string[] =>
  isMostlyUnwritten ? [`The file is too small for all of ${path.slice(1)}: what was never written reads as zeros.`] : []

/** Elements that the interface of recordings has no name for are handed out in the next wider one that holds them all. */
const widened: Record<StoredElement, ElementName> = {
  int8: 'int8',
  uint8: 'int16',
  int16: 'int16',
  uint16: 'int32',
  int32: 'int32',
  uint32: 'float64',
  int64: 'float64',
  uint64: 'float64',
  float32: 'float32',
  float64: 'float64'
}

export const elementOf = (stored: StoredElement): ElementName => widened[stored]

const arrays = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array
}

/** A fresh array of the element that stored values are handed out in. */
export const newSamples = (stored: StoredElement, length: number): SampleArray => new arrays[elementOf(stored)](length)

/** What one call copies through the memory of the library. */
export const slabBytes = 8 * 1024 * 1024
const bytesPerElement = 8

/** Reads a range of samples, time-major whatever the file's order, slab by slab. */
export function readSamples(file: Hdf5File, dataset: SampleDataset, range: ReadRange): Promise<SampleArray> {
  return file.use((reader) => readRange(reader, dataset, range))
}

function readRange(reader: Hdf5Reader, dataset: SampleDataset, { time, channel }: ReadRange): SampleArray {
  const rows = Math.ceil((time.to - time.from) / (time.stride ?? 1))
  const columns = Math.ceil((channel.to - channel.from) / (channel.stride ?? 1))
  const target = newSamples(dataset.element, rows * columns)
  const timeMajor = dataset.order === 'time-channel'
  const [slow, fast] = timeMajor ? [time, channel] : [channel, time]
  const [slowCount, fastCount] = timeMajor ? [rows, columns] : [columns, rows]
  const slowStride = slow.stride ?? 1
  const fastStride = fast.stride ?? 1
  // A channel of a long file is more than a slab.
  const width = Math.max(1, Math.min(fastCount, Math.floor(slabBytes / bytesPerElement)))
  const step = slabRows(dataset, width, slowStride)
  for (let left = 0; left < fastCount; left += width) {
    const wide = Math.min(width, fastCount - left)
    for (let done = 0; done < slowCount; done += step) {
      const count = Math.min(step, slowCount - done)
      const values = reader.slab(
        dataset.path,
        dataset.element,
        [slow.from + done * slowStride, fast.from + left * fastStride],
        [count, wide],
        [slowStride, fastStride]
      )
      if (!timeMajor) transpose(values, count, wide, target, columns, left, done)
      else if (wide === columns) copyValues(values, target, done * columns)
      else copyRows(values, count, wide, target, columns, left, done)
    }
  }
  return target
}

/** As many rows of the file as fit into a slab; whole chunks where those do, so that none is unpacked twice. */
function slabRows(dataset: SampleDataset, valuesPerRow: number, stride: number): number {
  const fitting = Math.max(1, Math.floor(slabBytes / bytesPerElement / Math.max(1, valuesPerRow)))
  const chunk = dataset.chunks?.[0] ?? 1
  return stride === 1 && chunk <= fitting ? fitting - (fitting % chunk) : fitting
}

/** Into an array of the element that they are handed out in. */
export function copyValues(values: NumberArray, target: SampleArray, offset: number): void {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array)
    for (let i = 0; i < values.length; i++) target[offset + i] = Number(values[i])
  else target.set(values, offset)
}

function copyRows(
  values: NumberArray,
  rows: number,
  wide: number,
  target: SampleArray,
  columns: number,
  left: number,
  firstRow: number
): void {
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < wide; i++) target[(firstRow + row) * columns + left + i] = Number(values[row * wide + i])
}

function transpose(
  values: NumberArray,
  channels: number,
  rows: number,
  target: SampleArray,
  columns: number,
  firstRow: number,
  firstColumn: number
): void {
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < rows; row++)
      target[(firstRow + row) * columns + firstColumn + channel] = Number(values[channel * rows + row])
}
