import type { Recording } from './recording.ts'

export interface CornerSamples {
  first: number | null
  middle: number | null
  last: number | null
}

export interface Statistics {
  min: number | null
  max: number | null
  mean: number | null
  rms: number | null
  nanCount: number
  infiniteCount: number
}

const finiteOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null

/** Stored values at [0, 0], [⌊T/2⌋, ⌊C/2⌋] and [T − 1, C − 1]; null where there is none or it is not finite. */
export async function cornerSamples(recording: Recording, band = 0): Promise<CornerSamples> {
  const { time, channel } = recording.info.shape
  const at = async (row: number, column: number): Promise<number | null> => {
    if (row < 0 || column < 0 || row >= time || column >= channel) return null
    const values = await recording.read({
      time: { from: row, to: row + 1 },
      channel: { from: column, to: column + 1 },
      band
    })
    return finiteOrNull(values[0])
  }
  return {
    first: await at(0, 0),
    middle: await at(Math.floor(time / 2), Math.floor(channel / 2)),
    last: await at(time - 1, channel - 1)
  }
}

const valuesAtOnce = 1 << 20

/** Over all stored values of a band, read in slices of about a million; values that are not numbers are left out. */
export async function statisticsOf(
  recording: Recording,
  options: { band?: number; onProgress?: (doneRows: number) => void } = {}
): Promise<Statistics> {
  const { time, channel } = recording.info.shape
  const total = { min: Infinity, max: -Infinity, sum: 0, squares: 0, count: 0, nanCount: 0, infiniteCount: 0 }
  const rows = Math.max(1, Math.floor(valuesAtOnce / Math.max(1, channel)))
  for (let from = 0; from < time; from += rows) {
    const to = Math.min(time, from + rows)
    const slice = await recording.read({
      time: { from, to },
      channel: { from: 0, to: channel },
      band: options.band ?? 0
    })
    // Sums by slice: their rounding errors do not add up over a long recording.
    let sum = 0
    let squares = 0
    for (const value of slice) {
      if (Number.isNaN(value)) {
        total.nanCount += 1
        continue
      }
      if (value === Infinity || value === -Infinity) total.infiniteCount += 1
      if (value < total.min) total.min = value
      if (value > total.max) total.max = value
      sum += value
      squares += value * value
      total.count += 1
    }
    total.sum += sum
    total.squares += squares
    options.onProgress?.(to)
    // Reading HDF5 is synchronous: let a signal or another reader have its turn.
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { count, nanCount, infiniteCount } = total
  return {
    min: finiteOrNull(total.min),
    max: finiteOrNull(total.max),
    mean: count > 0 ? finiteOrNull(total.sum / count) : null,
    rms: count > 0 ? finiteOrNull(Math.sqrt(total.squares / count)) : null,
    nanCount,
    infiniteCount
  }
}
