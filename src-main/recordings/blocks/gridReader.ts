import type { ElementName, ReadRange, SampleArray } from '../recording.ts'
import { createSampleArray } from '../sampleArray.ts'
import type { Block, BlockElement } from './blockList.ts'
import { blockAt, type ChannelGrid, type GridChannel } from './channelGrid.ts'

export type Samples = Int16Array | Int32Array | Float32Array | Float64Array

/** All samples of a block; throws `RecordingError` where they cannot be decoded. */
export type DecodeBlock = (block: Block, channel: string) => Samples

/** The blocks decoded last: reads in a row share the block at their border. */
const keptSamples = 1 << 20

/** The smallest type that holds all blocks exactly, and NaN where samples are missing. */
export function elementOfGrid({ channels, hasMissing }: ChannelGrid): ElementName {
  const elements = new Set<BlockElement>(channels.flatMap(({ list }) => [...list.elements]))
  const isWide = elements.has('int32') || elements.has('float64')
  const isFloat = elements.has('float32') || elements.has('float64') || hasMissing
  if (isFloat) return isWide ? 'float64' : 'float32'
  return isWide ? 'int32' : 'int16'
}

export class GridReader {
  readonly #grid: ChannelGrid
  readonly #element: ElementName
  readonly #kept = new Map<string, Samples>()
  #keptCount = 0

  constructor(grid: ChannelGrid) {
    this.#grid = grid
    this.#element = elementOfGrid(grid)
  }

  read({ time, channel }: ReadRange, decode: DecodeBlock): SampleArray {
    const timeStep = time.stride ?? 1
    const channelStep = channel.stride ?? 1
    const rows = Math.ceil((time.to - time.from) / timeStep)
    const columns = Math.ceil((channel.to - channel.from) / channelStep)
    const target = createSampleArray(this.#element, rows * columns)
    if (this.#grid.hasMissing) target.fill(Number.NaN)
    const pieces = this.#grid.stretches.flatMap((stretch) => {
      const end = stretch.firstRow + stretch.to - stretch.from
      if (end <= time.from || stretch.firstRow >= time.to) return []
      const skipped = Math.max(0, Math.ceil((stretch.firstRow - time.from) / timeStep))
      const first = time.from + skipped * timeStep
      const toPoint = stretch.from - stretch.firstRow
      return [{ from: first + toPoint, to: Math.min(end, time.to) + toPoint, row: skipped }]
    })
    for (let column = 0; column < columns; column++)
      for (const { from, to, row } of pieces)
        this.#fill(this.#grid.channels[channel.from + column * channelStep]!, decode, {
          from,
          to,
          step: timeStep,
          target,
          targetAt: row * columns + column,
          targetStep: columns
        })
    return target
  }

  #fill(channel: GridChannel, decode: DecodeBlock, wanted: Wanted): void {
    const { from, to, step, target, targetStep } = wanted
    const { list, grids, covers } = channel
    let { targetAt } = wanted
    let point = from
    for (let i = Math.max(0, blockAt(channel, from)); i < list.count && point < to; i++) {
      const start = covers[i]!
      const end = Math.min(to, grids[i]! + list.samples(i), covers[i + 1] ?? Infinity)
      if (start >= to) break
      if (point < start) {
        const steps = Math.ceil((start - point) / step)
        point += steps * step
        targetAt += steps * targetStep
      }
      if (point >= end) continue
      const samples = this.#decoded(channel, i, decode)
      for (let at = point - grids[i]!; point < end; point += step, at += step, targetAt += targetStep)
        target[targetAt] = samples[at]!
    }
  }

  #decoded({ list }: GridChannel, at: number, decode: DecodeBlock): Samples {
    const block = list.block(at)
    const key = `${block.file}/${block.place}`
    const kept = this.#kept.get(key)
    if (kept) {
      this.#kept.delete(key)
      this.#kept.set(key, kept)
      return kept
    }
    const samples = decode(block, list.name)
    this.#kept.set(key, samples)
    this.#keptCount += samples.length
    for (const [oldest, values] of this.#kept) {
      if (this.#keptCount <= keptSamples || this.#kept.size === 1) break
      this.#kept.delete(oldest)
      this.#keptCount -= values.length
    }
    return samples
  }
}

interface Wanted {
  /** Grid points. */
  from: number
  to: number
  step: number
  target: SampleArray
  targetAt: number
  targetStep: number
}
