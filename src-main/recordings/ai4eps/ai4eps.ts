import { nanosecondsFromIso } from '../../../src-preload/contract/units.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis, rateFromInterval } from '../timeAxis.ts'

const samplesPath = '/data'

/** Event files of AI4EPS (QuakeFlow DAS): `/data`, channels first, described by its own attributes. */
export const ai4eps = hdf5Format({
  name: 'ai4eps',
  title: 'AI4EPS event (HDF5)',

  isRecognised(reader) {
    if (!reader.isDataset(samplesPath)) return false
    const attributes = reader.attributes(samplesPath)
    return attributes.dx_m !== undefined && attributes.dt_s !== undefined
  },

  describe(reader, { path: file }) {
    const warnings: string[] = []
    const attributes = reader.attributes(samplesPath)
    const dataset = sampleDatasetAt(reader, file, samplesPath, 'channel-time')
    const interval = positiveOf(attributes.dt_s)
    if (interval === null) warnings.push('dt_s gives no sample interval: times are not known.')
    const startText = textOf(attributes.begin_time)
    const start = startText === null ? null : nanosecondsFromIso(startText)
    if (start === null) warnings.push(`begin_time says ${startText ?? 'nothing'}: when this was recorded is not known.`)
    const spacing = positiveOf(attributes.dx_m)
    const unit = textOf(attributes.unit)
    const metadata: RecordingInfo['metadata'] = {}
    addAttributes(metadata, '', reader.attributes('/'))
    addAttributes(metadata, 'data', attributes)
    const rate = interval === null ? null : rateFromInterval(interval * 1e9)
    const info = describeDataset(dataset, evenTimeAxis(start, rate, dataset.shape.time), {
      format: 'ai4eps',
      formatVersion: null,
      file,
      quantity: unit === null ? null : /strain/.test(unit) ? (/\/ ?s\b/.test(unit) ? 'strain rate' : 'strain') : null,
      unit,
      channelSpacingM: spacing,
      warnings,
      metadata
    })
    return { info, dataset }
  }
})
