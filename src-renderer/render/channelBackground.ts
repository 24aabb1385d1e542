import { isValue, missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { RowRing } from './rowRing.ts'

export interface BackgroundOptions {
  kind: 'median' | 'mean'
  /** Time before a row over which its background is taken, in slots. */
  slots: number
}

/** The window moves on in eighths, so that a background is worked out a few times in its length and not for each row. */
const partsOfWindow = 8
/** Rows that a background is taken from at most, evenly spread: a median of more costs a live picture its frames. */
const rowsMost = 65
const perDecibel = Math.LN10 / 10

/**
 * Level of each channel over the time before a row: `median` of the levels, or `mean` of the powers. A function of the row's
 * place and of the values alone, so that a row looks the same live and after scrolling back. Where nothing came before, it is
 * taken from the first rows that there are.
 */
export class ChannelBackground {
  /** dB by column; `missingValue` where no row had a value. */
  readonly levels: Float32Array
  private readonly ring: RowRing
  private readonly options: BackgroundOptions
  private readonly samples: Float32Array
  private readonly counts: Int32Array
  private from = -1
  private end = -1
  /** Where the rows ended that the first rows' background was taken from; −1: was not asked for, or is full. */
  private startEnd = -1

  constructor(ring: RowRing, options: BackgroundOptions) {
    this.ring = ring
    this.options = options
    this.levels = new Float32Array(ring.columns)
    this.samples = new Float32Array(ring.columns * rowsMost)
    this.counts = new Int32Array(ring.columns)
  }

  /** Rows of the window that a slot's background is taken from move on with it by this. */
  private get part(): number {
    return Math.max(1, Math.floor(this.options.slots / partsOfWindow))
  }

  /** Whether the first rows, which have nothing before them, can be given a fuller background than they were. */
  hasFullerStart(): boolean {
    return this.startEnd >= 0 && this.endOfStart() > this.startEnd
  }

  /** Fills in `levels` for a slot. */
  update(slot: number): void {
    const { ring, part } = this
    const { slots } = this.options
    let end = Math.floor(slot / part) * part
    let from = Math.max(ring.first, end - slots)
    if (end - from < Math.min(slots, part * 2)) {
      from = ring.first
      end = this.endOfStart()
      this.startEnd = end - from < this.options.slots ? end : -1
    }
    if (from === this.from && end === this.end) return
    this.from = from
    this.end = end
    this.collect(from, end)
    for (let column = 0; column < ring.columns; column++) this.levels[column] = this.levelOf(column)
  }

  private endOfStart(): number {
    const { ring, part } = this
    const held = Math.min(this.options.slots, ring.end - ring.first)
    return ring.first + (held < part ? held : Math.floor(held / part) * part)
  }

  /** Values of each column, one after the other. */
  private collect(from: number, end: number): void {
    const { ring, samples, counts } = this
    counts.fill(0)
    const step = Math.max(1, Math.ceil((end - from) / rowsMost))
    for (let slot = from; slot < end; slot += step) {
      const at = (slot % ring.capacity) * ring.stride
      for (let column = 0; column < ring.columns; column++) {
        const value = ring.values[at + column]!
        if (isValue(value)) samples[column * rowsMost + counts[column]!++] = value
      }
    }
  }

  private levelOf(column: number): number {
    const count = this.counts[column]!
    if (count === 0) return missingValue
    const at = column * rowsMost
    return this.options.kind === 'median' ? medianOf(this.samples, at, count) : this.meanOf(at, count)
  }

  /** Of powers relative to the greatest, so that none overflows. */
  private meanOf(at: number, count: number): number {
    let greatest = this.samples[at]!
    for (let index = at + 1; index < at + count; index++) greatest = Math.max(greatest, this.samples[index]!)
    let sum = 0
    for (let index = at; index < at + count; index++) sum += Math.exp((this.samples[index]! - greatest) * perDecibel)
    return greatest + Math.log(sum / count) / perDecibel
  }
}

/** Median of values[at, at + count), which it reorders (Hoare's selection); the mean of the middle two for an even count. */
export function medianOf(values: Float32Array, at: number, count: number): number {
  const middle = at + (count >> 1)
  let low = at
  let high = at + count - 1
  while (low < high) {
    const pivot = values[(low + high) >> 1]!
    let left = low
    let right = high
    while (left <= right) {
      while (values[left]! < pivot) left++
      while (values[right]! > pivot) right--
      if (left > right) break
      const held = values[left]!
      values[left++] = values[right]!
      values[right--] = held
    }
    if (middle <= right) high = right
    else if (middle >= left) low = left
    else break
  }
  const upper = values[middle]!
  if (count % 2 === 1) return upper
  let lower = values[at]!
  for (let index = at + 1; index < middle; index++) lower = Math.max(lower, values[index]!)
  return (lower + upper) / 2
}
