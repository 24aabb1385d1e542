import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addTree } from '../hdf5/hdf5Metadata.ts'
import { integerOf, numberOf, positiveOf, textOf, textsOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import { evenTimeAxis, snapped } from '../timeAxis.ts'
import { optodasChannels } from './optodasChannels.ts'
import { optodasScale } from './optodasScale.ts'

const marks = ['acqSpec', 'header', 'cableSpec', 'data', 'fileVersion']
/** Groups whose values describe the measurement or the state of the instrument; the rest is its firmware's business. */
const described = ['header', 'cableSpec', 'demodSpec', 'monitoring', 'instrumentOptions', 'timing', 'versions']

/** HDF5 files of ASN's OptoDAS, file versions 8 to 11: `/data` with one row a sample. */
export const asnOptodas = hdf5Format({
  name: 'asn-optodas',
  title: 'ASN OptoDAS, file versions 8 to 11 (HDF5)',

  isRecognised(reader) {
    const names = reader.names('/')
    return marks.every((name) => names.includes(name))
  },
  describe: (reader, { path: file }) => describe(reader, file)
})

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const version = integerOf(reader.value('/fileVersion'))
  if (version === null || version < 8 || version > 11)
    warnings.push(`fileVersion is ${version ?? 'not known'}; the file was read as version 8 to 11.`)
  const dataset = sampleDataset(reader, file, warnings)
  const { time, channel } = dataset.shape
  const dt = positiveOf(reader.value('/header/dt'))
  if (dt === null) warnings.push('header/dt gives no sample interval: times are not known.')
  const axis = evenTimeAxis(startTime(reader, warnings), dt === null ? null : snapped(1 / dt), time)
  checkTimeRange(reader, time, warnings)
  const channels = optodasChannels(reader, channel, warnings)
  const metadata: RecordingInfo['metadata'] = {}
  for (const group of described) if (reader.isGroup(`/${group}`)) addTree(metadata, reader, `/${group}`)
  const instrument = [textOf(reader.value('/header/instrument')), productOf(reader)].filter(Boolean).join(', ')
  const info = describeDataset(dataset, axis, {
    format: 'asn-optodas',
    formatVersion: version === null ? null : String(version),
    file,
    instrument: instrument || null,
    ...optodasScale(reader, warnings),
    ...channels,
    gaugeLengthM: positiveOf(reader.value('/header/gaugeLength')),
    warnings,
    metadata
  })
  return { info, dataset }
}

function sampleDataset(reader: Hdf5Reader, file: string, warnings: string[]): SampleDataset {
  const names = textsOf(reader.value('/header/dimensionNames')).map((name) => name.toLowerCase())
  const isTransposed = names[1] === 'time' && names[0] !== 'time'
  const dataset = sampleDatasetAt(reader, file, '/data', isTransposed ? 'channel-time' : 'time-channel')
  const { time, channel } = dataset.shape
  const ids = reader.dataset('/header/channels')?.shape[0] ?? 0
  if (ids > 0 && ids !== channel)
    throw new RecordingError(
      file,
      `data is ${(isTransposed ? [channel, time] : [time, channel]).join(' × ')}, but header/channels lists ${ids} channels`
    )
  if (names.length === 0) warnings.push('header/dimensionNames is missing; time × distance was assumed.')
  return dataset
}

/** Seconds since 1970 as a double hold a quarter of a microsecond today, so more digits than that are not there. */
function startTime(reader: Hdf5Reader, warnings: string[]): bigint | null {
  const seconds = positiveOf(reader.value('/header/time'))
  if (seconds !== null && seconds < 1e11) return BigInt(Math.round(seconds * 1e6)) * 1000n
  warnings.push('header/time gives no start time: when this was recorded is not known.')
  return null
}

function checkTimeRange(reader: Hdf5Reader, rows: number, warnings: string[]): void {
  const range = '/header/dimensionRanges/dimension0'
  const [min, max] = [numberOf(reader.value(`${range}/min`)), numberOf(reader.value(`${range}/max`))]
  if (min !== null && min !== 0)
    warnings.push(`header/dimensionRanges begins at sample ${min}; header/time was taken as the time of the first row.`)
  if (min !== null && max !== null && max - min + 1 !== rows)
    warnings.push(`header/dimensionRanges says ${max - min + 1} samples, but data has ${rows}.`)
  const missing = reader.dataset('/header/missingSamples')?.shape[0] ?? 0
  if (missing > 0)
    warnings.push(`header/missingSamples lists ${missing} lost samples; their places are not marked as gaps.`)
}

function productOf(reader: Hdf5Reader): string | null {
  const names = textsOf(reader.value('/instrumentOptions/names'))
  return textsOf(reader.value('/instrumentOptions/values'))[names.indexOf('productCode')] ?? null
}
