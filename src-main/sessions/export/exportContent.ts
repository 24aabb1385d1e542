import type { ExportSelection } from '../../../src-preload/contract/tasks.ts'
import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import { designDecimationFilter, designDecimationMean } from '../../dsp/decimation.ts'
import type { Band, ElementName, Recording, RecordingInfo, SampleArray } from '../../recordings/recording.ts'
import { durationNs, rateFromInterval } from '../../recordings/timeAxis.ts'
import { type ChannelIndices, createContentReader, sampleArrays } from './contentReader.ts'
import { type ChosenPart, choosePart } from './choosePart.ts'
import { ExportError } from './exportFormat.ts'

/** Rows without a gap between them. Row numbers are those of the content. */
export interface ContentRun {
  firstRow: number
  rows: number
  startTimeNs: Nanoseconds
}

/** What is written: a part of a recording as its reader would see it, in physical units. */
export interface ExportContent {
  readonly source: RecordingInfo
  readonly rows: number
  readonly channels: number
  /** Of the values that `read` gives: they are in `unit` as they are, there is no scale left. */
  readonly element: ElementName
  readonly unit: string | null
  readonly quantity: string | null
  /** False: the times are not known, and count from 1970-01-01T00:00:00Z on. */
  readonly hasStartTime: boolean
  readonly startTimeNs: Nanoseconds
  /** Null: not known. May be fractional. */
  readonly sampleIntervalNs: number | null
  readonly sampleRateHz: number | null
  /** At least one; one alone where gaps are filled. */
  readonly runs: ContentRun[]
  readonly gaps: RecordingInfo['gaps']
  /** Rows that hold no samples of the source. */
  readonly filledRows: number
  /** The recording's own number of each channel of the content. */
  channelNumber(channel: number): number
  channelName(channel: number): string | null
  /** Metres; null where they are not known. */
  distanceM(channel: number): number | null
  /** Null where not known, or where the channels are not evenly spaced. */
  readonly channelSpacingM: number | null
  readonly channelStep: number
  readonly bands: Band[]
  readonly decimation: number
  /** Time of a row of the content. */
  timeNs(row: number): Nanoseconds
  /** Time-major, rows `from` … `to` of all channels or a range of them, of the band with that index in `bands`. The caller's own. */
  read(from: number, to: number, band?: number, channels?: ChannelIndices): Promise<SampleArray>
}

export interface ContentOptions {
  gaps: 'kept' | 'NaN' | 'zero'
  holdsBands: boolean
  /** Scaled or filled values as float64, for computing with them: no rounding is added. */
  isDouble?: boolean
}

const bytesOf = (element: ElementName): number => sampleArrays[element].BYTES_PER_ELEMENT

export const rowBytes = (content: Pick<ExportContent, 'channels' | 'element'>): number =>
  content.channels * bytesOf(content.element)

/** Integers that are scaled, filtered or filled become floating-point numbers that hold each of them exactly. */
function elementOf(info: RecordingInfo, isComputed: boolean, isDouble: boolean): ElementName {
  if (!isComputed) return info.dtype
  return isDouble || info.dtype === 'int32' || info.dtype === 'float64' ? 'float64' : 'float32'
}

/** The runs on an even grid: each begins at the row that is nearest to its time. */
function onGrid(runs: ContentRun[], intervalNs: number, file: string): { runs: ContentRun[]; rows: number } {
  const startNs = runs[0]!.startTimeNs
  let end = 0
  const placed = runs.map((run) => {
    const firstRow = Math.max(end, Math.round(Number(run.startTimeNs - startNs) / intervalNs))
    end = firstRow + run.rows
    return { ...run, firstRow }
  })
  if (!Number.isSafeInteger(end)) throw new ExportError(`${file}: its gaps are too long to be filled.`)
  return { runs: placed, rows: end }
}

/** The part of a recording that a selection means. Throws `ExportError` for one that is empty or not in the recording. */
export function createContent(
  recording: Recording,
  selection: ExportSelection,
  options: ContentOptions
): ExportContent {
  const { info } = recording
  const part = choosePart(info, selection, options.holdsBands)
  const { decimate } = selection
  const intervalNs = info.sampleIntervalNs === null ? null : info.sampleIntervalNs * decimate
  const hasStartTime = info.startTimeNs !== null && intervalNs !== null
  let rows = 0
  const pieces = part.runs.map((run) => {
    const piece = { firstRow: rows, rows: Math.ceil(run.rows / decimate), startTimeNs: run.startTimeNs }
    rows += piece.rows
    return piece
  })
  const isFilled = options.gaps !== 'kept' && pieces.length > 1 && intervalNs !== null
  const grid = isFilled ? onGrid(pieces, intervalNs, info.file) : { runs: pieces, rows }
  const startTimeNs = pieces[0]!.startTimeNs
  const runs = isFilled ? [{ firstRow: 0, rows: grid.rows, startTimeNs }] : pieces
  const element = elementOf(
    info,
    info.scale !== 1 || decimate > 1 || (isFilled && options.gaps === 'NaN'),
    options.isDouble ?? false
  )
  const reader = createContentReader({
    recording,
    part,
    pieces: grid.runs,
    element,
    filler: options.gaps === 'zero' ? 0 : NaN,
    filter:
      decimate === 1 ? null : info.bands.length > 0 ? designDecimationMean(decimate) : designDecimationFilter(decimate)
  })
  const { channel } = part
  return {
    source: info,
    rows: grid.rows,
    channels: channel.to - channel.from,
    element,
    unit: info.unit,
    quantity: info.quantity,
    hasStartTime,
    startTimeNs,
    sampleIntervalNs: intervalNs,
    sampleRateHz: decimate === 1 ? info.sampleRateHz : rateFromInterval(intervalNs),
    runs,
    gaps: gapsBetween(part, info),
    filledRows: grid.rows - rows,
    channelNumber: (index) => (info.firstChannel ?? 0) + (channel.from + index) * info.channelStep,
    channelName: (index) => info.channelNames?.[channel.from + index] ?? null,
    distanceM: (index) => distanceOf(info, channel.from + index),
    channelSpacingM: info.distancesM ? null : info.channelSpacingM,
    channelStep: info.channelStep,
    bands: part.bands.map((index) => info.bands[index]!),
    decimation: decimate,
    timeNs(row) {
      let run = runs[0]!
      for (let low = 0, high = runs.length - 1; low <= high;) {
        const middle = (low + high) >> 1
        if (runs[middle]!.firstRow <= row) {
          run = runs[middle]!
          low = middle + 1
        } else high = middle - 1
      }
      return run.startTimeNs + (intervalNs === null ? 0n : durationNs(row - run.firstRow, intervalNs))
    },
    read: (from, to, band = 0, channels = undefined) => reader(from, to, part.bands[band] ?? 0, channels)
  }
}

function distanceOf(info: RecordingInfo, index: number): number | null {
  if (info.distancesM) return info.distancesM[index] ?? null
  if (info.firstDistanceM === null || info.channelSpacingM === null) return null
  return info.firstDistanceM + index * info.channelSpacingM
}

/** From the end of each run to the start of the next one. */
function gapsBetween(part: ChosenPart, info: RecordingInfo): RecordingInfo['gaps'] {
  const { sampleIntervalNs } = info
  if (sampleIntervalNs === null) return []
  return part.runs.slice(1).map((run, index) => {
    const before = part.runs[index]!
    return {
      startTimeNs: before.startTimeNs + durationNs(before.rows, sampleIntervalNs),
      endTimeNs: run.startTimeNs
    }
  })
}
