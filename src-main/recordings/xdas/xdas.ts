import { distanceAxis } from '../distanceAxis.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { hdf5Format, numbersOf } from '../hdf5/hdf5Layout.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { numberOf, textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import { netcdfDistances, netcdfTimes } from '../netcdf/coordinates.ts'
import { describedAttributes, timeDimension, type Variable, valuesOf, variables } from '../netcdf/variables.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import { evenTimeAxis, type TimeAxis } from '../timeAxis.ts'
import { interpolated, tiePointAxis, whyNotTies } from './tiePoints.ts'
import { type Ties, tiesOf, tieTimes } from './xdasCoordinates.ts'

const isXdas = ({ attributes }: Variable): boolean =>
  attributes.coordinate_interpolation !== undefined || attributes.coordinate_sampling !== undefined

/** NetCDF-4 files of Xdas: coordinates are given by tie points, so that gaps in time cost nothing. */
export const xdas = hdf5Format({
  name: 'xdas',
  title: 'Xdas NetCDF-4',

  isRecognised: (reader) => variables(reader).some(isXdas),

  describe(reader, { path: file }) {
    const warnings: string[] = []
    const [variable, ...others] = variables(reader).filter(isXdas) as [Variable, ...Variable[]]
    if (others.length > 0)
      warnings.push(`Only ${variable.path.slice(1)} was opened; ${others.length} more arrays of the file were not.`)
    const ties = tiesOf(reader, variable)
    const dimensions = namedDimensions(variable, ties)
    const timeAt = timeDimension(dimensions)
    if (timeAt === null)
      throw new RecordingError(
        file,
        `${variable.path.slice(1)} has the dimensions ${dimensions.join(' and ')}, none of which is time`
      )
    const dataset = sampleDatasetAt(reader, file, variable.path, timeAt === 0 ? 'time-channel' : 'channel-time')
    const { time, channel } = dataset.shape
    const [timeName, channelName] = [dimensions[timeAt]!, dimensions[1 - timeAt] ?? 'distance']
    const timeTies = ties.find(({ dimension }) => dimension === timeName)
    const channelTies = ties.find(({ dimension }) => dimension === channelName)
    const axis = timeTies
      ? tiedTimes(reader, timeTies, time)
      : netcdfTimes(reader, variable.group, timeName, time, warnings)
    const metadata: RecordingInfo['metadata'] = {}
    addAttributes(metadata, '', describedAttributes(reader.attributes('/')))
    addAttributes(metadata, variable.path.slice(1), describedAttributes(variable.attributes))
    const info = describeDataset(dataset, axis, {
      format: 'xdas',
      formatVersion: textOf(reader.attributes('/').Conventions),
      file,
      ...valuesOf(variable, warnings),
      ...(channelTies
        ? tiedDistances(reader, channelTies, channel, warnings)
        : netcdfDistances(reader, variable.group, channelName, channel, warnings)),
      warnings,
      metadata
    })
    return { info, dataset }
  }
})

/** Dimensions without a scale are named by the tie points in their order. */
function namedDimensions({ dimensions }: Variable, ties: Ties[]): (string | null)[] {
  const left = ties.map(({ dimension }) => dimension).filter((name) => !dimensions.includes(name))
  return dimensions.map((name) => name ?? left.shift() ?? null)
}

function tiedTimes(reader: Hdf5Reader, ties: Ties, rows: number): TimeAxis {
  const { times, intervalNs, problem } = tieTimes(reader, ties)
  const why = problem ?? whyNotTies(ties.indices, times.length, rows, ties.isSampled)
  if (why === null) return tiePointAxis({ indices: ties.indices, times }, rows, intervalNs, ties.isSampled)
  const axis = evenTimeAxis(null, null, rows)
  return { ...axis, warnings: [`${ties.valuesPath.slice(1)} ${why}: times are not known.`] }
}

function tiedDistances(
  reader: Hdf5Reader,
  ties: Ties,
  channels: number,
  warnings: string[]
): ReturnType<typeof distanceAxis> {
  const values = numbersOf(reader.value(ties.valuesPath)) ?? []
  const why = whyNotTies(ties.indices, values.length, channels, ties.isSampled)
  if (why !== null) warnings.push(`${ties.valuesPath.slice(1)} ${why}: distances are not known.`)
  const unit = textOf(reader.attributes(ties.valuesPath).units)
  const step = ties.isSampled ? numberOf(ties.attributes.sampling_interval) : null
  const list = why !== null ? null : interpolated(ties.indices, values, channels, step)
  return distanceAxis(list, channels, warnings, unit)
}
