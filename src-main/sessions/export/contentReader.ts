import { decimateRows, type DecimationFilter, neededRows } from '../../dsp/decimation.ts'
import type { ElementName, Recording, SampleArray } from '../../recordings/recording.ts'
import type { ChosenPart, SourceRun } from './choosePart.ts'

export const sampleArrays = {
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array
}

export interface ContentReaderOptions {
  recording: Recording
  part: ChosenPart
  /** Where each run of the part lies in the content. */
  pieces: { firstRow: number; rows: number }[]
  element: ElementName
  /** For rows between the pieces. */
  filler: number
  filter: DecimationFilter | null
}

/** Half-open, counted in the content. */
export interface ChannelIndices {
  from: number
  to: number
}

type ReadContent = (from: number, to: number, band: number, channels?: ChannelIndices) => Promise<SampleArray>

/** Samples that a filter looks at, at once: longer ones are read in groups of channels. */
const filterSamplesAtOnce = 16 * 1024 * 1024

/** Reads a content: stored values times their scale, filtered where it is decimated, with its gaps filled. */
export function createContentReader(options: ContentReaderOptions): ReadContent {
  const { recording, part, pieces, element, filler, filter } = options
  const { scale } = recording.info
  const { channel: whole } = part

  const scaled = (values: SampleArray): SampleArray => {
    if (scale === 1 && values instanceof sampleArrays[element]) return values
    const target = new sampleArrays[element](values.length)
    for (let i = 0; i < values.length; i++) target[i] = values[i]! * scale
    return target
  }

  /** Rows of a run of the part, `from` and `to` counted in it. */
  async function plainRows(
    run: SourceRun,
    from: number,
    to: number,
    band: number,
    channel: ChannelIndices
  ): Promise<SampleArray> {
    const time = { from: run.firstRow + from, to: run.firstRow + to }
    return scaled(await recording.read({ time, channel, band }))
  }

  /** Groups of channels keep what is read at once bounded, however long the filter is. */
  async function filteredRows(
    used: DecimationFilter,
    run: SourceRun,
    from: number,
    to: number,
    band: number,
    channel: ChannelIndices
  ): Promise<SampleArray> {
    const channels = channel.to - channel.from
    const target = new sampleArrays[element]((to - from) * channels)
    const { around, firstRow } = run
    // Rows before and after the selection are looked at too, as far as there is no gap.
    const available = { from: around.firstRow - firstRow, to: around.firstRow + around.rows - firstRow }
    const needed = neededRows(used, from, to, available)
    const group = Math.max(1, Math.floor(filterSamplesAtOnce / (needed.to - needed.from)))
    for (let at = 0; at < channels; at += group) {
      const count = Math.min(group, channels - at)
      const values = await recording.read({
        time: { from: firstRow + needed.from, to: firstRow + needed.to },
        channel: { from: channel.from + at, to: channel.from + at + count },
        band
      })
      decimateRows(used, { values, channels: count, firstRow: needed.from }, from, to, (row, sums) => {
        const offset = (row - from) * channels + at
        for (let i = 0; i < count; i++) target[offset + i] = sums[i]! * scale
      })
    }
    return target
  }

  const rowsOf = (
    run: SourceRun,
    from: number,
    to: number,
    band: number,
    channel: ChannelIndices
  ): Promise<SampleArray> =>
    filter === null ? plainRows(run, from, to, band, channel) : filteredRows(filter, run, from, to, band, channel)

  return async (from, to, band, chosen) => {
    const channel = chosen ? { from: whole.from + chosen.from, to: whole.from + chosen.to } : whole
    const channels = channel.to - channel.from
    const piece = pieces.findIndex(({ firstRow, rows }) => firstRow <= from && to <= firstRow + rows)
    if (piece >= 0) {
      const { firstRow } = pieces[piece]!
      return rowsOf(part.runs[piece]!, from - firstRow, to - firstRow, band, channel)
    }
    const target = new sampleArrays[element]((to - from) * channels).fill(filler)
    for (const [index, { firstRow, rows }] of pieces.entries()) {
      const first = Math.max(from, firstRow)
      const last = Math.min(to, firstRow + rows)
      if (first >= last) continue
      const values = await rowsOf(part.runs[index]!, first - firstRow, last - firstRow, band, channel)
      target.set(values, (first - from) * channels)
    }
    return target
  }
}
