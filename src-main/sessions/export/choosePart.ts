import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import { isoFromNanoseconds, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { RecordingInfo } from '../../recordings/recording.ts'
import { durationNs, timeOfRow } from '../../recordings/timeAxis.ts'
import { ExportError } from './exportFormat.ts'

/** A run of rows of the source that is in the selection. */
export interface SourceRun {
  /** Row of the source. */
  firstRow: number
  rows: number
  startTimeNs: Nanoseconds
  /** The whole run that it lies in: what filters may look at. */
  around: { firstRow: number; rows: number }
}

export interface ChosenPart {
  runs: SourceRun[]
  /** Indices, half-open. */
  channel: { from: number; to: number }
  /** Indices into the bands of the source; empty for samples. */
  bands: number[]
}

/** Without a known start, times count from 1970 on; without a known interval every row has that time. */
const timeOf = (info: RecordingInfo, row: number): Nanoseconds =>
  timeOfRow(info, row) ?? (info.sampleIntervalNs === null ? 0n : durationNs(row, info.sampleIntervalNs))

/** The first row at or after a time, by halving: times rise over the rows. */
function firstRowFrom(info: RecordingInfo, timeNs: Nanoseconds): number {
  let low = 0
  let high = info.shape.time
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (timeOf(info, middle) < timeNs) low = middle + 1
    else high = middle
  }
  return low
}

function timeRange(info: RecordingInfo, time: ExportSelection['time']): { from: number; to: number } {
  if (time === null) return { from: 0, to: info.shape.time }
  if (info.sampleIntervalNs === null)
    throw new ExportError(`${info.file}: its sample rate is not known, so no time can be chosen; export all of it.`)
  const from = firstRowFrom(info, BigInt(time.fromNs))
  const to = firstRowFrom(info, BigInt(time.toNs))
  if (from < to) return { from, to }
  const first = isoFromNanoseconds(timeOf(info, 0))
  const end = isoFromNanoseconds(info.endTimeNs ?? timeOf(info, info.shape.time))
  throw new ExportError(
    `${info.file}: no samples lie between ${isoFromNanoseconds(BigInt(time.fromNs))} and ${isoFromNanoseconds(BigInt(time.toNs))}; it runs from ${first} to ${end}.`
  )
}

function channelRange(info: RecordingInfo, channels: ExportSelection['channels']): { from: number; to: number } {
  const count = info.shape.channel
  if (channels === null) return { from: 0, to: count }
  const first = info.firstChannel ?? 0
  const step = info.channelStep
  const [low, high] = step > 0 ? [channels.from, channels.to] : [channels.to, channels.from]
  const from = Math.ceil((low - first) / step)
  const to = Math.floor((high - first) / step) + 1
  const last = first + (count - 1) * step
  if (channels.from > channels.to || from < 0 || to > count)
    throw new ExportError(
      `${info.file}: channels ${channels.from} to ${channels.to} are not all there; it has ${first} to ${last}${step === 1 ? '' : ` in steps of ${step}`}.`
    )
  if (from >= to)
    throw new ExportError(
      `${info.file}: no channel lies between ${channels.from} and ${channels.to}; they go from ${first} in steps of ${step}.`
    )
  return { from, to }
}

function chosenBands(info: RecordingInfo, band: number | null, holdsBands: boolean): number[] {
  const count = info.bands.length
  if (band !== null && band >= Math.max(1, count))
    throw new ExportError(
      `${info.file}: there is no band ${band}; ${count === 0 ? 'it holds samples, not band energy' : `it has 0 to ${count - 1}`}.`
    )
  if (count === 0) return []
  if (band !== null) return [band]
  return holdsBands ? info.bands.map((_, index) => index) : [0]
}

/** Rows, channels and bands of a recording that a selection means. Throws `ExportError` for an empty or impossible one. */
export function choosePart(info: RecordingInfo, selection: ExportSelection, holdsBands: boolean): ChosenPart {
  if (info.shape.time === 0 || info.shape.channel === 0)
    throw new ExportError(`${info.file}: it holds no samples, so there is nothing to export.`)
  const time = timeRange(info, selection.time)
  const segments = info.segments ?? [{ firstIndex: 0 }]
  const runs = segments.flatMap(({ firstIndex }, index): SourceRun[] => {
    const end = segments[index + 1]?.firstIndex ?? info.shape.time
    const firstRow = Math.max(firstIndex, time.from)
    const rows = Math.min(end, time.to) - firstRow
    if (rows <= 0) return []
    const around = { firstRow: firstIndex, rows: end - firstIndex }
    return [{ firstRow, rows, startTimeNs: timeOf(info, firstRow), around }]
  })
  return {
    runs,
    channel: channelRange(info, selection.channels),
    bands: chosenBands(info, selection.band, holdsBands)
  }
}
