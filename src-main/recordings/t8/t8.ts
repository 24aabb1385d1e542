import { nanosecondsFromIso } from '../../../src-preload/contract/units.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Hdf5Value, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis } from '../timeAxis.ts'

const groupPath = '/ProcessedData'
const spacingName = 'record/channel_spacing_m'

const samplePaths = (reader: Hdf5Reader): string[] =>
  reader
    .names(groupPath)
    .map((name) => `${groupPath}/${name}`)
    .filter((path) => reader.isDataset(path) && reader.attributes(path)[spacingName] !== undefined)

/** T8 Sensor: one dataset below `ProcessedData`, with attributes such as `record/start_time` (as DASPy reads it). */
export const t8 = hdf5Format({
  name: 't8',
  title: 'T8 Sensor (HDF5)',

  isRecognised: (reader) => samplePaths(reader).length > 0,

  describe(reader, { path: file }) {
    const warnings: string[] = []
    const [path, ...others] = samplePaths(reader) as [string, ...string[]]
    if (others.length > 0) warnings.push(`Only ${path.slice(1)} was opened; ${others.join(', ')} were not.`)
    const attributes = reader.attributes(path)
    const dataset = sampleDatasetAt(reader, file, path, 'time-channel')
    const prr = positiveOf(attributes['record/pulse_repetition_rate_hz'])
    const spacing = positiveOf(attributes[spacingName])
    const everyTime = positiveOf(attributes['downsampling/decimation_in_time']) ?? 1
    const everyChannel = positiveOf(attributes['downsampling/decimation_in_length']) ?? 1
    if (prr === null) warnings.push('record/pulse_repetition_rate_hz is missing: the sample rate is not known.')
    const metadata: RecordingInfo['metadata'] = {}
    addAttributes(metadata, '', reader.attributes('/'))
    addAttributes(metadata, path.slice(1), attributes)
    const start = startOf(attributes['record/start_time'] ?? null, warnings)
    const axis = evenTimeAxis(start, prr === null ? null : prr / everyTime, dataset.shape.time)
    const info = describeDataset(dataset, axis, {
      format: 't8',
      formatVersion: null,
      file,
      instrument: 'T8 Sensor',
      channelSpacingM: spacing === null ? null : spacing * everyChannel,
      firstDistanceM: numberOf(attributes['record/line_offset_m']),
      gaugeLengthM: positiveOf(attributes['record/gauge_length_m']),
      warnings,
      metadata
    })
    return { info, dataset }
  }
})

/** `20240301T120000123456`: fractions of any length, without separators. */
function startOf(value: Hdf5Value, warnings: string[]): bigint | null {
  const text = textOf(value)
  const parts = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d*)Z?$/.exec(text ?? '')
  const [, year, month, day, hour, minute, second, fraction] = parts ?? []
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction ? `.${fraction}` : ''}Z`
  const start = parts ? nanosecondsFromIso(iso) : text === null ? null : nanosecondsFromIso(text)
  if (start === null) warnings.push(`record/start_time says ${text ?? 'nothing'}: when this was recorded is not known.`)
  return start
}
