import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, numberOf, positiveOf, shortestOf, textOf } from '../hdf5/hdf5Values.ts'
import { metresPer } from '../lengthUnit.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis, snapped } from '../timeAxis.ts'

const path = '/Acoustic'
const intervalName = 'TimeSamplingInterval(seconds)'

/** HDF5 files of Neubrex' Neubrescope: `/Acoustic` with attributes that name their units. */
export const neubrex = hdf5Format({
  name: 'neubrex',
  title: 'Neubrex Neubrescope DAS (HDF5)',

  isRecognised(reader) {
    if (!reader.isDataset(path)) return false
    const names = Object.keys(reader.attributes(path))
    return names.includes(intervalName) || names.some((name) => name.startsWith('NEUBRESCOPE.'))
  },
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const attributes = reader.attributes(path)
  const dataset = sampleDatasetAt(reader, file, path, 'time-channel')
  const seconds = positiveOf(attributes[intervalName])
  if (seconds === null) warnings.push(`${intervalName} is missing: the sample rate is not known.`)
  const rateHz = seconds === null ? null : snapped(1 / shortestOf(seconds))
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  addAttributes(metadata, 'Acoustic', attributes)
  const model = textOf(attributes['NEUBRESCOPE.DAS.Model'])
  const kind = textOf(attributes.DataType)
  const unit = textOf(attributes.DataPhysicalUnit)
  if (unit === null) warnings.push('DataPhysicalUnit is missing: the unit is not known.')
  const spacing = lengthOf(attributes, 'SpatialSamplingInterval', 'SpatialSamplingIntervalUnit', warnings)
  if (spacing === null) warnings.push('SpatialSamplingInterval is missing: the channel spacing is not known.')
  const gaugeLength = lengthOf(attributes, 'GaugeLength', 'GaugeLengthUnit', warnings)
  const info = describeDataset(dataset, evenTimeAxis(startTime(attributes, warnings), rateHz, dataset.shape.time), {
    format: 'neubrex',
    formatVersion: textOf(attributes.SoftVersion),
    file,
    instrument: model === null ? 'Neubrex Neubrescope' : `Neubrex ${model}`,
    quantity: kind === null ? null : kind.toLowerCase().replace(/[-_]/g, ' '),
    unit,
    channelSpacingM: spacing !== null && spacing > 0 ? spacing : null,
    firstDistanceM: lengthOf(attributes, 'StartPosition', 'StartStopPositionUnit', warnings),
    gaugeLengthM: gaugeLength !== null && gaugeLength > 0 ? gaugeLength : null,
    warnings,
    metadata
  })
  return { info, dataset }
}

function startTime(attributes: Attributes, warnings: string[]): Nanoseconds | null {
  for (const name of ['GPSTimeStamp(UTC)', 'CPUTimeStamp(UTC)', 'ISO8601TimeStamp']) {
    const text = textOf(attributes[name])
    if (text === null) continue
    const time = nanosecondsFromIso(text)
    // A clock that was never set says year 1 or 1904.
    if (time === null || time <= 0n) {
      warnings.push(`${name} says "${text}", which is no time of a recording.`)
      continue
    }
    if (name === 'CPUTimeStamp(UTC)')
      warnings.push(`There is no GPSTimeStamp(UTC): the start is ${name}, the computer's own clock.`)
    return time
  }
  warnings.push('Neither GPSTimeStamp(UTC) nor CPUTimeStamp(UTC) is a time: when this was recorded is not known.')
  return null
}

function lengthOf(attributes: Attributes, name: string, unitName: string, warnings: string[]): number | null {
  const value = numberOf(attributes[name])
  const unit = textOf(attributes[unitName])
  const factor = unit === null ? 1 : metresPer(unit)
  if (value !== null && factor === null)
    warnings.push(`${name} is in "${unit}", which is not known here; m was assumed.`)
  return value === null ? null : value * (factor ?? 1)
}
