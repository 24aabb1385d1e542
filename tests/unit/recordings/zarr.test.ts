import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { crc32c } from '../../../src-main/recordings/zarr/crc32c.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import { bytesOf, writeZarr, type ZarrFixture } from './containerFixtures.ts'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import { epochNs } from './interrogatorFixtures.ts'

const { open, place } = fixtureFolder()
const whole = rampValues(20, 4)
const openZarr = (fixture: ZarrFixture = {}) => open((path) => writeZarr(path, fixture))

describe.each([2, 3] as const)('Zarr %i', (version) => {
  test.each([
    ['as they are', {}],
    ['packed', { isPacked: true }]
  ])('samples over time and distance, chunks %s', async (_name, fixture) => {
    const recording = await openZarr({ version, ...fixture })
    expect(recording.info).toMatchObject({
      format: 'zarr',
      formatVersion: String(version),
      shape: { time: 20, channel: 4 },
      storedOrder: ['time', 'channel'],
      dtype: 'float32',
      unit: 'nm/m/s',
      startTimeNs: epochNs,
      endTimeNs: epochNs + 40_000_000n,
      sampleRateHz: 500,
      channelSpacingM: 4,
      firstDistanceM: 100,
      gaps: [],
      warnings: []
    })
    expect(await readAll(recording)).toEqual(whole)
    const part = await recording.read({ time: { from: 3, to: 20, stride: 9 }, channel: { from: 1, to: 4, stride: 2 } })
    expect([...part]).toEqual([3, 12].flatMap((row) => [row * 100 + 1, row * 100 + 3]))
  })

  test('distance first; chunks that were never written are fill values', async () => {
    const recording = await openZarr({ version, order: 'channel-time', chunks: [3, 8], missing: ['0.1'] })
    expect(recording.info.storedOrder).toEqual(['channel', 'time'])
    const expected = rampValues(20, 4).map((value, i) => {
      const [row, channel] = [Math.floor(i / 4), i % 4]
      return row >= 8 && row < 16 && channel < 3 ? NaN : value
    })
    expect(await readAll(recording)).toEqual(expected)
  })

  test('a hole in the times is a gap', async () => {
    const times = BigInt64Array.from({ length: 20 }, (_, row) => BigInt(row < 5 ? row : row + 100) * 2n)
    const { info } = await openZarr({ version, times })
    expect(info.gaps).toEqual([{ startTimeNs: epochNs + 10_000_000n, endTimeNs: epochNs + 210_000_000n }])
    expect(timeOfRow(info, 6)).toBe(epochNs + 212_000_000n)
  })

  test('channel numbers with a coordinate of distance', async () => {
    const { info } = await openZarr({ version, dimensions: ['time', 'channel'] })
    expect(info).toMatchObject({ channelSpacingM: 4, firstDistanceM: 100 })
  })

  test('a chunk of the wrong length, and one that is cut, are named', async () => {
    const recording = await openZarr({ version, isPacked: true })
    const chunk = join(place('file.h5'), 'data', version === 3 ? 'c/1/0' : '1.0')
    const bytes = await readFile(chunk)
    await writeFile(chunk, bytes.subarray(0, -9))
    await expect(readAll(recording)).rejects.toThrow(/file\.h5: chunk 1\.0 of data cannot be unpacked/)
    const first = await recording.read({ time: { from: 0, to: 8 }, channel: { from: 0, to: 4 } })
    expect([...first]).toEqual(whole.slice(0, 32))
    const plain = await openZarr({ version })
    await writeFile(chunk, new Uint8Array(40))
    await expect(readAll(plain)).rejects.toThrow(/chunk 1\.0 of data holds 10 values instead of 24/)
  })

  test('chunks that nobody can unpack at once, types and codecs that are not known', async () => {
    const shape = version === 3 ? 'chunk_grid' : 'chunks'
    const large = version === 3 ? { name: 'regular', configuration: { chunk_shape: [1e6, 1e6] } } : [1e6, 1e6]
    await expect(openZarr({ version, overrides: { [shape]: large } })).rejects.toThrow(
      /data has chunks of 4000000000000 bytes/
    )
    const complex = version === 3 ? { data_type: 'complex64' } : { dtype: '<c8' }
    await expect(openZarr({ version, overrides: complex })).rejects.toThrow(/does not hold integers or floating-point/)
    const codec = version === 3 ? { codecs: [{ name: 'bytes' }, { name: 'pcodec' }] } : { compressor: { id: 'pcodec' } }
    await expect(openZarr({ version, overrides: codec })).rejects.toThrow(
      /packed with (numcodecs\.)?pcodec, which cannot/
    )
  })
})

test('a bomb in a chunk is refused', async () => {
  const { gzipSync } = await import('node:zlib')
  const recording = await openZarr({ isPacked: true })
  await writeFile(join(place('file.h5'), 'data/c/0/0'), gzipSync(new Uint8Array(50_000_000)))
  await expect(readAll(recording)).rejects.toThrow(/chunk 0\.0 of data cannot be unpacked/)
})

/** A Blosc 1 chunk whose content is stored as it is: header of 16 bytes (README_CHUNK_FORMAT), flag 2. */
function bloscStored(content: Uint8Array): Buffer {
  const header = Buffer.from([2, 1, 2, 4, ...Array<number>(12).fill(0)])
  header.writeUInt32LE(content.length, 4)
  header.writeUInt32LE(content.length, 8)
  header.writeUInt32LE(content.length + 16, 12)
  return Buffer.concat([header, content])
}

/** A Zstandard frame of one raw block: magic, a content size of four bytes, the block's header of three (RFC 8878, 3.1.1). */
function zstdRaw(content: Uint8Array): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32LE(content.length, 5)
  header.writeUIntLE(content.length * 8 + 1, 9, 3)
  return Buffer.concat([header, content])
}

describe.each([
  ['blosc', bloscStored],
  ['zstd', zstdRaw]
])('chunks packed with %s', (codec, pack) => {
  const packed = async (change: (chunk: Buffer) => Uint8Array) => {
    const recording = await openZarr({
      rows: 8,
      chunks: [8, 4],
      overrides: {
        codecs: [
          { name: 'bytes', configuration: { endian: 'little' } },
          { name: codec, configuration: {} }
        ]
      }
    })
    const chunk = pack(bytesOf(Float32Array.from(rampValues(8, 4))))
    await writeFile(join(place('file.h5'), 'data/c/0/0'), change(chunk))
    return recording
  }

  test('are unpacked', async () => {
    expect(await readAll(await packed((chunk) => chunk))).toEqual(rampValues(8, 4))
  })

  test('are refused where they are cut off, or claim more than a chunk', async () => {
    const named = /chunk 0\.0 of data cannot be unpacked/
    for (const length of [3, 12, 40, 139])
      await expect(readAll(await packed((chunk) => chunk.subarray(0, length)))).rejects.toThrow(named)
    const claiming = await packed((chunk) => {
      chunk.writeUInt32LE(0x7000_0000, codec === 'blosc' ? 4 : 5)
      return chunk
    })
    await expect(readAll(claiming)).rejects.toThrow(named)
  })
})

test('DASstore: RawData, channels first, times by attributes', async () => {
  const recording = await openZarr({
    version: 2,
    name: 'RawData',
    order: 'channel-time',
    dimensions: null,
    times: null,
    distances: null,
    rootAttributes: {
      'overview.location': 'fjord',
      acquisition: { acquisition_sample_rate: 500, gauge_length: 8, spatial_sampling_interval: 2 },
      'acquisition.acquisition_start_time': '2023-11-14T22:13:20'
    }
  })
  expect(recording.info).toMatchObject({
    storedOrder: ['channel', 'time'],
    shape: { time: 20, channel: 4 },
    startTimeNs: epochNs,
    sampleRateHz: 500,
    channelSpacingM: 2,
    gaugeLengthM: 8
  })
  expect(recording.info.warnings).toEqual([
    'Taken from attributes by their names: sample rate (acquisition/acquisition_sample_rate), start (acquisition/acquisition_start_time), channel spacing in metres (acquisition/spatial_sampling_interval), gauge length in metres (acquisition/gauge_length), unit (units).'
  ])
  expect(recording.info.metadata['overview/location']).toBe('fjord')
  expect(await readAll(recording)).toEqual(whole)
})

test('without names and times it says what it lacks, and takes what is stated', async () => {
  const fixture: ZarrFixture = { dimensions: null, times: null, distances: null }
  const { info } = await openZarr(fixture)
  expect(info.warnings).toEqual([
    expect.stringMatching(/data is 20 × 4 and does not say which axis is time/),
    'Taken from attributes by their names: unit (units).',
    expect.stringMatching(/does not say its sample rate, when it was recorded and its channel spacing/)
  ])
  const stated = await openRecording(place('file.h5'), { sampleRateHz: 10, timeAxis: 1, startTimeNs: 0n })
  expect(stated.info).toMatchObject({ shape: { time: 4, channel: 20 }, sampleRateHz: 10, endTimeNs: 400_000_000n })
  await stated.close()
})

test('a folder with broken metadata, and an empty group', async () => {
  await expect(
    open(async (path) => {
      await writeZarr(path)
      await writeFile(join(path, 'data/zarr.json'), '{"zarr_format": 3,')
    })
  ).rejects.toThrow(/data\/zarr\.json is not JSON/)
  await mkdir(place('empty.zarr/sub'), { recursive: true })
  await writeFile(place('empty.zarr/zarr.json'), '{"zarr_format":3,"node_type":"group"}')
  await expect(openRecording(place('empty.zarr'))).rejects.toThrow(
    /empty\.zarr: is a Zarr folder without a two-dimensional array: it holds no array/
  )
})

test('CRC-32C of RFC 3720: 32 bytes of zeros, and 0 to 31', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa)
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e)
})

/** Inner chunks one after the other, then their places and lengths as uint64, then the CRC-32C of those (ZEP 2). */
async function writeShard(folder: string, damage: (bytes: Buffer) => void): Promise<void> {
  await writeZarr(folder, {
    chunks: [8, 4],
    rows: 8,
    overrides: {
      codecs: [
        {
          name: 'sharding_indexed',
          configuration: {
            chunk_shape: [4, 4],
            codecs: [{ name: 'bytes', configuration: { endian: 'little' } }],
            index_codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, { name: 'crc32c' }]
          }
        }
      ]
    }
  })
  const samples = bytesOf(Float32Array.from(rampValues(8, 4)))
  const index = Buffer.alloc(36)
  index.writeBigUInt64LE(0n, 0)
  index.writeBigUInt64LE(64n, 8)
  index.writeBigUInt64LE(64n, 16)
  index.writeBigUInt64LE(64n, 24)
  index.writeUInt32LE(crc32c(index.subarray(0, 32)), 32)
  damage(index)
  await writeFile(join(folder, 'data/c/0/0'), Buffer.concat([samples, index]))
}

test('shards: inner chunks by their index, whose sum is checked', async () => {
  const recording = await open((path) => writeShard(path, () => undefined))
  expect(await readAll(recording)).toEqual(rampValues(8, 4))
  const swapped = await open((path) => writeShard(path, (index) => index.writeBigUInt64LE(64n, 0)))
  await expect(readAll(swapped)).rejects.toThrow(/its sum is not that of its bytes/)
})
