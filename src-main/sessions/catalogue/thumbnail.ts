import type { SessionThumbnail } from '../../../src-preload/contract/sessions.ts'
import type { Recording } from '../../recordings/recording.ts'

const columnsMax = 64
const rowsMax = 48
/** Rows that are read for one row of the picture: enough for an RMS, few enough for a session of a night. */
const rowsRead = 16
const valuesMax = 1_000_000
const floorDb = -300

/** A small picture of a recording: RMS of some samples on a grid of time × channel, in dB over the range that is there. */
export async function thumbnailOf(recording: Recording): Promise<SessionThumbnail | null> {
  const { time, channel } = recording.info.shape
  const columns = Math.min(columnsMax, channel)
  const rows = Math.min(rowsMax, time)
  if (columns === 0 || rows === 0) return null
  const channelStride = Math.max(1, Math.ceil((channel * rowsRead) / valuesMax))
  const levels = new Float64Array(rows * columns).fill(NaN)
  for (let row = 0; row < rows; row++) {
    const from = Math.floor((row * time) / rows)
    const to = Math.min(time, from + rowsRead)
    const values = await recording.read({
      time: { from, to },
      channel: { from: 0, to: channel, stride: channelStride }
    })
    fillRow(levels.subarray(row * columns, (row + 1) * columns), values, Math.ceil(channel / channelStride))
  }
  return encode(levels, columns, rows)
}

function fillRow(levels: Float64Array, values: ArrayLike<number>, width: number): void {
  const columns = levels.length
  const squares = new Float64Array(columns)
  const means = new Float64Array(columns)
  const counts = new Uint32Array(columns)
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (!Number.isFinite(value)) continue
    const column = Math.floor(((at % width) * columns) / width)
    squares[column]! += value * value
    means[column]! += value
    counts[column]!++
  }
  for (let column = 0; column < columns; column++) {
    const count = counts[column]!
    if (count === 0) continue
    const variance = squares[column]! / count - (means[column]! / count) ** 2
    levels[column] = Math.max(floorDb, 10 * Math.log10(Math.max(variance, 0)))
  }
}

/** Between the 2nd and the 98th percentile: one loud channel does not blank the picture. */
function encode(levels: Float64Array, columns: number, rows: number): SessionThumbnail {
  const known = Array.from(levels)
    .filter((level) => level > floorDb)
    .sort((a, b) => a - b)
  const minDb = known[Math.floor(known.length * 0.02)] ?? 0
  const maxDb = Math.max(known[Math.floor(known.length * 0.98)] ?? 0, minDb + 1)
  const bytes = Buffer.alloc(levels.length)
  levels.forEach((level, at) => {
    if (Number.isNaN(level)) return
    bytes[at] = 1 + Math.round(254 * Math.min(1, Math.max(0, (level - minDb) / (maxDb - minDb))))
  })
  return { columns, rows, minDb, maxDb, values: bytes.toString('base64') }
}
