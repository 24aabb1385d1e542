/** What a region of a picture holds. Levels in the picture's dB; all means are of power, never of dB. */
export interface RegionFigures {
  /** Cells with a value, and cells of the region without one (gaps, invalid samples). */
  cells: number
  empty: number
  /** Mean power, dB: the band energy of the region. */
  meanDb: number
  peakDb: number
  peakRow: number
  peakColumn: number
  /** Root mean square amplitude in the signal's own unit: the root of the mean power. */
  rms: number
  /** Mean power above that of the background, dB; null without a background. */
  snrDb: number | null
}

const powerOf = (db: number): number => 10 ** (db / 10)

/** The background is counted in steps of 0.01 dB between these levels; what lies outside counts at the nearer end. */
const lowestDb = -400
const highestDb = 400
const stepsPerDb = 100

const isLevel = (value: number): boolean => value > -1e30 && value < 1e30

/**
 * Sums a region row by row, so that it may be larger than what is in memory at once. Cells that are not finite are empty.
 * Add the background (the same channels at other times) with `addBackground`: its median, to 0.01 dB, is the noise, so that
 * an event in it does not count as noise.
 */
export class RegionSum {
  private power = 0
  private cells = 0
  private empty = 0
  private peakDb = -Infinity
  private peakRow = 0
  private peakColumn = 0
  private readonly background = new Float64Array((highestDb - lowestDb) * stepsPerDb + 1)
  private backgroundCells = 0

  /** Values [from, to) of one row; `firstColumn` is the column of `from`. */
  addRow(row: number, values: ArrayLike<number>, from: number, to: number, firstColumn: number): void {
    for (let at = from; at < to; at++) {
      const value = values[at]!
      if (!isLevel(value)) {
        this.empty++
        continue
      }
      this.cells++
      this.power += powerOf(value)
      if (value > this.peakDb) {
        this.peakDb = value
        this.peakRow = row
        this.peakColumn = firstColumn + at - from
      }
    }
  }

  addBackground(values: ArrayLike<number>, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const value = values[at]!
      if (!isLevel(value)) continue
      const step = Math.round((value - lowestDb) * stepsPerDb)
      this.background[Math.min(this.background.length - 1, Math.max(0, step))]! += 1
      this.backgroundCells++
    }
  }

  /** Null while no cell has a value. */
  figures(): RegionFigures | null {
    if (this.cells === 0) return null
    const mean = this.power / this.cells
    const meanDb = 10 * Math.log10(mean)
    return {
      cells: this.cells,
      empty: this.empty,
      meanDb,
      peakDb: this.peakDb,
      peakRow: this.peakRow,
      peakColumn: this.peakColumn,
      rms: Math.sqrt(mean),
      snrDb: this.backgroundCells === 0 ? null : meanDb - this.backgroundMedian()
    }
  }

  private backgroundMedian(): number {
    let below = 0
    for (let step = 0; step < this.background.length; step++) {
      below += this.background[step]!
      if (below * 2 >= this.backgroundCells) return lowestDb + step / stepsPerDb
    }
    return highestDb
  }
}
