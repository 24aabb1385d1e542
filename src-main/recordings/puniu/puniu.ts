import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, integerOf, positiveOf, textOf, textsOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis } from '../timeAxis.ts'

const samplesPath = '/default'
const marks = ['row_major_order', 'sampling_rate', 'spatial_sampling_rate', 'start_channel', 'epoch']

/** Puniu Tech HiFi-DAS: one dataset `default` described by its attributes (as DASPy reads it). */
export const puniu = hdf5Format({
  name: 'puniu',
  title: 'Puniu Tech HiFi-DAS (HDF5)',

  isRecognised(reader) {
    if (!reader.isDataset(samplesPath)) return false
    const attributes = reader.attributes(samplesPath)
    return attributes.sampling_rate !== undefined && marks.filter((name) => attributes[name] !== undefined).length >= 2
  },

  describe(reader, { path: file }) {
    const warnings: string[] = []
    const attributes = reader.attributes(samplesPath)
    const dataset = sampleDatasetAt(reader, file, samplesPath, orderOf(attributes, warnings))
    const rate = positiveOf(attributes.sampling_rate)
    if (rate === null) warnings.push('sampling_rate gives no sample rate: times are not known.')
    const metadata: RecordingInfo['metadata'] = {}
    addAttributes(metadata, '', reader.attributes('/'))
    addAttributes(metadata, 'default', attributes)
    const content = textOf(attributes.format)
    const info = describeDataset(dataset, evenTimeAxis(startOf(attributes, warnings), rate, dataset.shape.time), {
      format: 'puniu',
      formatVersion: null,
      file,
      instrument: ['Puniu Tech HiFi-DAS', textOf(attributes.cid)].filter(Boolean).join(' '),
      quantity: content === 'differential' ? 'strain rate' : content,
      ...channelsOf(attributes),
      gaugeLengthM: positiveOf(attributes.spatial_resolution),
      warnings,
      metadata
    })
    return { info, dataset }
  }
})

function orderOf(attributes: Attributes, warnings: string[]): 'time-channel' | 'channel-time' {
  const [first] = textsOf(attributes.row_major_order).flatMap((text) => text.toLowerCase().split(/[\s,]+/))
  if (first === 'time') return 'time-channel'
  if (first === 'channel') return 'channel-time'
  warnings.push('row_major_order does not say which axis is time; the first one was assumed.')
  return 'time-channel'
}

/** Whole seconds since 1970 in `epoch`, the rest in `ns`. */
function startOf(attributes: Attributes, warnings: string[]): bigint | null {
  const [seconds, nanoseconds] = [integerOf(attributes.epoch), integerOf(attributes.ns) ?? 0]
  if (seconds !== null && seconds > 0) return BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds)
  warnings.push('epoch gives no start: when this was recorded is not known.')
  return null
}

/** Channels are numbered in samplings along the fibre, of which every `step`-th is in the file. */
function channelsOf(attributes: Attributes): Partial<RecordingInfo> {
  const step = integerOf(attributes.step)
  const channelStep = step !== null && step > 0 ? step : 1
  const spacing = positiveOf(attributes.spatial_sampling_rate)
  const firstChannel = integerOf(attributes.start_channel)
  return {
    channelStep,
    firstChannel,
    channelSpacingM: spacing === null ? null : spacing * channelStep,
    firstDistanceM: spacing === null || firstChannel === null ? null : firstChannel * spacing
  }
}
