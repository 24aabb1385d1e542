import { describe, expect, test } from 'vitest'
import { cfTime, timeOfStored } from '../../../src-main/recordings/netcdf/cfTime.ts'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import { writeNetcdf, writeXdas } from './archiveFixtures.ts'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import { epochNs } from './interrogatorFixtures.ts'

const { open } = fixtureFolder()
const whole = rampValues(20, 4)

describe('CF times', () => {
  test.each([
    ['seconds since 1970-01-01', 1, 1_000_000_000n],
    ['days since 1970-1-2 12:00', 0.5, 86_400_000_000_000n * 2n],
    ['milliseconds since 2023-11-14 22:13:20.123456789', 2n, epochNs + 125_456_789n],
    ['hours since 1970-01-01T00:00:00 +2', 2n, 0n],
    ['ns since 1970-01-01 00:00:00 UTC', -5n, -5n],
    ['minutes since 1970-01-01 01:00:00-01:30', 0n, 9_000_000_000_000n]
  ])('%s: %s', (units, stored, expected) => {
    expect(timeOfStored(stored, cfTime(units, 'standard')!)).toBe(expected)
  })

  test.each(['m', 'fortnights since 1970-01-01', 'seconds since whenever', ''])('"%s" is none', (units) => {
    expect(cfTime(units, null)).toBeNull()
  })

  test('a calendar of 360 days is not ours', () => expect(cfTime('days since 1970-01-01', '360_day')).toBeNull())
})

describe('Xdas', () => {
  test.each(['1.9', '1.13'] as const)('tie points in the spelling of CF %s', async (spelling) => {
    const recording = await open((path) => writeXdas(path, { spelling }))
    expect(recording.info).toMatchObject({
      format: 'xdas',
      formatVersion: `CF-${spelling}`,
      shape: { time: 20, channel: 4 },
      startTimeNs: epochNs,
      endTimeNs: epochNs + 40_000_000n,
      sampleIntervalNs: 2_000_000,
      channelSpacingM: 2.5,
      firstDistanceM: 50,
      gaps: [],
      segments: null,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(whole)
  })

  test('two tied neighbours with a jump between them are a gap', async () => {
    const late = epochNs + 3_000_000_000n
    const ties = { indices: [0, 11, 12, 19], values: [epochNs, epochNs + 22_000_000n, late, late + 14_000_000n] }
    const { info } = await open((path) => writeXdas(path, { ties }))
    expect(info.gaps).toEqual([{ startTimeNs: epochNs + 24_000_000n, endTimeNs: late }])
    expect(info.sampleIntervalNs).toBe(2_000_000)
    expect(info.endTimeNs).toBe(late + 16_000_000n)
    expect([11, 12, 19].map((row) => timeOfRow(info, row))).toEqual([epochNs + 22_000_000n, late, late + 14_000_000n])
  })

  test('a jump back is an overlap, said and not a gap', async () => {
    const ties = {
      indices: [0, 11, 12, 19],
      values: [0n, 22_000_000n, 10_000_000n, 24_000_000n].map((offset) => epochNs + offset)
    }
    const { info } = await open((path) => writeXdas(path, { ties }))
    expect(info.gaps).toEqual([])
    expect(info.warnings).toEqual([expect.stringContaining('overlap')])
    expect(timeOfRow(info, 12)).toBe(epochNs + 10_000_000n)
  })

  test('a sampled coordinate: runs with a stated interval', async () => {
    const late = epochNs + 1_000_000_000n
    const ties = { indices: [0, 5], values: [epochNs, late] }
    const { info } = await open((path) => writeXdas(path, { spelling: 'sampled', ties }))
    expect(info.sampleIntervalNs).toBe(2_000_000)
    expect(info.gaps).toEqual([{ startTimeNs: epochNs + 10_000_000n, endTimeNs: late }])
    expect(info.endTimeNs).toBe(late + 30_000_000n)
  })

  test('tie points that do not cover the rows leave the times unknown, with a reason', async () => {
    const ties = { indices: [0, 9], values: [epochNs, epochNs + 18_000_000n] }
    const { info } = await open((path) => writeXdas(path, { ties }))
    expect(info.startTimeNs).toBeNull()
    expect(info.warnings[0]).toMatch(/covers rows 0 to 9 of 20: times are not known/)
    const metres = await open((path) => writeXdas(path, { units: 'm' }))
    expect(metres.info.startTimeNs).toBeNull()
    expect(metres.info.warnings[0]).toMatch(/is in "m", which is no time since a date/)
  })
})

describe('NetCDF with CF coordinates', () => {
  test('dimensions by their scales, time by its units', async () => {
    const recording = await open((path) => writeNetcdf(path))
    expect(recording.info).toMatchObject({
      format: 'netcdf',
      quantity: 'strain rate',
      unit: 'nm/m/s',
      startTimeNs: epochNs,
      sampleRateHz: 500,
      channelSpacingM: 4.08,
      firstDistanceM: 100,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(whole)
  })

  test('distance first; packed values keep their scale', async () => {
    const recording = await open((path) =>
      writeNetcdf(path, { dimensions: ['distance', 'time'], variable: { scale_factor: 0.01, _FillValue: -5 } })
    )
    expect(recording.info).toMatchObject({ storedOrder: ['channel', 'time'], scale: 0.01 })
    expect(recording.info.warnings).toEqual(['The stored value -5 stands for missing samples (_FillValue).'])
    expect(await readAll(recording)).toEqual(whole)
  })

  test('channel numbers with a coordinate of distance beside them', async () => {
    const { info } = await open((path) =>
      writeNetcdf(path, { dimensions: ['time', 'channel'], distances: [0, 1, 2, 3] })
    )
    expect(info).toMatchObject({ firstChannel: 10, channelStep: 2, channelSpacingM: 1, firstDistanceM: 0 })
  })

  test('days since the year 1, and times before the date that they count from', async () => {
    const days = Float64Array.from({ length: 20 }, (_, row) => 738_837 + row)
    const far = await open((path) => writeNetcdf(path, { times: days, timeUnits: 'days since 0001-01-01' }))
    // By Python: datetime.date(1, 1, 1) + datetime.timedelta(738837).
    expect(far.info.startTimeNs).toBe(BigInt(Date.parse('2023-11-14T00:00:00Z')) * 1_000_000n)
    expect(far.info.sampleIntervalNs).toBe(86_400e9)
    const times = BigInt64Array.from({ length: 20 }, (_, row) => BigInt(row * 2 - 1000))
    const { info } = await open((path) => writeNetcdf(path, { times }))
    expect(info.startTimeNs).toBe(epochNs - 1_000_000_000n)
    expect(info.sampleIntervalNs).toBe(2_000_000)
  })

  test('a time as fractions of a day, with a hole', async () => {
    const times = Float64Array.from({ length: 20 }, (_, row) => ((row < 8 ? row : row + 30) * 0.5) / 86_400)
    const { info } = await open((path) => writeNetcdf(path, { times, timeUnits: 'days since 2023-11-14 22:13:20' }))
    expect(Number(info.startTimeNs! - epochNs)).toBe(0)
    expect(info.sampleIntervalNs).toBeCloseTo(5e8, -3)
    expect(info.gaps).toHaveLength(1)
    expect(Number(info.gaps[0]!.endTimeNs - epochNs)).toBeCloseTo(19e9, -4)
  })
})
