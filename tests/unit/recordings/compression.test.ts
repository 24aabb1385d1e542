import { writeFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import { setAttributes, writeHdf5 } from './hdf5Fixtures.ts'
import { ramp } from './interrogatorFixtures.ts'

const { open } = fixtureFolder()

const writeCompressed = (path: string): Promise<void> =>
  writeHdf5(path, (file) => {
    const data = ramp(Int16Array, 20, 6, 'channel-time')
    file.create_dataset({ name: 'raw_data', data, shape: [6, 20], chunks: [4, 7], compression: 'gzip' })
    setAttributes(file, { 'sampling rate Hz': 500, 'channel spacing m': 2, channel_start: 0n, channel_end: 6n })
  })

test('chunks packed with gzip are read, those at the edges too', async () => {
  expect(await readAll(await open(writeCompressed))).toEqual(rampValues(20, 6))
})

/**
 * `raw_data` of 6 × 20 zeros packed by the Zstandard filter (32015), written by h5py 3.16 with hdf5plugin 7.1: h5wasm
 * cannot write what it cannot read. The file, gzipped, in base64.
 */
const zstandard = [
  'H4sIAAAAAAACA+1XwUrDQBDdJK2UVjGVIuJpjz11Ly2ICq3Q1Jy0VA/eapqkSSBJQ5MiFES86dVf8OIHKPgJfoKf4Q9I3U12rYkU',
  'seDJfZfJzLx9s0lmJ+RWbXfWittFQFAogByQwVfMKB7ltM/y59QK1N5Q+yCyeC7ObdG4TPWhlPjPNH7aUxTCnmXA6rzlElsAHP8R',
  'qnLQJfaM+qyfXsQ0b6xd9A0t0kCmL1tL1i3Tfs329SpQqX4ZVHBXhpoXuI5vwbEWmVCdfq6HTdqzLVAvgfpMSu8rSV215nobsZ5u',
  'a75vujAMNJ3Ier/Rw0kB5ONYQWD5amLFJLBCiRVqs76E75swZVxMpCeXII+rk7goJUIl/GTIhUDrrF8G2BcAHisNOA0jAw4dNzLH',
  'ezA0TWhHURDuImQ5kT0Z1PSRhzDxcDyaBMg2ho1+4E4sxw/RwB0NkKeFeCUyRnqIeqblEM80OrFeNyHWPIPtl82HpDMkUdpZmafI',
  'fItv4+TouE32x+bIq8TP1jIg85rM9uy8Lv+wLpDZuUqjmPGvM7xFr+luAS+rd5/+rH3jifyVcnBwcHBwcHD8CapP6B3uK/HvhACa',
  'wuYSgQ8pWL88tBAAAA=='
].join('')

test('a compression that is not built in is named, and what to do', async () => {
  const recording = await open((path) => writeFile(path, gunzipSync(Buffer.from(zstandard, 'base64'))))
  expect(recording.info).toMatchObject({ format: 'optasense-odh4', shape: { time: 20, channel: 6 } })
  await expect(readAll(recording)).rejects.toThrow(
    /file\.h5: samples 0 to 20 cannot be read: \/raw_data cannot be read: it is compressed with "HDF5 zstd filter", which is not built in; h5repack/
  )
})
