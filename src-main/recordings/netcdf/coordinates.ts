import { distanceAxis, type DistanceAxis } from '../distanceAxis.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { numbersOf } from '../hdf5/hdf5Layout.ts'
import { textOf } from '../hdf5/hdf5Values.ts'
import { rowTimeAxis } from '../hdf5/rowTimes.ts'
import type { RecordingInfo } from '../recording.ts'
import { evenTimeAxis, type TimeAxis } from '../timeAxis.ts'
import { cfTime, nanosecondsPer } from './cfTime.ts'
import { countedTimeAxis } from './countedTimes.ts'

/** The axis of a time coordinate with one value a row. */
export function netcdfTimes(
  reader: Hdf5Reader,
  group: string,
  name: string,
  rows: number,
  warnings: string[]
): TimeAxis {
  const path = `${group}/${name}`
  const { units, calendar } = reader.isDataset(path) ? reader.attributes(path) : {}
  const count = cfTime(textOf(units), textOf(calendar))
  const counted = count && countedTimeAxis(reader, { path, name, rows }, count)
  if (counted) return counted
  const unitNs = nanosecondsPer(/^\s*(\S+)/.exec(textOf(units) ?? '')?.[1] ?? 's') ?? 1e9
  const axis = rowTimeAxis(reader, { path, name, unitNs, rows, nominalIntervalNs: null })
  warnings.push(
    axis
      ? `${name} is in "${textOf(units) ?? ''}", which is no time since a date: when this was recorded is not known.`
      : `There is no coordinate ${name}: times are not known.`
  )
  return evenTimeAxis(null, axis?.sampleRateHz ?? null, rows)
}

/** Names that a coordinate of distance goes by, where the dimension itself counts channels. */
const distanceNames = ['distance', 'dist', 'distance_m', 'depth', 'offset', 'x']

/** Where the channels lie: the coordinate of their dimension, or one of distance beside channel numbers. */
export function netcdfDistances(
  reader: Hdf5Reader,
  group: string,
  dimension: string,
  channels: number,
  warnings: string[]
): DistanceAxis & Pick<RecordingInfo, 'firstChannel' | 'channelStep'> {
  const numbers = (name: string): number[] | null => {
    const path = `${group}/${name}`
    return reader.dataset(path)?.shape.length === 1 ? numbersOf(reader.value(path)) : null
  }
  const unit = (name: string): string | null =>
    reader.isDataset(`${group}/${name}`) ? textOf(reader.attributes(`${group}/${name}`).units) : null
  return channelCoordinates(dimension, numbers, unit, channels, warnings)
}

const isCount = (name: string): boolean => /chan|locus|loci|trace|station|^ch$/i.test(name)

/** The same for coordinates of any container: `numbers` reads one, null where there is none. */
export function channelCoordinates(
  dimension: string,
  numbers: (name: string) => number[] | null,
  unit: (name: string) => string | null,
  channels: number,
  warnings: string[]
): DistanceAxis & Pick<RecordingInfo, 'firstChannel' | 'channelStep'> {
  const own = numbers(dimension)
  if (!isCount(dimension) && own !== null)
    return { ...distanceAxis(own, channels, warnings, unit(dimension)), firstChannel: null, channelStep: 1 }
  const name = distanceNames.find((candidate) => candidate !== dimension && numbers(candidate)?.length === channels)
  if (name === undefined) warnings.push(`There is no coordinate of distance: where the ${dimension}s lie is not known.`)
  const axis = distanceAxis(name === undefined ? null : numbers(name), channels, warnings, name ? unit(name) : null)
  return { ...axis, ...channelNumbers(own, channels) }
}

/** Numbers of channels, where they are whole and evenly spaced. */
export function channelNumbers(
  values: number[] | null,
  channels: number
): Pick<RecordingInfo, 'firstChannel' | 'channelStep'> {
  const [first, second] = values ?? []
  const step = second === undefined || first === undefined ? 1 : second - first
  const isEven =
    values?.length === channels &&
    step > 0 &&
    values.every((value, i) => Number.isSafeInteger(value) && value === first! + i * step)
  return isEven ? { firstChannel: first!, channelStep: step } : { firstChannel: null, channelStep: 1 }
}
