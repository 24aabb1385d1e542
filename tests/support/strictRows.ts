import { openGrpcStream, type GrpcStream } from './grpcStream.ts'
import { createSiteProtocol, streamDataPath } from './siteProtocol.ts'

export const grpcMessageLimitBytes = 4 * 1024 * 1024

export interface Row {
  index: number
  timestampMs: number
  values: Float32Array
}

export interface RowMessage {
  bytes: number
  startChannel: number
  endChannel: number
  shape: { x: number; y: number; z: number | undefined }
  globalMinimum: number
  globalMaximum: number
  rows: Row[]
}

function require(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message)
}

const floatsFrom = (bytes: Uint8Array): Float32Array => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true))
}

const protocol = createSiteProtocol()

/** One message as the page says ours are: a `bytes` per row, little-endian float32, x values each, y rows. */
export function readRowMessage(bytes: Uint8Array): RowMessage {
  const message = protocol.decodeData(bytes)
  const { data_shape_x: x = 0, data_shape_y: y = 0, data_shape_z: z } = message
  const indices = message.row_index ?? []
  const times = message.timestamp_in_milis ?? []
  const data = message.main_data ?? []
  require(bytes.length < grpcMessageLimitBytes, `a message of ${bytes.length} bytes, not below 4 MiB`)
  require(x > 0 && y > 0, `data_shape_x ${x}, data_shape_y ${y}: not positive`)
  require(z === undefined || z === 1, `data_shape_z is ${z}, neither absent nor 1`)
  require(data.length === y, `${data.length} main_data for data_shape_y ${y}`)
  require(indices.length === y, `${indices.length} row_index for data_shape_y ${y}`)
  require(times.length === y, `${times.length} timestamp_in_milis for data_shape_y ${y}`)
  const rows = data.map((row, position) => {
    require(row.length === x * 4, `row ${position} has ${row.length} bytes for ${x} float32`)
    return { index: indices[position]!, timestampMs: Number(times[position]), values: floatsFrom(row) }
  })
  return {
    bytes: bytes.length,
    startChannel: message.start_channel ?? 0,
    endChannel: message.end_channel ?? 0,
    shape: { x, y, z },
    globalMinimum: message.global_minimum ?? 0,
    globalMaximum: message.global_maximum ?? 0,
    rows
  }
}

export interface RowExpectation {
  /** Channels of this stream, inclusive. */
  channels: { min: number; max: number }
  valuesPerChannel: number
  linesDtS: number
}

/** Follows one stream of a job and refuses whatever breaks a sentence of the page. */
export class RowChecker {
  readonly rows: Row[] = []
  /** Rows that were never sent between those that were. */
  missing = 0
  messages = 0
  readonly #expected: RowExpectation

  constructor(expected: RowExpectation) {
    this.#expected = expected
  }

  add(message: RowMessage): void {
    const { channels, valuesPerChannel } = this.#expected
    const channelCount = channels.max - channels.min + 1
    require(message.startChannel === channels.min &&
      message.endChannel ===
        channels.max, `channels ${message.startChannel}..${message.endChannel}, not ${channels.min}..${channels.max}`)
    require(message.shape.x ===
      channelCount *
        valuesPerChannel, `data_shape_x ${message.shape.x}, not ${channelCount} channels × ${valuesPerChannel}`)
    this.messages += 1
    for (const row of message.rows) {
      this.#checkPlace(row)
      this.#checkValues(row, message)
      this.rows.push(row)
    }
  }

  #checkPlace(row: Row): void {
    const [first] = this.rows
    const last = this.rows.at(-1)
    if (!first || !last) return
    require(row.index > last.index, `row_index ${row.index} after ${last.index}`)
    this.missing += row.index - last.index - 1
    const due = first.timestampMs + (row.index - first.index) * this.#expected.linesDtS * 1000
    // Both times are rounded to whole milliseconds.
    require(Math.abs(row.timestampMs - due) <=
      1.01, `row ${row.index} is at ${row.timestampMs} ms, ${row.timestampMs - due} ms off the grid that row ${first.index} began`)
  }

  #checkValues(row: Row, message: RowMessage): void {
    for (const value of row.values) {
      if (Number.isFinite(value) && value >= -300 && value >= message.globalMinimum && value <= message.globalMaximum)
        continue
      throw new Error(
        `value ${value} in row ${row.index}: not finite, below −300 or outside ${message.globalMinimum}..${message.globalMaximum}`
      )
    }
  }
}

export const openRows = (address: string, streamId: number): GrpcStream<RowMessage> =>
  openGrpcStream(address, streamDataPath, protocol.encodeRequest(streamId), readRowMessage)

/**
 * Reads until `count` rows are there (or the stream ends, where `count` is infinite), each message checked. A checker that
 * is handed in goes on, as for a client that comes back.
 */
export async function readRows(
  stream: GrpcStream<RowMessage>,
  expected: RowExpectation,
  count = Number.POSITIVE_INFINITY,
  withinMs = 15_000,
  checker = new RowChecker(expected)
): Promise<RowChecker> {
  const deadline = Date.now() + withinMs
  while (checker.rows.length < count) {
    const message = await stream.next(Math.max(1, deadline - Date.now()))
    if (message === null) {
      if (count === Number.POSITIVE_INFINITY) return checker
      const { code, details } = await stream.end()
      throw new Error(`the stream ended with ${code} "${details}" after ${checker.rows.length} of ${count} rows`)
    }
    checker.add(message)
  }
  return checker
}
