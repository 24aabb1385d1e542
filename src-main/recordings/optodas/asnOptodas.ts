import { createRecording } from '../createRecording.ts'
import { elementOf, readSamples, type SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { addTree } from '../hdf5/hdf5Metadata.ts'
import { integerOf, numberOf, positiveOf, textOf, textsOf } from '../hdf5/hdf5Values.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import type { RecordingFormat } from '../recordingFormat.ts'
import { evenTimeAxis, snapped } from '../timeAxis.ts'
import { optodasChannels } from './optodasChannels.ts'
import { optodasScale } from './optodasScale.ts'

const marks = ['acqSpec', 'header', 'cableSpec', 'data', 'fileVersion']
/** Groups whose values describe the measurement or the state of the instrument; the rest is its firmware's business. */
const described = ['header', 'cableSpec', 'demodSpec', 'monitoring', 'instrumentOptions', 'timing', 'versions']

/** HDF5 files of ASN's OptoDAS, file versions 8 to 11: `/data` with one row a sample. */
export const asnOptodas: RecordingFormat = {
  name: 'asn-optodas',
  title: 'ASN OptoDAS, file versions 8 to 11 (HDF5)',

  async recognise({ hdf5 }) {
    return hdf5 ? hdf5.use((reader) => marks.every((name) => reader.names('/').includes(name))) : false
  },

  async open({ path, hdf5 }) {
    const file = hdf5!
    const { info, dataset } = await file.use((reader) => describe(reader, path))
    return createRecording(info, { read: (range) => readSamples(file, dataset, range), close: () => file.close() })
  }
}

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
  const info: RecordingInfo = {
    format: 'asn-optodas',
    formatVersion: version === null ? null : String(version),
    file,
    instrument: instrument || null,
    shape: dataset.shape,
    storedOrder: dataset.order === 'time-channel' ? ['time', 'channel'] : ['channel', 'time'],
    dtype: elementOf(dataset.element),
    ...optodasScale(reader, warnings),
    startTimeNs: axis.startTimeNs,
    endTimeNs: axis.endTimeNs,
    sampleIntervalNs: axis.sampleIntervalNs,
    sampleRateHz: axis.sampleRateHz,
    ...channels,
    gaugeLengthM: positiveOf(reader.value('/header/gaugeLength')),
    bands: [],
    gaps: [],
    segments: null,
    distancesM: null,
    channelNames: null,
    annotations: 0,
    warnings,
    metadata
  }
  return { info, dataset }
}

function sampleDataset(reader: Hdf5Reader, file: string, warnings: string[]): SampleDataset {
  const data = reader.dataset('/data')
  if (!data || data.shape.length !== 2)
    throw new RecordingError(file, `data has ${data?.shape.length ?? 'no'} dimensions instead of two`)
  if (data.element === null) throw new RecordingError(file, 'data does not hold integers or floating-point numbers')
  const [first, second] = data.shape as [number, number]
  const ids = reader.dataset('/header/channels')?.shape[0] ?? null
  const names = textsOf(reader.value('/header/dimensionNames')).map((name) => name.toLowerCase())
  const isTransposed = names[1] === 'time' && names[0] !== 'time'
  const channel = isTransposed ? first : second
  if (ids !== null && ids !== channel)
    throw new RecordingError(file, `data is ${first} × ${second}, but header/channels lists ${ids} channels`)
  if (names.length === 0) warnings.push('header/dimensionNames is missing; time × distance was assumed.')
  return {
    path: '/data',
    element: data.element,
    shape: { time: isTransposed ? second : first, channel },
    order: isTransposed ? 'channel-time' : 'time-channel',
    chunks: data.chunks
  }
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
