import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { addTree } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, integerOf, positiveOf, textOf, textsOf } from '../hdf5/hdf5Values.ts'
import { rowTimeAxis } from '../hdf5/rowTimes.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { metresPer } from '../lengthUnit.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis, intervalFromRate, type TimeAxis } from '../timeAxis.ts'

const samplesPath = '/DasRawData/RawData'
const timesPath = '/DasRawData/DasTimeArray'
const interrogatorPath = '/DasMetadata/Interrogator'
const acquisitionPath = `${interrogatorPath}/Acquisition`

/** The layout of the Geothermal Data Repository (its "DAS data standard"): DAS-RCN metadata and PRODML samples. */
export const gdr = hdf5Format({
  name: 'gdr',
  title: 'GDR DAS (HDF5)',

  isRecognised: (reader) => reader.isDataset(samplesPath) && reader.isDataset(timesPath),

  describe(reader, { path: file }) {
    const warnings: string[] = []
    const samples = reader.attributes(samplesPath)
    const acquisition = reader.attributes(acquisitionPath)
    const interrogator = reader.attributes(interrogatorPath)
    const root = reader.attributes('/DasMetadata')
    const { shape } = numbersAt(reader, file, samplesPath, 2)
    const lengths = { channels: channelCount(acquisition), rows: reader.dataset(timesPath)?.shape[0] ?? null }
    const named = textsOf(samples.DasDimensions).map((name) => name.toLowerCase())
    const usual = named[1]?.startsWith('time') && !named[0]?.startsWith('time') ? 'channel-time' : 'time-channel'
    const dataset = sampleDatasetAt(reader, file, samplesPath, orderByLengths(shape, usual, lengths, warnings))
    const metadata: RecordingInfo['metadata'] = {}
    if (reader.isGroup('/DasMetadata')) addTree(metadata, reader, '/DasMetadata')
    const firstChannel = integerOf(samples.StartLocusIndex ?? acquisition.StartLocusIndex)
    const info = describeDataset(dataset, timesOf(reader, dataset.shape.time, acquisition), {
      format: 'gdr',
      formatVersion: textOf(root.MetadataStandard),
      file,
      instrument:
        [textOf(interrogator.Manufacturer), textOf(interrogator.Model), textOf(interrogator.SerialNumber)]
          .filter(Boolean)
          .join(' ') || null,
      quantity: textOf(acquisition.MeasurementType ?? acquisition.Quantity),
      unit: textOf(samples.RawDataUnit) ?? textOf(acquisition.UnitOfMeasure),
      channelSpacingM: lengthOf(acquisition, 'SpatialSamplingInterval', warnings),
      gaugeLengthM: lengthOf(acquisition, 'GaugeLength', warnings),
      firstChannel,
      warnings,
      metadata
    })
    const { channelSpacingM } = info
    // Distances are left to a table of the site; where the channels are numbered, number × spacing is where they lie.
    if (firstChannel !== null && channelSpacingM !== null) info.firstDistanceM = firstChannel * channelSpacingM
    return { dataset, info }
  }
})

const channelCount = (acquisition: Attributes): number | null =>
  integerOf(acquisition.NumberOfChannels ?? acquisition.NumberOfLoci)

function lengthOf(attributes: Attributes, name: string, warnings: string[]): number | null {
  const value = positiveOf(attributes[name])
  const unit = textOf(attributes[`${name}Unit`])
  if (value === null || unit === null || unit.toLowerCase() === 'nan') return value
  const factor = metresPer(unit)
  if (factor === null) warnings.push(`${name} is in "${unit}", which is not known here; m was assumed.`)
  return value * (factor ?? 1)
}

/** `DasTimeArray` counts nanoseconds since 1970, but nothing in the file says so: a unit that gives no year of ours is wrong. */
function timesOf(reader: Hdf5Reader, rows: number, acquisition: Attributes): TimeAxis {
  const nominalHz = positiveOf(
    acquisition.AcquisitionSampleRate ?? acquisition.SampleRate ?? acquisition.OutputDataRate
  )
  const head = reader.dataset(timesPath)
  const value = head?.element && head.shape.length === 1 && head.shape[0]! > 0 ? firstOf(reader, head.element) : 0
  const unitNs = value > 1e17 ? 1 : value > 1e14 ? 1000 : value > 1e11 ? 1e6 : value > 1e8 ? 1e9 : 1
  const axis = rowTimeAxis(reader, {
    path: timesPath,
    name: 'DasTimeArray',
    unitNs,
    rows,
    nominalIntervalNs: intervalFromRate(nominalHz)
  })
  if (!axis) return evenTimeAxis(null, nominalHz, rows)
  if (unitNs !== 1) axis.warnings.push(`DasTimeArray is not in nanoseconds; units of ${unitNs} ns were assumed.`)
  return axis
}

const firstOf = (reader: Hdf5Reader, element: Parameters<Hdf5Reader['slab']>[1]): number =>
  Number(reader.slab(timesPath, element, [0], [1], [1])[0])
