import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { positiveOf } from '../hdf5/hdf5Values.ts'
import { rowTimeAxis } from '../hdf5/rowTimes.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis, intervalFromRate } from '../timeAxis.ts'

const samplesPath = '/Acquisition/StrainRate'
const timesPath = '/Acquisition/Time'

/** Exports of Uptech Sensing's AS1000: strain rate with the time of every row as seconds since 1970. */
export const uptech = hdf5Format({
  name: 'uptech',
  title: 'Uptech Sensing AS1000 (HDF5)',

  isRecognised: (reader) => reader.isDataset(samplesPath) && reader.isDataset(timesPath),

  describe(reader, { path: file }) {
    const warnings: string[] = []
    const attributes = reader.attributes(samplesPath)
    const dataset = sampleDatasetAt(reader, file, samplesPath, 'time-channel')
    const rate = positiveOf(attributes.acquisition_frequency)
    const rows = dataset.shape.time
    const nominalIntervalNs = intervalFromRate(rate)
    const times = rowTimeAxis(reader, { path: timesPath, name: 'Time', unitNs: 1e9, rows, nominalIntervalNs })
    // `sampling_interval` is the distance between channels; `spatial_resolution` is something else.
    const spacing = positiveOf(attributes.sampling_interval)
    if (spacing === null) warnings.push('sampling_interval is missing: the channel spacing is not known.')
    const metadata: RecordingInfo['metadata'] = {}
    addAttributes(metadata, '', reader.attributes('/'))
    addAttributes(metadata, 'Acquisition', reader.attributes('/Acquisition'))
    addAttributes(metadata, 'Acquisition/StrainRate', attributes)
    const info = describeDataset(dataset, times ?? evenTimeAxis(null, rate, rows), {
      format: 'uptech',
      formatVersion: null,
      file,
      instrument: 'Uptech Sensing',
      quantity: 'strain rate',
      unit: '1/s',
      channelSpacingM: spacing,
      gaugeLengthM: positiveOf(attributes.gauge_length),
      warnings,
      metadata
    })
    return { info, dataset }
  }
})
