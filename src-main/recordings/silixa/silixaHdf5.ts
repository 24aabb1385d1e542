import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis } from '../timeAxis.ts'
import { silixaScale } from './silixaScale.ts'
import { silixaTime } from './silixaTime.ts'

const path = '/Acoustic'
const rateNames = ['SamplingFrequency[Hz]', 'Precise Sampling Frequency (Hz)']
const marks = [rateNames[0]!, 'SpatialResolution[m]', 'Fibre Length Multiplier', 'iDASVersion']

/** HDF5 files of Silixa's iDAS: `/Acoustic` with everything else in text attributes of that dataset. */
export const silixaHdf5 = hdf5Format({
  name: 'silixa-hdf5',
  title: 'Silixa iDAS HDF5',

  isRecognised(reader) {
    if (!reader.isDataset(path)) return false
    const names = Object.keys(reader.attributes(path))
    // Neubrex names its samples the same.
    return marks.some((name) => names.includes(name)) && !names.includes('TimeSamplingInterval(seconds)')
  },
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const attributes = reader.attributes(path)
  const { shape, element } = numbersAt(reader, file, path, 2)
  const rateHz = positiveOf(attributes[rateNames[0]!])
  if (rateHz === null) warnings.push(`${rateNames[0]} is missing: the sample rate is not known.`)
  const lengths = { channels: channelCount(attributes), rows: rowCount(attributes, rateHz) }
  const dataset = sampleDatasetAt(reader, file, path, orderByLengths(shape, 'time-channel', lengths, warnings))
  const gaugeLengthM = positiveOf(attributes.GaugeLength)
  const axis = evenTimeAxis(startTime(attributes, warnings), rateHz, dataset.shape.time)
  const calibrationNm = positiveOf(attributes['Unit Calibration (nm)'])
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  addAttributes(metadata, 'Acoustic', attributes)
  const version = textOf(attributes.iDASVersion)
  const info = describeDataset(dataset, axis, {
    format: 'silixa-hdf5',
    formatVersion: null,
    file,
    instrument: version === null ? 'Silixa iDAS' : `Silixa iDAS ${version}`,
    ...silixaScale({ rateHz, gaugeLengthM, calibrationNm, element }, warnings),
    ...channelAxis(attributes, warnings),
    gaugeLengthM,
    warnings,
    metadata
  })
  return { info, dataset }
}

const whole = (value: number | null): number | null => (value === null ? null : Math.round(value))

function channelCount(attributes: Attributes): number | null {
  const length = positiveOf(attributes['MeasureLength[m]'])
  const resolution = positiveOf(attributes['SpatialResolution[m]'])
  return length === null || resolution === null ? null : whole(length / resolution)
}

function rowCount(attributes: Attributes, rateHz: number | null): number | null {
  const seconds = positiveOf(attributes['StreamTime[s]'])
  return seconds === null || rateHz === null ? null : whole(seconds * rateHz)
}

/** GPS, else the same moment in ISO 8601, else the computer's clock. */
function startTime(attributes: Attributes, warnings: string[]): Nanoseconds | null {
  const isoText = textOf(attributes['ISO8601 Timestamp'])
  const iso = isoText === null ? null : nanosecondsFromIso(isoText)
  const gpsText = textOf(attributes.GPSTimeStamp)
  const gps = gpsText === null ? null : silixaTime(gpsText)
  if (gpsText !== null && gps === null)
    warnings.push(`GPSTimeStamp says "${gpsText}", which is no time of a recording.`)
  if (gps !== null) {
    const status = textOf(attributes['SystemInfomation.GPS.Status'])
    if (status !== null && /error|fail|no |uninit/i.test(status))
      warnings.push(`The start is GPSTimeStamp, but the GPS receiver said "${status}".`)
    if (iso !== null && iso !== gps)
      warnings.push(
        `"ISO8601 Timestamp" (${isoText}) is another moment than GPSTimeStamp (${gpsText}), which was taken.`
      )
    return gps
  }
  if (iso !== null) {
    warnings.push('There is no GPSTimeStamp: the start is "ISO8601 Timestamp".')
    return iso
  }
  const cpuText = textOf(attributes.CPUTimeStamp)
  const cpu = cpuText === null ? null : silixaTime(cpuText)
  warnings.push(
    cpu === null
      ? 'Neither GPSTimeStamp nor CPUTimeStamp is a time: when this was recorded is not known.'
      : "There is no GPSTimeStamp: the start is CPUTimeStamp, the computer's own clock."
  )
  return cpu
}

function channelAxis(
  attributes: Attributes,
  warnings: string[]
): Pick<RecordingInfo, 'channelSpacingM' | 'firstDistanceM'> {
  const resolution = positiveOf(attributes['SpatialResolution[m]'])
  const multiplier = positiveOf(attributes['Fibre Length Multiplier'])
  if (resolution === null) warnings.push('SpatialResolution[m] is missing: the channel spacing is not known.')
  else if (multiplier === null) warnings.push('"Fibre Length Multiplier" is missing; 1 was assumed.')
  const start = numberOf(attributes['Start Distance (m)'])
  const position = numberOf(attributes['StartPosition[m]'])
  if (start === null && position !== null)
    warnings.push('"Start Distance (m)" is missing: the first distance is StartPosition[m].')
  return {
    channelSpacingM: resolution === null ? null : resolution * (multiplier ?? 1),
    firstDistanceM: start ?? position
  }
}
