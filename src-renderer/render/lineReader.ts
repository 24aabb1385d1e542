import { missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { cellsOf } from './pictureSurface.ts'
import { slotsPerBlock, type RowRing } from './rowRing.ts'

/** Greatest size of what is kept of one ring, bytes. */
const keptBytesMost = 16 * 1024 * 1024
/** Frames that need nothing of what is kept before it is given back. */
const idleFramesMost = 100

/** Rows of one ring as a picture of these columns shows them: for each pixel the greatest of its cells. */
interface KeptRows {
  values: Float32Array
  /** Which row each place holds; −1: none. Rows are slots, or blocks of them where peaks are read. */
  rows: Float64Array
  fromPeaks: boolean
}

/**
 * Reads lines of pixels out of rings. Where only time is zoomed or moved, the cells of a row meet the same pixels in frame
 * after frame: what they come to is kept then, so that a frame costs the pixels it shows and not the cells behind them.
 */
export class LineReader {
  private readonly kept = new Map<RowRing, KeptRows>()
  private isKeeping = false
  private idleFrames = 0
  private width = 0
  private columnAtLeft = 0
  private columnsPerPixel = 0

  /** Values that are kept now, for tests. */
  get keptValues(): number {
    let count = 0
    for (const { values } of this.kept.values()) count += values.length
    return count
  }

  /** Before the lines of a frame, while the rings still say what changed. `lines`: how many will be read. */
  begin(view: PictureView, rings: readonly RowRing[], lines: number): void {
    const isSame =
      view.width === this.width &&
      view.columnAtLeft === this.columnAtLeft &&
      view.columnsPerPixel === this.columnsPerPixel
    this.width = view.width
    this.columnAtLeft = view.columnAtLeft
    this.columnsPerPixel = view.columnsPerPixel
    if (!isSame) this.clear()
    // A few new lines of a stream are read once: keeping them would only cost memory.
    this.isKeeping = isSame && lines * 4 > view.height
    this.idleFrames = this.isKeeping ? 0 : this.idleFrames + 1
    if (this.idleFrames > idleFramesMost) this.clear()
    for (const ring of rings) this.forgetChanged(ring)
  }

  release(ring: RowRing): void {
    this.kept.delete(ring)
  }

  clear(): void {
    this.kept.clear()
  }

  /** `CellSource.greatestLine` of a ring. */
  read(
    ring: RowRing,
    values: Float32Array,
    at: number,
    columnFirst: Int32Array,
    columnEnd: Int32Array,
    slotFirst: number,
    slotEnd: number,
    fromPeaks: boolean
  ): void {
    const width = columnFirst.length
    const s0 = slotFirst < ring.first ? ring.first : slotFirst
    const s1 = slotEnd > ring.end ? ring.end : slotEnd
    if (s0 >= s1) {
      values.fill(missingValue, at, at + width)
      return
    }
    const from = fromPeaks ? Math.floor(s0 / slotsPerBlock) : s0
    const end = fromPeaks ? Math.floor((s1 - 1) / slotsPerBlock) + 1 : s1
    const kept = this.isKeeping ? this.keptOf(ring, fromPeaks) : null
    if (!kept) {
      reduceRow(ring, fromPeaks, from, columnFirst, columnEnd, values, at)
      for (let row = from + 1; row < end; row++) addRow(ring, fromPeaks, row, columnFirst, columnEnd, values, at)
      return
    }
    for (let row = from; row < end; row++) {
      const place = row % kept.rows.length
      const base = place * width
      if (kept.rows[place] !== row) {
        reduceRow(ring, fromPeaks, row, columnFirst, columnEnd, kept.values, base)
        kept.rows[place] = row
      }
      if (row === from) copy(kept.values, base, values, at, width)
      else addGreater(kept.values, base, values, at, width)
    }
  }

  private keptOf(ring: RowRing, fromPeaks: boolean): KeptRows {
    let kept = this.kept.get(ring)
    if (!kept) {
      const places = Math.max(1, Math.min(ring.capacity, Math.floor(keptBytesMost / (this.width * 4))))
      kept = { values: new Float32Array(places * this.width), rows: new Float64Array(places).fill(-1), fromPeaks }
      this.kept.set(ring, kept)
    }
    if (kept.fromPeaks !== fromPeaks) {
      kept.rows.fill(-1)
      kept.fromPeaks = fromPeaks
    }
    return kept
  }

  private forgetChanged(ring: RowRing): void {
    const kept = this.kept.get(ring)
    if (!kept || ring.dirtyEnd <= ring.dirtyFirst) return
    const from = kept.fromPeaks ? Math.floor(ring.dirtyFirst / slotsPerBlock) : ring.dirtyFirst
    const end = kept.fromPeaks ? Math.ceil(ring.dirtyEnd / slotsPerBlock) : ring.dirtyEnd
    const { rows } = kept
    if (end - from >= rows.length) rows.fill(-1)
    else for (let row = from; row < end; row++) rows[row % rows.length] = -1
  }
}

const firstIndex = (ring: RowRing, fromPeaks: boolean, row: number): number =>
  (row % (fromPeaks ? ring.capacity / slotsPerBlock : ring.capacity)) * ring.stride

/** One row of cells as pixels. */
function reduceRow(
  ring: RowRing,
  fromPeaks: boolean,
  row: number,
  columnFirst: Int32Array,
  columnEnd: Int32Array,
  values: Float32Array,
  at: number
): void {
  values.fill(missingValue, at, at + columnFirst.length)
  addRow(ring, fromPeaks, row, columnFirst, columnEnd, values, at)
}

function addRow(
  ring: RowRing,
  fromPeaks: boolean,
  row: number,
  columnFirst: Int32Array,
  columnEnd: Int32Array,
  values: Float32Array,
  at: number
): void {
  const cells = cellsOf(ring, fromPeaks)
  const base = firstIndex(ring, fromPeaks, row)
  const { columns } = ring
  const width = columnFirst.length
  for (let x = 0; x < width; x++) {
    const c0 = columnFirst[x]! < 0 ? 0 : columnFirst[x]!
    const c1 = columnEnd[x]! > columns ? columns : columnEnd[x]!
    let greatest = values[at + x]!
    for (let column = c0; column < c1; column++) {
      const value = cells[base + column]!
      if (value > greatest) greatest = value
    }
    values[at + x] = greatest
  }
}

function copy(from: Float32Array, base: number, values: Float32Array, at: number, width: number): void {
  for (let x = 0; x < width; x++) values[at + x] = from[base + x]!
}

function addGreater(from: Float32Array, base: number, values: Float32Array, at: number, width: number): void {
  for (let x = 0; x < width; x++) {
    const value = from[base + x]!
    if (value > values[at + x]!) values[at + x] = value
  }
}
