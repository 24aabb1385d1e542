import { distanceAxis } from '../distanceAxis.ts'
import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addTree } from '../hdf5/hdf5Metadata.ts'
import { textOf } from '../hdf5/hdf5Values.ts'
import { continuedTo, rowTimeAxis } from '../hdf5/rowTimes.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import { evenTimeAxis, snapped, type TimeAxis } from '../timeAxis.ts'

const names = ['data', 't_axis', 'x_axis']

/** HDF5 files of OptaSense's ODH3: `/data`, channel × time, with its two axes beside it. */
export const odh3 = hdf5Format({
  name: 'optasense-odh3',
  title: 'OptaSense ODH3 (HDF5)',

  isRecognised: (reader) => names.every((name) => reader.isDataset(`/${name}`)),
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const { shape } = numbersAt(reader, file, '/data', 2)
  const rows = lengthOf(reader, '/t_axis')
  const channels = lengthOf(reader, '/x_axis')
  if (!fits(shape, rows, channels))
    throw new RecordingError(file, `data is ${shape.join(' × ')}, but t_axis has ${rows} values and x_axis ${channels}`)
  const dataset = sampleDatasetAt(
    reader,
    file,
    '/data',
    orderByLengths(shape, 'channel-time', { rows, channels }, warnings)
  )
  const positions = reader.value('/x_axis')
  const distances = (Array.isArray(positions) ? positions : [positions]).map(Number)
  const metadata: RecordingInfo['metadata'] = {}
  addTree(metadata, reader, '/')
  const unit = textOf(reader.attributes('/data').unit) ?? textOf(reader.attributes('/data').units)
  if (unit === null) warnings.push('The layout does not say what the values are: they are handed out as stored.')
  const info = describeDataset(dataset, timesOf(reader, dataset.shape.time, warnings), {
    format: 'optasense-odh3',
    formatVersion: null,
    file,
    instrument: 'OptaSense ODH3',
    unit,
    ...distanceAxis(distances, dataset.shape.channel, warnings),
    warnings,
    metadata
  })
  return { info, dataset }
}

const lengthOf = (reader: Hdf5Reader, path: string): number =>
  (reader.dataset(path)?.shape ?? []).reduce((product, count) => product * count, 1)

const fits = ([a, b]: number[], rows: number, channels: number): boolean =>
  (a === channels && b === rows) || (a === rows && b === channels)

/** Seconds from here on (March 1973) are a date; smaller ones count from the start of the file. */
const earliestDateS = 1e8
/** Magnitudes of today in units of 1970; each stands for a factor of a thousand. */
const unitsNs = [
  { below: 1e11, unitNs: 1e9 },
  { below: 1e14, unitNs: 1e6 },
  { below: 1e17, unitNs: 1000 },
  { below: 1e20, unitNs: 1 }
]

function timesOf(reader: Hdf5Reader, rows: number, warnings: string[]): TimeAxis {
  const { element, shape } = numbersAt(reader, '', '/t_axis', reader.dataset('/t_axis')!.shape.length)
  const long = shape.findIndex((length) => length !== 1)
  const at = (row: number): number => {
    const from = shape.map((_, i) => (i === Math.max(0, long) ? row : 0))
    const ones = shape.map(() => 1)
    return Number(reader.slab('/t_axis', element, from, ones, ones)[0])
  }
  const [first, last] = [at(0), at(rows - 1)]
  const unitNs = unitsNs.find(({ below }) => first < below)?.unitNs
  // A float32 holds today's date to two minutes.
  if (first >= earliestDateS && unitNs !== undefined && element !== 'float32') {
    if (unitNs !== 1e9) warnings.push(`t_axis was taken to count ${unitNs} ns since 1970, by its magnitude.`)
    const axis = rowTimeAxis(reader, { path: '/t_axis', name: 't_axis', unitNs, rows, nominalIntervalNs: null })
    if (axis) return continuedTo(axis, rows)
  }
  warnings.push('t_axis does not begin with a date: it was taken to count seconds, and the start is not known.')
  const seconds = (last - first) / (rows - 1)
  return evenTimeAxis(null, rows > 1 && seconds > 0 && Number.isFinite(seconds) ? snapped(1 / seconds) : null, rows)
}
