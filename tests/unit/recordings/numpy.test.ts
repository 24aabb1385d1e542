import { readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import type { RecordingAssumptions } from '../../../src-main/recordings/recording.ts'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import { bytesOf, npyBytes, npyNumber, npyText, npzMembers, zipBytes } from './containerFixtures.ts'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import { epochNs, ramp } from './interrogatorFixtures.ts'

const { open, place } = fixtureFolder()
const openBytes = (bytes: Uint8Array) => open((path) => writeFile(path, bytes))
const whole = rampValues(20, 4)
const samples = bytesOf(ramp(Float32Array, 20, 4))

async function openStated(bytes: Uint8Array, stated: RecordingAssumptions) {
  await writeFile(place('stated'), bytes)
  return openRecording(place('stated'), stated)
}

/** Unpacked members have no name on this system, and none is left behind. */
const temporaryFiles = async (): Promise<string[]> =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`wavefall-${process.pid}-`))

describe('NPY', () => {
  test('says what it lacks', async () => {
    const recording = await openBytes(npyBytes('<f4', [20, 4], samples))
    expect(recording.info).toMatchObject({
      format: 'npy',
      shape: { time: 20, channel: 4 },
      storedOrder: ['time', 'channel'],
      dtype: 'float32',
      sampleRateHz: null,
      startTimeNs: null,
      channelSpacingM: null
    })
    expect(recording.info.warnings).toEqual([
      expect.stringMatching(/20 × 4 and does not say which axis is time/),
      'The file does not say its sample rate, when it was recorded and its channel spacing; that can be stated when it is opened.'
    ])
    expect(await readAll(recording)).toEqual(whole)
  })

  test('takes what is stated, and names it', async () => {
    const recording = await openStated(npyBytes('<f4', [4, 20], bytesOf(ramp(Float32Array, 20, 4, 'channel-time'))), {
      sampleRateHz: 500,
      channelSpacingM: 2,
      firstDistanceM: -10,
      startTimeNs: epochNs,
      timeAxis: 1
    })
    expect(recording.info).toMatchObject({
      shape: { time: 20, channel: 4 },
      storedOrder: ['channel', 'time'],
      sampleIntervalNs: 2_000_000,
      endTimeNs: epochNs + 40_000_000n,
      channelSpacingM: 2,
      firstDistanceM: -10
    })
    expect(recording.info.warnings).toEqual([
      'Stated when it was opened, not by the file: sample rate 500 Hz, start 2023-11-14T22:13:20.000000000Z, channel spacing 2 m, first distance -10 m, time along axis 1.'
    ])
    expect(await readAll(recording)).toEqual(whole)
    const part = await recording.read({ time: { from: 1, to: 20, stride: 5 }, channel: { from: 1, to: 4, stride: 2 } })
    expect([...part]).toEqual([1, 6, 11, 16].flatMap((row) => [row * 100 + 1, row * 100 + 3]))
    await recording.close()
  })

  test('Fortran order and big-endian numbers are read as NumPy shows them', async () => {
    const turned = bytesOf(ramp(Float32Array, 20, 4, 'channel-time'))
    const fortran = await openBytes(npyBytes('<f4', [20, 4], turned, { isFortranOrder: true }))
    expect(fortran.info).toMatchObject({ shape: { time: 20, channel: 4 }, storedOrder: ['channel', 'time'] })
    expect(await readAll(fortran)).toEqual(whole)
    const swapped = Buffer.from(bytesOf(ramp(Int16Array, 20, 4))).swap16()
    const big = await openBytes(npyBytes('>i2', [20, 4], swapped))
    expect(big.info.dtype).toBe('int16')
    expect(await readAll(big)).toEqual(whole)
  })

  test.each([
    ['<i8', 'float64', bytesOf(BigInt64Array.from([-5n, 2n ** 53n, 7n, 0n])), [-5, 2 ** 53, 7, 0]],
    ['<u4', 'float64', bytesOf(Uint32Array.from([4_000_000_000, 1, 2, 3])), [4_000_000_000, 1, 2, 3]],
    ['<u2', 'int32', bytesOf(Uint16Array.from([65_535, 1, 2, 3])), [65_535, 1, 2, 3]],
    // 1.5, the smallest and the largest number of the format, minus infinity.
    ['<f2', 'float32', bytesOf(Uint16Array.from([0x3e00, 0x0001, 0x7bff, 0xfc00])), [1.5, 2 ** -24, 65_504, -Infinity]]
  ])('%s is handed out as %s, with a warning', async (descriptor, dtype, bytes, values) => {
    const recording = await openBytes(npyBytes(descriptor, [2, 2], bytes))
    expect(recording.info.dtype).toBe(dtype)
    expect(recording.info.warnings.some((warning) => /which is handed out as/.test(warning))).toBe(true)
    expect(await readAll(recording)).toEqual(values)
  })

  test('NaN stays NaN; one dimension is one channel; header version 2', async () => {
    const one = await openBytes(npyBytes('<f8', [3], bytesOf(Float64Array.from([1, NaN, 3])), { version: 2 }))
    expect(one.info.shape).toEqual({ time: 3, channel: 1 })
    expect(await readAll(one)).toEqual([1, NaN, 3])
  })

  test('the file that this program exports beside it says the rest', async () => {
    await writeFile(
      place('file.h5.json'),
      JSON.stringify({
        start_time: '2023-11-14T22:13:20.000000000Z',
        sample_interval_s: 0.002,
        channel_spacing_m: 2,
        first_channel_distance_m: 6,
        unit: 'nm/m/s',
        quantity: 'strain rate',
        gauge_length_m: null,
        gaps: []
      })
    )
    const { info } = await openBytes(npyBytes('<f4', [20, 4], samples))
    expect(info).toMatchObject({ startTimeNs: epochNs, sampleRateHz: 500, channelSpacingM: 2, firstDistanceM: 6 })
    expect(info).toMatchObject({ unit: 'nm/m/s', quantity: 'strain rate' })
    expect(info.warnings).toEqual(['Times, distances and unit are those of the .json file beside it.'])
  })

  test.each([
    ['|O', [2, 2], /Python objects, which are never unpickled/],
    ['<c8', [2, 2], /complex numbers/],
    ['<U4', [2, 2], /holds text/],
    ['<f4', [2, 2, 2], /an array of 3 dimensions instead of two/],
    ['<f4', [0, 4], /0 × 4: no samples/]
  ])('%s of %j is refused', async (descriptor, shape, reason) => {
    await expect(openBytes(npyBytes(descriptor, shape, new Uint8Array(256)))).rejects.toThrow(reason)
  })

  test('records, an unknown version, an endless header', async () => {
    const records = Buffer.from(npyBytes('<f4', [2, 2], new Uint8Array(16))).toString('latin1')
    const fields = Buffer.from(records.replace("'<f4'", "[('a', '<f4')]").replace(/ {11}\n/, '\n'), 'latin1')
    await expect(openBytes(fields)).rejects.toThrow(/records of several fields/)
    const unknown = Buffer.from(npyBytes('<f4', [2, 2], new Uint8Array(16)))
    unknown[6] = 9
    await expect(openBytes(unknown)).rejects.toThrow(/NumPy format 9/)
    const endless = Buffer.from(npyBytes('<f4', [2, 2], new Uint8Array(16), { version: 2 }))
    endless.writeUInt32LE(0x7fff_ffff, 8)
    await expect(openBytes(endless)).rejects.toThrow(/a header of 2147483647 bytes/)
  })

  test('cut off: the rows that are there, or a refusal where channels come first', async () => {
    const cut = await openBytes(npyBytes('<f4', [20, 4], samples.subarray(0, 7 * 16 + 9)))
    expect(cut.info.shape).toEqual({ time: 7, channel: 4 })
    expect(cut.info.warnings).toContain('The file is cut off: 7 of 20 rows are there.')
    expect(await readAll(cut)).toEqual(whole.slice(0, 28))
    const turned = npyBytes('<f4', [20, 4], samples.subarray(0, 100), { isFortranOrder: true })
    await expect(openBytes(turned)).rejects.toThrow(/is cut off: it holds 25 of the 80 values/)
  })
})

describe('NPZ', () => {
  test.each([
    ['stored', {}],
    ['deflated', { isDeflated: true }],
    ['with 64-bit sizes', { isLarge: true }]
  ])('ours, %s', async (_name, fixture) => {
    const recording = await openBytes(zipBytes(npzMembers(20, 4), fixture))
    expect(recording.info).toMatchObject({
      format: 'npz',
      shape: { time: 20, channel: 4 },
      startTimeNs: epochNs,
      sampleIntervalNs: 2_000_000,
      endTimeNs: epochNs + 40_000_000n,
      channelSpacingM: 4,
      firstDistanceM: 100,
      gaps: [],
      warnings: []
    })
    expect(await readAll(recording)).toEqual(whole)
    expect(await temporaryFiles()).toEqual([])
  })

  test('attributes, channel numbers and unknown distances as this program writes them', async () => {
    const members = {
      ...npzMembers(20, 4),
      'distance_m.npy': npyBytes('<f8', [4], bytesOf(Float64Array.from([NaN, NaN, NaN, NaN]))),
      'channel.npy': npyBytes('<i8', [4], bytesOf(BigInt64Array.from([7n, 9n, 11n, 13n]))),
      'attributes.npy': npyText(
        JSON.stringify({ start_time: null, sample_interval_s: 0.002, unit: 'strain/s', quantity: 'strain rate' })
      )
    }
    const { info } = await openBytes(zipBytes(members))
    expect(info).toMatchObject({ firstChannel: 7, channelStep: 2, unit: 'strain/s', quantity: 'strain rate' })
    expect(info).toMatchObject({ channelSpacingM: null, firstDistanceM: null, sampleRateHz: 500 })
  })

  test('a hole in time_ns is a gap', async () => {
    const times = BigInt64Array.from(
      { length: 20 },
      (_, row) => epochNs + BigInt(row < 12 ? row : row + 500) * 2_000_000n
    )
    const { info } = await openBytes(
      zipBytes({ ...npzMembers(20, 4), 'time_ns.npy': npyBytes('<i8', [20], bytesOf(times)) }, { isDeflated: true })
    )
    expect(info.gaps).toEqual([{ startTimeNs: epochNs + 24_000_000n, endTimeNs: epochNs + 1_024_000_000n }])
    expect(timeOfRow(info, 12)).toBe(epochNs + 1_024_000_000n)
  })

  test('DASexplorer: channels first, rate and start beside them', async () => {
    const recording = await openBytes(
      zipBytes(
        {
          'tr.npy': npyBytes('<f4', [4, 20], bytesOf(ramp(Float32Array, 20, 4, 'channel-time'))),
          'dist_m.npy': npyBytes('<f8', [4], bytesOf(Float64Array.from([0, 2, 4, 6]))),
          'time_s.npy': npyBytes('<f8', [20], bytesOf(Float64Array.from({ length: 20 }, (_, i) => i / 500))),
          'fs_hz.npy': npyNumber(500),
          'start_datetime_utc.npy': npyText('2023-11-14T22:13:20.250000'),
          'units.npy': npyText('nstrain/s'),
          'metadata_json.npy': npyText('{"gauge_length": 10, "site": "x"}')
        },
        { isDeflated: true }
      )
    )
    expect(recording.info).toMatchObject({
      storedOrder: ['channel', 'time'],
      startTimeNs: epochNs + 250_000_000n,
      sampleRateHz: 500,
      channelSpacingM: 2,
      firstDistanceM: 0,
      gaugeLengthM: 10,
      unit: 'nstrain/s',
      warnings: []
    })
    expect(await readAll(recording)).toEqual(whole)
  })

  test('a bomb is refused before it is unpacked, and one that lies while it is', async () => {
    const claiming = { 'data.npy': npyBytes('<f4', [20, 4], samples) }
    await expect(openBytes(zipBytes(claiming, { isDeflated: true, bytes: 3_000_000_000 }))).rejects.toThrow(
      /data\.npy unpacks to 3000000000 bytes; more than 1073741824 are not unpacked: save it without compression/
    )
    const wide = { 'data.npy': npyBytes('<f4', [100_000, 100_000], new Uint8Array(64)) }
    await expect(openBytes(zipBytes(wide, { isDeflated: true }))).rejects.toThrow(/data is cut off: 192 of 40000000128/)
    const zeros = npyBytes('<f4', [1, 4], new Uint8Array(8_000_000))
    const lying = await openBytes(zipBytes({ 'data.npy': zeros }, { isDeflated: true, bytes: 144 }))
    await expect(readAll(lying)).rejects.toThrow(/data\.npy is damaged: its length is not what the file says/)
    expect(await temporaryFiles()).toEqual([])
  })

  test('a wrong sum is no samples', async () => {
    const lying = await openBytes(
      zipBytes({ 'data.npy': npyBytes('<f4', [20, 4], samples) }, { isDeflated: true, sum: 5 })
    )
    await expect(readAll(lying)).rejects.toThrow(/its sum is not what the file says/)
  })

  test('objects are left out; without an array of samples it is refused', async () => {
    const objects = npyBytes('|O', [2], new Uint8Array(64))
    const { info } = await openBytes(zipBytes({ ...npzMembers(20, 4), 'meta.npy': objects }))
    expect(info.warnings).toEqual([expect.stringMatching(/array meta holds Python objects.*left out/)])
    await expect(openBytes(zipBytes({ 'meta.npy': objects, 'fs.npy': npyNumber(5) }))).rejects.toThrow(
      /holds no two-dimensional array of numbers: fs \(one value\)/
    )
  })

  test('a ZIP file of other things is nobody’s', async () => {
    await expect(openBytes(zipBytes({ 'readme.txt': new Uint8Array(40) }))).rejects.toThrow(
      /not a recording in a known/
    )
  })

  test('cut off, it has lost its directory', async () => {
    const bytes = zipBytes(npzMembers(20, 4))
    await expect(openBytes(bytes.subarray(0, 700))).rejects.toThrow(/without its directory: it is cut off/)
  })
})

test('a large NPY opens at once and is read in place', { timeout: 60_000 }, async () => {
  const { open: openFile } = await import('node:fs/promises')
  const path = join(place('.'), 'large.npy')
  const rows = 6_000_000
  const header = npyBytes('<f4', [rows, 2000], new Uint8Array(0))
  const handle = await openFile(path, 'w')
  await handle.write(header)
  // 48 GB on paper; the last value is the only one on disk.
  const last = header.length + rows * 2000 * 4 - 4
  await handle.write(bytesOf(Float32Array.from([42])), 0, 4, last)
  await handle.close()
  const before = process.memoryUsage.rss()
  const started = performance.now()
  const recording = await openRecording(path, { sampleRateHz: 1000 })
  const values = await recording.read({ time: { from: rows - 1, to: rows }, channel: { from: 1998, to: 2000 } })
  const elapsedMs = performance.now() - started
  expect(recording.info.shape).toEqual({ time: rows, channel: 2000 })
  expect([...values]).toEqual([0, 42])
  await recording.close()
  expect(elapsedMs).toBeLessThan(10_000)
  expect(process.memoryUsage.rss() - before).toBeLessThan(128 * 1024 * 1024)
})
