import { nanosecondsFromIso, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes, addTree } from '../hdf5/hdf5Metadata.ts'
import { integerOf, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis } from '../timeAxis.ts'

const groups = ['DAQ', 'Interrogator', 'Metadata', 'ProcessingServer']

/** HDF5 files of AP Sensing's N52xx series: `/DAS`, described by one-element datasets in four groups. */
export const apSensing = hdf5Format({
  name: 'ap-sensing',
  title: 'AP Sensing (HDF5)',

  isRecognised: (reader) => reader.isDataset('/DAS') && reader.isGroup('/ProcessingServer'),
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const { shape } = numbersAt(reader, file, '/DAS', 2)
  const traces = integerOf(reader.value('/Metadata/TraceCount'))
  const points = integerOf(reader.value('/DAQ/SpatialPoints'))
  const order = orderByLengths(shape, 'time-channel', { rows: traces, channels: points }, warnings)
  const dataset = sampleDatasetAt(reader, file, '/DAS', order)
  if (traces !== null && traces !== dataset.shape.time)
    warnings.push(`Metadata/TraceCount says ${traces} rows, but DAS has ${dataset.shape.time}.`)
  const rateHz = positiveOf(reader.value('/ProcessingServer/DataRate'))
  if (rateHz === null) warnings.push('ProcessingServer/DataRate is missing: the sample rate is not known.')
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  for (const group of groups) if (reader.isGroup(`/${group}`)) addTree(metadata, reader, `/${group}`)
  const root = reader.attributes('/')
  const model = textOf(reader.value('/Interrogator/Model'))
  const info = describeDataset(dataset, evenTimeAxis(startTime(reader, warnings), rateHz, dataset.shape.time), {
    format: 'ap-sensing',
    formatVersion: textOf(root.FileVersion),
    file,
    instrument: model === null ? 'AP Sensing' : `AP Sensing ${model}`,
    ...valuesOf(reader, warnings),
    channelSpacingM: spacingOf(reader, dataset.shape.channel, warnings),
    firstDistanceM: numberOf(reader.value('/DAQ/PositionStart')),
    gaugeLengthM: positiveOf(reader.value('/ProcessingServer/GaugeLength')),
    warnings,
    metadata
  })
  return { info, dataset }
}

function startTime(reader: Hdf5Reader, warnings: string[]): Nanoseconds | null {
  const text = textOf(reader.value('/Metadata/Timestamp'))
  const time = text === null ? null : nanosecondsFromIso(text)
  if (time === null) {
    warnings.push(`Metadata/Timestamp ${text === null ? 'is missing' : `says "${text}"`}: the start is not known.`)
    return null
  }
  const zone = textOf(reader.value('/Metadata/Timezone'))
  const hasZone = /(Z|[+-]\d{2}:?\d{2})$/i.test(text!)
  if (!hasZone && zone !== null && !/^(UTC|GMT|Z)([+-]?0+(:00)?)?$/i.test(zone))
    warnings.push(`Metadata/Timestamp has no zone and Metadata/Timezone says "${zone}"; UTC was assumed.`)
  return time
}

/** Numbers of the file are its own; radians that they stand for are not said. */
function valuesOf(
  reader: Hdf5Reader,
  warnings: string[]
): Pick<RecordingInfo, 'quantity' | 'unit'> & { scale: number } {
  const type = textOf(reader.value('/ProcessingServer/DataType')) ?? ''
  const factor = positiveOf(reader.value('/ProcessingServer/RadiansToNanoStrain'))
  const isStrain = /STRAIN/i.test(type)
  const quantity = isStrain
    ? /RATE/i.test(type)
      ? 'strain rate'
      : 'strain'
    : /DIFFERENTIAL_PHASE/i.test(type)
      ? 'differential phase'
      : /PHASE/i.test(type)
        ? 'phase'
        : null
  warnings.push(
    `The file does not say what one count of ${type || 'its samples'} is: values are counts${factor === null || isStrain ? '' : ` (a radian is ${factor} nanostrain)`}.`
  )
  return { quantity, unit: null, scale: 1 }
}

/** Positions are those of the digitiser, before the gauge length takes its share; the spacing of the header is exact. */
function spacingOf(reader: Hdf5Reader, channels: number, warnings: string[]): number | null {
  const spacing = positiveOf(reader.value('/ProcessingServer/SpatialSampling'))
  const start = numberOf(reader.value('/DAQ/PositionStart'))
  const end = numberOf(reader.value('/DAQ/PositionEnd'))
  const byEnds = start !== null && end !== null && end > start ? (end - start) / channels : null
  if (spacing === null) {
    warnings.push(
      byEnds === null
        ? 'ProcessingServer/SpatialSampling is missing: the channel spacing is not known.'
        : 'ProcessingServer/SpatialSampling is missing: the spacing is (PositionEnd − PositionStart) / channels.'
    )
    return byEnds
  }
  if (byEnds !== null && Math.abs(byEnds - spacing) > spacing * 1e-4)
    warnings.push(
      `The channel spacing is ProcessingServer/SpatialSampling, ${spacing.toFixed(4)} m; (PositionEnd − PositionStart) / channels would be ${byEnds.toFixed(4)} m.`
    )
  return spacing
}
