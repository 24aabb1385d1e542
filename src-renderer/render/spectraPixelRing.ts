import { endCell, firstCell } from '../../src-preload/contract/drawing/pictureView.ts'
import type { LayerHistory } from './spectraHistory.ts'
import type { LayerRows } from './spectraRows.ts'
import type { TimePixels } from './spectraTimeWindow.ts'

const uncomputed = 0
const computed = 1
/** Computed from what is here; more was asked for. */
const pending = 2
const clockEvery = 16

/** What the rows of a pixel are taken from. */
export interface PixelSources {
  rows: LayerRows
  /** Rows that the window does not hold itself; null where there are none. */
  history: LayerHistory | null
  /** Asked now and then: stop, the frame has taken long enough. */
  isTimeUp: () => boolean
}

/**
 * Something that is computed for each pixel of time, kept as a ring by absolute pixel, so that a moving picture computes only what
 * is new. Rows come from those held, and from the history where they are older: every row belongs to exactly one pixel.
 */
export abstract class PixelRing {
  width = 0
  /** Places of the ring that changed since `clearChanged`. */
  changedFirst = 0
  changedEnd = 0
  /** For tests and measurements. */
  computedPixels = 0
  private msPerPixel = 0
  private states = new Uint8Array(0)
  /** Absolute pixel that each place of the ring holds. */
  private holds = new Float64Array(0)

  placeOf(pixel: number): number {
    return ((pixel % this.width) + this.width) % this.width
  }

  /** Forgets everything: another picture, other lines. */
  invalidate(): void {
    this.states.fill(uncomputed)
  }

  clearChanged(): void {
    this.changedFirst = 0
    this.changedEnd = 0
  }

  /** More rows came from the core: pixels that waited for them are computed again. */
  historyChanged(): void {
    for (let place = 0; place < this.width; place++) if (this.states[place] === pending) this.states[place] = uncomputed
  }

  /** New rows fall into pixels that are computed already, in view or scrolled out of it. Their marks are left to the caller. */
  protected forgetRows(rows: LayerRows): void {
    const { ring } = rows
    if (!ring || ring.dirtyEnd <= ring.dirtyFirst || this.msPerPixel === 0) return
    const from = Math.floor(rows.msFromCell(ring.dirtyFirst) / this.msPerPixel) - 1
    const end = Math.ceil(rows.msFromCell(ring.dirtyEnd) / this.msPerPixel) + 1
    for (let place = 0; place < this.width; place++) {
      const pixel = this.holds[place]!
      if (pixel >= from && pixel < end) this.states[place] = uncomputed
    }
  }

  /** True when another time scale or `isOther` makes all of it new. */
  protected fitRing(pixels: TimePixels, isOther: boolean): boolean {
    if (!isOther && this.width === pixels.width && this.msPerPixel === pixels.msPerPixel) return false
    if (this.width !== pixels.width) {
      this.width = pixels.width
      this.states = new Uint8Array(this.width)
      this.holds = new Float64Array(this.width)
    }
    this.msPerPixel = pixels.msPerPixel
    this.states.fill(uncomputed)
    this.holds.fill(Number.NaN)
    this.changedFirst = 0
    this.changedEnd = this.width
    return true
  }

  /** Computes what is missing of the pixels in view, newest first; false when the time was up before the end. */
  protected computeMissing(pixels: TimePixels, sources: PixelSources): boolean {
    let sinceClock = 0
    for (let x = pixels.width - 1; x >= 0; x--) {
      const pixel = pixels.pixelAtLeft + x
      const place = this.placeOf(pixel)
      if (this.holds[place] === pixel && this.states[place] !== uncomputed) continue
      if (sinceClock++ % clockEvery === clockEvery - 1 && sources.isTimeUp()) {
        this.clearFrom(pixels, x)
        return false
      }
      this.holds[place] = pixel
      this.clearPlace(place)
      this.states[place] = this.compute(pixel, place, sources) ? computed : pending
      this.computedPixels++
      this.markChanged(place)
    }
    return true
  }

  protected abstract clearPlace(place: number): void
  /** A row's values begin at `at`; of a reduced row, its least and greatest. */
  protected abstract addRow(place: number, minimum: Float32Array, maximum: Float32Array, at: number): void

  /** Places that hold other pixels than those in view must not be shown while they wait to be computed. */
  private clearFrom(pixels: TimePixels, x: number): void {
    for (let left = x; left >= 0; left--) {
      const place = this.placeOf(pixels.pixelAtLeft + left)
      if (this.holds[place] === pixels.pixelAtLeft + left || Number.isNaN(this.holds[place])) continue
      this.holds[place] = Number.NaN
      this.states[place] = uncomputed
      this.clearPlace(place)
      this.markChanged(place)
    }
  }

  /** False where rows of it were asked for and are not here yet. */
  private compute(pixel: number, place: number, { rows, history }: PixelSources): boolean {
    const ring = rows.ring!
    const cellFrom = rows.cellFromMs(pixel * this.msPerPixel)
    const cellTo = rows.cellFromMs((pixel + 1) * this.msPerPixel)
    const rowFirst = firstCell(cellFrom, cellTo)
    const rowEnd = Math.min(endCell(cellFrom, cellTo), ring.end)
    for (let row = Math.max(rowFirst, ring.first); row < rowEnd; row++) {
      this.addRow(place, ring.values, ring.values, (row % ring.capacity) * ring.columns)
    }
    const heldFirst = ring.isEmpty ? Infinity : ring.first
    if (!history || rowFirst >= heldFirst) return true
    if (!history.extent) return false
    return this.addHistory(cellFrom, cellTo, heldFirst, place, ring.columns, history)
  }

  private addHistory(
    cellFrom: number,
    cellTo: number,
    heldFirst: number,
    place: number,
    columns: number,
    history: LayerHistory
  ): boolean {
    const kept =
      history.levelFor(cellTo - cellFrom, Math.floor(cellFrom)) ??
      history.levelFor(cellTo - cellFrom, Math.floor((cellFrom + cellTo) / 2))
    if (!kept) return true
    const { level, factor } = kept
    const first = Math.max(firstCell(cellFrom / factor, cellTo / factor), kept.firstRow)
    const end = Math.min(endCell(cellFrom / factor, cellTo / factor), kept.endRow, Math.ceil(heldFirst / factor))
    let isComplete = true
    for (let row = first; row < end; row++) {
      const chunk = history.chunkAt(level, row)
      if (!chunk || row >= chunk.knownEnd) isComplete = false
      if (chunk) this.addRow(place, chunk.minimum, chunk.maximum, (row - chunk.firstRow) * columns)
    }
    return isComplete
  }

  private markChanged(place: number): void {
    if (this.changedFirst === this.changedEnd) {
      this.changedFirst = place
      this.changedEnd = place + 1
      return
    }
    if (place < this.changedFirst) this.changedFirst = place
    if (place >= this.changedEnd) this.changedEnd = place + 1
  }
}
