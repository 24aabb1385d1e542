import { distanceAxis, type DistanceAxis } from '../distanceAxis.ts'
import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format, numbersOf } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, numberOf, positiveOf } from '../hdf5/hdf5Values.ts'
import { nanosecondsFromStored } from '../hdf5/rowTimes.ts'
import { describeDataset, numbersAt, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis } from '../timeAxis.ts'
import { silixaScale } from './silixaScale.ts'

/** HDF5 files of Silixa's Carina in a netCDF shell: `/Fiber`, its columns placed on the fibre by `/ChannelMap`. */
export const silixaCarina = hdf5Format({
  name: 'silixa-carina',
  title: 'Silixa Carina (HDF5)',

  isRecognised: (reader) => reader.isDataset('/Fiber') && reader.isDataset('/ChannelMap'),
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const root = reader.attributes('/')
  const { element } = numbersAt(reader, file, '/Fiber', 2)
  const dataset = sampleDatasetAt(reader, file, '/Fiber', 'time-channel')
  const rateHz = positiveOf(root.Samplerate)
  if (rateHz === null) warnings.push('Samplerate is missing: the sample rate is not known.')
  const microseconds = numberOf(root.StartTime)
  const start = microseconds !== null && microseconds > 0 ? nanosecondsFromStored(microseconds, 1000) : null
  if (start === null) warnings.push('StartTime is no time: when this was recorded is not known.')
  const gaugeLengthM = positiveOf(root.GaugeLength)
  const scale = silixaScale(
    {
      rateHz: positiveOf(root['SamplingFrequency[Hz]']),
      gaugeLengthM,
      calibrationNm: positiveOf(root['Unit Calibration (nm)']),
      element
    },
    warnings
  )
  const gain = positiveOf(root.FilterGain)
  if (gain === null && scale.unit !== null) warnings.push('FilterGain is missing; 1 was assumed.')
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', root)
  addAttributes(metadata, 'Fiber', reader.attributes('/Fiber'))
  const info = describeDataset(dataset, evenTimeAxis(start, rateHz, dataset.shape.time), {
    format: 'silixa-carina',
    formatVersion: null,
    file,
    instrument: 'Silixa Carina',
    ...scale,
    scale: scale.scale / (scale.unit === null ? 1 : (gain ?? 1)),
    ...channelAxis(reader, root, dataset.shape.channel, warnings),
    gaugeLengthM,
    warnings,
    metadata
  })
  return { info, dataset }
}

/** Position on the fibre of every column: the map lists the column of every position, or −1. */
function channelAxis(
  reader: Hdf5Reader,
  root: Attributes,
  columns: number,
  warnings: string[]
): DistanceAxis & { firstChannel: number | null } {
  const map = numbersOf(reader.value('/ChannelMap')) ?? []
  const positions = new Array<number>(columns).fill(Number.NaN)
  for (const [position, column] of map.entries()) if (column >= 0 && column < columns) positions[column] = position
  const resolution = positiveOf(root['SpatialResolution[m]'])
  const first = numberOf(root['Start Distance (m)'])
  const unknown = { channelSpacingM: null, firstDistanceM: null, distancesM: null, firstChannel: null }
  if (positions.some(Number.isNaN)) {
    warnings.push('ChannelMap does not place every column on the fibre: distances are not known.')
    return unknown
  }
  const isEven = positions.every((position, i) => position === positions[0]! + i)
  const firstChannel = isEven ? positions[0]! : null
  if (resolution === null || first === null) {
    warnings.push('SpatialResolution[m] or "Start Distance (m)" is missing: distances are not known.')
    return { ...unknown, firstChannel }
  }
  const spacing = resolution * (positiveOf(root['Fibre Length Multiplier']) ?? 1)
  if (isEven)
    return { channelSpacingM: spacing, firstDistanceM: first + positions[0]! * spacing, distancesM: null, firstChannel }
  return {
    ...distanceAxis(
      positions.map((position) => first + position * spacing),
      columns,
      warnings
    ),
    firstChannel
  }
}
