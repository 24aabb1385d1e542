import type { Nanoseconds } from '../../../src-preload/contract/units.ts'
import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { numbersOf } from '../hdf5/hdf5Layout.ts'
import { type Attributes, integerOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import { cfTime, nanosecondsPer, timeOfStored } from '../netcdf/cfTime.ts'
import type { Variable } from '../netcdf/variables.ts'

/** Where the tie points of one dimension are. */
export interface Ties {
  dimension: string
  indices: number[]
  valuesPath: string
  /** The points are the first rows of runs with a stated interval. */
  isSampled: boolean
  /** Attributes of the interpolation or sampling variable, where there is one. */
  attributes: Attributes
}

interface Words {
  /** The word before the colon, and those after it. */
  name: string
  rest: string[]
}

/** `a: b c d: e f` → a with b and c, d with e and f. */
function groupsOf(text: string | null): Words[] {
  const groups: Words[] = []
  for (const word of (text ?? '').split(/\s+/).filter(Boolean)) {
    if (word.endsWith(':')) groups.push({ name: word.slice(0, -1), rest: [] })
    else groups.at(-1)?.rest.push(word)
  }
  return groups
}

/**
 * Tie points of a variable's dimensions. CF 1.13 names them `values: interpolation`, with `tie_point_mapping` of the
 * interpolation naming dimension and indices; older files say `dimension: indices values` themselves. A sampled coordinate
 * has the lengths of its runs in place of indices.
 */
export function tiesOf(reader: Hdf5Reader, { group, attributes }: Variable): Ties[] {
  const at = (name: string): string => `${group}/${name}`
  const list = (name: string): number[] => numbersOf(reader.value(at(name))) ?? []
  const found: Ties[] = []
  for (const key of ['coordinate_interpolation', 'coordinate_sampling'])
    for (const { name, rest } of groupsOf(textOf(attributes[key]))) {
      const [first, second] = rest
      if (first === undefined) continue
      const own = reader.attributes(at(first))
      const [mapping] = groupsOf(textOf(own.tie_point_mapping))
      const place = mapping?.rest[0]
      const isSampled = key === 'coordinate_sampling'
      if (mapping && place !== undefined) {
        const indices = isSampled ? startsOfRuns(list(place)) : list(place)
        found.push({ dimension: mapping.name, indices, valuesPath: at(name), isSampled, attributes: own })
      } else if (second !== undefined)
        found.push({ dimension: name, indices: list(first), valuesPath: at(second), isSampled: false, attributes: {} })
    }
  return found
}

function startsOfRuns(lengths: number[]): number[] {
  let row = 0
  return lengths.map((length) => {
    row += length
    return row - length
  })
}

/** A duration among the attributes, in nanoseconds: `name` with its unit in `name_units` (seconds where there is none). */
function durationOf(attributes: Attributes, name: string): number | null {
  const value = positiveOf(attributes[name])
  const unit = textOf(attributes[`${name}_units`])
  const unitNs = unit === null ? 1e9 : nanosecondsPer(unit)
  return value === null || unitNs === null ? null : value * unitNs
}

function intervalOf(attributes: Attributes): number | null {
  const denominator = integerOf(attributes.sampling_denominator)
  const numerator = durationOf(attributes, 'sampling_numerator')
  if (denominator !== null && denominator > 0 && numerator !== null) return numerator / denominator
  return durationOf(attributes, 'sampling_interval')
}

/** The times at the tie points; `problem` says why there are none. */
export function tieTimes(
  reader: Hdf5Reader,
  { valuesPath, attributes }: Ties
): { times: Nanoseconds[]; intervalNs: number | null; problem: string | null } {
  const intervalNs = intervalOf(attributes)
  const stored = reader.value(valuesPath)
  const { units, calendar } = reader.attributes(valuesPath)
  const count = cfTime(textOf(units), textOf(calendar))
  if (count === null)
    return { times: [], intervalNs, problem: `is in "${textOf(units) ?? ''}", which is no time since a date` }
  const list = stored === null ? [] : Array.isArray(stored) ? stored : [stored]
  const times = list.map((value) =>
    typeof value === 'number' || typeof value === 'bigint' ? timeOfStored(value, count) : null
  )
  const isWhole = times.every((time) => time !== null)
  return { times: isWhole ? times : [], intervalNs, problem: isWhole ? null : 'holds what is no time' }
}
