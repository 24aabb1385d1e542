import type { Hdf5Reader } from '../hdf5/hdf5File.ts'
import { type Attributes, numberOf, positiveOf, textOf } from '../hdf5/hdf5Values.ts'
import type { RecordingInfo } from '../recording.ts'

/** A two-dimensional variable with the names of its dimensions. */
export interface Variable {
  path: string
  /** The group that it and its coordinates are in, `` for the root. */
  group: string
  name: string
  /** Null where no dimension scale is attached. */
  dimensions: (string | null)[]
  attributes: Attributes
}

const deepest = 4
const mostObjects = 500

/** All two-dimensional variables of numbers, in the order of their names, from the root down. */
export function variables(reader: Hdf5Reader): Variable[] {
  const found: Variable[] = []
  let seen = 0
  const visit = (group: string, depth: number): void => {
    const names = reader.names(group === '' ? '/' : group)
    const groups: string[] = []
    for (const name of names) {
      if (++seen > mostObjects) return
      const path = `${group}/${name}`
      const kind = reader.kindOf(path)
      if (kind === 'group') groups.push(path)
      else if (kind === 'dataset' && isMatrix(reader, path)) found.push(variableAt(reader, group, name))
    }
    if (depth < deepest) for (const path of groups) visit(path, depth + 1)
  }
  visit('', 0)
  return found
}

function isMatrix(reader: Hdf5Reader, path: string): boolean {
  const dataset = reader.dataset(path)
  return dataset !== null && dataset.shape.length === 2 && dataset.element !== null && !dataset.shape.includes(0)
}

function variableAt(reader: Hdf5Reader, group: string, name: string): Variable {
  const path = `${group}/${name}`
  const dimensions = reader.scales(path, 2).map(([scale]) => (scale ? scale.slice(scale.lastIndexOf('/') + 1) : null))
  return { path, group, name, dimensions, attributes: reader.attributes(path) }
}

/** What CF attributes of a variable say of its values. Packed values are `stored · scale_factor + add_offset`. */
export function valuesOf(
  { name, attributes }: Pick<Variable, 'name' | 'attributes'>,
  warnings: string[]
): Pick<RecordingInfo, 'quantity' | 'unit' | 'scale' | 'gaugeLengthM' | 'instrument'> {
  const offset = numberOf(attributes.add_offset)
  if (offset !== null && offset !== 0)
    warnings.push(`Values are stored · scale + ${offset}; the offset is not applied.`)
  const scale = numberOf(attributes.scale_factor)
  const fill = numberOf(attributes._FillValue)
  if (fill !== null) warnings.push(`The stored value ${fill} stands for missing samples (_FillValue).`)
  const long = textOf(attributes.long_name) ?? textOf(attributes.standard_name) ?? textOf(attributes.data_type)
  const isGeneric = /^(__values__|data|rawdata|values|das|trace)$/i.test(name)
  return {
    quantity:
      textOf(attributes.quantity) ?? long?.replaceAll('_', ' ') ?? (isGeneric ? null : name.replaceAll('_', ' ')),
    unit: textOf(attributes.units) ?? textOf(attributes.unit),
    scale: scale !== null && scale !== 0 ? scale : 1,
    gaugeLengthM: positiveOf(attributes.gauge_length_m ?? attributes.gauge_length),
    instrument: textOf(attributes.instrument)
  }
}

/** Which of two dimensions is time, by their names; null where neither is said to be. */
export function timeDimension(dimensions: (string | null)[]): 0 | 1 | null {
  const isTime = (name: string | null): boolean => name !== null && /^(time|times|t)$/i.test(name)
  return isTime(dimensions[0] ?? null) ? 0 : isTime(dimensions[1] ?? null) ? 1 : null
}

/** Attributes without those that netCDF keeps for itself. */
export const describedAttributes = (attributes: Attributes): Attributes =>
  Object.fromEntries(
    Object.entries(attributes).filter(
      ([name]) => !/^(_Netcdf|_NC|DIMENSION_LIST|REFERENCE_LIST|CLASS|NAME$)/.test(name)
    )
  )
