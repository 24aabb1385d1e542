import { createRecording } from '../createRecording.ts'
import { type Hdf5Value, metadataValue } from '../hdf5/hdf5Values.ts'
import { describeDataset } from '../hdf5/sampleDataset.ts'
import { channelCoordinates, channelNumbers } from '../netcdf/coordinates.ts'
import { timeDimension, valuesOf } from '../netcdf/variables.ts'
import { type NamedValue, usualValues } from '../plain/usualNames.ts'
import { RecordingError, type RecordingInfo } from '../recording.ts'
import type { Candidate, RecordingFormat } from '../recordingFormat.ts'
import { evenTimeAxis, type TimeAxis } from '../timeAxis.ts'
import { type JsonAttributes, metadataNames, ZarrHierarchy, type ZarrNode } from './zarrHierarchy.ts'
import { ZarrProblem } from './zarrProblem.ts'
import { countOf, zarrTimes } from './zarrTimes.ts'

/** Zarr folders, versions 2 and 3: DASstore's `RawData`, and two-dimensional variables as xarray and this program write them. */
export const zarr: RecordingFormat = {
  name: 'zarr',
  title: 'Zarr 2 and 3',
  isBare: true,

  recognise: ({ isFolder, entries }) =>
    Promise.resolve(isFolder && metadataNames.some((name) => entries.includes(name))),

  async open(candidate) {
    const { path } = candidate
    const refused = (error: unknown): never => {
      throw error instanceof ZarrProblem ? new RecordingError(path, error.message) : error
    }
    try {
      const hierarchy = new ZarrHierarchy(path)
      await hierarchy.load()
      const { node, timeAxis, info } = await describe(hierarchy, candidate)
      const array = await hierarchy.open(node)
      return createRecording(info, {
        read: (range) => array.read(range, timeAxis).catch(refused),
        close: () => Promise.resolve(array.forget())
      })
    } catch (error) {
      return refused(error)
    }
  }
}

const count = ({ shape }: ZarrNode): number => shape.reduce((product, length) => product * length, 1)
const nameOf = ({ path }: ZarrNode): string => path.slice(path.lastIndexOf('/') + 1)

/** The variable of samples: one over time comes first, then DASstore's, then the largest. */
function samplesOf({ nodes, problems }: ZarrHierarchy, path: string, warnings: string[]): ZarrNode {
  const rank = (node: ZarrNode): number =>
    timeDimension(node.dimensions) !== null ? 0 : nameOf(node) === 'RawData' ? 1 : 2
  const matrices = nodes
    .filter((node) => node.shape.length === 2 && count(node) > 0)
    .sort((a, b) => rank(a) - rank(b) || count(b) - count(a))
  const [samples, ...others] = matrices
  if (!samples) {
    const names = [...nodes.map((node) => `${nameOf(node)} (${node.shape.join(' × ')})`), ...problems].join(', ')
    throw new RecordingError(path, `is a Zarr folder without a two-dimensional array: ${names || 'it holds no array'}`)
  }
  const rivals = others.filter((node) => rank(node) === rank(samples) && count(node) > 1)
  if (rivals.length > 0)
    warnings.push(
      `Only ${samples.path.slice(1)} was opened; not opened: ${rivals.map((node) => node.path.slice(1)).join(', ')}.`
    )
  for (const problem of problems) warnings.push(`${problem}; it was left out.`)
  return samples
}

async function describe(
  hierarchy: ZarrHierarchy,
  { path: file, assumptions }: Candidate
): Promise<{ node: ZarrNode; timeAxis: 0 | 1; info: RecordingInfo }> {
  const warnings: string[] = []
  const node = samplesOf(hierarchy, file, warnings)
  const { element, shape, dimensions } = node
  if (element === null)
    throw new RecordingError(file, `${node.path.slice(1)} does not hold integers or floating-point numbers`)
  const coordinates = new Coordinates(hierarchy, node)
  const timeAxis = timeAxisOf(node, coordinates, assumptions.timeAxis, warnings)
  const [time, channel] = [shape[timeAxis]!, shape[1 - timeAxis]!]
  const usual = usualValues(namedValues([node.attributes, hierarchy.rootAttributes]))
  const timeName = dimensions[timeAxis] ?? null
  const timeNode = timeName === null ? null : coordinates.node(timeName)
  const axis: TimeAxis = timeNode
    ? await zarrTimes(hierarchy, timeNode, time, warnings)
    : evenTimeAxis(usual.startTimeNs, usual.sampleRateHz, time)
  const isBare = timeNode === null
  if (isBare && usual.taken.length > 0)
    warnings.push(`Taken from attributes by their names: ${usual.taken.join(', ')}.`)
  const dataset = {
    path: node.path,
    element,
    shape: { time, channel },
    order: timeAxis === 0 ? ('time-channel' as const) : ('channel-time' as const)
  }
  const info = describeDataset(dataset, axis, {
    format: 'zarr',
    formatVersion: hierarchy.version,
    file,
    ...valuesOf({ name: nameOf(node), attributes: attributesOf(node.attributes) }, warnings),
    ...(isBare
      ? {
          channelSpacingM: usual.channelSpacingM,
          firstDistanceM: usual.firstDistanceM,
          gaugeLengthM: usual.gaugeLengthM,
          unit: usual.unit
        }
      : {}),
    ...(await coordinates.channels(dimensions[1 - timeAxis] ?? null, channel, warnings)),
    warnings,
    metadata: metadataOf([hierarchy.rootAttributes, node.attributes])
  })
  return { node, timeAxis, info }
}

/** Arrays of one dimension beside the samples, by name. */
class Coordinates {
  readonly #hierarchy: ZarrHierarchy
  readonly #group: string

  constructor(hierarchy: ZarrHierarchy, { path }: ZarrNode) {
    this.#hierarchy = hierarchy
    this.#group = path.slice(0, path.lastIndexOf('/'))
  }

  node(name: string): ZarrNode | null {
    const path = `${this.#group}/${name}`
    return (
      this.#hierarchy.nodes.find((node) => node.path === path && node.shape.length === 1 && node.element !== null) ??
      null
    )
  }

  async channels(dimension: string | null, channels: number, warnings: string[]): Promise<Partial<RecordingInfo>> {
    if (dimension === null) return {}
    const named = this.#hierarchy.nodes
      .filter(
        (node) => node.path.startsWith(`${this.#group}/`) && node.shape.length === 1 && node.shape[0] === channels
      )
      .map(nameOf)
    if (named.length === 0) return {}
    const read = new Map<string, number[]>()
    for (const name of named) {
      const node = this.node(name)
      if (node) read.set(name, [...(await (await this.#hierarchy.open(node)).values())].map(Number))
    }
    const unit = (name: string): string | null => {
      const units = this.node(name)?.attributes.units
      return typeof units === 'string' ? units : null
    }
    const found = channelCoordinates(dimension, (name) => read.get(name) ?? null, unit, channels, warnings)
    return found.firstChannel === null ? { ...found, ...channelNumbers(read.get('channel') ?? null, channels) } : found
  }
}

function timeAxisOf(node: ZarrNode, coordinates: Coordinates, stated: 0 | 1 | undefined, warnings: string[]): 0 | 1 {
  const isTime = (name: string | null): boolean => {
    const found = name === null ? null : coordinates.node(name)
    return found !== null && countOf(found) !== null
  }
  const named =
    timeDimension(node.dimensions) ??
    (isTime(node.dimensions[0] ?? null) ? 0 : isTime(node.dimensions[1] ?? null) ? 1 : null)
  if (named !== null) return named
  if (stated !== undefined) return stated
  if (nameOf(node) === 'RawData') return 1
  warnings.push(
    `${nameOf(node) || 'The array'} is ${node.shape.join(' × ')} and does not say which axis is time; the first one was assumed. Another can be stated when it is opened.`
  )
  return 0
}

/** Attributes with those inside objects under `outer/inner`; DASstore writes dots for that itself. */
function flat(attributes: JsonAttributes, place = '', depth = 0): [string, unknown][] {
  return Object.entries(attributes).flatMap(([name, value]): [string, unknown][] => {
    const path = `${place}${name.replaceAll('.', '/')}`
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && depth < 6 ? flat(value as JsonAttributes, `${path}/`, depth + 1) : [[path, value]]
  })
}

function plain(value: unknown): Hdf5Value {
  if (Array.isArray(value)) return value.every((entry) => typeof entry === 'number') ? value : null
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

const namedValues = (layers: JsonAttributes[]): NamedValue[] =>
  layers.flatMap((layer) => flat(layer).map(([name, value]) => ({ name, value: plain(value) })))

const attributesOf = (attributes: JsonAttributes): Record<string, Hdf5Value> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, plain(value)]))

function metadataOf(layers: JsonAttributes[]): RecordingInfo['metadata'] {
  const entries = layers.flatMap((layer) => flat(layer)).slice(0, 2000)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, metadataValue(plain(value) ?? JSON.stringify(value))])
  )
}
