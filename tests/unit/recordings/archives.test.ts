/** Layouts of archives and programs whose files the tests write themselves, from the descriptions of the layouts. */
import { describe, expect, test } from 'vitest'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import {
  dasdaeIntervalNs,
  writeAi4eps,
  writeDasdae,
  writeGdr,
  writeNec,
  writePuniu,
  writeT8,
  writeUptech
} from './archiveFixtures.ts'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import { epochNs } from './interrogatorFixtures.ts'

const { open } = fixtureFolder()
const whole = rampValues(20, 4)

describe('DASDAE', () => {
  test('one array with its coordinates; pickled attributes are left alone', async () => {
    const recording = await open((path) => writeDasdae(path))
    expect(recording.info).toMatchObject({
      format: 'dasdae',
      formatVersion: '1',
      instrument: 'unit 7',
      shape: { time: 20, channel: 4 },
      storedOrder: ['time', 'channel'],
      quantity: 'strain rate',
      unit: 'm / s',
      startTimeNs: epochNs,
      endTimeNs: epochNs + 40_000_000n,
      sampleIntervalNs: 2_000_000,
      sampleRateHz: 500,
      channelSpacingM: 4.08,
      firstDistanceM: 100,
      gaugeLengthM: 10,
      warnings: []
    })
    expect(recording.info.metadata).not.toHaveProperty('_attrs_coords')
    expect(recording.info.metadata).not.toHaveProperty('_attrs_tag')
    expect(await readAll(recording)).toEqual(whole)
  })

  test('distance first, uneven distances, units of length', async () => {
    const recording = await open((path) =>
      writeDasdae(path, [
        {
          dimensions: 'distance,time',
          distances: [0, 10, 30, 40],
          attributes: { _attrs_distance_units: 'ft' }
        }
      ])
    )
    const { info } = recording
    expect(info.storedOrder).toEqual(['channel', 'time'])
    expect(info.channelSpacingM).toBeNull()
    expect(info.distancesM).toEqual([0, 10 * 0.3048, 30 * 0.3048, 40 * 0.3048])
    expect(info.warnings).toEqual([expect.stringContaining('not evenly spaced')])
    expect(await readAll(recording)).toEqual(whole)
  })

  test('waveforms that follow each other are one recording with its gap, in the order of time', async () => {
    const second = epochNs + 500_000_000n
    const recording = await open((path) =>
      writeDasdae(path, [
        { name: 'b', startNs: second, rows: 6 },
        { name: 'a', rows: 20 },
        { name: 'c', startNs: second + 6n * dasdaeIntervalNs, rows: 3 }
      ])
    )
    const { info } = recording
    expect(info.shape).toEqual({ time: 29, channel: 4 })
    expect(info.gaps).toEqual([{ startTimeNs: epochNs + 40_000_000n, endTimeNs: second }])
    expect(info.warnings).toEqual(['3 waveforms were joined, with 1 gaps.'])
    expect([0, 19, 20, 25, 26, 28].map((row) => timeOfRow(info, row)! - epochNs)).toEqual([
      0n,
      38_000_000n,
      500_000_000n,
      510_000_000n,
      512_000_000n,
      516_000_000n
    ])
    const rows = [...whole, ...rampValues(6, 4), ...rampValues(3, 4)]
    expect(await readAll(recording)).toEqual(rows)
    const part = await recording.read({ time: { from: 17, to: 29, stride: 4 }, channel: { from: 1, to: 4, stride: 2 } })
    expect([...part]).toEqual([17, 21, 25].flatMap((row) => [rows[row * 4 + 1], rows[row * 4 + 3]]))
  })

  test.each([
    ['other channels', { channels: 5 }, /differ in their channels/],
    ['an overlap', { startNs: epochNs + 10_000_000n }, /overlap in time/]
  ])('waveforms with %s: the first alone, the others are named', async (_name, other, reason) => {
    const { info } = await open((path) =>
      writeDasdae(path, [{ name: 'first' }, { name: 'second', startNs: epochNs + 1_000_000_000n, ...other }])
    )
    expect(info.shape).toEqual({ time: 20, channel: 4 })
    expect(info.warnings.at(-1)).toMatch(reason)
    expect(info.warnings.at(-1)).toMatch(/Only first was opened.*Not opened: second/)
  })

  test('times that count from nowhere give a rate and no start', async () => {
    const { info } = await open((path) => writeDasdae(path, [{ isDatetime: false, startNs: 0n }]))
    expect(info.startTimeNs).toBeNull()
    expect(info.warnings).toEqual([expect.stringContaining('when this was recorded is not known')])
  })

  test('an array of three dimensions is refused', async () => {
    await expect(open((path) => writeDasdae(path, [{ dimensions: 'time,distance,band' }]))).rejects.toThrow(
      /has the dimensions time, distance, band instead of time and distance/
    )
  })
})

describe('GDR', () => {
  test('locus first by DasDimensions, nanoseconds, distances by number', async () => {
    const recording = await open((path) => writeGdr(path))
    expect(recording.info).toMatchObject({
      format: 'gdr',
      formatVersion: 'DAS-RCN v1.10',
      instrument: 'Maker S-7',
      storedOrder: ['channel', 'time'],
      unit: 'strain-rate',
      startTimeNs: epochNs,
      sampleRateHz: 500,
      channelSpacingM: 2,
      firstChannel: 5,
      firstDistanceM: 10,
      gaugeLengthM: 10,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(whole)
  })

  test('lengths in feet; an unknown unit is a warning', async () => {
    const feet = await open((path) => writeGdr(path, { SpatialSamplingIntervalUnit: 'ft', GaugeLengthUnit: 'rod' }))
    expect(feet.info.channelSpacingM).toBe(2 * 0.3048)
    expect(feet.info.warnings).toEqual(['GaugeLength is in "rod", which is not known here; m was assumed.'])
  })
})

test('AI4EPS: channels first, everything in attributes', async () => {
  const recording = await open((path) => writeAi4eps(path))
  expect(recording.info).toMatchObject({
    format: 'ai4eps',
    storedOrder: ['channel', 'time'],
    quantity: 'strain rate',
    unit: 'microstrain/s',
    startTimeNs: epochNs,
    sampleIntervalNs: 10_000_000,
    sampleRateHz: 100,
    channelSpacingM: 8,
    firstDistanceM: null,
    warnings: []
  })
  expect(recording.info.metadata['data/event_id']).toBe('ci38457511')
  expect(await readAll(recording)).toEqual(whole)
  const { info } = await open((path) => writeAi4eps(path, { begin_time: 'yesterday', dt_s: -1 }))
  expect(info).toMatchObject({ startTimeNs: null, sampleRateHz: null })
  expect(info.warnings).toEqual([expect.stringMatching(/dt_s/), expect.stringMatching(/begin_time says yesterday/)])
})

test('Uptech: seconds as doubles keep the rate of the header; sampling_interval is a distance', async () => {
  const recording = await open(writeUptech)
  expect(recording.info).toMatchObject({
    format: 'uptech',
    quantity: 'strain rate',
    unit: '1/s',
    startTimeNs: epochNs,
    sampleIntervalNs: 2_000_000,
    sampleRateHz: 500,
    channelSpacingM: 4,
    gaugeLengthM: 8,
    gaps: [],
    warnings: []
  })
  expect(await readAll(recording)).toEqual(whole)
})

test('Puniu: nanoseconds beside the epoch, every third channel, both orders', async () => {
  const recording = await open((path) => writePuniu(path))
  expect(recording.info).toMatchObject({
    format: 'puniu',
    storedOrder: ['channel', 'time'],
    dtype: 'int16',
    quantity: 'strain rate',
    startTimeNs: epochNs + 123_456_789n,
    sampleRateHz: 500,
    channelSpacingM: 6,
    firstChannel: 9,
    channelStep: 3,
    firstDistanceM: 18,
    warnings: []
  })
  expect(await readAll(recording)).toEqual(whole)
  const other = await open((path) => writePuniu(path, { row_major_order: 'time, channel' }))
  expect(other.info.shape).toEqual({ time: 4, channel: 20 })
})

test('NEC: attributes in words, radians per digit, order by the number of points', async () => {
  const recording = await open(writeNec)
  expect(recording.info).toMatchObject({
    format: 'nec',
    shape: { time: 20, channel: 4 },
    scale: 0.001,
    unit: 'rad',
    startTimeNs: epochNs + 250_000_000n,
    sampleRateHz: 500,
    channelSpacingM: 5,
    gaugeLengthM: 10,
    warnings: [expect.stringContaining('The start is "Time of sending request"')]
  })
  expect(await readAll(recording)).toEqual(whole)
})

test('T8: rate and spacing after decimation, a time without separators', async () => {
  const recording = await open(writeT8)
  expect(recording.info).toMatchObject({
    format: 't8',
    startTimeNs: epochNs + 250_000_000n,
    sampleRateHz: 500,
    channelSpacingM: 2,
    firstDistanceM: 12,
    gaugeLengthM: 7,
    warnings: []
  })
  expect(await readAll(recording)).toEqual(whole)
})
