import { cfTime, nanosecondsPer, timeOfStored } from '../netcdf/cfTime.ts'
import { countedTimeAxis } from '../netcdf/countedTimes.ts'
import { rowTimeAxis, type TimeStore } from '../hdf5/rowTimes.ts'
import { durationNs, evenTimeAxis, rateFromInterval, snapped, type TimeAxis } from '../timeAxis.ts'
import type { ZarrHierarchy, ZarrNode } from './zarrHierarchy.ts'

/** 64 MiB: up to there a coordinate is read as a whole. */
const mostRows = 8 * 1024 * 1024

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What the numbers of a time coordinate count, by CF's attributes or NumPy's type. */
export const countOf = ({ attributes, timeUnit }: ZarrNode): ReturnType<typeof cfTime> =>
  timeUnit !== null && nanosecondsPer(timeUnit) !== null
    ? { unitNs: nanosecondsPer(timeUnit)!, epochNs: 0n }
    : cfTime(textOf(attributes.units), textOf(attributes.calendar))

/** The axis of a time coordinate. Throws `ZarrProblem`. */
export async function zarrTimes(
  hierarchy: ZarrHierarchy,
  node: ZarrNode,
  rows: number,
  warnings: string[]
): Promise<TimeAxis> {
  const name = node.path.slice(1)
  const count = countOf(node)
  if (node.shape[0] !== rows) {
    warnings.push(`${name} has ${node.shape[0]} times for ${rows} rows: times are not known.`)
    return evenTimeAxis(null, null, rows)
  }
  if (count && rows > mostRows) return endsOnly(hierarchy, node, rows, warnings)
  const values = await (await hierarchy.open(node)).values()
  const element = values instanceof BigInt64Array ? 'int64' : 'float64'
  const store: TimeStore = {
    dataset: () => ({ shape: [rows], element, chunks: null, isMostlyUnwritten: false }),
    slab: (_path, _element, [from], [length]) => values.slice(from!, from! + length!)
  }
  const counted = count && countedTimeAxis(store, { path: name, name, rows }, count)
  if (counted) return counted
  const unitNs = nanosecondsPer((textOf(node.attributes.units) ?? 's').split(' ')[0]!) ?? 1e9
  const axis = rowTimeAxis(store, { path: name, name, unitNs, rows, nominalIntervalNs: null })
  warnings.push(`${name} counts from no date: when this was recorded is not known.`)
  return evenTimeAxis(null, axis?.sampleRateHz ?? null, rows)
}

/** A coordinate of hundreds of megabytes is taken by its ends. */
async function endsOnly(hierarchy: ZarrHierarchy, node: ZarrNode, rows: number, warnings: string[]): Promise<TimeAxis> {
  const array = await hierarchy.open(node)
  const count = countOf(node)!
  const at = async (row: number): Promise<bigint | null> => timeOfStored(await array.valueAt(row), count)
  const [first, second, last] = [await at(0), await at(1), await at(rows - 1)]
  if (first === null || second === null || last === null || second <= first) {
    warnings.push(`${node.path.slice(1)} holds what is no time: times are not known.`)
    return evenTimeAxis(null, null, rows)
  }
  const span = Number(last - first) / (rows - 1)
  const step = Number(second - first)
  const isEven = Math.abs(span - step) <= Math.max(1, step * 1e-6)
  if (!isEven)
    warnings.push(
      `${node.path.slice(1)} has gaps, which are not searched in ${rows} rows: times after the first gap are off.`
    )
  const intervalNs = isEven ? snapped(span) : step
  return {
    ...evenTimeAxis(first, null, rows),
    endTimeNs: first + durationNs(rows, intervalNs),
    sampleIntervalNs: intervalNs,
    sampleRateHz: rateFromInterval(intervalNs)
  }
}
