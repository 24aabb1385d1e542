import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, integerOf, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { durationNs, evenTimeAxis, type TimeAxis } from '../timeAxis.ts'

const rateName = 'sampling rate Hz'
const spacingName = 'channel spacing m'
const scaleName = 'scale factor to strain'
const marks = [rateName, spacingName, scaleName, 'raw_data_units', 'GL m']

/** HDF5 files of OptaSense's ODH4: `/raw_data`, channel × time, described by attributes of the root. */
export const odh4 = hdf5Format({
  name: 'optasense-odh4',
  title: 'OptaSense ODH4 (HDF5)',

  isRecognised(reader) {
    if (!reader.isDataset('/raw_data')) return false
    const root = reader.attributes('/')
    return marks.some((name) => root[name] !== undefined)
  },
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const root = reader.attributes('/')
  const { shape } = numbersAt(reader, file, '/raw_data', 2)
  const first = integerOf(root.channel_start)
  const dataset = sampleDatasetAt(
    reader,
    file,
    '/raw_data',
    orderByLengths(
      shape,
      'channel-time',
      {
        channels: channelsOf(root, first, shape)
      },
      warnings
    )
  )
  const end = integerOf(root.channel_end)
  if (first !== null && end !== null && ![end - first, end - first + 1].includes(dataset.shape.channel))
    warnings.push(`channel_start and channel_end say ${end - first} channels, but there are ${dataset.shape.channel}.`)
  const spacing = positiveOf(root[spacingName])
  if (spacing === null) warnings.push(`"${spacingName}" is missing: the channel spacing is not known.`)
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', root)
  addAttributes(metadata, 'raw_data', reader.attributes('/raw_data'))
  const info = describeDataset(dataset, timesOf(root, dataset.shape.time, warnings), {
    format: 'optasense-odh4',
    formatVersion: null,
    file,
    instrument: 'OptaSense ODH4',
    ...scaleOf(root, warnings),
    channelSpacingM: spacing,
    firstChannel: first,
    firstDistanceM: spacing === null || first === null ? null : first * spacing,
    gaugeLengthM: positiveOf(root['GL m']),
    warnings,
    metadata
  })
  return { info, dataset }
}

/** `channel_end` is the number after the last one in the files that are known; the last one itself would fit too. */
function channelsOf(root: Attributes, first: number | null, shape: number[]): number | null {
  const end = integerOf(root.channel_end)
  if (first === null || end === null) return null
  return [end - first, end - first + 1].find((count) => shape.includes(count)) ?? null
}

function timesOf(root: Attributes, rows: number, warnings: string[]): TimeAxis {
  const rateHz = positiveOf(root[rateName])
  if (rateHz === null) warnings.push(`"${rateName}" is missing: the sample rate is not known.`)
  const start = timeOf(root, 'starttime', warnings)
  if (start === null) warnings.push('starttime is missing: when this was recorded is not known.')
  const axis = evenTimeAxis(start, rateHz, rows)
  const end = timeOf(root, 'endtime', warnings)
  if (axis.endTimeNs !== null && end !== null) {
    const tolerance = durationNs(2, axis.sampleIntervalNs!) + durationNs(rows, axis.sampleIntervalNs!) / 1000n
    const off = end > axis.endTimeNs ? end - axis.endTimeNs : axis.endTimeNs - end
    if (off > tolerance)
      warnings.push('endtime is not where the rows end by start and sampling rate, which were taken.')
  }
  return axis
}

function timeOf(root: Attributes, name: string, warnings: string[]): Nanoseconds | null {
  const text = textOf(root[name])
  if (text === null) return null
  const time = nanosecondsFromIso(text)
  if (time === null) warnings.push(`${name} says "${text}", which is no time.`)
  return time
}

/** Stored phase times the factor of the file is strain; without the factor it stays what `raw_data_units` says. */
function scaleOf(root: Attributes, warnings: string[]): Pick<RecordingInfo, 'scale' | 'unit' | 'quantity'> {
  const factor = numberOf(root[scaleName])
  if (factor !== null && factor !== 0) return { scale: factor, unit: 'strain', quantity: 'strain' }
  const unit = textOf(root.raw_data_units)
  warnings.push(`"${scaleName}" is missing: values are ${unit ?? 'in a unit that is not known'}.`)
  return { scale: 1, unit, quantity: unit !== null && /phase|rad/i.test(unit) ? 'phase' : null }
}
