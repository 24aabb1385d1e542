import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes, addTree } from '../hdf5/hdf5Metadata.ts'
import { positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis } from '../timeAxis.ts'

const marks = ['strain', 'spatialsampling', 'RepetitionFrequency']

/** The older HDF5 layout of AP Sensing: `/strain` beside its rate and spacing, and no start time. */
export const apSensingStrain = hdf5Format({
  name: 'ap-sensing-strain',
  title: 'AP Sensing, older layout (HDF5)',

  isRecognised: (reader) => marks.every((name) => reader.isDataset(`/${name}`)),
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const spacing = positiveOf(reader.value('/spatialsampling'))
  const rateHz = positiveOf(reader.value('/RepetitionFrequency'))
  if (spacing === null) warnings.push('spatialsampling is no number above zero: the channel spacing is not known.')
  if (rateHz === null) warnings.push('RepetitionFrequency is no number above zero: the sample rate is not known.')
  const { shape } = numbersAt(reader, file, '/strain', 2)
  const dataset = sampleDatasetAt(reader, file, '/strain', orderOf(shape, reader, spacing, warnings))
  const unit = textOf(reader.attributes('/strain').unit) ?? textOf(reader.attributes('/strain').Unit)
  if (unit === null) warnings.push('The file does not say the unit of strain.')
  warnings.push('The layout has no start time: when this was recorded is not known.')
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  addTree(metadata, reader, '/')
  const info = describeDataset(dataset, evenTimeAxis(null, rateHz, dataset.shape.time), {
    format: 'ap-sensing-strain',
    formatVersion: null,
    file,
    instrument: 'AP Sensing',
    quantity: 'strain',
    unit,
    channelSpacingM: spacing,
    gaugeLengthM: positiveOf(reader.value('/GaugeLength')),
    warnings,
    metadata
  })
  return { info, dataset }
}

/** Time × channel, unless the fibre length says that the first axis has the channels. */
function orderOf(
  shape: number[],
  reader: Hdf5Reader,
  spacing: number | null,
  warnings: string[]
): SampleDataset['order'] {
  const length = positiveOf(reader.value('/Fiberlength'))
  if (length === null || spacing === null) return 'time-channel'
  const expected = length / spacing
  // Fibre lengths are rounded: the axis that is within a hundredth of it, if just one is.
  const channels = shape.filter((count) => Math.abs(count - expected) <= Math.max(1, expected * 0.01))
  return channels.length === 1
    ? orderByLengths(shape, 'time-channel', { channels: channels[0]! }, warnings)
    : 'time-channel'
}
