import { distanceAxis } from '../distanceAxis.ts'
import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { numbersOf } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { textOf } from '../hdf5/hdf5Values.ts'
import { rowTimeAxis } from '../hdf5/rowTimes.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { cfTime, nanosecondsPer } from '../netcdf/cfTime.ts'
import { countedTimeAxis } from '../netcdf/countedTimes.ts'
import { type RecordingInfo, RecordingError } from '../recording.ts'
import type { Candidate } from '../recordingFormat.ts'
import { evenTimeAxis, type TimeAxis } from '../timeAxis.ts'
import { type FoundDataset, surroundings } from './surroundings.ts'
import { datenumOfEpoch, isDistanceName, isTimeName, unitOfEpoch, usualValues } from './usualNames.ts'

/** How a container shows its arrays: MATLAB names the axes the other way round than HDF5 stores them. */
export interface Convention {
  format: string
  formatVersion: string | null
  /** Whether axis 0, as the user sees it, is the last one of the dataset. */
  isReversed: boolean
}

const values = ({ shape }: FoundDataset): number => shape.reduce((product, length) => product * length, 1)
const isMatrix = ({ shape, element }: FoundDataset): boolean =>
  element !== null && shape.length === 2 && !shape.includes(0)
const isVector = ({ shape, element }: FoundDataset): boolean =>
  element !== null && shape.filter((length) => length !== 1).length === 1

/** The datasets that may be the samples, the likeliest first: large ones, and no single row or column. */
export function matrices(datasets: FoundDataset[]): FoundDataset[] {
  const isWide = (found: FoundDataset): number => (Math.min(...found.shape) > 1 ? 1 : 0)
  return datasets
    .filter((found) => isMatrix(found) && values(found) > 1)
    .sort((a, b) => isWide(b) - isWide(a) || values(b) - values(a))
}

/** Describes the largest matrix of a file that has no layout, by what lies beside it under the names that people use. */
export function describePlain(
  reader: Hdf5Reader,
  { path: file, assumptions }: Candidate,
  convention: Convention
): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const { datasets, valuesNear } = surroundings(reader)
  const [samples, ...others] = matrices(datasets)
  if (!samples) throw new RecordingError(file, 'holds no two-dimensional array of numbers')
  const rivals = others.filter((other) => Math.min(...other.shape) > 1).map(({ path }) => path.slice(1))
  if (rivals.length > 0)
    warnings.push(`Only ${samples.path.slice(1)}, the largest array, was opened; not opened: ${rivals.join(', ')}.`)
  const vectors = datasets.filter((found) => found !== samples && isVector(found))
  const time = vectors.find((found) => isTimeName(found.path) && samples.shape.includes(values(found)))
  const distance = vectors.find((found) => isDistanceName(found.path) && samples.shape.includes(values(found)))
  const lengths = { time: time ? values(time) : null, distance: distance ? values(distance) : null }
  const order = orderOf(samples, lengths, assumptions.timeAxis, convention, warnings)
  const dataset = sampleDatasetAt(reader, file, samples.path, order)
  const usual = usualValues(valuesNear(samples.path))
  const rows = dataset.shape.time
  const stored = time && lengths.time === rows ? vectorTimes(reader, time.path, rows, warnings) : null
  const axis =
    stored && stored.startTimeNs !== null
      ? stored
      : evenTimeAxis(usual.startTimeNs, stored?.sampleRateHz ?? usual.sampleRateHz, rows)
  const used = [...(stored && time ? [`times (${time.path.slice(1)})`] : []), ...usual.taken]
  const { channel } = dataset.shape
  const distances =
    distance && lengths.distance === channel
      ? distanceAxis(numbersOf(reader.value(distance.path)), channel, warnings, unitOf(reader, distance.path))
      : null
  if (distances) used.push(`distances (${distance!.path.slice(1)})`)
  if (used.length > 0) warnings.push(`The file has no known layout; taken by their names: ${used.join(', ')}.`)
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  addAttributes(metadata, samples.path.slice(1), reader.attributes(samples.path))
  const info = describeDataset(dataset, axis, {
    format: convention.format,
    formatVersion: convention.formatVersion,
    file,
    unit: usual.unit,
    channelSpacingM: usual.channelSpacingM,
    firstDistanceM: usual.firstDistanceM,
    ...distances,
    gaugeLengthM: usual.gaugeLengthM,
    warnings,
    metadata
  })
  return { info, dataset }
}

const unitOf = (reader: Hdf5Reader, path: string): string | null => textOf(reader.attributes(path).units)

function orderOf(
  { path, shape }: FoundDataset,
  lengths: { time: number | null; distance: number | null },
  timeAxis: 0 | 1 | undefined,
  { isReversed }: Convention,
  warnings: string[]
): SampleDataset['order'] {
  const orderWith = (axis: 0 | 1): SampleDataset['order'] =>
    (axis === 0) !== isReversed ? 'time-channel' : 'channel-time'
  if (timeAxis !== undefined) return orderWith(timeAxis)
  const [first, second] = shape as [number, number]
  if (first !== second) {
    if (lengths.time !== null) return lengths.time === first ? 'time-channel' : 'channel-time'
    if (lengths.distance !== null) return lengths.distance === second ? 'time-channel' : 'channel-time'
  }
  const shown = isReversed ? [second, first] : [first, second]
  warnings.push(
    `${path.slice(1)} is ${shown.join(' × ')} and does not say which axis is time; the first one was assumed. Another can be stated when it is opened.`
  )
  return orderWith(0)
}

/** Days since the year 0, as MATLAB counts them. */
const datenum = { unitNs: 86_400e9, epochNs: BigInt(-datenumOfEpoch) * 86_400_000_000_000n }

/** The axis of a vector of times; without a start where it counts from nowhere. */
function vectorTimes(reader: Hdf5Reader, path: string, rows: number, warnings: string[]): TimeAxis | null {
  const name = path.slice(1)
  const units = unitOf(reader, path)
  const calendar = textOf(reader.attributes(path).calendar)
  const count = cfTime(units, calendar)
  const times = { path, name, rows }
  if (count !== null) return countedTimeAxis(reader, times, count)
  const [first] = numbersOf(reader.value(path)) ?? []
  if (first === undefined) return null
  if (first > 6e5 && first < 8e5) return countedTimeAxis(reader, times, datenum)
  const axisIn = (unitNs: number): TimeAxis | null => rowTimeAxis(reader, { ...times, unitNs, nominalIntervalNs: null })
  const epochUnit = unitOfEpoch(first)
  if (epochUnit !== null) return axisIn(epochUnit)
  const suffix = /_?(ns|us|ms)$/.exec(name.toLowerCase())?.[1] ?? 's'
  const axis = axisIn(nanosecondsPer(units ?? suffix) ?? 1e9)
  warnings.push(`${name} counts from no date: when this was recorded is not known.`)
  return axis && { ...axis, startTimeNs: null }
}
