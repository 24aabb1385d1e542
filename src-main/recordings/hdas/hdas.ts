import { nanosecondsFromIso, nanosecondsFromSeconds, type Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { textOf } from '../hdf5/hdf5Values.ts'
import { nanosecondsFromStored } from '../hdf5/rowTimes.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import { evenTimeAxis, snapped } from '../timeAxis.ts'
import { addHeader, headerLength, headerOf, positiveAt } from './hdasHeader.ts'

interface Variant {
  version: string
  data: string
  header: string
  order: SampleDataset['order']
}

const variants: Variant[] = [
  { version: '1', data: '/HDAS_DATA', header: '/File_Header', order: 'time-channel' },
  { version: '2', data: '/data', header: '/hdas_header', order: 'channel-time' }
]

/** Places in the header, from 0, after the reader that the maker gives out with its data. */
const at = { spacing: 1, trigger: 6, position: 11, divisor: 15, secondDivisor: 98, epoch: 100 }

/** HDF5 files of Aragón Photonics' HDAS: samples and a header of 200 numbers without names. */
export const hdas = hdf5Format({
  name: 'hdas',
  title: 'Aragón Photonics HDAS (HDF5)',

  isRecognised: (reader) => variantOf(reader) !== null,
  describe: (reader, { path: file }) => describe(reader, file)
})

const variantOf = (reader: Hdf5Reader): Variant | null =>
  variants.find(({ data, header }) => reader.isDataset(data) && reader.isDataset(header)) ?? null

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const variant = variantOf(reader)!
  const header = headerOf(reader, variant.header)
  if (header === null)
    throw new RecordingError(
      file,
      `${variant.header.slice(1)} does not hold the ${headerLength} numbers of an HDAS header`
    )
  const dataset = sampleDatasetAt(reader, file, variant.data, variant.order)
  const spacing = positiveAt(header, at.spacing)
  if (spacing === null) warnings.push(`Header value ${at.spacing} is no spacing: distances are not known.`)
  const factors = [at.trigger, at.divisor, at.secondDivisor].map((place) => positiveAt(header, place))
  const isRateKnown = factors.every((factor) => factor !== null)
  if (!isRateKnown)
    warnings.push(
      `Header values ${at.trigger}, ${at.divisor} and ${at.secondDivisor} give no sample rate: it is not known.`
    )
  const [trigger, divisor, secondDivisor] = factors as [number, number, number]
  const rateHz = isRateKnown ? snapped(trigger / divisor / secondDivisor) : null
  const start = startTime(reader, variant, header, warnings)
  const position = header[at.position]!
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', reader.attributes('/'))
  addAttributes(metadata, variant.data.slice(1), reader.attributes(variant.data))
  addHeader(metadata, header)
  const isStrainRate = variant.version === '1'
  warnings.push(
    isStrainRate
      ? 'The unit of the strain rate is not in the file: values are handed out as stored.'
      : 'What the values are is not in the file: they are handed out as stored.'
  )
  const info = describeDataset(dataset, evenTimeAxis(start, rateHz, dataset.shape.time), {
    format: 'hdas',
    formatVersion: variant.version,
    file,
    instrument: 'Aragón Photonics HDAS',
    quantity: isStrainRate ? 'strain rate' : null,
    channelSpacingM: spacing,
    firstDistanceM: Number.isFinite(position) ? position : null,
    warnings,
    metadata
  })
  return { info, dataset }
}

/** The second variant keeps its header in float32, which holds today's date to two minutes: an attribute says it there. */
function startTime(reader: Hdf5Reader, variant: Variant, header: Float64Array, warnings: string[]): Nanoseconds | null {
  const stated = reader.attributes(variant.data).start_time
  if (stated !== undefined && stated !== null) {
    const time =
      typeof stated === 'number' ? nanosecondsFromStored(stated, 1e9) : nanosecondsFromIso(textOf(stated) ?? '')
    if (time !== null) return time
    warnings.push(`start_time says "${textOf(stated)}", which is no time.`)
  }
  const isRough = reader.dataset(variant.header)?.element === 'float32'
  const seconds = header[at.epoch]!
  const time = seconds > 0 && nanosecondsFromStored(seconds, 1e9) !== null ? nanosecondsFromSeconds(seconds) : null
  if (time === null || isRough) {
    warnings.push(
      isRough
        ? 'There is no start_time, and the header keeps times to two minutes only: the start is not known.'
        : `Header value ${at.epoch} is no time: when this was recorded is not known.`
    )
    return null
  }
  return time
}
