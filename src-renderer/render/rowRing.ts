import { invalidValue, missingValue } from '../../src-preload/contract/drawing/cellValues.ts'

/** Slots whose greatest values are kept as one row of `peaks`, so that a picture zoomed far out stays cheap. */
export const slotsPerBlock = 8

export interface RowRingOptions {
  columns: number
  /** Slots wanted; rounded up to whole blocks. */
  capacity: number
  /** Rows that share a slot (their greatest value is kept), for ranges with more rows than slots. */
  rowsPerSlot: number
}

/**
 * The newest rows of a picture by absolute row index, preallocated. Slot s lies at s mod capacity, so a texture of the same
 * shape mirrors it by uploading what changed. Rows may come late or twice; what lies between is known to be missing.
 */
export class RowRing {
  readonly columns: number
  readonly capacity: number
  readonly rowsPerSlot: number
  /** capacity × columns, and capacity/8 × columns. Owned by the ring; readers never write. */
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
    this.values = new Float32Array(this.capacity * this.columns)
    this.peaks = new Float32Array((this.capacity / slotsPerBlock) * this.columns)
    this.clear()
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
    const slot = this.slotFromRow(row)
    if (!this.makeRoom(slot)) return
    const { columns, values, peaks } = this
    const at = (slot % this.capacity) * columns
    const peakAt = (Math.floor(slot / slotsPerBlock) % (this.capacity / slotsPerBlock)) * columns
    const shared = this.rowsPerSlot > 1
    for (let column = 0; column < columns; column++) {
      let value = source[offset + column]!
      if (value - value !== 0) value = invalidValue
      if (shared && values[at + column]! > value) value = values[at + column]!
      values[at + column] = value
      if (value > peaks[peakAt + column]!) peaks[peakAt + column] = value
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
    return this.values[(slot % this.capacity) * this.columns + column]!
  }

  peakAt(block: number, column: number): number {
    if ((block + 1) * slotsPerBlock <= this.first || block * slotsPerBlock >= this.end) return missingValue
    return this.peaks[(block % (this.capacity / slotsPerBlock)) * this.columns + column]!
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
      const at = (next % blocks) * this.columns
      this.peaks.fill(missingValue, at, at + this.columns)
      this.values.fill(missingValue, at * slotsPerBlock, (at + this.columns) * slotsPerBlock)
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
