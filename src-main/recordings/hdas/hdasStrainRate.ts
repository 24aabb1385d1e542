import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { continuedTo, rowTimeAxis } from '../hdf5/rowTimes.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import { evenTimeAxis, rateFromInterval } from '../timeAxis.ts'
import { addHeader, headerLength, headerOf, positiveAt } from './hdasHeader.ts'

const path = '/StrainRate/StrainRate_Data'
const timePath = '/Timestamps/Timestamps_Data'
const headerPath = '/Header/Header_Data'

/** Places in the header of HDAS 3.0, from 0 (xdas, aragon.py). */
const at = { trigger: 1, spacing: 44, divisors: [49, 76, 101], position: 72, kind: 129, version: 199 }

/** HDF5 files of HDAS 3.0: strain rate with the time of every row, and a header of 200 numbers. */
export const hdasStrainRate = hdf5Format({
  name: 'hdas-3',
  title: 'Aragón Photonics HDAS 3.0 (HDF5)',

  isRecognised: (reader) => reader.isDataset(path) && reader.isDataset(headerPath),
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const header = headerOf(reader, headerPath)
  if (header === null)
    throw new RecordingError(file, `${headerPath.slice(1)} does not hold the ${headerLength} numbers of an HDAS header`)
  if (Math.round(header[at.version]!) !== 1)
    warnings.push(`Header value ${at.version} is ${header[at.version]} instead of 1; it was read as HDAS 3.0.`)
  if (Math.round(header[at.kind]!) !== 0)
    throw new RecordingError(
      file,
      `does not hold strain rate: header value ${at.kind} is ${header[at.kind]} instead of 0`
    )
  const { shape } = numbersAt(reader, file, path, 2)
  const times = reader.dataset(timePath)
  const rows = times ? times.shape.reduce((product, count) => product * count, 1) : null
  const dataset = sampleDatasetAt(reader, file, path, orderByLengths(shape, 'time-channel', { rows }, warnings))
  const intervalNs = intervalOf(header, warnings)
  const stamped = rowTimeAxis(reader, {
    path: timePath,
    name: 'Timestamps',
    unitNs: 1e9,
    rows: dataset.shape.time,
    nominalIntervalNs: intervalNs
  })
  if (stamped === null) warnings.push('Timestamps are missing: when this was recorded is not known.')
  const axis = stamped
    ? continuedTo(stamped, dataset.shape.time)
    : evenTimeAxis(null, rateFromInterval(intervalNs), dataset.shape.time)
  const position = header[at.position]!
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  addHeader(metadata, header)
  warnings.push('The unit of the strain rate is not in the file: values are handed out as stored.')
  const info = describeDataset(dataset, axis, {
    format: 'hdas-3',
    formatVersion: '3.0',
    file,
    instrument: 'Aragón Photonics HDAS',
    quantity: 'strain rate',
    channelSpacingM: positiveAt(header, at.spacing),
    firstDistanceM: Number.isFinite(position) ? position : null,
    warnings,
    metadata
  })
  return { info, dataset }
}

function intervalOf(header: Float64Array, warnings: string[]): number | null {
  const trigger = positiveAt(header, at.trigger)
  const divisors = at.divisors.map((place) => positiveAt(header, place))
  if (trigger === null || divisors.some((divisor) => divisor === null)) {
    warnings.push('The header gives no sample rate.')
    return null
  }
  return Math.round((divisors.reduce<number>((product, divisor) => product * divisor!, 1) / trigger) * 1e9)
}
