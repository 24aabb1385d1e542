import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { integerOf, numberOf, positiveOf } from '../hdf5/hdf5Values.ts'
import { nanosecondsFromStored } from '../hdf5/rowTimes.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis, rateFromInterval } from '../timeAxis.ts'

const samplesPath = '/data'
const spacingName = 'Interval of monitor point'
const intervalName = 'Interval time of data'

/** NEC: one dataset `data`, its attributes in words (as DASPy reads it). */
export const nec = hdf5Format({
  name: 'nec',
  title: 'NEC (HDF5)',

  isRecognised(reader) {
    if (!reader.isDataset(samplesPath)) return false
    const attributes = reader.attributes(samplesPath)
    return attributes[spacingName] !== undefined && attributes[intervalName] !== undefined
  },

  describe(reader, { path: file }) {
    const warnings: string[] = []
    const attributes = reader.attributes(samplesPath)
    const { shape } = numbersAt(reader, file, samplesPath, 2)
    const channels = integerOf(attributes['Number of requested location points'])
    if (channels === null)
      warnings.push('"Number of requested location points" is missing; channel × time was assumed.')
    const quietly: string[] = []
    const dataset = sampleDatasetAt(
      reader,
      file,
      samplesPath,
      orderByLengths(shape, 'channel-time', { channels }, quietly)
    )
    const intervalMs = positiveOf(attributes[intervalName])
    if (intervalMs === null) warnings.push(`"${intervalName}" gives no sample interval: times are not known.`)
    const startMs = positiveOf(attributes['Time of sending request'])
    const start = startMs === null ? null : nanosecondsFromStored(startMs, 1e6)
    warnings.push(
      start === null
        ? '"Time of sending request" gives no start: when this was recorded is not known.'
        : 'The start is "Time of sending request"; the file says no other.'
    )
    // Some files spell it with "peer".
    const scale = numberOf(attributes['Radians per digital value'] ?? attributes['Radians peer digital value'])
    const metadata: RecordingInfo['metadata'] = {}
    addAttributes(metadata, '', reader.attributes('/'))
    addAttributes(metadata, 'data', attributes)
    const rate = intervalMs === null ? null : rateFromInterval(intervalMs * 1e6)
    const info = describeDataset(dataset, evenTimeAxis(start, rate, dataset.shape.time), {
      format: 'nec',
      formatVersion: null,
      file,
      instrument: 'NEC',
      ...(scale !== null && scale !== 0 ? { scale, unit: 'rad' } : {}),
      channelSpacingM: positiveOf(attributes[spacingName]),
      gaugeLengthM: positiveOf(attributes['Gauge length']),
      warnings,
      metadata
    })
    return { info, dataset }
  }
})
