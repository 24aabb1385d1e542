import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { setAttributes } from './hdf5Fixtures.ts'
import { matlabRecording, writeMatlab, writePlain } from './archiveFixtures.ts'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import { addNumbers, addScalar, epochNs, epochS, ramp } from './interrogatorFixtures.ts'

const { open, place } = fixtureFolder()
const whole = rampValues(20, 4)

describe('plain HDF5', () => {
  test('an array and nothing else: assumed, and said to be lacking', async () => {
    const recording = await open((path) =>
      writePlain(path, (file) => addNumbers(file, 'x', ramp(Int16Array, 20, 4), [20, 4]))
    )
    expect(recording.info).toMatchObject({ format: 'hdf5', shape: { time: 20, channel: 4 }, sampleRateHz: null })
    expect(recording.info.warnings).toEqual([
      expect.stringMatching(/x is 20 × 4 and does not say which axis is time; the first one was assumed/),
      expect.stringMatching(
        /does not say its sample rate, when it was recorded and its channel spacing; that can be stated/
      )
    ])
    expect(await readAll(recording)).toEqual(whole)
    const turned = await openRecording(place('file.h5'), { timeAxis: 1, sampleRateHz: 4 })
    expect(turned.info).toMatchObject({ shape: { time: 4, channel: 20 }, sampleIntervalNs: 250_000_000 })
    await turned.close()
  })

  test('usual names: scalars beside it, attributes, deeper groups', async () => {
    const { info } = await open((path) =>
      writePlain(path, (file) => {
        const group = file.create_group('run').create_group('das')
        setAttributes(addNumbers(group, 'data', ramp(Float32Array, 20, 4), [20, 4]), { units: 'strain' })
        addScalar(group, 'Sampling Rate (Hz)', 500)
        addScalar(file, 'dx', 4)
        setAttributes(file, { start_time: '2023-11-14 22:13:20.25', gauge_length_m: 10 })
      })
    )
    expect(info).toMatchObject({
      sampleRateHz: 500,
      channelSpacingM: 4,
      gaugeLengthM: 10,
      unit: 'strain',
      startTimeNs: epochNs + 250_000_000n
    })
    expect(info.warnings.at(-1)).toMatch(
      /no known layout; taken by their names: sample rate \(run\/das\/Sampling Rate \(Hz\)\), start \(start_time\)/
    )
  })

  test('vectors of times and distances say which axis is which', async () => {
    const recording = await open((path) =>
      writePlain(path, (file) => {
        addNumbers(file, 'raw', ramp(Float32Array, 20, 4, 'channel-time'), [4, 20])
        addNumbers(
          file,
          'timestamp',
          Float64Array.from({ length: 20 }, (_, i) => epochS + i / 4)
        )
        addNumbers(file, 'distance', Float64Array.from([5, 7, 9, 11]))
      })
    )
    expect(recording.info).toMatchObject({
      storedOrder: ['channel', 'time'],
      startTimeNs: epochNs,
      sampleRateHz: 4,
      channelSpacingM: 2,
      firstDistanceM: 5
    })
    expect(await readAll(recording)).toEqual(whole)
  })

  test('what is stated gives way to what the file says', async () => {
    await writePlain(place('said.h5'), (file) => {
      setAttributes(addNumbers(file, 'x', ramp(Float32Array, 20, 4), [20, 4]), { fs: 100 })
    })
    const recording = await openRecording(place('said.h5'), { sampleRateHz: 7, channelSpacingM: 3 })
    expect(recording.info).toMatchObject({ sampleRateHz: 100, channelSpacingM: 3 })
    expect(recording.info.warnings).toContain('Stated when it was opened, not by the file: channel spacing 3 m.')
    expect(recording.info.warnings).toContain(
      'Stated when it was opened, but the file says it itself: sample rate 7 Hz.'
    )
    await recording.close()
  })

  test('the largest array; the others are named', async () => {
    const { info } = await open((path) =>
      writePlain(path, (file) => {
        addNumbers(file, 'small', ramp(Float32Array, 5, 4), [5, 4])
        addNumbers(file, 'large', ramp(Float32Array, 20, 4), [20, 4])
      })
    )
    expect(info.warnings[0]).toBe('Only large, the largest array, was opened; not opened: small.')
  })
})

describe('MAT 7.3', () => {
  test('axes are as MATLAB shows them', async () => {
    const recording = await open((path) => writeMatlab(path, matlabRecording))
    expect(recording.info).toMatchObject({
      format: 'matlab',
      formatVersion: '7.3',
      shape: { time: 20, channel: 4 },
      storedOrder: ['channel', 'time'],
      sampleRateHz: 500,
      channelSpacingM: 4
    })
    expect(await readAll(recording)).toEqual(whole)
    const turned = await openRecording(place('file.h5'), { timeAxis: 1 })
    expect(turned.info.shape).toEqual({ time: 4, channel: 20 })
    await turned.close()
  })

  test('a vector of datenum is a time', async () => {
    const datenum = epochS / 86_400 + 719_529
    const days = Float64Array.from({ length: 20 }, (_, i) => datenum + i / 86_400)
    const recording = await open((path) =>
      writeMatlab(path, { data: matlabRecording.data, time: { data: days, size: [20, 1] } })
    )
    // A double holds a date to some 10 µs.
    expect(Number(recording.info.startTimeNs! - epochNs) / 1e9).toBeCloseTo(0, 3)
    expect(recording.info.sampleRateHz).toBeCloseTo(1, 4)
  })

  test('the text before the HDF5 signature is enough to know it', async () => {
    await writePlain(place('inner.h5'), (file) => addNumbers(file, 'x', ramp(Float64Array, 20, 4), [4, 20]))
    const recording = await open(async (path) => {
      const block = Buffer.alloc(512)
      block.write('MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: …'.padEnd(124))
      await writeFile(path, Buffer.concat([block, await readFile(place('inner.h5'))]))
    })
    expect(recording.info.format).toBe('matlab')
    expect(recording.info.shape).toEqual({ time: 20, channel: 4 })
  })
})
