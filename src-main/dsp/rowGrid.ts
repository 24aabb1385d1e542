import { nanosecondsPerSecond, type Nanoseconds } from '../../src-preload/contract/units.ts'

export interface RowGridPlan {
  sampleIntervalNs: number
  /** Seconds between rows. */
  rowIntervalS: number
  /** Samples in the window of a row. */
  nfft: number
}

/**
 * Which samples make which row. Row k covers [firstSample(k), firstSample(k) + nfft) with firstSample(k) =
 * round(k · rowIntervalS / dt). Always computed from k, never by adding up a hop, so a row interval that is no whole number
 * of samples gives uneven hops but no drift.
 */
export interface RowGrid {
  firstSample(row: number): number
  /** First row whose window starts at `sample` or later. */
  firstRowFrom(sample: number): number
  /** Rows whose windows lie wholly in the first `sampleCount` samples. */
  rowsWithin(sampleCount: number): number
  /** Rows that need a sample of [fromSample, endSample). */
  rowsTouching(fromSample: number, endSample: number): { first: number; count: number }
  /** Centre of a row's window: origin + nfft/2 · dt + row · rowIntervalS. Good to a nanosecond or so. */
  centreNs(originNs: Nanoseconds, row: number): Nanoseconds
}

export function createRowGrid({ sampleIntervalNs, rowIntervalS, nfft }: RowGridPlan): RowGrid {
  const samplesPerRow = (rowIntervalS * 1e9) / sampleIntervalNs
  if (!(samplesPerRow > 0 && Number.isFinite(samplesPerRow))) {
    throw new RangeError(`a row interval of ${rowIntervalS} s with samples of ${sampleIntervalNs} ns makes no grid`)
  }
  const firstSample = (row: number): number => Math.round(row * samplesPerRow)

  function firstRowFrom(sample: number): number {
    if (sample <= 0) return 0
    let row = Math.max(0, Math.floor((sample - 0.5) / samplesPerRow))
    while (row > 0 && firstSample(row - 1) >= sample) row--
    while (firstSample(row) < sample) row++
    return row
  }

  return {
    firstSample,
    firstRowFrom,
    rowsWithin: (sampleCount) => firstRowFrom(sampleCount - nfft + 1),
    rowsTouching(fromSample, endSample) {
      if (endSample <= fromSample) return { first: firstRowFrom(fromSample), count: 0 }
      const first = firstRowFrom(fromSample - nfft + 1)
      return { first, count: Math.max(0, firstRowFrom(endSample) - first) }
    },
    centreNs(originNs, row) {
      const intervalNs = rowIntervalS * 1e9
      // Whole nanoseconds of the interval as integers, the rest as a double: a row index times 50 000 000 outgrows a double.
      const whole = BigInt(Math.floor(intervalNs))
      const rest = Math.round((intervalNs - Math.floor(intervalNs)) * row + (nfft / 2) * sampleIntervalNs)
      return originNs + BigInt(row) * whole + BigInt(rest)
    }
  }
}

/** The row that comes next, and where its window begins. */
export interface RowCursor {
  readonly row: number
  readonly firstSample: number
  /** The row is done. */
  advance(): void
  /** Everything before this sample is missing: goes on with the first row that needs none of it. Never goes back. */
  restartAt(sample: number): void
}

export function createRowCursor(grid: RowGrid): RowCursor {
  let row = 0
  let firstSample = 0
  const moveTo = (next: number): void => {
    row = next
    firstSample = grid.firstSample(next)
  }
  return {
    get row() {
      return row
    },
    get firstSample() {
      return firstSample
    },
    advance() {
      moveTo(row + 1)
    },
    restartAt(sample) {
      moveTo(Math.max(row, grid.firstRowFrom(sample)))
    }
  }
}

/**
 * Seconds between rows whose windows overlap by this part of their length, 0 … 0.875: the hop is at least one sample and
 * a whole number of them.
 */
export function rowIntervalOfOverlap(nfft: number, overlap: number, sampleIntervalNs: number): number {
  return (Math.max(1, Math.round(nfft * (1 - overlap))) * sampleIntervalNs) / 1e9
}

/** Rate in Hz of samples that are so many nanoseconds apart. */
export const sampleRateHz = (sampleIntervalNs: number): number => Number(nanosecondsPerSecond) / sampleIntervalNs
