import type { ReadRange, SampleArray } from '../recording.ts'
import { createSampleArray } from '../sampleArray.ts'
import { type BinaryFile, viewOf } from './binaryFile.ts'
import { decodeSamples, elementOf, storedBytes, type StoredSample } from './sampleDecoding.ts'

/** Rows that lie together in the file, time-major. */
export interface RowRun {
  firstRow: number
  rows: number
  /** Where the first of them begins. */
  place: number
}

export interface RowLayout {
  channels: number
  stored: StoredSample
  littleEndian: boolean
  /** The run that holds a row inside the shape. */
  runOf(row: number): RowRun
}

export interface TraceLayout {
  stored: StoredSample
  littleEndian: boolean
  /** Where the first sample of a channel stands. */
  placeOf(channel: number): number
}

const slabBytes = 2 * 1024 * 1024
/** Rows or samples that lie further apart are read one by one. */
const skipBytes = 32 * 1024

interface Sizes {
  rows: number
  columns: number
  timeStep: number
  channelStep: number
}

function sizesOf({ time, channel }: ReadRange): Sizes {
  const timeStep = time.stride ?? 1
  const channelStep = channel.stride ?? 1
  return {
    rows: Math.ceil((time.to - time.from) / timeStep),
    columns: Math.ceil((channel.to - channel.from) / channelStep),
    timeStep,
    channelStep
  }
}

/** Samples of a file whose channels lie side by side in each row: slabs of at most 2 MiB, of the wanted rows alone. */
export function readRows(file: BinaryFile, layout: RowLayout, range: ReadRange): SampleArray {
  const { rows, columns, timeStep, channelStep } = sizesOf(range)
  const bytes = storedBytes[layout.stored]
  const rowBytes = layout.channels * bytes
  const target = createSampleArray(elementOf[layout.stored], rows * columns)
  if (target.length === 0) return target
  const wantedBytes = ((columns - 1) * channelStep + 1) * bytes
  const stepBytes = timeStep * rowBytes
  // A row that is wanted in part is worth a read of its own where the rest of it is long.
  const atOnce = stepBytes - wantedBytes > skipBytes ? 1 : Math.max(1, Math.floor(slabBytes / stepBytes))
  const slab = new Uint8Array((atOnce - 1) * stepBytes + wantedBytes)
  const view = viewOf(slab)
  for (let row = 0; row < rows;) {
    const index = range.time.from + row * timeStep
    const run = layout.runOf(index)
    const left = Math.ceil((run.firstRow + run.rows - index) / timeStep)
    const count = Math.min(atOnce, left, rows - row)
    const place = run.place + (index - run.firstRow) * rowBytes + range.channel.from * bytes
    file.readInto(slab.subarray(0, (count - 1) * stepBytes + wantedBytes), place)
    for (let i = 0; i < count; i++)
      decodeSamples(view, layout.stored, layout.littleEndian, {
        at: i * stepBytes,
        step: channelStep * bytes,
        count: columns,
        target,
        targetAt: (row + i) * columns,
        targetStep: 1
      })
    row += count
  }
  return target
}

/** Samples of a file that holds one channel after the other. */
export function readTraces(file: BinaryFile, layout: TraceLayout, range: ReadRange): SampleArray {
  const { rows, columns, timeStep, channelStep } = sizesOf(range)
  const target = createSampleArray(elementOf[layout.stored], rows * columns)
  if (target.length === 0) return target
  const bytes = storedBytes[layout.stored]
  const stepBytes = timeStep * bytes
  const atOnce = stepBytes > skipBytes ? 1 : Math.max(1, Math.floor(slabBytes / stepBytes))
  const slab = new Uint8Array((Math.min(atOnce, rows) - 1) * stepBytes + bytes)
  const view = viewOf(slab)
  for (let column = 0; column < columns; column++) {
    const start = layout.placeOf(range.channel.from + column * channelStep) + range.time.from * bytes
    for (let row = 0; row < rows; row += atOnce) {
      const count = Math.min(atOnce, rows - row)
      file.readInto(slab.subarray(0, (count - 1) * stepBytes + bytes), start + row * stepBytes)
      decodeSamples(view, layout.stored, layout.littleEndian, {
        at: 0,
        step: stepBytes,
        count,
        target,
        targetAt: row * columns + column,
        targetStep: columns
      })
    }
  }
  return target
}
