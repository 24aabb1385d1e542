import { nanosecondsFromSeconds, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { TimeSegment } from '../recording.ts'
import { durationNs, rateFromInterval, snapped, type TimeAxis } from '../timeAxis.ts'
import type { Hdf5Reader, StoredElement } from './hdf5File.ts'
import { Hdf5Problem } from './hdf5Library.ts'

/** Stored times of rows: where they are, what they count, and how many rows there are samples for. */
export interface RowTimes {
  path: string
  /** What the warnings call them. */
  name: string
  /** Nanoseconds in one stored unit: 1e9 for seconds, 1000 for µs. */
  unitNs: number
  rows: number
  /** What the header says of the interval; the times win where they disagree by more than a thousandth. */
  nominalIntervalNs: number | null
}

/** Where the times are kept: an HDF5 file, or anything that is read the same way. */
export type TimeStore = Pick<Hdf5Reader, 'dataset' | 'slab'>

export type RowTimeAxis = TimeAxis & {
  lastTimeNs: Nanoseconds | null
  /** Rows from the start on that have a time: an unfinished file ends in rows of zeros. */
  timedRows: number
}

/** Up to here every time is read (8 MiB, some tens of ms). */
const readAllRows = 1 << 20
const blockRows = 1 << 17
/** Beyond, times are looked at in so many places, and between two of them only where they do not fit an even grid. */
const probes = 1024
const leafRows = 4096
const mostReads = 20_000
const mostGaps = 10_000
/** Rows on both sides of a step that say whether it stays: clocks also jump forth and back. */
const neighbours = 8
const rateTolerance = 1e-3

const oneDimensional = (shape: number[]): boolean => shape.filter((length) => length !== 1).length <= 1

/**
 * The axis of a recording that keeps the time of every row, without reading them all where there are many: the interval
 * is the median over spans, and a hole shows as a span that lasts longer than its rows. Memory stays below a few MiB
 * whatever the length. Null where there is no such dataset. Throws `Hdf5Problem` where it cannot be read.
 */
export function rowTimeAxis(reader: TimeStore, times: RowTimes): RowTimeAxis | null {
  const dataset = reader.dataset(times.path)
  if (!dataset || dataset.element === null || !oneDimensional(dataset.shape)) return null
  const length = dataset.shape.reduce((product, count) => product * count, 1)
  if (length === 0) return null
  return new RowTimeSearch(reader, times, dataset.shape, dataset.element).axis(length)
}

class RowTimeSearch {
  readonly #reader: TimeStore
  readonly #times: RowTimes
  readonly #shape: number[]
  readonly #element: StoredElement
  #reads = 0
  #origin = 0n
  #intervalNs = 0
  #backwards = 0
  #isIncomplete = false
  readonly #holes: { row: number; lastNs: number; nextNs: number }[] = []

  constructor(reader: TimeStore, times: RowTimes, shape: number[], element: StoredElement) {
    this.#reader = reader
    this.#times = times
    this.#shape = shape
    this.#element = element
  }

  axis(length: number): RowTimeAxis {
    const { rows, name } = this.#times
    const timedRows = this.#timedRows(Math.min(rows, length))
    const warnings: string[] = []
    if (length !== rows) warnings.push(`${name} has ${length} entries for ${rows} rows.`)
    if (timedRows === 0) {
      warnings.push(`${name} holds no valid time: when this was recorded is not known.`)
      const intervalNs = this.#times.nominalIntervalNs
      return { ...unknown(intervalNs), lastTimeNs: null, timedRows, warnings }
    }
    this.#origin = this.#absolute(0)
    const measured = this.#measure(timedRows)
    if (measured === null) return { ...this.#result(timedRows, this.#times.nominalIntervalNs, warnings), timedRows }
    this.#intervalNs = measured
    this.#search(timedRows)
    return { ...this.#result(timedRows, this.#settle(timedRows), warnings), timedRows }
  }

  /** An unfinished file has zeros (or NaN) after its last row. */
  #timedRows(count: number): number {
    const isTimed = (row: number): boolean => this.#stored(row, 1)[0]! > 0
    // Times may rightly begin at zero, but not stay there.
    if (count === 0 || (!isTimed(0) && !(count > 1 && isTimed(1)))) return 0
    if (isTimed(count - 1)) return count
    let timed = 0
    for (let open = count; open - timed > 1;) {
      const middle = (timed + open) >> 1
      if (isTimed(middle)) timed = middle
      else open = middle
    }
    return timed + 1
  }

  #slab(from: number, count: number): ArrayLike<number | bigint> {
    this.#reads += 1
    const axis = Math.max(
      0,
      this.#shape.findIndex((length) => length !== 1)
    )
    const place = this.#shape.map((_, i) => (i === axis ? from : 0))
    const counts = this.#shape.map((_, i) => (i === axis ? count : 1))
    const ones = this.#shape.map(() => 1)
    return this.#reader.slab(this.#times.path, this.#element, place, counts, ones)
  }

  /** Stored numbers as they are; good enough to see whether there is a time at all. */
  #stored(from: number, count: number): number[] {
    return Array.from(this.#slab(from, count), Number)
  }

  #absolute(row: number): Nanoseconds {
    const value = this.#slab(row, 1)[0]!
    const { unitNs } = this.#times
    const time = nanosecondsFromStored(value, unitNs)
    if (time === null) throw new Hdf5Problem(`${this.#times.path} holds ${value} at row ${row}, which is no time`)
    return time
  }

  /** What a stored time may be off by: half a unit of an integer, the spacing of doubles near today for seconds. */
  get #roundingNs(): number {
    return this.#element.startsWith('float') ? 240 : this.#times.unitNs
  }

  /** Nanoseconds since the first row; differences stay exact to a nanosecond over a hundred days. */
  #relative(from: number, count: number): Float64Array {
    const values = this.#slab(from, count)
    const { unitNs } = this.#times
    const relative = new Float64Array(count)
    const wholeSeconds = unitNs === 1e9 ? Number(this.#origin / 1_000_000_000n) : 0
    const rest = Number(this.#origin % 1_000_000_000n)
    for (let i = 0; i < count; i++) {
      const value = values[i]!
      if (typeof value === 'bigint') relative[i] = Number(value * BigInt(unitNs) - this.#origin)
      else if (unitNs === 1e9) relative[i] = (value - wholeSeconds) * 1e9 - rest
      else relative[i] = value * unitNs - Number(this.#origin)
    }
    return relative
  }

  /**
   * What the search for holes measures with; null for a single row. A median does not mind holes. Where every time is
   * read it is one of rounded steps, and the whole span is better where it agrees.
   */
  #measure(rows: number): number | null {
    if (rows < 2) return null
    const steps: number[] = []
    if (rows <= readAllRows) {
      const head = this.#relative(0, Math.min(rows, leafRows))
      for (let i = 1; i < head.length; i++) steps.push(head[i]! - head[i - 1]!)
    } else {
      const stride = Math.floor((rows - 1) / probes)
      for (let row = stride, before = 0; row < rows; row += stride) {
        const time = this.#relative(row, 1)[0]!
        steps.push((time - before) / stride)
        before = time
      }
    }
    const middle = median(steps.filter((step) => step > 0))
    if (middle === null || rows > readAllRows) return middle
    const span = this.#span(rows) / (rows - 1)
    if (Math.abs(span - middle) <= middle * 0.01) return span
    const even = steps.filter((step) => step > middle / 2 && step < middle * 1.5)
    return even.reduce((sum, step) => sum + step, 0) / even.length
  }

  #span(rows: number): number {
    return this.#relative(rows - 1, 1)[0]!
  }

  /** The span without its holes, by row; the header's interval where the two agree. */
  #settle(rows: number): number {
    const { nominalIntervalNs } = this.#times
    const lost = this.#holes.reduce((sum, { lastNs, nextNs }) => sum + nextNs - lastNs - this.#intervalNs, 0)
    const mean = (this.#span(rows) - lost) / (rows - 1)
    const measured = Math.abs(mean - this.#intervalNs) <= this.#intervalNs * 0.01 ? mean : this.#intervalNs
    const isNominal =
      nominalIntervalNs !== null &&
      // Rounded times of a short file say little: half a stored unit at both ends.
      Math.abs(measured - nominalIntervalNs) <=
        Math.max(nominalIntervalNs * rateTolerance, (2 * this.#roundingNs) / (rows - 1))
    return isNominal ? nominalIntervalNs : this.#rounded(measured, (2 * this.#roundingNs) / (rows - 1))
  }

  /** Whole microseconds, as instruments have them, where the rounding of the stored times leaves that open. */
  #rounded(intervalNs: number, uncertaintyNs: number): number {
    const microseconds = Math.round(intervalNs / 1000) * 1000
    return microseconds > 0 && Math.abs(intervalNs - microseconds) <= uncertaintyNs ? microseconds : snapped(intervalNs)
  }

  #search(rows: number): void {
    if (rows <= readAllRows) {
      for (let from = 0; from < rows - 1; from += blockRows)
        this.#scan(from, Math.min(rows - 1, from + blockRows), rows)
      return
    }
    const stride = Math.floor((rows - 1) / probes)
    let before = { row: 0, time: 0 }
    for (let row = stride; before.row < rows - 1; row += stride) {
      const at = Math.min(row, rows - 1)
      const next = { row: at, time: this.#relative(at, 1)[0]! }
      this.#searchSpan(before, next, rows)
      before = next
    }
  }

  #searchSpan(from: { row: number; time: number }, to: { row: number; time: number }, rows: number): void {
    const excess = to.time - from.time - (to.row - from.row) * this.#intervalNs
    if (Math.abs(excess) < this.#intervalNs / 2) return
    if (to.row - from.row <= leafRows) return this.#scan(from.row, to.row, rows)
    if (this.#reads > mostReads) {
      this.#isIncomplete = true
      return
    }
    const row = (from.row + to.row) >> 1
    const middle = { row, time: this.#relative(row, 1)[0]! }
    this.#searchSpan(from, middle, rows)
    this.#searchSpan(middle, to, rows)
  }

  /** Every step of the rows `from` to `to`, with a few rows around them. */
  #scan(from: number, to: number, rows: number): void {
    const first = Math.max(0, from - neighbours)
    const end = Math.min(rows, to + 1 + neighbours)
    const times = this.#relative(first, end - first)
    const limit = this.#intervalNs / 2
    for (let row = from + 1; row <= to; row++) {
      const i = row - first
      const step = times[i]! - times[i - 1]!
      if (step <= 0) this.#backwards += 1
      if (step - this.#intervalNs <= limit) continue
      if (this.#shiftAt(times, i) <= limit) continue
      if (this.#holes.length >= mostGaps) this.#isIncomplete = true
      else this.#holes.push({ row, lastNs: times[i - 1]!, nextNs: times[i]! })
    }
  }

  /** By how much the rows from `i` on come later than those before it let expect. */
  #shiftAt(times: Float64Array, i: number): number {
    const offset = (j: number): number => times[j]! - j * this.#intervalNs
    const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => offset(from + k))
    const before = median(range(Math.max(0, i - neighbours), i))
    const after = median(range(i, Math.min(times.length, i + neighbours)))
    return after === null || before === null ? 0 : after - before
  }

  #result(rows: number, intervalNs: number | null, warnings: string[]): TimeAxis & { lastTimeNs: Nanoseconds } {
    const { name, nominalIntervalNs } = this.#times
    const at = (relativeNs: number): Nanoseconds => this.#origin + BigInt(Math.round(relativeNs))
    const holes = intervalNs === null ? [] : this.#holes
    const runs = holes.map(({ row, nextNs }): TimeSegment => ({ firstIndex: row, startTimeNs: at(nextNs) }))
    const first = { firstIndex: 0, startTimeNs: this.#origin }
    const lastRun = runs.at(-1) ?? first
    if (nominalIntervalNs !== null && intervalNs !== null && intervalNs !== nominalIntervalNs)
      warnings.push(
        `The header says ${rateFromInterval(nominalIntervalNs)} Hz, ${name} ${rateFromInterval(intervalNs)} Hz: the times were taken.`
      )
    if (this.#backwards > 0)
      warnings.push(
        `${name} does not rise at ${this.#backwards} of ${rows} rows; times there are those of an even grid.`
      )
    if (holes.length > 0) warnings.push(`${name} has ${holes.length} gaps.`)
    if (this.#isIncomplete) warnings.push(`${name} has more gaps than are listed.`)
    return {
      startTimeNs: this.#origin,
      lastTimeNs: this.#absolute(rows - 1),
      endTimeNs: intervalNs === null ? null : lastRun.startTimeNs + durationNs(rows - lastRun.firstIndex, intervalNs),
      sampleIntervalNs: intervalNs,
      sampleRateHz: rateFromInterval(intervalNs),
      gaps: holes.map(({ lastNs, nextNs }) => ({ startTimeNs: at(lastNs + intervalNs!), endTimeNs: at(nextNs) })),
      segments: runs.length === 0 ? null : [first, ...runs],
      warnings
    }
  }
}

/** The axis where rows without a stored time are kept: they follow the last one evenly. */
export function continuedTo(axis: RowTimeAxis, rows: number): RowTimeAxis {
  const { endTimeNs, sampleIntervalNs, timedRows } = axis
  if (rows <= timedRows || endTimeNs === null || sampleIntervalNs === null) return axis
  return { ...axis, endTimeNs: endTimeNs + durationNs(rows - timedRows, sampleIntervalNs) }
}

const unknown = (intervalNs: number | null): Omit<TimeAxis, 'warnings'> => ({
  startTimeNs: null,
  endTimeNs: null,
  sampleIntervalNs: intervalNs,
  sampleRateHz: rateFromInterval(intervalNs),
  gaps: [],
  segments: null
})

function median(values: number[]): number | null {
  const finite = values.filter(Number.isFinite).sort((a, b) => a - b)
  return finite[Math.floor(finite.length / 2)] ?? null
}

/** Latest time that is believed: the year 2200. Beyond it lies a damaged number, and beyond 2262 no 64-bit nanosecond. */
const latestSeconds = 7_258_118_400

/** A stored number of units since 1970 as nanoseconds; null where it is no time. */
export function nanosecondsFromStored(value: number | bigint, unitNs: number): Nanoseconds | null {
  const seconds = (Number(value) * unitNs) / 1e9
  if (!Number.isFinite(seconds) || Math.abs(seconds) > latestSeconds) return null
  if (typeof value === 'bigint') return value * BigInt(unitNs)
  return unitNs === 1e9 ? nanosecondsFromSeconds(value) : BigInt(Math.round(value)) * BigInt(unitNs)
}
