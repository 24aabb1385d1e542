import { isValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { PixelRing, type PixelSources } from './spectraPixelRing.ts'
import type { LayerRows } from './spectraRows.ts'
import type { LayerHistory } from './spectraHistory.ts'
import type { TimePixels } from './spectraTimeWindow.ts'

/**
 * The least and the greatest sample of each pixel of time, for several channels: what a trace shows when it has more samples than
 * pixels. No sample is left out, so no peak is ever lost to a pixel. A pixel without a value has least > greatest.
 */
export class TracePlane extends PixelRing {
  /** width × count: a pixel of time holds its channels next to each other. */
  least = new Float32Array(0)
  greatest = new Float32Array(0)
  count = 0
  private channels: readonly number[] = []
  private perChannel = 1

  /** False when the time was up before all was computed. */
  update(pixels: TimePixels, channels: readonly number[], sources: PixelSources): boolean {
    const isOther =
      this.channels.length !== channels.length || this.channels.some((channel, index) => channel !== channels[index])
    if (this.fitRing(pixels, isOther)) {
      this.count = channels.length
      this.channels = [...channels]
      const size = this.width * this.count
      if (this.least.length !== size) {
        this.least = new Float32Array(size)
        this.greatest = new Float32Array(size)
      }
      this.least.fill(Infinity)
      this.greatest.fill(-Infinity)
    }
    const { rows } = sources
    this.perChannel = rows.perChannel
    if (!rows.ring) return true
    this.forgetRows(rows)
    rows.ring.clearDirty()
    return this.computeMissing(pixels, sources)
  }

  protected clearPlace(place: number): void {
    this.least.fill(Infinity, place * this.count, (place + 1) * this.count)
    this.greatest.fill(-Infinity, place * this.count, (place + 1) * this.count)
  }

  protected addRow(place: number, minimum: Float32Array, maximum: Float32Array, rowAt: number): void {
    const { channels, least, greatest, perChannel } = this
    for (let index = 0; index < channels.length; index++) {
      const to = place * channels.length + index
      const from = rowAt + channels[index]! * perChannel
      for (let part = 0; part < perChannel; part++) {
        const low = minimum[from + part]!
        const high = maximum[from + part]!
        if (isValue(low) && low < least[to]!) least[to] = low
        if (isValue(high) && high > greatest[to]!) greatest[to] = high
      }
    }
  }
}

/** Points of a line, in the order of time; a NaN breaks the line. Grows, and is used again. */
export class TracePoints {
  /** Milliseconds since the tile's base time. */
  x = new Float64Array(4096)
  y = new Float64Array(4096)
  count = 0

  add(x: number, y: number): void {
    if (this.count === this.x.length) {
      const [oldX, oldY] = [this.x, this.y]
      this.x = new Float64Array(oldX.length * 2)
      this.y = new Float64Array(oldY.length * 2)
      this.x.set(oldX)
      this.y.set(oldY)
    }
    this.x[this.count] = x
    this.y[this.count++] = y
  }

  /** Breaks the line once, however many values are missing. */
  break(x: number): void {
    if (this.count > 0 && !Number.isNaN(this.y[this.count - 1]!)) this.add(x, Number.NaN)
  }
}

/** Samples that share a pixel from here on; below it every sample is a point of its own. */
export const samplesPerPixelForPeaks = 2

export const showsPeaks = (pixels: TimePixels, rows: LayerRows): boolean =>
  pixels.msPerPixel / rows.rowMs >= samplesPerPixelForPeaks

/** Two points a pixel, its least and its greatest value, the one first that is nearer to where the line comes from. */
export function pointsFromPlane(plane: TracePlane, index: number, pixels: TimePixels, into: TracePoints): void {
  into.count = 0
  let before = 0
  for (let x = 0; x < pixels.width; x++) {
    const at = plane.placeOf(pixels.pixelAtLeft + x) * plane.count + index
    const least = plane.least[at]!
    const greatest = plane.greatest[at]!
    const left = (pixels.pixelAtLeft + x) * pixels.msPerPixel
    if (least > greatest) {
      into.break(left)
      continue
    }
    const isRising = Math.abs(before - least) <= Math.abs(before - greatest)
    into.add(left + 0.25 * pixels.msPerPixel, isRising ? least : greatest)
    into.add(left + 0.75 * pixels.msPerPixel, isRising ? greatest : least)
    before = isRising ? greatest : least
  }
}

/**
 * Every sample of a channel that is in view, and one on each side. False where some were asked of the history and are not here
 * yet.
 */
export function pointsFromRows(
  rows: LayerRows,
  history: LayerHistory | null,
  channel: number,
  pixels: TimePixels,
  into: TracePoints
): boolean {
  into.count = 0
  const { ring, perChannel, rowMs } = rows
  if (!ring) return true
  const first = Math.floor(rows.cellFromMs(pixels.pixelAtLeft * pixels.msPerPixel)) - 1
  const end = Math.min(
    Math.ceil(rows.cellFromMs((pixels.pixelAtLeft + pixels.width) * pixels.msPerPixel)) + 1,
    ring.end
  )
  let isComplete = true
  for (let row = first; row < end; row++) {
    const ms = rows.msFromCell(row + 0.5)
    let source: Float32Array = ring.values
    let at = (((row % ring.capacity) + ring.capacity) % ring.capacity) * ring.columns
    if (row < ring.first || ring.isEmpty) {
      const chunk = oldRow(history, row)
      if (chunk === null) isComplete = false
      if (!chunk) {
        into.break(ms)
        continue
      }
      source = chunk.mean
      at = (row - chunk.firstRow) * ring.columns
    }
    for (let part = 0; part < perChannel; part++) {
      const value = source[at + channel * perChannel + part]!
      // The least and the greatest of several samples stand on both sides of their middle.
      const x = perChannel === 1 ? ms : ms + (part - 0.5) * 0.5 * rowMs
      if (isValue(value)) into.add(x, value)
      else into.break(x)
    }
  }
  return isComplete
}

/** The chunk of level 0 that holds a row; null: asked for; undefined: kept no more. */
function oldRow(history: LayerHistory | null, row: number): ReturnType<LayerHistory['chunkAt']> | undefined {
  if (!history) return undefined
  const kept = history.extent?.levels.find(({ level }) => level === 0)
  if (!kept) return history.extent ? undefined : null
  if (row < kept.firstRow || row >= kept.endRow) return undefined
  const chunk = history.chunkAt(0, row)
  return chunk && row < chunk.knownEnd ? chunk : null
}
