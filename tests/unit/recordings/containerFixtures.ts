import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import type { DamageFixture } from './damageFixtures.ts'
import { epochNs, ramp } from './interrogatorFixtures.ts'

type Values = Int16Array | Int32Array | Float32Array | Float64Array | BigInt64Array | Uint16Array | Uint32Array

export const bytesOf = (values: Values): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/** NumPy's format: magic, version, length of the header, the header as Python writes it, the values. */
export function npyBytes(
  descriptor: string,
  shape: number[],
  values: Uint8Array,
  options: { isFortranOrder?: boolean; version?: number } = {}
): Uint8Array {
  const { isFortranOrder = false, version = 1 } = options
  const lengths = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '${descriptor}', 'fortran_order': ${isFortranOrder ? 'True' : 'False'}, 'shape': (${lengths}), }`
  const start = version === 1 ? 10 : 12
  const header = Buffer.alloc(Math.ceil((start + text.length + 1) / 64) * 64, 0x20)
  header.write('\x93NUMPY', 'latin1')
  header.writeUInt8(version, 6)
  header.writeUInt8(0, 7)
  if (version === 1) header.writeUInt16LE(header.length - start, 8)
  else header.writeUInt32LE(header.length - start, 8)
  header.write(text, start, 'latin1')
  header.write('\n', header.length - 1, 'latin1')
  return Buffer.concat([header, values])
}

export const npyText = (text: string): Uint8Array =>
  npyBytes(`<U${text.length}`, [], bytesOf(Uint32Array.from([...text], (letter) => letter.codePointAt(0)!)))

export const npyNumber = (value: number): Uint8Array => npyBytes('<f8', [], bytesOf(new Float64Array([value])))

export interface ZipFixture {
  isDeflated?: boolean
  /** Claims in place of the truth. */
  bytes?: number
  sum?: number
  isLarge?: boolean
}

/** A ZIP file, byte by byte (APPNOTE 6.3.10, 4.3): local headers with content, the central directory, its end. */
export function zipBytes(members: Record<string, Uint8Array>, fixture: ZipFixture = {}): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let place = 0
  for (const [name, content] of Object.entries(members)) {
    const packed = fixture.isDeflated ? deflateRawSync(content) : content
    const bytes = fixture.bytes ?? content.length
    const local = Buffer.alloc(30 + name.length)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(fixture.isDeflated ? 8 : 0, 8)
    local.writeUInt16LE(name.length, 26)
    local.write(name, 30, 'latin1')
    const extra = Buffer.alloc(fixture.isLarge ? 28 : 0)
    if (fixture.isLarge) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(24, 2)
      extra.writeBigUInt64LE(BigInt(bytes), 4)
      extra.writeBigUInt64LE(BigInt(packed.length), 12)
      extra.writeBigUInt64LE(BigInt(place), 20)
    }
    const entry = Buffer.alloc(46 + name.length)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(fixture.isDeflated ? 8 : 0, 10)
    entry.writeUInt32LE(fixture.sum ?? crc32(content), 16)
    entry.writeUInt32LE(fixture.isLarge ? 0xffff_ffff : packed.length, 20)
    entry.writeUInt32LE(fixture.isLarge ? 0xffff_ffff : bytes, 24)
    entry.writeUInt16LE(name.length, 28)
    entry.writeUInt16LE(extra.length, 30)
    entry.writeUInt32LE(fixture.isLarge ? 0xffff_ffff : place, 42)
    entry.write(name, 46, 'latin1')
    parts.push(local, packed)
    directory.push(entry, extra)
    place += local.length + packed.length
  }
  const end = Buffer.alloc(22)
  const directoryBytes = directory.reduce((sum, part) => sum + part.length, 0)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(Object.keys(members).length, 10)
  end.writeUInt32LE(directoryBytes, 12)
  end.writeUInt32LE(place, 16)
  return Buffer.concat([...parts, ...directory, end])
}

/** The archive that this program writes: samples × channels, times, distances. */
export const npzMembers = (rows: number, channels: number): Record<string, Uint8Array> => ({
  'data.npy': npyBytes('<f4', [rows, channels], bytesOf(ramp(Float32Array, rows, channels))),
  'time_ns.npy': npyBytes(
    '<i8',
    [rows],
    bytesOf(BigInt64Array.from({ length: rows }, (_, row) => epochNs + BigInt(row) * 2_000_000n))
  ),
  'distance_m.npy': npyBytes('<f8', [channels], bytesOf(Float64Array.from({ length: channels }, (_, k) => 100 + 4 * k)))
})

export interface ZarrFixture {
  version?: 2 | 3
  rows?: number
  channels?: number
  chunks?: [number, number]
  name?: string
  order?: 'time-channel' | 'channel-time'
  dimensions?: [string, string] | null
  /** Row-major blocks that are not written. */
  missing?: string[]
  fill?: number | string
  isPacked?: boolean
  attributes?: Record<string, unknown>
  rootAttributes?: Record<string, unknown>
  times?: BigInt64Array | null
  timeUnits?: string
  distances?: Float64Array | null
  /** In the metadata of the samples, in place of what belongs there. */
  overrides?: Record<string, unknown>
}

/** Chunks are full at the edges too. */
async function writeChunks(
  folder: string,
  values: Float32Array,
  shape: [number, number],
  fixture: ZarrFixture,
  keyOf: (place: number[]) => string
): Promise<void> {
  const [chunkRows, chunkColumns] = fixture.chunks ?? [8, 3]
  for (let row = 0; row * chunkRows < shape[0]; row++)
    for (let column = 0; column * chunkColumns < shape[1]; column++) {
      if (fixture.missing?.includes(`${row}.${column}`)) continue
      const chunk = new Float32Array(chunkRows * chunkColumns)
      for (let i = 0; i < chunkRows; i++)
        for (let k = 0; k < chunkColumns; k++)
          chunk[i * chunkColumns + k] = values[(row * chunkRows + i) * shape[1] + column * chunkColumns + k] ?? 0
      const bytes = fixture.isPacked ? gzipSync(bytesOf(chunk)) : bytesOf(chunk)
      const path = join(folder, keyOf([row, column]))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, bytes)
    }
}

interface Column {
  name: string
  values: BigInt64Array | Float64Array
  attributes: Record<string, unknown>
  dimension: string
}

async function writeColumn(
  folder: string,
  version: 2 | 3,
  { name, values, attributes, dimension }: Column
): Promise<void> {
  const place = join(folder, name)
  const isLong = values instanceof BigInt64Array
  await mkdir(version === 3 ? join(place, 'c') : place, { recursive: true })
  await writeFile(version === 3 ? join(place, 'c', '0') : join(place, '0'), bytesOf(values))
  const shape = [values.length]
  if (version === 3)
    return writeJson(join(place, 'zarr.json'), {
      zarr_format: 3,
      node_type: 'array',
      shape,
      data_type: isLong ? 'int64' : 'float64',
      chunk_grid: { name: 'regular', configuration: { chunk_shape: shape } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: 0,
      codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
      attributes,
      dimension_names: [dimension]
    })
  await writeJson(join(place, '.zarray'), {
    zarr_format: 2,
    shape,
    chunks: shape,
    dtype: isLong ? '<i8' : '<f8',
    compressor: null,
    filters: null,
    fill_value: 0,
    order: 'C'
  })
  await writeJson(join(place, '.zattrs'), { ...attributes, _ARRAY_DIMENSIONS: [dimension] })
}

const writeJson = (path: string, document: object): Promise<void> => writeFile(path, JSON.stringify(document))

/** A group with samples, and the coordinates of time and distance unless they are null. */
export async function writeZarr(folder: string, fixture: ZarrFixture = {}): Promise<void> {
  const { version = 3, rows = 20, channels = 4, order = 'time-channel', name = 'data', fill = 'NaN' } = fixture
  const { dimensions = order === 'time-channel' ? ['time', 'distance'] : ['distance', 'time'] } = fixture
  const shape: [number, number] = order === 'time-channel' ? [rows, channels] : [channels, rows]
  const place = join(folder, name)
  await mkdir(place, { recursive: true })
  const chunks = fixture.chunks ?? [8, 3]
  const attributes = { units: 'nm/m/s', ...fixture.attributes }
  const keyOf = (at: number[]): string => (version === 3 ? ['c', ...at].join('/') : at.join('.'))
  await writeChunks(place, ramp(Float32Array, rows, channels, order), shape, fixture, keyOf)
  if (version === 3) {
    await writeJson(join(folder, 'zarr.json'), {
      zarr_format: 3,
      node_type: 'group',
      attributes: fixture.rootAttributes ?? {}
    })
    await writeJson(join(place, 'zarr.json'), {
      zarr_format: 3,
      node_type: 'array',
      shape,
      data_type: 'float32',
      chunk_grid: { name: 'regular', configuration: { chunk_shape: chunks } },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: fill,
      codecs: [
        { name: 'bytes', configuration: { endian: 'little' } },
        ...(fixture.isPacked ? [{ name: 'gzip', configuration: { level: 5 } }] : [])
      ],
      attributes,
      ...(dimensions ? { dimension_names: dimensions } : {}),
      ...fixture.overrides
    })
  } else {
    await writeJson(join(folder, '.zgroup'), { zarr_format: 2 })
    await writeJson(join(folder, '.zattrs'), fixture.rootAttributes ?? {})
    await writeJson(join(place, '.zarray'), {
      zarr_format: 2,
      shape,
      chunks,
      dtype: '<f4',
      compressor: fixture.isPacked ? { id: 'gzip', level: 5 } : null,
      filters: null,
      fill_value: fill,
      order: 'C',
      ...fixture.overrides
    })
    await writeJson(join(place, '.zattrs'), { ...attributes, ...(dimensions ? { _ARRAY_DIMENSIONS: dimensions } : {}) })
  }
  const { times = BigInt64Array.from({ length: rows }, (_, row) => BigInt(row) * 2n) } = fixture
  const units = fixture.timeUnits ?? 'milliseconds since 2023-11-14T22:13:20'
  if (times)
    await writeColumn(folder, version, { name: 'time', values: times, attributes: { units }, dimension: 'time' })
  const { distances = Float64Array.from({ length: channels }, (_, k) => 100 + 4 * k) } = fixture
  const dimension = dimensions?.find((other) => other !== 'time') ?? 'distance'
  if (distances)
    await writeColumn(folder, version, { name: 'distance', values: distances, attributes: { units: 'm' }, dimension })
}

export const containerDamageFixtures: DamageFixture[] = [
  {
    name: 'samples.npy',
    write: (path) => writeFile(path, npyBytes('<f4', [20, 4], bytesOf(ramp(Float32Array, 20, 4))))
  },
  { name: 'stored.npz', write: (path) => writeFile(path, zipBytes(npzMembers(20, 4))) },
  { name: 'packed.npz', write: (path) => writeFile(path, zipBytes(npzMembers(20, 4), { isDeflated: true })) },
  { name: 'version-2.zarr', write: (path) => writeZarr(path, { version: 2 }) },
  { name: 'version-3.zarr', write: (path) => writeZarr(path, { isPacked: true }) }
]
