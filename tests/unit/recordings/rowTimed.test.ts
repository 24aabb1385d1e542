import { describe, expect, test } from 'vitest'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import {
  epochNs,
  epochS,
  type Terra15Fixture,
  writeHdas,
  writeHdasSecond,
  writeHdasStrainRate,
  writeOdh3,
  writeTerra15
} from './interrogatorFixtures.ts'

const { open } = fixtureFolder()
const openTerra15 = (fixture: Terra15Fixture = {}) => open((path) => writeTerra15(path, fixture))
const even = (rows: number, interval: number, from = epochS): number[] =>
  Array.from({ length: rows }, (_, i) => from + i * interval)

describe('Terra15', () => {
  test.each(['4', '5', '6'])('version %s: the interval is that of the times, not of the header', async (version) => {
    const recording = await openTerra15({ version })
    expect(recording.info).toMatchObject({
      format: 'terra15',
      formatVersion: version,
      instrument: 'Terra15 Treble T-7',
      shape: { time: 30, channel: 5 },
      quantity: 'deformation rate',
      unit: 'm/s',
      startTimeNs: epochNs + 250_000_000n,
      sampleIntervalNs: 500_000,
      channelSpacingM: 4.8,
      firstDistanceM: -12.5,
      gaugeLengthM: 9.6,
      gaps: [],
      warnings: []
    })
    expect(await readAll(recording)).toEqual(rampValues(30, 5))
  })

  test('rows without a time, as an unfinished file has them, are left out', async () => {
    const times = even(30, 0.0005).map((time, row) => (row < 22 ? time : 0))
    const recording = await openTerra15({ gps: times })
    expect(recording.info.shape.time).toBe(22)
    expect(Number(recording.info.endTimeNs! - epochNs)).toBeCloseTo(22 * 500_000, -3)
    expect(recording.info.warnings).toEqual([expect.stringMatching(/unfinished: 8 of 30 rows/)])
    expect(await readAll(recording)).toEqual(rampValues(22, 5))
  })

  test('lost rows are a gap; a clock that jumps forth and back is none', async () => {
    const lost = await openTerra15({ gps: even(30, 0.5).map((time, row) => (row < 12 ? time : time + 100)) })
    expect(lost.info.gaps).toEqual([{ startTimeNs: epochNs + 6_000_000_000n, endTimeNs: epochNs + 106_000_000_000n }])
    expect(lost.info).toMatchObject({ sampleIntervalNs: 500_000_000, endTimeNs: epochNs + 115_000_000_000n })
    const jumping = await openTerra15({ gps: even(30, 0.5).map((time, row) => (row === 12 ? time + 0.75 : time)) })
    expect(jumping.info.gaps).toEqual([])
    expect(jumping.info.warnings).toEqual([expect.stringMatching(/does not rise at 1 of 30 rows/)])
  })

  test('without GPS the times are those of the computer; without both there are none', async () => {
    const posix = await openTerra15({ gps: new Array<number>(30).fill(0), posix: even(30, 0.5) })
    expect(posix.info.startTimeNs).toBe(epochNs)
    expect(posix.info.warnings).toEqual(['gps_time holds no valid time.', expect.stringMatching(/posix_time/)])
    const none = await openTerra15({ gps: new Array<number>(30).fill(Number.NaN) })
    expect(none.info).toMatchObject({ startTimeNs: null, sampleRateHz: expect.closeTo(1 / 0.00055, 6) })
  })

  test('an unknown version is read with a warning; numbers that make no sense are not known', async () => {
    const { info } = await openTerra15({ version: '7', root: { dx: Number.NaN, gauge_length: -1, nx: 9 } })
    expect(info).toMatchObject({ channelSpacingM: null, gaugeLengthM: null })
    expect(info.warnings).toEqual([expect.stringMatching(/file_version is 7/), 'nx says 9, but there are 5 channels.'])
  })
})

describe('OptaSense ODH3', () => {
  test('times and positions come from its two axes', async () => {
    const recording = await open((path) => writeOdh3(path))
    expect(recording.info).toMatchObject({
      format: 'optasense-odh3',
      shape: { time: 20, channel: 6 },
      storedOrder: ['channel', 'time'],
      startTimeNs: epochNs,
      sampleRateHz: expect.closeTo(250, 3),
      channelSpacingM: 2.5,
      firstDistanceM: 50,
      unit: null
    })
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('time × channel is known by the lengths; lengths that fit nothing are refused', async () => {
    const recording = await open((path) => writeOdh3(path, { shape: [20, 6] }))
    expect(recording.info.storedOrder).toEqual(['time', 'channel'])
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
    const wrong = open((path) => writeOdh3(path, { times: even(19, 1) }))
    await expect(wrong).rejects.toThrow(/data is 6 × 20, but t_axis has 19 values and x_axis 6/)
  })

  test('times from zero on give a rate and no start; milliseconds are known by their magnitude', async () => {
    const relative = await open((path) => writeOdh3(path, { times: even(20, 0.01, -0.05) }))
    expect(relative.info).toMatchObject({ startTimeNs: null, sampleRateHz: expect.closeTo(100, 9) })
    const milliseconds = await open((path) => writeOdh3(path, { times: even(20, 4, epochS * 1000) }))
    expect(milliseconds.info).toMatchObject({ startTimeNs: epochNs, sampleIntervalNs: 4_000_000 })
  })

  test('uneven positions are listed', async () => {
    const positions = [50, 51, 52, 60, 61, 62]
    const { info } = await open((path) => writeOdh3(path, { positions }))
    expect(info).toMatchObject({ channelSpacingM: null, distancesM: positions })
  })
})

describe('HDAS', () => {
  test('rate, spacing, position and start come from places in the header', async () => {
    const recording = await open((path) => writeHdas(path))
    expect(recording.info).toMatchObject({
      format: 'hdas',
      formatVersion: '1',
      shape: { time: 20, channel: 6 },
      storedOrder: ['time', 'channel'],
      quantity: 'strain rate',
      unit: null,
      startTimeNs: epochNs + 250_000_000n,
      sampleRateHz: 100,
      channelSpacingM: 10,
      firstDistanceM: 60
    })
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('the second variant is channel × time and starts where its attribute says', async () => {
    const recording = await open((path) => writeHdasSecond(path))
    expect(recording.info).toMatchObject({
      formatVersion: '2',
      shape: { time: 20, channel: 6 },
      storedOrder: ['channel', 'time'],
      quantity: null,
      startTimeNs: BigInt(Date.UTC(2023, 1, 9, 21, 12, 28)) * 1_000_000n,
      sampleRateHz: 50
    })
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
    const { info } = await open((path) => writeHdasSecond(path, null))
    expect(info.startTimeNs).toBeNull()
    expect(info.warnings).toContainEqual(expect.stringMatching(/to two minutes only/))
  })

  test.each([
    [{ 15: 0 }, { sampleRateHz: null }],
    [{ 15: -20, 98: -1 }, { sampleRateHz: null }],
    [{ 1: Number.NaN }, { channelSpacingM: null }],
    [{ 100: 1e300 }, { startTimeNs: null }]
  ])('a header with %j is read with what is left', async (header, expected) => {
    const { info } = await open((path) => writeHdas(path, header as Record<number, number>))
    expect(info).toMatchObject(expected)
    expect(info.warnings.length).toBeGreaterThan(1)
  })

  test('version 3.0 has the time of every row', async () => {
    const times = even(20, 0.01).map((time, row) => (row < 8 ? time : time + 1))
    const recording = await open((path) => writeHdasStrainRate(path, { times }))
    expect(recording.info).toMatchObject({
      format: 'hdas-3',
      shape: { time: 20, channel: 6 },
      startTimeNs: epochNs,
      sampleIntervalNs: 10_000_000,
      channelSpacingM: 10,
      firstDistanceM: 60
    })
    expect(recording.info.segments?.[1]?.firstIndex).toBe(8)
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
    const other = open((path) => writeHdasStrainRate(path, { header: { 129: 2 } }))
    await expect(other).rejects.toThrow(/does not hold strain rate: header value 129 is 2/)
  })
})
