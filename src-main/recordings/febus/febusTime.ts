import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { type Attributes, numberOf, positiveOf } from '../hdf5/hdf5Values.ts'
import { nanosecondsFromStored } from '../hdf5/rowTimes.ts'
import { RecordingError, type TimeSegment } from '../recording.ts'
import { durationNs, evenTimeAxis, snapped, type TimeAxis } from '../timeAxis.ts'
import { blockLayout } from './febusOverlap.ts'

export interface BlockSource {
  reader: Hdf5Reader
  file: string
  /** Of the zone, and where it is silent of the source. */
  attributes: Attributes
  timePath: string
  blocks: number
  blockRows: number
}

export interface FebusTimes {
  axis: TimeAxis
  /** Blocks with a time: an unfinished file ends in blocks without. */
  blocks: number
  skippedRows: number
  keptRows: number
}

/** A time that is off by more than its jitter is one: a hole in the recording. */
const leastHoleSeconds = 0.06
const mostBlocks = 1 << 22
const timesAtOnce = 1 << 18
/** The first versions keep the rate of their digitiser here. */
const notSampleRate = 1e8

/** Blocks that overlap, jittering times of blocks → rows on an even axis, with the holes that the times show. */
export function febusTimes(source: BlockSource, warnings: string[]): FebusTimes {
  const { file, attributes, blocks, blockRows } = source
  const times = blockTimes(source, warnings)
  const timed = times.length > 0 && times.length < blocks && hasEnded(source) ? times.length : blocks
  const steps = evenSteps(times)
  const rowSeconds = rowInterval(attributes, warnings)
  const blockRate = positiveOf(attributes.BlockRate)
  const layout = blockLayout(
    {
      blockRows,
      rowSeconds,
      measuredSeconds: steps.length > 0 ? steps.reduce((sum, step) => sum + step, 0) / steps.length : null,
      steps: steps.length,
      statedSeconds: blockRate === null ? null : 1000 / blockRate,
      overlapPercent: numberOf(attributes.Overlap) ?? numberOf(attributes.BlockOverlap)
    },
    warnings
  )
  const { keptRows, skippedRows } = layout
  if (blockRows < 2) throw new RecordingError(file, `has blocks of ${blockRows} row, which are no samples in time`)
  const rows = timed * keptRows
  const rateHz = layout.rowSeconds === null ? null : snapped(1 / layout.rowSeconds)
  const first = times.length > 0 ? nanosecondsFromStored(times[0]!, 1e9) : null
  if (first === null || layout.rowSeconds === null)
    return { axis: evenTimeAxis(null, rateHz, rows), blocks: timed, skippedRows, keptRows }
  const beginNs = BigInt(Math.round((skippedRows - blockRows / 2) * layout.rowSeconds * 1e9))
  warnings.push(...referenceWarning(attributes, blockRows, layout.rowSeconds))
  const axis = evenTimeAxis(first + beginNs, rateHz, rows)
  const runs = runsOf(times, keptRows * layout.rowSeconds, warnings).map((block): TimeSegment => ({
    firstIndex: block * keptRows,
    startTimeNs: nanosecondsFromStored(times[block]!, 1e9)! + beginNs
  }))
  return { axis: withRuns(axis, runs, rows), blocks: timed, skippedRows, keptRows }
}

/** Times of the blocks up to the last one that has any; a block in between without one lies between its neighbours. */
function blockTimes({ reader, timePath, blocks }: BlockSource, warnings: string[]): number[] {
  const dataset = reader.dataset(timePath)
  if (!dataset?.element || dataset.shape.length === 0 || dataset.shape.length > 2) {
    warnings.push('There are no block times: when this was recorded is not known.')
    return []
  }
  // One row of times, or one column, or a list.
  const axis = dataset.shape.length === 1 || dataset.shape[1] === 1 ? 0 : 1
  const length = dataset.shape[axis]!
  if (length !== blocks) warnings.push(`There are ${length} block times for ${blocks} blocks.`)
  const count = Math.min(length, blocks, mostBlocks)
  const times: number[] = []
  for (let from = 0; from < count; from += timesAtOnce) {
    const take = Math.min(timesAtOnce, count - from)
    const place = dataset.shape.map((_, i) => (i === axis ? from : 0))
    const counts = dataset.shape.map((_, i) => (i === axis ? take : 1))
    const ones = dataset.shape.map(() => 1)
    for (const value of reader.slab(timePath, dataset.element, place, counts, ones))
      times.push(validTime(Number(value)))
  }
  return withoutInvalid(times, blocks, warnings)
}

const validTime = (seconds: number): number =>
  seconds > 0 && nanosecondsFromStored(seconds, 1e9) !== null ? seconds : Number.NaN

function withoutInvalid(times: number[], blocks: number, warnings: string[]): number[] {
  let end = times.length
  while (end > 0 && Number.isNaN(times[end - 1])) end -= 1
  if (end === 0) {
    warnings.push('No block has a valid time: when this was recorded is not known.')
    return []
  }
  if (end < times.length)
    warnings.push(`The file is unfinished: blocks ${end} to ${blocks - 1} have no time and were left out.`)
  const known = times.slice(0, end)
  const missing = known.filter(Number.isNaN).length
  if (missing === 0) return known
  warnings.push(`${missing} of ${end} blocks have no valid time: they were placed by the others.`)
  const steps = known.slice(1).map((time, i) => time - known[i]!)
  const interval = middleOf(steps.filter(Number.isFinite)) ?? 0
  const first = known.findIndex((time) => !Number.isNaN(time))
  for (let block = first - 1; block >= 0; block--) known[block] = known[block + 1]! - interval
  for (let block = first + 1; block < end; block++)
    if (Number.isNaN(known[block])) known[block] = known[block - 1]! + interval
  return known
}

const middleOf = (values: number[]): number | undefined =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]

/** Whether times end because there are no more, rather than because the list is short. */
const hasEnded = ({ reader, timePath, blocks }: BlockSource): boolean =>
  (reader.dataset(timePath)?.shape ?? []).reduce((product, length) => product * length, 1) >= blocks

/** Steps between blocks that are none over a hole. */
function evenSteps(times: number[]): number[] {
  const steps = times.slice(1).map((time, i) => time - times[i]!)
  const middle = middleOf(steps)
  if (middle === undefined || middle <= 0) return []
  return steps.filter((step) => Math.abs(step - middle) <= Math.max(middle * 0.1, 2 * 0.02))
}

/** `Spacing` [m, ms]; the first versions state the rate in `SamplingRate` and another time in `Spacing`. */
function rowInterval(attributes: Attributes, warnings: string[]): number | null {
  const spacing = attributes.Spacing
  const milliseconds = Array.isArray(spacing) ? positiveOf(spacing[1]) : null
  const rate = positiveOf(attributes.SamplingRate)
  const isRate = rate !== null && rate < notSampleRate
  const isFirstVersion = attributes.Version === undefined || attributes.Version === null
  if (isFirstVersion && isRate) return 1 / rate
  if (milliseconds !== null) return milliseconds / 1000
  if (isRate) {
    warnings.push('Spacing gives no sample interval: SamplingRate was taken.')
    return 1 / rate
  }
  warnings.push('Neither Spacing nor SamplingRate gives a sample interval: it is that of the block times.')
  return null
}

function referenceWarning(attributes: Attributes, blockRows: number, rowSeconds: number): string[] {
  const half = (blockRows / 2) * rowSeconds
  const originMs = Array.isArray(attributes.Origin) ? numberOf(attributes.Origin[1]) : null
  const later = half + (originMs ?? 0) / 1000
  if (Math.abs(later) < rowSeconds) return []
  return [
    `Block times were taken as those of the middle of a block, ${half} s after its first row; read as time + Origin all times would be ${later.toFixed(4)} s later.`
  ]
}

const neighbours = 3

/** Blocks that begin a new run: from there on all times are later than an even axis lets expect. */
function runsOf(times: number[], interval: number, warnings: string[]): number[] {
  const limit = Math.min(Math.max(leastHoleSeconds, interval * 0.1), interval / 2)
  const offset = (block: number): number => times[block]! - times[0]! - block * interval
  const offsetOf = (from: number, to: number): number =>
    middleOf(Array.from({ length: to - from }, (_, i) => offset(from + i)))!
  const runs: number[] = []
  let backwards = 0
  for (let block = 1; block < times.length; block++) {
    const excess = times[block]! - times[block - 1]! - interval
    if (excess < -limit) backwards += 1
    if (excess <= limit) continue
    const before = offsetOf(Math.max(0, block - neighbours), block)
    if (offsetOf(block, Math.min(times.length, block + neighbours)) - before > limit) runs.push(block)
  }
  if (backwards > 0)
    warnings.push(
      `Block times come too early at ${backwards} of ${times.length} blocks; times there are those of an even grid.`
    )
  if (runs.length > 0) warnings.push(`The block times have ${runs.length} gaps.`)
  return runs
}

function withRuns(axis: TimeAxis, runs: TimeSegment[], rows: number): TimeAxis {
  const { startTimeNs, sampleIntervalNs } = axis
  if (runs.length === 0 || startTimeNs === null || sampleIntervalNs === null) return axis
  const segments = [{ firstIndex: 0, startTimeNs }, ...runs]
  const endOf = (segment: TimeSegment, toRow: number): Nanoseconds =>
    segment.startTimeNs + durationNs(toRow - segment.firstIndex, sampleIntervalNs)
  const gaps = runs.map((run, i) => ({ startTimeNs: endOf(segments[i]!, run.firstIndex), endTimeNs: run.startTimeNs }))
  return { ...axis, endTimeNs: endOf(segments.at(-1)!, rows), gaps, segments }
}
