import { describe, expect, test } from 'vitest'
import { silixaTime } from '../../../src-main/recordings/silixa/silixaTime.ts'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import { setAttributes, writeHdf5 } from './hdf5Fixtures.ts'
import { addNumbers, epochNs, writeCarina, writeNeubrex, writeSilixaHdf5 } from './interrogatorFixtures.ts'

const { open } = fixtureFolder()
const utc = (...parts: [number, number, number, number, number, number, number]) =>
  BigInt(Date.UTC(...parts)) * 1_000_000n

describe('Silixa HDF5', () => {
  test('is described by its attributes, all of them text', async () => {
    const recording = await open((path) => writeSilixaHdf5(path))
    expect(recording.info).toMatchObject({
      format: 'silixa-hdf5',
      instrument: 'Silixa iDAS 2.4',
      shape: { time: 20, channel: 6 },
      storedOrder: ['time', 'channel'],
      dtype: 'int16',
      quantity: 'strain rate',
      unit: 'strain/s',
      scale: expect.closeTo((116e-9 * 500) / (10 * 8192), 22),
      // Day first: the third of February, not the second of March.
      startTimeNs: utc(2024, 1, 3, 18, 29, 26, 158),
      sampleIntervalNs: 2_000_000,
      channelSpacingM: 2.04,
      firstDistanceM: -7.5,
      gaugeLengthM: 10,
      warnings: []
    })
    expect(recording.info.metadata['Acoustic/iDASVersion']).toBe('2.4')
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('channel × time is known by the lengths', async () => {
    const recording = await open((path) => writeSilixaHdf5(path, {}, 'channel-time'))
    expect(recording.info).toMatchObject({ shape: { time: 20, channel: 6 }, storedOrder: ['channel', 'time'] })
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('a missing GPS time gives way to ISO 8601, then to the clock of the computer, then to nothing', async () => {
    const iso = await open((path) =>
      writeSilixaHdf5(path, { GPSTimeStamp: null, 'ISO8601 Timestamp': '2024-02-03T19:29:26.5+01:00' })
    )
    expect(iso.info.startTimeNs).toBe(utc(2024, 1, 3, 18, 29, 26, 500))
    const clock = await open((path) => writeSilixaHdf5(path, { GPSTimeStamp: '31/02/2024 10:00:00' }))
    expect(clock.info.startTimeNs).toBe(utc(2024, 1, 3, 18, 52, 18, 801))
    expect(clock.info.warnings).toEqual([
      'GPSTimeStamp says "31/02/2024 10:00:00", which is no time of a recording.',
      expect.stringMatching(/CPUTimeStamp, the computer's own clock/)
    ])
    const none = await open((path) => writeSilixaHdf5(path, { GPSTimeStamp: '', CPUTimeStamp: 'soon' }))
    expect(none.info.startTimeNs).toBeNull()
    const disagreeing = await open((path) => writeSilixaHdf5(path, { 'ISO8601 Timestamp': '2024-03-02T18:29:26.158Z' }))
    expect(disagreeing.info.warnings).toEqual([expect.stringMatching(/another moment than GPSTimeStamp/)])
  })

  test('what is missing is null and said, never invented', async () => {
    const { info } = await open((path) =>
      writeSilixaHdf5(path, {
        'SamplingFrequency[Hz]': 'unknown',
        'SpatialResolution[m]': null,
        'Start Distance (m)': null,
        GaugeLength: '0',
        'Unit Calibration (nm)': null
      })
    )
    expect(info).toMatchObject({
      sampleRateHz: null,
      sampleIntervalNs: null,
      endTimeNs: null,
      channelSpacingM: null,
      firstDistanceM: 100,
      gaugeLengthM: null,
      scale: 1,
      unit: null
    })
    expect(info.warnings.join(' ')).toMatch(
      /sample rate is not known.*values are counts.*spacing is not known.*StartPosition/
    )
  })

  test.each([
    ['22/09/2023 18:29:26.158 (UTC)', utc(2023, 8, 22, 18, 29, 26, 158)],
    ['1/2/2023 8:05:09', utc(2023, 1, 1, 8, 5, 9, 0)],
    ['2023-09-22T18:29:26.158Z', utc(2023, 8, 22, 18, 29, 26, 158)],
    ['09/22/2023 18:29:26', null],
    ['22/09/2023 25:00:00', null],
    ['01/01/1904 00:00:00.000 (UTC)', null],
    ['', null]
  ])('reads "%s"', (text, expected) => expect(silixaTime(text)).toBe(expected))
})

describe('Silixa Carina', () => {
  test('columns lie where the channel map places them', async () => {
    const recording = await open((path) => writeCarina(path))
    expect(recording.info).toMatchObject({
      format: 'silixa-carina',
      shape: { time: 20, channel: 6 },
      startTimeNs: epochNs + 5000n,
      sampleRateHz: 100,
      unit: 'strain/s',
      scale: expect.closeTo((116e-9 * 1000) / (2 * 8192 * 4), 22),
      channelSpacingM: 1.02,
      firstChannel: 2,
      firstDistanceM: -100 + 2 * 1.02,
      gaugeLengthM: 2,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('a map with a hole gives every column its distance, one that loses a column none', async () => {
    const hole = await open((path) => writeCarina(path, [0, 1, 2, -1, 3, 4, 5]))
    expect(hole.info).toMatchObject({ channelSpacingM: null, firstChannel: null, firstDistanceM: -100 })
    expect(hole.info.distancesM?.[3]).toBeCloseTo(-100 + 4 * 1.02, 9)
    const lost = await open((path) => writeCarina(path, [0, 1, 2, 3, 4]))
    expect(lost.info).toMatchObject({ channelSpacingM: null, firstDistanceM: null, distancesM: null })
    expect(lost.info.warnings).toEqual([expect.stringMatching(/does not place every column/)])
  })
})

describe('Neubrex', () => {
  test('is described by its attributes; a float32 millisecond is a millisecond', async () => {
    const recording = await open((path) => writeNeubrex(path))
    expect(recording.info).toMatchObject({
      format: 'neubrex',
      instrument: 'Neubrex NBX-S4110',
      shape: { time: 20, channel: 6 },
      quantity: 'strain rate',
      unit: 'micro-strain/second',
      startTimeNs: utc(2023, 4, 22, 6, 25, 34, 617) + 505_100n,
      sampleIntervalNs: 1_000_000,
      sampleRateHz: 1000,
      channelSpacingM: 0.5,
      firstDistanceM: 12,
      gaugeLengthM: 0.2,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('without GPS it is the clock of the computer, without rate there are no times', async () => {
    const { info } = await open((path) =>
      writeNeubrex(path, { 'GPSTimeStamp(UTC)': '', 'TimeSamplingInterval(seconds)': null, DataPhysicalUnit: null })
    )
    expect(info).toMatchObject({ sampleRateHz: null, unit: null })
    expect(info.startTimeNs).toBe(utc(2023, 4, 22, 6, 25, 35, 618))
    expect(info.warnings).toHaveLength(3)
  })
})

test('an Acoustic that is neither is taken for neither', async () => {
  const foreign = open((path) =>
    writeHdf5(path, (file) => {
      setAttributes(addNumbers(file, 'Acoustic', new Float32Array(6), [2, 3]), { GaugeLength: 10 })
    })
  )
  const format = await foreign.then(
    ({ info }) => info.format,
    () => 'refused'
  )
  expect(['hdf5', 'refused']).toContain(format)
})
