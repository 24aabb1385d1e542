import { blockRows, contentBlocks } from '../contentBlocks.ts'
import type { ExportContent } from '../exportContent.ts'
import type { PictureLayout, Stretch } from './pictureLayout.ts'

/** Shares of the cells that are below and above the colour map. */
const lowShare = 0.02
const highShare = 0.98
/** Narrowest range shown, dB: an even picture is not blown up to noise. */
const narrowestDb = 2

export interface PictureLevels {
  lowDb: number
  highDb: number
}

/** Sums of one line's rows, channel by channel, around a value of its own: a large offset costs no digits. */
class LineSums {
  readonly #channels: number
  readonly #pivots: Float64Array
  readonly #sums: Float64Array
  readonly #squares: Float64Array
  readonly #counts: Uint32Array
  #rows = 0

  constructor(channels: number) {
    this.#channels = channels
    this.#pivots = new Float64Array(channels)
    this.#sums = new Float64Array(channels)
    this.#squares = new Float64Array(channels)
    this.#counts = new Uint32Array(channels)
  }

  add(values: ArrayLike<number>, offset: number): void {
    this.#rows += 1
    for (let channel = 0; channel < this.#channels; channel++) {
      const value = values[offset + channel]!
      if (!Number.isFinite(value)) continue
      if (!this.#counts[channel]) this.#pivots[channel] = value
      const distance = value - this.#pivots[channel]!
      this.#counts[channel]! += 1
      this.#sums[channel]! += distance
      this.#squares[channel]! += distance * distance
    }
  }

  /** Levels of the cells of this line, and everything from the beginning again. */
  finish(target: Float32Array, at: number, channelsPerColumn: number, isBandEnergy: boolean): void {
    for (let first = 0, column = at; first < this.#channels; first += channelsPerColumn, column++) {
      const end = Math.min(this.#channels, first + channelsPerColumn)
      let sum = 0
      let count = 0
      for (let channel = first; channel < end; channel++) {
        const values = this.#counts[channel]!
        if (values === 0) continue
        const pivot = this.#pivots[channel]!
        if (isBandEnergy) sum += pivot * values + this.#sums[channel]!
        else if (this.#rows === 1) sum += pivot * pivot
        else if (values === 1) continue
        else sum += Math.max(0, this.#squares[channel]! - this.#sums[channel]! ** 2 / values)
        count += values
      }
      // Zero is −∞ dB; a negative energy is none.
      target[column] = count === 0 ? NaN : 10 * Math.log10(sum / count)
    }
    this.#sums.fill(0)
    this.#squares.fill(0)
    this.#counts.fill(0)
    this.#rows = 0
  }
}

/** Rows of a stretch that are read: everything at once, or the middle of every line. */
function* readRanges(
  layout: PictureLayout,
  stretch: Extract<Stretch, { kind: 'rows' }>
): Generator<{ from: number; to: number }> {
  const { rowsPerLine, readRowsPerLine } = layout
  const end = stretch.firstRow + stretch.rows
  if (readRowsPerLine === rowsPerLine) return yield { from: stretch.firstRow, to: end }
  for (let line = 0; line < stretch.lines; line++) {
    const first = stretch.firstRow + line * rowsPerLine
    const last = line === stretch.lines - 1 ? end : first + rowsPerLine
    const from = first + Math.max(0, (last - first - readRowsPerLine) >> 1)
    yield { from, to: Math.min(last, from + readRowsPerLine) }
  }
}

/**
 * Levels of the cells of a picture, `lines` × `columns`, line after line. A sample's level is 10·log10 of the mean power of its
 * cell, dB re 1 unit (so, 20·log10 of the RMS in the unit). Power is the mean of the squares over all finite samples of the cell,
 * after the mean of each channel over the cell's rows was taken off; in a cell of one row nothing is taken off, and in others a
 * channel with a single finite value does not count. Band energy is power already: 10·log10 of its mean, dB re 1 unit. −Infinity
 * is a power of zero, NaN a gap or a cell without values. Reads in slices; memory is bounded by the picture and one row.
 */
export async function pictureCells(
  content: ExportContent,
  layout: PictureLayout,
  signal: AbortSignal,
  onRows: (done: number) => void
): Promise<Float32Array> {
  const { columns, rowsPerLine, channelsPerColumn } = layout
  const { channels } = content
  const isBandEnergy = content.bands.length > 0
  const cells = new Float32Array(layout.lines * columns).fill(NaN)
  const sums = new LineSums(channels)
  const rows = blockRows(content)
  for (const stretch of layout.stretches) {
    if (stretch.kind === 'gap') continue
    for (const range of readRanges(layout, stretch)) {
      const lineOf = (row: number): number =>
        Math.min(stretch.lines - 1, Math.floor((row - stretch.firstRow) / rowsPerLine))
      let line = lineOf(range.from)
      const finish = (): void => sums.finish(cells, (stretch.line + line) * columns, channelsPerColumn, isBandEnergy)
      for await (const block of contentBlocks(content, signal, { ...range, rows })) {
        for (let row = 0; row < block.rows; row++) {
          const next = lineOf(block.firstRow + row)
          if (next !== line) finish()
          line = next
          sums.add(block.values, row * channels)
        }
        onRows(block.firstRow + block.rows)
      }
      finish()
    }
  }
  return cells
}

/**
 * The 2nd and 98th percentile of the cells' levels, at least 2 dB apart; a few outliers or dead channels do not blank the
 * picture. Null where no cell has a level.
 */
export function pictureLevels(cells: Float32Array): PictureLevels | null {
  const sorted = cells.filter(Number.isFinite).sort()
  if (sorted.length === 0) return null
  const lowDb = sorted[Math.floor((sorted.length - 1) * lowShare)]!
  const highDb = sorted[Math.ceil((sorted.length - 1) * highShare)]!
  if (highDb - lowDb >= narrowestDb) return { lowDb, highDb }
  const middle = (lowDb + highDb) / 2
  return { lowDb: middle - narrowestDb / 2, highDb: middle + narrowestDb / 2 }
}
