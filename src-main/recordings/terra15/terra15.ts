import type { SampleDataset } from '../hdf5/hdf5Array.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { type Attributes, integerOf, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { rowTimeAxis, type RowTimeAxis } from '../hdf5/rowTimes.ts'
import { describeDataset, numbersAt, orderByLengths, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import { evenTimeAxis } from '../timeAxis.ts'

/** What a unit keeps time by, the better one first. */
const clocks = ['gps_time', 'posix_time']
const marks = ['data_product', 'sensing_range_start', 'nx', 'dx']

/** HDF5 files of Terra15's Treble, versions 4 to 6: a group with `data` and the time of every row. */
export const terra15 = hdf5Format({
  name: 'terra15',
  title: 'Terra15 Treble, file versions 4 to 6 (HDF5)',

  isRecognised(reader) {
    const root = reader.attributes('/')
    return (
      root.file_version !== undefined &&
      marks.some((name) => root[name] !== undefined) &&
      groupOf(reader, root) !== null
    )
  },
  describe: (reader, { path: file }) => describe(reader, file)
})

/** Version 4 names the group by its product, later ones `data_product`. */
function groupOf(reader: Hdf5Reader, root: Attributes): string | null {
  const product = textOf(root.data_product)
  const names = ['data_product', ...(product === null ? [] : [product])]
  return names.find((name) => reader.isDataset(`/${name}/data`)) ?? null
}

function describe(reader: Hdf5Reader, file: string): { info: RecordingInfo; dataset: SampleDataset } {
  const warnings: string[] = []
  const root = reader.attributes('/')
  const version = textOf(root.file_version)
  if (!/^[456]$/.test(version ?? ''))
    warnings.push(`file_version is ${version ?? 'not known'}; the file was read as version 4 to 6.`)
  const group = groupOf(reader, root)!
  const path = `/${group}/data`
  const { shape } = numbersAt(reader, file, path, 2)
  const clock = clocks.find((name) => reader.isDataset(`/${group}/${name}`)) ?? null
  const rows = clock === null ? null : (reader.dataset(`/${group}/${clock}`)?.shape[0] ?? null)
  const order = orderByLengths(shape, 'time-channel', { channels: integerOf(root.nx), rows }, warnings)
  const stored = sampleDatasetAt(reader, file, path, order)
  const nx = integerOf(root.nx)
  if (nx !== null && nx !== stored.shape.channel)
    warnings.push(`nx says ${nx}, but there are ${stored.shape.channel} channels.`)
  const times = timesOf(reader, `/${group}`, stored.shape.time, warnings)
  const dataset = withoutUnwritten(stored, times, file, warnings)
  const axis = times ?? evenTimeAxis(null, rateOf(root), dataset.shape.time)
  const metadata: RecordingInfo['metadata'] = {}
  addAttributes(metadata, '', root)
  addAttributes(metadata, group, reader.attributes(`/${group}`))
  addAttributes(metadata, path.slice(1), reader.attributes(path))
  const product = textOf(root.data_product) ?? textOf(reader.attributes(`/${group}`).data_product)
  const serial = textOf(root.serial_number)
  const info = describeDataset(dataset, axis, {
    format: 'terra15',
    formatVersion: version,
    file,
    instrument: serial === null ? 'Terra15 Treble' : `Terra15 Treble ${serial}`,
    quantity: product === null ? null : product.replace(/_/g, ' '),
    unit: textOf(root.data_product_units),
    channelSpacingM: positiveOf(root.dx),
    firstDistanceM: numberOf(root.sensing_range_start),
    gaugeLengthM: positiveOf(root.gauge_length),
    warnings,
    metadata
  })
  return { info, dataset }
}

/** The interval in the header is that of the computer's clock: it stands in only where no times are. */
function rateOf(root: Attributes): number | null {
  const seconds = positiveOf(root.dt_computer) ?? positiveOf(root.dt)
  return seconds === null ? null : 1 / seconds
}

function timesOf(reader: Hdf5Reader, group: string, rows: number, warnings: string[]): RowTimeAxis | null {
  for (const name of clocks) {
    const axis = rowTimeAxis(reader, { path: `${group}/${name}`, name, unitNs: 1e9, rows, nominalIntervalNs: null })
    if (axis === null) continue
    if (axis.timedRows > 0) {
      if (name === 'posix_time') warnings.push("There is no GPS time: the times are posix_time, the computer's clock.")
      return axis
    }
    warnings.push(`${name} holds no valid time.`)
  }
  warnings.push('Neither gps_time nor posix_time gives a time: when this was recorded is not known.')
  return null
}

/** A file whose writing was cut short has its full length, with zeros for times. */
function withoutUnwritten(
  dataset: SampleDataset,
  times: RowTimeAxis | null,
  file: string,
  warnings: string[]
): SampleDataset {
  const { time, channel } = dataset.shape
  if (times === null || times.timedRows >= time) return dataset
  if (times.timedRows < 1) throw new RecordingError(file, 'is unfinished: no row has a time')
  warnings.push(`The file is unfinished: ${time - times.timedRows} of ${time} rows have no time and were left out.`)
  return { ...dataset, shape: { time: times.timedRows, channel } }
}
