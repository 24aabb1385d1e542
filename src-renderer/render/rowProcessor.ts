import {
  invalidValue,
  isInvalid,
  isMissing,
  isValue,
  missingValue
} from '../../src-preload/contract/drawing/cellValues.ts'
import { ChannelBackground, type BackgroundOptions } from './channelBackground.ts'
import { RowRing } from './rowRing.ts'

/** What is done to the rows of a ring before they are shown, in its slots. */
export interface ProcessingOptions {
  /** Slots whose power is averaged, in blocks that begin at multiples of it; 1 = none. */
  meanSlots: number
  background: BackgroundOptions | null
  /** Null: no maximum is held. */
  holdDecayDbPerSlot: number | null
}

/** A held maximum counts as gone after falling by so much, dB. */
export const heldRangeDb = 60
/** How far back a held maximum is looked for across rows that are missing, slots. */
const lookBackMost = 64
const perDecibel = Math.LN10 / 10
const greatestLevel = 3e38

/**
 * Rows as they are shown: mean over blocks of rows, then what is above the channel's background, then a held maximum that
 * decays. Writes into a ring of the same slots as its source; a cell that is missing or invalid stays so. Late rows are
 * worked in. Works in parts, so that a change of settings does not hold up frames.
 */
export class RowProcessor {
  readonly shown: RowRing
  readonly options: ProcessingOptions
  private readonly source: RowRing
  private readonly background: ChannelBackground | null
  private readonly block: Float32Array
  private readonly row: Float32Array
  private readonly greatest: Float32Array
  private readonly sums: Float64Array
  private readonly counts: Int32Array
  private readonly held: Float32Array
  /** The slot that `held` follows; none yet. */
  private heldSlot = Number.NaN
  private next = 0
  private end = 0
  /** Rows before those in view, which can wait. */
  private olderNext = 0
  private olderEnd = 0
  private readonly startSlot: number

  /** @param startSlot the first slot in view: it and what follows comes first */
  constructor(source: RowRing, options: ProcessingOptions, startSlot = -Infinity) {
    this.source = source
    this.startSlot = startSlot
    this.options = options
    const { columns, capacity, rowsPerSlot, linesPerSlot, lineColumns } = source
    const textureSize = linesPerSlot > 1 ? lineColumns : columns
    this.shown = new RowRing({ columns, capacity, rowsPerSlot, textureSize })
    this.background = options.background ? new ChannelBackground(source, options.background) : null
    this.block = new Float32Array(columns)
    this.row = new Float32Array(columns)
    this.greatest = new Float32Array(columns)
    this.sums = new Float64Array(columns)
    this.counts = new Int32Array(columns)
    this.held = new Float32Array(columns)
    source.markAllDirty()
  }

  /** Rows that still wait, as a part of those held. */
  get left(): number {
    const left = Math.max(0, this.end - this.next) + Math.max(0, this.olderEnd - this.olderNext)
    return left / Math.max(1, this.source.end - this.source.first)
  }

  /** Works for about `budgetMs`; true where something in view is left. */
  process(budgetMs: number, now: () => number): boolean {
    this.takeChanges()
    const until = now() + budgetMs
    this.next = this.processRange(this.next, this.end, until, now)
    if (this.next < this.end) return true
    this.olderNext = this.processRange(this.olderNext, this.olderEnd, until, now)
    return this.olderNext < this.olderEnd
  }

  /** Returns where it came to. */
  private processRange(from: number, end: number, until: number, now: () => number): number {
    const { source, shown } = this
    const { meanSlots } = this.options
    if (from >= end) return from
    const first = Math.max(from, Math.floor(source.first / meanSlots) * meanSlots)
    let next = first
    do {
      this.processBlock(next)
      next += meanSlots
    } while (next < end && now() < until)
    const shownEnd = Math.min(next, source.end)
    if (shownEnd > source.first) shown.refreshPeaks(Math.max(first, source.first), shownEnd)
    return next
  }

  /** The first time: rows in view and what they carry on come before older ones. */
  private startInView(aligned: number): number {
    const { holdDecayDbPerSlot: decay, meanSlots } = this.options
    // A maximum that is held for good has to be followed from the beginning.
    const carried = decay === null ? 0 : Math.ceil(heldRangeDb / decay)
    const start = Math.floor(Math.min(this.startSlot - carried, this.source.end) / meanSlots) * meanSlots
    if (!(start > aligned)) return aligned
    this.olderNext = aligned
    this.olderEnd = Math.min(this.source.end, start + carried)
    return start
  }

  private takeChanges(): void {
    const { source, options } = this
    const isStartOther = this.background?.hasFullerStart() ?? false
    if (source.dirtyEnd <= source.dirtyFirst && !isStartOther) return
    const from = isStartOther ? source.first : source.dirtyFirst
    const carries = options.background !== null || options.holdDecayDbPerSlot !== null
    const to = carries ? source.end : Math.min(source.dirtyEnd, source.end)
    source.clearDirty()
    const aligned = Math.floor(Math.max(from, source.first) / options.meanSlots) * options.meanSlots
    const isIdle = this.next >= this.end
    if (this.end === 0) this.next = this.startInView(aligned)
    else this.next = isIdle ? aligned : Math.min(this.next, aligned)
    this.end = isIdle ? to : Math.max(this.end, to)
  }

  private processBlock(blockFirst: number): void {
    const { source, options } = this
    const first = Math.max(blockFirst, source.first)
    const end = Math.min(blockFirst + options.meanSlots, source.end)
    if (first >= end) return
    if (options.meanSlots === 1) this.copy(first)
    else this.average(first, end)
    if (this.background) this.subtract(this.background, blockFirst)
    for (let slot = first; slot < end; slot++) this.writeSlot(slot)
  }

  private copy(slot: number): void {
    const at = (slot % this.source.capacity) * this.source.stride
    const { values } = this.source
    for (let column = 0; column < this.block.length; column++) this.block[column] = values[at + column]!
  }

  /** Power means, relative to the greatest of each column so that no power overflows. */
  private average(first: number, end: number): void {
    const { source, greatest, sums, counts, block } = this
    greatest.fill(missingValue)
    sums.fill(0)
    counts.fill(0)
    for (let slot = first; slot < end; slot++) {
      const at = (slot % source.capacity) * source.stride
      for (let column = 0; column < greatest.length; column++) {
        if (source.values[at + column]! > greatest[column]!) greatest[column] = source.values[at + column]!
      }
    }
    for (let slot = first; slot < end; slot++) {
      const at = (slot % source.capacity) * source.stride
      for (let column = 0; column < greatest.length; column++) {
        const value = source.values[at + column]!
        if (!isValue(value)) continue
        sums[column]! += Math.exp((value - greatest[column]!) * perDecibel)
        counts[column]! += 1
      }
    }
    for (let column = 0; column < greatest.length; column++) {
      const count = counts[column]!
      block[column] = count === 0 ? greatest[column]! : greatest[column]! + Math.log(sums[column]! / count) / perDecibel
    }
  }

  private subtract(background: ChannelBackground, slot: number): void {
    background.update(slot)
    const { block } = this
    for (let column = 0; column < block.length; column++) {
      const level = background.levels[column]!
      if (isValue(block[column]!) && isValue(level)) block[column]! -= level
    }
  }

  private writeSlot(slot: number): void {
    const { source, block, row } = this
    const at = (slot % source.capacity) * source.stride
    const decay = this.options.holdDecayDbPerSlot
    if (decay !== null && this.heldSlot !== slot - 1) this.findHeld(slot, decay)
    for (let column = 0; column < row.length; column++) {
      const own = source.values[at + column]!
      let value = isMissing(own)
        ? missingValue
        : this.options.meanSlots === 1 && isInvalid(own)
          ? invalidValue
          : block[column]!
      if (decay !== null) {
        const heldBefore = this.held[column]!
        const held = isValue(heldBefore) ? Math.max(-4e37, heldBefore - decay) : missingValue
        const greatest = isValue(value) && value > held ? value : held
        this.held[column] = greatest
        if (isValue(value)) value = greatest
      }
      row[column] = Math.min(value, greatestLevel)
    }
    this.heldSlot = slot
    this.shown.replaceSlot(slot, row)
  }

  /** What was held before a slot, from the rows that were written. */
  private findHeld(slot: number, decay: number): void {
    const { shown, held } = this
    held.fill(missingValue)
    for (let column = 0; column < held.length; column++) {
      for (let back = 1; back <= lookBackMost; back++) {
        const value = shown.valueAt(slot - back, column)
        if (!isValue(value)) continue
        held[column] = value - decay * (back - 1)
        break
      }
    }
  }
}
