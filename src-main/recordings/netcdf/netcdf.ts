import { hdf5Format } from '../hdf5/hdf5Layout.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { addAttributes } from '../hdf5/hdf5Metadata.ts'
import { textOf } from '../hdf5/hdf5Values.ts'
import { describeDataset, sampleDatasetAt } from '../hdf5/sampleDataset.ts'
import type { RecordingInfo } from '../recording.ts'
import { cfTime } from './cfTime.ts'
import { netcdfDistances, netcdfTimes } from './coordinates.ts'
import { describedAttributes, type Variable, valuesOf, variables } from './variables.ts'

/** Which dimension has a coordinate that counts from a date; null where none has, or the variable is Xdas's. */
function timeAxisOf(reader: Hdf5Reader, { group, dimensions, attributes }: Variable): 0 | 1 | null {
  if (attributes.coordinate_interpolation !== undefined || attributes.coordinate_sampling !== undefined) return null
  const isTime = (name: string | null): boolean => {
    const path = `${group}/${name}`
    if (name === null || reader.dataset(path)?.shape.length !== 1) return false
    const { units, calendar } = reader.attributes(path)
    return cfTime(textOf(units), textOf(calendar)) !== null
  }
  return isTime(dimensions[0] ?? null) ? 0 : isTime(dimensions[1] ?? null) ? 1 : null
}

/** NetCDF-4 files with CF coordinates: a two-dimensional variable over time and distance (or channel). */
export const netcdf = hdf5Format({
  name: 'netcdf',
  title: 'NetCDF-4 with CF coordinates',

  isRecognised: (reader) => variables(reader).some((variable) => timeAxisOf(reader, variable) !== null),

  describe(reader, { path: file }) {
    const warnings: string[] = []
    const fitting = variables(reader).filter((variable) => timeAxisOf(reader, variable) !== null)
    const [variable, ...others] = fitting as [Variable, ...Variable[]]
    if (others.length > 0) {
      const names = others.map(({ path }) => path.slice(1)).join(', ')
      warnings.push(`Only ${variable.path.slice(1)} was opened; not opened: ${names}.`)
    }
    const timeAt = timeAxisOf(reader, variable)!
    const dataset = sampleDatasetAt(reader, file, variable.path, timeAt === 0 ? 'time-channel' : 'channel-time')
    const { time, channel } = dataset.shape
    const [timeName, channelName] = [variable.dimensions[timeAt]!, variable.dimensions[1 - timeAt] ?? 'channel']
    const root = reader.attributes('/')
    const metadata: RecordingInfo['metadata'] = {}
    addAttributes(metadata, '', describedAttributes(root))
    addAttributes(metadata, variable.path.slice(1), describedAttributes(variable.attributes))
    const info = describeDataset(dataset, netcdfTimes(reader, variable.group, timeName, time, warnings), {
      format: 'netcdf',
      formatVersion: textOf(root.Conventions),
      file,
      ...valuesOf(variable, warnings),
      ...netcdfDistances(reader, variable.group, channelName, channel, warnings),
      warnings,
      metadata
    })
    return { info, dataset }
  }
})
