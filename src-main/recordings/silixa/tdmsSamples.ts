import { open, type FileHandle } from 'node:fs/promises'
import type { ElementName, ReadRange, SampleArray } from '../recording.ts'
import { readBytes, tdmsElementBytes, type TdmsLayout, type TdmsRun } from './tdmsSegments.ts'

export const tdmsElements: Record<number, ElementName> = {
  0x01: 'int8',
  0x02: 'int16',
  0x03: 'int32',
  0x09: 'float32',
  0x0a: 'float64',
  0x19: 'float32',
  0x1a: 'float64'
}

const arrays = { int8: Int8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array, float64: Float64Array }
const slabBytes = 4 * 1024 * 1024

type GetValue = (view: DataView, at: number, littleEndian: boolean) => number

const getters: Record<ElementName, GetValue> = {
  int8: (view, at) => view.getInt8(at),
  int16: (view, at, le) => view.getInt16(at, le),
  int32: (view, at, le) => view.getInt32(at, le),
  float32: (view, at, le) => view.getFloat32(at, le),
  float64: (view, at, le) => view.getFloat64(at, le)
}

/** Reads rows from the runs of a TDMS file. The file is opened for each call, so an idle recording holds no descriptor. */
export async function readTdmsSamples(path: string, layout: TdmsLayout, range: ReadRange): Promise<SampleArray> {
  const { time, channel } = range
  const timeStep = time.stride ?? 1
  const rows = Math.ceil((time.to - time.from) / timeStep)
  const columns = Math.ceil((channel.to - channel.from) / (channel.stride ?? 1))
  const element = tdmsElements[layout.type]!
  const target = new arrays[element](rows * columns)
  if (target.length === 0) return target
  const handle = await open(path, 'r')
  const reader = new RunReader(handle, layout, element, channel, target, columns)
  try {
    for (const run of layout.runs) {
      const firstWanted = time.from + Math.max(0, Math.ceil((run.firstRow - time.from) / timeStep)) * timeStep
      const end = Math.min(time.to, run.firstRow + run.rows)
      for (let row = firstWanted; row < end;) {
        const length = reader.rowsAtOnce(run, row - run.firstRow, timeStep)
        const count = Math.ceil((Math.min(row + length, end) - row) / timeStep)
        await reader.read(run, row - run.firstRow, count, timeStep, (row - time.from) / timeStep)
        row += count * timeStep
      }
    }
    return target
  } finally {
    await handle.close()
  }
}

class RunReader {
  readonly #handle: FileHandle
  readonly #bytes: number
  readonly #channelCount: number
  readonly #channel: ReadRange['channel']
  readonly #target: SampleArray
  readonly #columns: number
  readonly #get: GetValue

  constructor(
    handle: FileHandle,
    layout: TdmsLayout,
    element: ElementName,
    channel: ReadRange['channel'],
    target: SampleArray,
    columns: number
  ) {
    this.#handle = handle
    this.#bytes = tdmsElementBytes[layout.type]!
    this.#channelCount = layout.channels.length
    this.#channel = channel
    this.#target = target
    this.#columns = columns
    this.#get = getters[element]
  }

  /** Rows from `row` on that one read covers: those of a slab, of a chunk, or one where strides would waste the rest. */
  rowsAtOnce(run: TdmsRun, row: number, timeStep: number): number {
    const fitting = Math.max(1, Math.floor(slabBytes / (this.#channelCount * this.#bytes)))
    if (!run.isInterleaved) return Math.max(1, Math.min(fitting, run.chunkRows - (row % run.chunkRows)))
    return timeStep > fitting ? 1 : fitting
  }

  read(run: TdmsRun, row: number, count: number, timeStep: number, targetRow: number): Promise<void> {
    return run.isInterleaved
      ? this.#interleaved(run, row, count, timeStep, targetRow)
      : this.#byChannel(run, row, count, timeStep, targetRow)
  }

  async #interleaved(run: TdmsRun, row: number, count: number, timeStep: number, targetRow: number): Promise<void> {
    const { from, to, stride = 1 } = this.#channel
    const rowBytes = this.#channelCount * this.#bytes
    const start = run.offset + row * rowBytes + from * this.#bytes
    const length = (count - 1) * timeStep * rowBytes + (to - from) * this.#bytes
    const view = viewOf(await readBytes(this.#handle, start, length))
    for (let i = 0; i < count; i++)
      for (let column = 0; column < this.#columns; column++)
        this.#target[(targetRow + i) * this.#columns + column] = this.#get(
          view,
          i * timeStep * rowBytes + column * stride * this.#bytes,
          run.littleEndian
        )
  }

  async #byChannel(run: TdmsRun, row: number, count: number, timeStep: number, targetRow: number): Promise<void> {
    const { from, stride = 1 } = this.#channel
    const columnBytes = run.chunkRows * this.#bytes
    const chunk = run.offset + Math.floor(row / run.chunkRows) * columnBytes * this.#channelCount
    const within = (row % run.chunkRows) * this.#bytes
    const length = ((count - 1) * timeStep + 1) * this.#bytes
    for (let column = 0; column < this.#columns; column++) {
      const start = chunk + (from + column * stride) * columnBytes + within
      const view = viewOf(await readBytes(this.#handle, start, length))
      for (let i = 0; i < count; i++)
        this.#target[(targetRow + i) * this.#columns + column] = this.#get(
          view,
          i * timeStep * this.#bytes,
          run.littleEndian
        )
    }
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
