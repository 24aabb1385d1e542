import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { numbersOf } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { rowTimeAxis } from '../hdf5/rowTimes.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { distanceAxis } from '../distanceAxis.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import { evenTimeAxis, rateFromInterval, type TimeAxis } from '../timeAxis.ts'

export interface Waveform {
  name: string
  dataset: SampleDataset
  info: RecordingInfo
}

/** PyTables keeps what HDF5 has no type for as a Python pickle (protocol 0), which only Python should open. */
const pickle = /^(N\.|[IFLVS].*\n|\(?[dlt]p?\d*\n|\(dp\d+|\(lp\d+|c[\w.]+\n|ccopy_reg|\x80)/

export const withoutPickles = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(([, value]) => typeof value !== 'string' || !pickle.test(`${value}\n`))
  )

const isPickled = (text: string): boolean => pickle.test(`${text}\n`) && /[.\n]/.test(text)

/** DASCore's names of quantities, as this program says them. */
const quantityOf = (type: string | null): string | null =>
  type === null || isPickled(type) ? null : type.replaceAll('_', ' ')

export function describeWaveform(reader: Hdf5Reader, file: string, path: string, version: string | null): Waveform {
  const warnings: string[] = []
  const attributes = withoutPickles(reader.attributes(path))
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dimensions = (textOf(attributes._dims) ?? '').split(',').filter(Boolean)
  const timeAt = dimensions.indexOf('time')
  if (dimensions.length > 0 && (timeAt < 0 || dimensions.length !== 2))
    throw new RecordingError(file, `${name} has the dimensions ${dimensions.join(', ')} instead of time and distance`)
  if (dimensions.length === 0) warnings.push('There is no _dims; time × distance was assumed.')
  const dataset = sampleDatasetAt(reader, file, `${path}/data`, timeAt === 1 ? 'channel-time' : 'time-channel')
  const channelDimension = dimensions.find((dimension) => dimension !== 'time') ?? 'distance'
  const given = (key: string): string | null => {
    const text = textOf(attributes[`_attrs_${key}`])
    return text === null || text === '' || isPickled(text) ? null : text
  }
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', attributes)
  const info = describeDataset(dataset, timesOf(reader, path, dataset.shape.time, attributes, warnings), {
    format: 'dasdae',
    formatVersion: version,
    file,
    instrument: given('instrument_id'),
    quantity: quantityOf(given('data_type')),
    unit: given('data_units'),
    ...channelsOf(reader, path, channelDimension, dataset.shape.channel, attributes, warnings),
    gaugeLengthM: positiveOf(attributes._attrs_gauge_length),
    warnings,
    metadata
  })
  return { name, dataset, info }
}

/** `_coord_time`: nanoseconds since 1970 where `is_datetime64`, otherwise seconds since a start that nobody knows. */
function timesOf(reader: Hdf5Reader, path: string, rows: number, attributes: Attributes, warnings: string[]): TimeAxis {
  const place = `${path}/_coord_time`
  const flags = reader.isDataset(place) ? reader.attributes(place) : {}
  const isTime = numberOf(flags.is_datetime64) === 1 || flags.is_datetime64 === true
  const isDuration = numberOf(flags.is_timedelta64) === 1 || flags.is_timedelta64 === true
  const unitNs = isTime || isDuration ? 1 : 1e9
  const axis = rowTimeAxis(reader, { path: place, name: '_coord_time', unitNs, rows, nominalIntervalNs: null })
  if (axis && isTime) return axis
  const step = numberOf(attributes._attrs_time_step)
  warnings.push(
    axis
      ? '_coord_time counts from a start that is not said: when this was recorded is not known.'
      : '_coord_time is missing: times are not known.'
  )
  return evenTimeAxis(null, axis?.sampleRateHz ?? rateFromInterval(step !== null && step > 1 ? step : null), rows)
}

function channelsOf(
  reader: Hdf5Reader,
  path: string,
  dimension: string,
  channels: number,
  attributes: Attributes,
  warnings: string[]
): Partial<RecordingInfo> {
  const values = numbersOf(reader.value(`${path}/_coord_${dimension}`))
  if (dimension === 'channel') {
    const [first, second] = values ?? []
    const step = first !== undefined && second !== undefined ? second - first : 1
    const isEven = values?.every((value, i) => value === first! + i * step && Number.isSafeInteger(value)) ?? false
    const distances = numbersOf(reader.value(`${path}/_coord_distance`))
    const axis = distanceAxis(distances, channels, warnings, textOf(attributes._attrs_distance_units))
    return { ...axis, ...(isEven && step > 0 ? { firstChannel: first!, channelStep: step } : {}) }
  }
  if (values === null) warnings.push(`_coord_${dimension} is missing: distances are not known.`)
  return distanceAxis(values, channels, warnings, textOf(attributes[`_attrs_${dimension}_units`]))
}
