import { missingValue } from '../../src-preload/contract/drawing/cellValues.ts'
import { endCell, firstCell } from '../../src-preload/contract/drawing/pictureView.ts'
import { PixelRing, type PixelSources } from './spectraPixelRing.ts'
import type { TimePixels } from './spectraTimeWindow.ts'

/** Which bins each line of a picture shows, line 0 at the top (the highest frequency). */
export class FrequencyLines {
  first = new Int32Array(0)
  end = new Int32Array(0)
  height = 0
  private key = ''

  /**
   * Lines of a picture from `lowHz` (bottom edge) to `highHz` (top edge). Bin b spans firstHz + (b ± ½) · stepHz. True when they
   * are others than before.
   */
  place(
    bins: { count: number; firstHz: number; stepHz: number },
    lowHz: number,
    highHz: number,
    height: number
  ): boolean {
    const key = `${bins.count} ${bins.firstHz} ${bins.stepHz} ${lowHz} ${highHz} ${height}`
    if (key === this.key) return false
    this.key = key
    this.height = height
    if (this.first.length < height) {
      this.first = new Int32Array(height)
      this.end = new Int32Array(height)
    }
    const cellFromHz = (hertz: number): number => (hertz - bins.firstHz) / bins.stepHz + 0.5
    const lowest = cellFromHz(lowHz)
    const cellsPerLine = (cellFromHz(highHz) - lowest) / height
    for (let y = 0; y < height; y++) {
      // Computed, not summed: the upper edge of a line is the lower edge of the next one to the last bit.
      const from = lowest + (height - 1 - y) * cellsPerLine
      const to = lowest + (height - y) * cellsPerLine
      this.first[y] = Math.max(0, firstCell(from, to))
      this.end[y] = Math.min(bins.count, endCell(from, to))
    }
    return true
  }
}

/**
 * The pixels of several spectrograms on one time axis before they have colours: for each pixel the greatest of its cells. Levels and
 * colours recompute nothing. A pixel of time holds `count · height` values, channel after channel, each from the top line down.
 */
export class SpectraPlane extends PixelRing {
  values = new Float32Array(0)
  height = 0
  count = 0
  private channels: readonly number[] = []
  private lines = new FrequencyLines()
  private bins = 0

  /** Values of a pixel of time start here. */
  offsetOf(pixel: number): number {
    return this.placeOf(pixel) * this.count * this.height
  }

  /** `channels`: indices of the pictures' columns. False when the time was up before all was computed. */
  update(pixels: TimePixels, lines: FrequencyLines, channels: readonly number[], sources: PixelSources): boolean {
    const isOther =
      this.height !== lines.height ||
      this.channels.length !== channels.length ||
      this.channels.some((channel, index) => channel !== channels[index])
    if (this.fitRing(pixels, isOther)) {
      this.height = lines.height
      this.count = channels.length
      this.channels = [...channels]
      const size = this.width * this.height * this.count
      if (this.values.length !== size) this.values = new Float32Array(size)
      this.values.fill(missingValue)
    }
    this.lines = lines
    const { rows } = sources
    this.bins = rows.perChannel
    if (!rows.ring) return true
    this.forgetRows(rows)
    rows.ring.clearDirty()
    return this.computeMissing(pixels, sources)
  }

  protected clearPlace(place: number): void {
    const size = this.count * this.height
    this.values.fill(missingValue, place * size, (place + 1) * size)
  }

  protected addRow(place: number, _minimum: Float32Array, source: Float32Array, rowAt: number): void {
    const { values, channels, height, bins } = this
    const { first, end } = this.lines
    for (let index = 0; index < channels.length; index++) {
      const from = rowAt + channels[index]! * bins
      const to = (place * channels.length + index) * height
      for (let y = 0; y < height; y++) {
        let greatest = values[to + y]!
        const last = from + end[y]!
        for (let at = from + first[y]!; at < last; at++) if (source[at]! > greatest) greatest = source[at]!
        values[to + y] = greatest
      }
    }
  }
}
