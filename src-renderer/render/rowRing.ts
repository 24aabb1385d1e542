import { invalidValue, missingValue } from '../../src-preload/contract/drawing/cellValues.ts'

/** Slots whose greatest values are kept as one row of `peaks`, so that a picture zoomed far out stays cheap. */
export const slotsPerBlock = 8

export interface RowRingOptions {
  columns: number
  /** Slots wanted; rounded up to whole blocks. */
  capacity: number
  /** Rows that share a slot (their greatest value is kept), for ranges with more rows than slots. */
  rowsPerSlot: number
  /** Largest width and height of a texture that shall mirror the ring; wider rows are folded into several lines of it. */
  textureSize?: number
}

/** Values of greater size are drawn as this; what lies beyond means something else, see cellValues.ts. */
const leastValue = -4e37

const mostValue = 3.4028234663852886e38

/** A value that is no number is invalid, one that is too small the smallest there is. */
function putOdd(values: Float32Array, at: number, source: Float32Array, from: number, shared: boolean): void {
  const cell = Number.isFinite(source[from]) ? leastValue : invalidValue
  if (!shared || cell > values[at]!) values[at] = cell
}

/**
 * The newest rows of a picture by absolute row index, preallocated. Slot s lies at s mod capacity, so a texture of the same
 * shape mirrors it by uploading what changed. Rows may come late or twice; what lies between is known to be missing.
 */
export class RowRing {
  readonly columns: number
  readonly capacity: number
  readonly rowsPerSlot: number
  /** Lines of `lineColumns` values that hold a row; `stride` values lie between two rows. */
  readonly linesPerSlot: number
  readonly lineColumns: number
  readonly stride: number
  /** capacity × stride, and capacity/8 × stride. Owned by the ring; readers never write. */
  readonly values: Float32Array
  readonly peaks: Float32Array
  /** Slots [first, end) may hold something; both 0 while empty. */
  first = 0
  end = 0
  rowsWritten = 0
  rowsTooOld = 0
  /** Slots that changed since `clearDirty`; whole blocks. */
  dirtyFirst = 0
  dirtyEnd = 0
  private oldestWritten = 0
  private endBlock = 0

  constructor(options: RowRingOptions) {
    this.columns = options.columns
    this.capacity = Math.max(2, Math.ceil(options.capacity / slotsPerBlock)) * slotsPerBlock
    this.rowsPerSlot = options.rowsPerSlot
    this.linesPerSlot = Math.ceil(this.columns / (options.textureSize ?? this.columns))
    this.lineColumns = Math.ceil(this.columns / this.linesPerSlot)
    this.stride = this.lineColumns * this.linesPerSlot
    this.values = new Float32Array(this.capacity * this.stride)
    this.peaks = new Float32Array((this.capacity / slotsPerBlock) * this.stride)
    this.clear()
  }

  get bytes(): number {
    return this.values.byteLength + this.peaks.byteLength
  }

  clear(): void {
    this.values.fill(missingValue)
    this.peaks.fill(missingValue)
    this.first = 0
    this.end = 0
    this.oldestWritten = 0
    this.endBlock = 0
    this.rowsWritten = 0
    this.rowsTooOld = 0
    this.dirtyFirst = 0
    this.dirtyEnd = this.capacity
  }

  get isEmpty(): boolean {
    return this.rowsWritten === 0
  }

  slotFromRow(row: number): number {
    return Math.floor(row / this.rowsPerSlot)
  }

  /** Copies one row of `columns` values out of `source`; anything that is not finite becomes invalid. */
  writeRow(row: number, source: Float32Array, offset: number): void {
    this.write(this.slotFromRow(row), source, offset, this.rowsPerSlot > 1)
  }

  /** Copies a kept row of the history: as `writeRow`, but by slot, and −∞ means that the cell was never there. */
  writeKeptSlot(slot: number, source: Float32Array, offset: number): void {
    if (!this.makeRoom(slot)) return
    const { columns, values } = this
    const at = (slot % this.capacity) * this.stride
    for (let column = 0; column < columns; column++) {
      const value = source[offset + column]!
      const isFinite = value - value === 0
      values[at + column] = isFinite ? Math.max(value, leastValue) : value === -Infinity ? missingValue : invalidValue
    }
    this.refreshPeaks(slot, slot + 1)
    this.rowsWritten++
    this.markDirty(slot, slot + 1)
  }

  /** Puts cells (see cellValues.ts) into a slot that may hold others; call `refreshPeaks` after the last one. */
  replaceSlot(slot: number, cells: Float32Array): void {
    if (!this.makeRoom(slot)) return
    this.values.set(cells, (slot % this.capacity) * this.stride)
    this.rowsWritten++
    this.markDirty(slot, slot + 1)
  }

  /** Works the peaks of the blocks of slots [first, end) out anew. */
  refreshPeaks(first: number, end: number): void {
    const blocks = this.capacity / slotsPerBlock
    const { values, peaks, stride } = this
    for (let block = Math.floor(first / slotsPerBlock); block * slotsPerBlock < end; block++) {
      const peakAt = (block % blocks) * stride
      const at = peakAt * slotsPerBlock
      for (let column = 0; column < stride; column++) peaks[peakAt + column] = values[at + column]!
      for (let slot = 1; slot < slotsPerBlock; slot++) {
        const from = at + slot * stride
        for (let column = 0; column < stride; column++) {
          if (values[from + column]! > peaks[peakAt + column]!) peaks[peakAt + column] = values[from + column]!
        }
      }
    }
  }

  private write(slot: number, source: Float32Array, offset: number, shared: boolean): void {
    if (!this.makeRoom(slot)) return
    const { columns, values, peaks } = this
    const at = (slot % this.capacity) * this.stride
    const peakAt = (Math.floor(slot / slotsPerBlock) % (this.capacity / slotsPerBlock)) * this.stride
    for (let column = 0; column < columns; column++) {
      const value = source[offset + column]!
      // From array to array, without a variable that is now this and now that: it would be an allocation for each cell.
      if (value >= leastValue && value <= mostValue) {
        if (!shared || value > values[at + column]!) values[at + column] = value
      } else putOdd(values, at + column, source, offset + column, shared)
      if (values[at + column]! > peaks[peakAt + column]!) peaks[peakAt + column] = values[at + column]!
    }
    this.rowsWritten++
    this.markDirty(slot, slot + 1)
  }

  /** Makes the ring reach beyond `row` though nothing came (a gap): the slots between are missing. */
  advanceTo(row: number): void {
    this.makeRoom(this.slotFromRow(row))
  }

  /** The cell as stored, or `missingValue` outside what is held. */
  valueAt(slot: number, column: number): number {
    if (slot < this.first || slot >= this.end || column < 0 || column >= this.columns) return missingValue
    return this.values[(slot % this.capacity) * this.stride + column]!
  }

  peakAt(block: number, column: number): number {
    if ((block + 1) * slotsPerBlock <= this.first || block * slotsPerBlock >= this.end) return missingValue
    return this.peaks[(block % (this.capacity / slotsPerBlock)) * this.stride + column]!
  }

  clearDirty(): void {
    this.dirtyFirst = 0
    this.dirtyEnd = 0
  }

  /** Everything must be sent again: a new texture. */
  markAllDirty(): void {
    this.dirtyFirst = this.first
    this.dirtyEnd = this.first + this.capacity
  }

  private makeRoom(slot: number): boolean {
    const block = Math.floor(slot / slotsPerBlock)
    if (this.end === 0) {
      this.oldestWritten = slot
      this.endBlock = block
      this.end = slot
    }
    if (slot < this.end) {
      if (slot < (this.endBlock + 1) * slotsPerBlock - this.capacity) {
        this.rowsTooOld++
        return false
      }
      if (slot < this.oldestWritten) this.oldestWritten = slot
    }
    if (block >= this.endBlock) this.openBlocks(block)
    if (slot >= this.end) this.end = slot + 1
    this.first = Math.max(this.oldestWritten, (this.endBlock + 1) * slotsPerBlock - this.capacity)
    return true
  }

  /** A block is emptied whole when the ring reaches it, so that no peak of a lap ago stays. */
  private openBlocks(block: number): void {
    const blocks = this.capacity / slotsPerBlock
    const from = Math.max(this.endBlock + 1, block - blocks + 1)
    for (let next = from; next <= block; next++) {
      const at = (next % blocks) * this.stride
      this.peaks.fill(missingValue, at, at + this.stride)
      this.values.fill(missingValue, at * slotsPerBlock, (at + this.stride) * slotsPerBlock)
    }
    if (from <= block) this.markDirty(from * slotsPerBlock, (block + 1) * slotsPerBlock)
    this.endBlock = block
  }

  private markDirty(first: number, end: number): void {
    if (this.dirtyFirst === this.dirtyEnd) {
      this.dirtyFirst = first
      this.dirtyEnd = end
      return
    }
    if (first < this.dirtyFirst) this.dirtyFirst = first
    if (end > this.dirtyEnd) this.dirtyEnd = end
  }
}
