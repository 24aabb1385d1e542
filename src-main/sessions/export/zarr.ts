import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isoFromNanoseconds } from '../../../src-preload/contract/units.ts'
import type { ElementName, SampleArray } from '../../recordings/recording.ts'
import { contentBlocks } from './contentBlocks.ts'
import { sampleArrays } from './contentReader.ts'
import { type ExportContent, rowBytes } from './exportContent.ts'
import { ExportCancelled, type ExportFormat, type ExportTarget, type FormatCheck } from './exportFormat.ts'
import { bytesOf } from './sequentialFile.ts'
import { sidecarFields } from './sidecar.ts'

/** A chunk is a file: large enough that there are few, small enough to be read for a look at a second. */
const chunkBytes = 4 * 1024 * 1024
const chunkChannelsMost = 1024
const coordinateChunk = 1024 * 1024

/** The name of the variable; the group holds no other with two dimensions. */
const variable = 'data'

function chunkShape(content: ExportContent): { rows: number; channels: number } {
  const channels = Math.min(content.channels, chunkChannelsMost)
  const bytes = channels * (rowBytes(content) / content.channels)
  return { rows: Math.max(1, Math.min(content.rows, Math.floor(chunkBytes / bytes))), channels }
}

interface ArrayDescription {
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

const withoutNull = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))

function dataDescription(content: ExportContent, second: string): ArrayDescription {
  const chunk = chunkShape(content)
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

async function writeJson(path: string, document: object): Promise<void> {
  await writeFile(path, JSON.stringify(document, null, 2), { flag: 'wx' })
}

/** Chunks are full at the edges too: what lies outside the array is the fill value. */
async function writeColumn(
  folder: string,
  length: number,
  chunk: number,
  values: (from: number, to: number) => BigInt64Array | Float64Array,
  signal: AbortSignal
): Promise<void> {
  await mkdir(join(folder, 'c'), { recursive: true })
  for (let from = 0; from < length; from += chunk) {
    if (signal.aborted) throw new ExportCancelled()
    const part = values(from, Math.min(length, from + chunk))
    const whole = new Uint8Array(chunk * 8)
    whole.set(bytesOf(part))
    await writeFile(join(folder, 'c', String(from / chunk)), whole, { flag: 'wx' })
  }
}

/** One chunk's columns out of a block of whole rows. */
function chunkOf(
  content: ExportContent,
  block: { rows: number; values: SampleArray },
  shape: { rows: number; channels: number },
  at: number
): SampleArray {
  const { channels, element } = content
  if (shape.channels === channels && block.rows === shape.rows) return block.values
  const target = new sampleArrays[element](shape.rows * shape.channels)
  if (element.startsWith('float')) target.fill(NaN)
  const count = Math.min(shape.channels, channels - at)
  for (let row = 0; row < block.rows; row++) {
    const from = row * channels + at
    target.set(block.values.subarray(from, from + count), row * shape.channels)
  }
  return target
}

async function writeData(folder: string, content: ExportContent, target: ExportTarget): Promise<void> {
  const shape = chunkShape(content)
  const range = { from: 0, to: content.rows, rows: shape.rows }
  for await (const block of contentBlocks(content, target.signal, range)) {
    const row = join(folder, 'c', String(block.firstRow / shape.rows))
    await mkdir(row, { recursive: true })
    for (let at = 0; at < content.channels; at += shape.channels)
      await writeFile(join(row, String(at / shape.channels)), bytesOf(chunkOf(content, block, shape, at)), {
        flag: 'wx'
      })
    target.onRows(block.firstRow + block.rows)
  }
}

function check(content: ExportContent): FormatCheck {
  const limits: string[] = []
  if (content.distanceM(0) === null) limits.push('The channel spacing is not known: the channels are only numbered.')
  const refusal = content.sampleIntervalNs === null ? 'The sample rate is not known, and Zarr needs one.' : null
  return { limits, refusal }
}

/** Zarr v3 group of one variable with its coordinates, uncompressed: what `xarray.open_zarr` opens as it is. */
export const zarr: ExportFormat = {
  name: 'zarr',
  title: 'Zarr v3',
  endings: ['.zarr'],
  gaps: 'kept',
  holdsBands: false,
  check,
  estimateBytes: (content) => content.rows * (rowBytes(content) + 8) + chunkBytes + content.channels * 16,
  async write(content, target) {
    const coordinates = channelCoordinates(content)
    const second = coordinates[0]!.name
    await mkdir(target.path)
    const makeArray = async (name: string, description: ArrayDescription): Promise<string> => {
      const folder = join(target.path, name)
      await mkdir(folder)
      await writeJson(join(folder, 'zarr.json'), arrayDocument(description))
      return folder
    }
    const others = coordinates.slice(1).map(({ name }) => name)
    const data = dataDescription(content, second)
    // What is a coordinate but no dimension is named by the variable, as CF has it.
    if (others.length > 0) data.attributes.coordinates = others.join(' ')
    await writeData(await makeArray(variable, data), content, target)
    const time = timeDescription(content)
    await writeColumn(
      await makeArray('time', time),
      content.rows,
      time.chunks[0]!,
      (from, to) => BigInt64Array.from({ length: to - from }, (_, i) => content.timeNs(from + i)),
      target.signal
    )
    for (const { name, type, attributes, values } of coordinates) {
      const chunks = [content.channels]
      const description = { shape: chunks, chunks, type, fill: 0, dimensions: [second], attributes }
      const folder = await makeArray(name, description)
      await writeColumn(folder, content.channels, content.channels, () => values, target.signal)
    }
    const { gaps, distance_m: _, ...fields } = sidecarFields(content)
    await writeJson(join(target.path, 'zarr.json'), {
      zarr_format: 3,
      node_type: 'group',
      attributes: {
        Conventions: 'CF-1.11',
        title: target.name,
        history: `${isoFromNanoseconds(BigInt(Date.now()) * 1_000_000n).slice(0, 19)}Z exported by Wavefall`,
        ...withoutNull(fields),
        gaps
      }
    })
  }
}
