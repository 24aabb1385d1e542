import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import type { ElementName, SampleArray } from '../../recordings/recording.ts'
import { sampleArrays } from './contentReader.ts'
import { type ExportContent, rowBytes } from './exportContent.ts'
import { bytesOf } from './sequentialFile.ts'
import { sidecarFields } from './sidecar.ts'

/** Large enough that there are few chunks, small enough for a look at a second. */
const chunkBytes = 4 * 1024 * 1024
const coordinateChunk = 1024 * 1024

/** The name of the variable; the group holds no other with two dimensions. */
const variable = 'data'

export interface ChunkShape {
  rows: number
  channels: number
}

/** Chunks of about 4 MiB, of no more than so many channels; of equal widths, so that the last one is not mostly filling. */
export function chunkShapeOf(content: ExportContent, channelsMost: number): ChunkShape {
  const channels = Math.ceil(content.channels / Math.max(1, Math.ceil(content.channels / channelsMost)))
  const bytes = channels * (rowBytes(content) / content.channels)
  return { rows: Math.max(1, Math.min(content.rows, Math.floor(chunkBytes / bytes))), channels }
}

export interface ArrayDescription {
  shape: number[]
  chunks: number[]
  type: ElementName | 'int64'
  fill: number | 'NaN'
  dimensions: string[]
  attributes: Record<string, unknown>
}

const arrayDocument = ({ shape, chunks, type, fill, dimensions, attributes }: ArrayDescription): object => ({
  zarr_format: 3,
  node_type: 'array',
  shape,
  data_type: type,
  chunk_grid: { name: 'regular', configuration: { chunk_shape: chunks } },
  chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
  fill_value: fill,
  codecs: [{ name: 'bytes', configuration: type === 'int8' ? undefined : { endian: 'little' } }],
  attributes,
  dimension_names: dimensions
})

/** Bytes of the part of a column that a chunk holds, full at the end too: what lies outside the array is zero. */
function columnChunk(
  length: number,
  chunk: number,
  index: number,
  values: (from: number, to: number) => BigInt64Array | Float64Array
): Uint8Array {
  const whole = new Uint8Array(chunk * 8)
  whole.set(bytesOf(values(index * chunk, Math.min(length, (index + 1) * chunk))))
  return whole
}

const withoutNull = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

function dataDescription(content: ExportContent, second: string, chunk: ChunkShape): ArrayDescription {
  const { element, unit, quantity, bands, source } = content
  return {
    shape: [content.rows, content.channels],
    chunks: [chunk.rows, chunk.channels],
    type: element,
    fill: element.startsWith('float') ? 'NaN' : 0,
    dimensions: ['time', second],
    attributes: withoutNull({
      units: unit,
      long_name: quantity,
      gauge_length_m: source.gaugeLengthM,
      band_hz: bands.length > 0 ? [bands[0]!.lowHz, bands[0]!.highHz] : null
    })
  }
}

/** Times count nanoseconds from 1970 on, as 64-bit integers: exact, and decoded by CF's rules. */
const timeDescription = (content: ExportContent): ArrayDescription => ({
  shape: [content.rows],
  chunks: [Math.min(content.rows, coordinateChunk)],
  type: 'int64',
  fill: 0,
  dimensions: ['time'],
  attributes: {
    standard_name: 'time',
    units: 'nanoseconds since 1970-01-01T00:00:00',
    calendar: 'proleptic_gregorian'
  }
})

interface Coordinate {
  name: string
  type: 'int64' | 'float64'
  attributes: Record<string, unknown>
  values: BigInt64Array | Float64Array
}

/** `distance` in metres where it is known; the channels' own numbers beside it, or in its place. */
function channelCoordinates(content: ExportContent): Coordinate[] {
  const length = content.channels
  const numbers: Coordinate = {
    name: 'channel',
    type: 'int64',
    attributes: { long_name: 'channel number' },
    values: BigInt64Array.from({ length }, (_, i) => BigInt(content.channelNumber(i)))
  }
  if (content.distanceM(0) === null) return [numbers]
  const distance: Coordinate = {
    name: 'distance',
    type: 'float64',
    attributes: { units: 'm', long_name: 'distance along the fibre' },
    values: Float64Array.from({ length }, (_, i) => content.distanceM(i) ?? NaN)
  }
  return [distance, numbers]
}

/** Columns of one chunk out of rows of all channels, full at the edges too: what lies outside the array is the fill value. */
export function cutChunk(
  content: ExportContent,
  block: { rows: number; values: SampleArray },
  shape: ChunkShape,
  at: number
): Uint8Array {
  const { channels, element } = content
  if (shape.channels === channels && block.rows === shape.rows) return bytesOf(block.values)
  const target = new sampleArrays[element](shape.rows * shape.channels)
  if (element.startsWith('float')) target.fill(NaN)
  const count = Math.min(shape.channels, channels - at)
  for (let row = 0; row < block.rows; row++) {
    const from = row * channels + at
    target.set(block.values.subarray(from, from + count), row * shape.channels)
  }
  return bytesOf(target)
}

/** One array that is no samples: small, and known without reading the source. */
export interface ZarrCoordinate {
  name: string
  document: object
  chunkCount: number
  chunk(index: number): Uint8Array
}

/** Everything of a store but its samples, which `cutChunk` makes of the rows of `content`. */
export interface ZarrLayout {
  content: ExportContent
  shape: ChunkShape
  /** Samples as time × channel in chunks of `shape`. */
  data: { name: string; document: object }
  coordinates: ZarrCoordinate[]
  group: object
}

const chunksOf = (length: number, chunk: number): number => Math.ceil(length / Math.max(1, chunk))

/**
 * Zarr v3 group of one variable with its coordinates, uncompressed: what `xarray.open_zarr` opens as it is. The documents of
 * the arrays stand in that of the group too, so that a store without a listing can be opened.
 */
export function zarrLayout(content: ExportContent, title: string, history: string, channelsMost: number): ZarrLayout {
  const shape = chunkShapeOf(content, channelsMost)
  const along = channelCoordinates(content)
  const second = along[0]!.name
  const described = dataDescription(content, second, shape)
  const others = along.slice(1).map(({ name }) => name)
  // What is a coordinate but no dimension is named by the variable, as CF has it.
  if (others.length > 0) described.attributes.coordinates = others.join(' ')
  const time = timeDescription(content)
  const timeChunk = time.chunks[0]!
  const coordinates: ZarrCoordinate[] = [
    {
      name: 'time',
      document: arrayDocument(time),
      chunkCount: chunksOf(content.rows, timeChunk),
      chunk: (index) =>
        columnChunk(content.rows, timeChunk, index, (from, to) =>
          BigInt64Array.from({ length: to - from }, (_, i) => content.timeNs(from + i))
        )
    },
    ...along.map(({ name, type, attributes, values }): ZarrCoordinate => {
      const chunks = [content.channels]
      return {
        name,
        document: arrayDocument({ shape: chunks, chunks, type, fill: 0, dimensions: [second], attributes }),
        chunkCount: 1,
        chunk: () => columnChunk(content.channels, content.channels, 0, () => values)
      }
    })
  ]
  const data = { name: variable, document: arrayDocument(described) }
  const { gaps, distance_m: _, ...fields } = sidecarFields(content)
  const group = {
    zarr_format: 3,
    node_type: 'group',
    attributes: { Conventions: 'CF-1.11', title, history, ...withoutNull(fields), gaps },
    consolidated_metadata: {
      kind: 'inline',
      must_understand: false,
      metadata: Object.fromEntries([data, ...coordinates].map(({ name, document }) => [name, document]))
    }
  }
  return { content, shape, data, coordinates, group }
}

/** `2026-11-21T11:07:44Z exported by Wavefall`. */
export const historyText = (deed: string): string =>
  `${isoFromNanoseconds(BigInt(Date.now()) * 1_000_000n).slice(0, 19)}Z ${deed} by Wavefall`
