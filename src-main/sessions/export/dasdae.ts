import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import { blockRows, contentBlocks } from './contentBlocks.ts'
import { type ExportContent, rowBytes } from './exportContent.ts'
import type { ExportFormat, FormatCheck } from './exportFormat.ts'
import { type AttributeValue, chunkShape, Hdf5Writer } from './hdf5Writer.ts'

/** The second axis: metres where they are known, else the numbers of the channels. */
const secondDimension = (content: ExportContent): 'distance' | 'channel' =>
  content.distanceM(0) === null ? 'channel' : 'distance'

function check(content: ExportContent): FormatCheck {
  const limits: string[] = []
  if (content.distanceM(0) === null) limits.push('The channel spacing is not known: the channels are only numbered.')
  const refusal = content.sampleIntervalNs === null ? 'The sample rate is not known, and DASDAE needs one.' : null
  return { limits, refusal }
}

/**
 * DASCore lists a file by a summary of its coordinates, which its own writer leaves as a Python pickle (protocol 0, text); without
 * it the file can be read, but not listed. This one is made of numbers and of NumPy's constructors of times alone.
 */
function coordinateSummary(content: ExportContent): string {
  const { rows, channels, sampleIntervalNs, runs } = content
  const entry = (name: string, fields: string[]): string =>
    `V${name}\n(d${fields.map((field) => `V${field}s`).join('')}s`
  const stamp = (kind: string, value: bigint): string => `cnumpy\n${kind}64\n(L${value}L\nVns\ntR`
  const step = runs.length === 1 && sampleIntervalNs !== null ? BigInt(Math.round(sampleIntervalNs)) : null
  const time = entry('time', [
    'dtype\nVdatetime64\n',
    `min\n${stamp('datetime', content.timeNs(0))}`,
    `max\n${stamp('datetime', content.timeNs(rows - 1))}`,
    `step\n${step === null ? 'N' : stamp('timedelta', step)}`,
    'units\nVs\n'
  ])
  const places = [0, channels - 1].map((channel) => content.distanceM(channel) ?? content.channelNumber(channel))
  const spacing = content.distanceM(0) === null ? content.channelStep : content.channelSpacingM
  const second = entry(secondDimension(content), [
    'dtype\nVfloat64\n',
    `min\nF${Math.min(...places)}\n`,
    `max\nF${Math.max(...places)}\n`,
    `step\n${spacing === null ? 'N' : `F${spacing}\n`}`,
    ...(content.distanceM(0) === null ? [] : ['units\nVm\n'])
  ])
  return `(d${time}${second}.`
}

const knownQuantities = ['strain', 'strain rate', 'velocity', 'phase', 'temperature']

function groupAttributes(content: ExportContent): Record<string, AttributeValue> {
  const { source, unit } = content
  const quantity = content.quantity?.toLowerCase() ?? ''
  return {
    _dims: `time,${secondDimension(content)}`,
    _cdims_time: 'time',
    [`_cdims_${secondDimension(content)}`]: secondDimension(content),
    _attrs_dims: `time,${secondDimension(content)}`,
    _attrs_coords: { ascii: coordinateSummary(content) },
    _attrs_data_category: 'DAS',
    ...(knownQuantities.includes(quantity) ? { _attrs_data_type: quantity.replace(' ', '_') } : {}),
    ...(unit === null ? {} : { _attrs_data_units: unit }),
    ...(source.gaugeLengthM === null
      ? {}
      : { _attrs_gauge_length: source.gaugeLengthM, _attrs_gauge_length_units: 'm' }),
    ...(source.instrument === null ? {} : { _attrs_instrument_id: source.instrument })
  }
}

const coordinateAttributes = (isTime: boolean): Record<string, AttributeValue> => ({
  is_datetime64: { int32: isTime ? 1 : 0 },
  is_timedelta64: { int32: 0 }
})

/** The layout of DASCore's own files: one patch with its coordinates in full, times to the nanosecond. */
export const dasdae: ExportFormat = {
  name: 'dasdae',
  title: 'DASDAE (HDF5)',
  endings: ['.dasdae.h5'],
  gaps: 'kept',
  holdsBands: false,
  check,
  estimateBytes: (content) => content.rows * (rowBytes(content) + 8) + content.channels * 8 + 65_536,
  write: (content, target) =>
    Hdf5Writer.make(target.path, async (file) => {
      const { rows, channels, element } = content
      file.attributes('/', { __format__: 'DASDAE', __DASDAE_version__: '1' })
      file.group('/waveforms', {})
      const stamp = (row: number): string => isoFromNanoseconds(content.timeNs(row)).replace(/[-:.Z]/g, '_')
      const group = `/waveforms/DAS__${stamp(0)}__${stamp(rows - 1)}`
      const second = secondDimension(content)
      file.group(group, groupAttributes(content))
      file.column(`${group}/_coord_time`, 'int64', rows, (from, to) =>
        BigInt64Array.from({ length: to - from }, (_, i) => content.timeNs(from + i))
      )
      file.attributes(`${group}/_coord_time`, coordinateAttributes(true))
      file.column(`${group}/_coord_${second}`, 'float64', channels, (from, to) =>
        Float64Array.from(
          { length: to - from },
          (_, i) => content.distanceM(from + i) ?? content.channelNumber(from + i)
        )
      )
      file.attributes(`${group}/_coord_${second}`, coordinateAttributes(false))
      const path = `${group}/data`
      file.samples(path, rows, channels, element)
      const [chunkRows] = chunkShape(rows, channels, rowBytes(content) / channels)
      const range = { from: 0, to: rows, rows: blockRows(content, chunkRows) }
      for await (const block of contentBlocks(content, target.signal, range)) {
        file.writeRows(path, block.firstRow, block.rows, channels, block.values)
        target.onRows(block.firstRow + block.rows)
      }
    })
}
