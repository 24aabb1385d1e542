import { describe, expect, test } from 'vitest'
import { timeOfRow } from '../../../src-main/recordings/timeAxis.ts'
import { fixtureFolder, readAll } from './fixtureFolder.ts'
import { setAttributes, writeHdf5 } from './hdf5Fixtures.ts'
import { addNumbers, epochNs, epochS, type FebusFixture, writeFebus } from './interrogatorFixtures.ts'

const { open } = fixtureFolder()
const openFebus = (fixture: FebusFixture = {}) => open((path) => writeFebus(path, fixture))

/** The fixture repeats every second row: what is left is rows 5 to 64 of one ramp. */
const trimmedRamp = Array.from({ length: 60 * 4 }, (_, i) => (5 + Math.floor(i / 4)) * 100 + (i % 4))

describe('blocks that overlap', () => {
  test('are trimmed evenly, and rows that count follow each other', async () => {
    const recording = await openFebus()
    expect(recording.info).toMatchObject({
      format: 'febus',
      formatVersion: '2.3.1',
      instrument: 'Febus A1 fa1-1',
      shape: { time: 60, channel: 4 },
      dtype: 'float32',
      quantity: 'strain rate',
      unit: 'nε/s',
      // Middle of the first block, less half of its two seconds, plus the five rows that are cut off.
      startTimeNs: epochNs - 1_000_000_000n + 500_000_000n,
      endTimeNs: epochNs - 500_000_000n + 6_000_000_000n,
      sampleIntervalNs: 100_000_000,
      sampleRateHz: 10,
      channelSpacingM: 2.4,
      firstChannel: 10,
      firstDistanceM: 5 + 10 * 2.4,
      gaugeLengthM: 9.6,
      gaps: [],
      segments: null,
      // Origin is half a block here: both readings of the times agree, so there is nothing to say.
      warnings: []
    })
    expect(await readAll(recording)).toEqual(trimmedRamp)
  })

  test.each([
    ['of the new rows', 100],
    ['of the block', 50]
  ])('percent %s: the block times decide', async (_, percent) => {
    const { info } = await openFebus({ zone: { BlockOverlap: percent } })
    expect(info.shape.time).toBe(60)
    expect(info.warnings).toEqual([])
  })

  test('an odd number of repeated rows leaves one more at the end', async () => {
    // 20 rows of 100 ms every 1.1 s: 9 repeat, 4 before and 5 after.
    const times = Array.from({ length: 6 }, (_, i) => epochS + i * 1.1)
    const recording = await openFebus({ times, zone: { BlockOverlap: 45 } })
    expect(recording.info.shape.time).toBe(66)
    const values = await readAll(recording)
    expect([values[0], values[10 * 4], values[11 * 4]]).toEqual([400, 1400, (10 + 4) * 100])
  })

  test('no overlap attribute means no overlap', async () => {
    const times = Array.from({ length: 6 }, (_, i) => epochS + i * 2)
    const { info } = await openFebus({ times, zone: { BlockOverlap: undefined } })
    expect(info.shape.time).toBe(120)
    expect(info.startTimeNs).toBe(epochNs - 1_000_000_000n)
    expect(info.warnings).toEqual([])
  })

  test('an overlap that the times show without an attribute is followed, with a warning', async () => {
    const { info } = await openFebus({ zone: { BlockOverlap: undefined } })
    expect(info.shape.time).toBe(60)
    expect(info.warnings).toEqual([expect.stringMatching(/every 10 of their 20 rows.*no overlap is given/)])
  })

  test('BlockRate says it for a file of one block', async () => {
    const { info } = await openFebus({ blocks: 1, zone: { BlockRate: 1000 } })
    expect(info.shape.time).toBe(10)
    const alone = await openFebus({ blocks: 1, zone: { BlockOverlap: 100 } })
    expect(alone.info.shape.time).toBe(10)
  })

  test('any range and stride reads the same as the whole', async () => {
    const recording = await openFebus()
    for (const [from, to, stride] of [
      [0, 60, 1],
      [3, 47, 1],
      [9, 11, 1],
      [10, 30, 1],
      [1, 60, 7],
      [2, 60, 10],
      [0, 60, 23],
      [59, 60, 1]
    ] as const) {
      const part = await recording.read({ time: { from, to, stride }, channel: { from: 1, to: 4, stride: 2 } })
      const rows = Array.from({ length: Math.ceil((to - from) / stride) }, (_, i) => from + i * stride)
      expect([...part]).toEqual(rows.flatMap((row) => [1, 3].map((channel) => trimmedRamp[row * 4 + channel])))
    }
    expect(await recording.read({ time: { from: 5, to: 5 }, channel: { from: 0, to: 4 } })).toHaveLength(0)
  })
})

describe('block times', () => {
  test('jitter of 15 ms is no gap and moves no row', async () => {
    const times = Array.from({ length: 6 }, (_, i) => epochS + i + [0, 0.015, -0.015, 0.014, -0.012, 0.01][i]!)
    const { info } = await openFebus({ times })
    expect(info).toMatchObject({ sampleIntervalNs: 100_000_000, gaps: [], segments: null, warnings: [] })
    expect(timeOfRow(info, 59)! - info.startTimeNs!).toBe(5_900_000_000n)
  })

  test('blocks that were lost are a gap and begin a new run', async () => {
    const times = Array.from({ length: 6 }, (_, i) => epochS + i + (i >= 4 ? 3 : 0) + (i % 2 ? 0.012 : 0))
    const { info } = await openFebus({ times })
    const startNs = epochNs - 500_000_000n
    expect(info.gaps).toEqual([{ startTimeNs: startNs + 4_000_000_000n, endTimeNs: startNs + 7_000_000_000n }])
    expect(info.segments).toEqual([
      { firstIndex: 0, startTimeNs: startNs },
      { firstIndex: 40, startTimeNs: startNs + 7_000_000_000n }
    ])
    expect(info.endTimeNs).toBe(startNs + 9_000_000_000n)
    expect(info.warnings).toEqual(['The block times have 1 gaps.'])
  })

  test('one time that is off alone moves nothing', async () => {
    const times = Array.from({ length: 6 }, (_, i) => epochS + i + (i === 2 ? 0.4 : 0))
    const { info } = await openFebus({ times })
    expect(info.gaps).toEqual([])
    expect(info.warnings).toEqual([expect.stringMatching(/too early at 1 of 6/)])
  })

  test('an Origin that says otherwise than the middle of the block is a warning', async () => {
    const { info } = await openFebus({ zone: { Origin: [5, 0, 0] } })
    expect(info.warnings).toEqual([expect.stringMatching(/middle of a block, 1 s after.*1\.0000 s later/)])
  })

  test('a list of times reads as a row of them; blocks without a time at the end are left out', async () => {
    const { info } = await openFebus({ times: [epochS, epochS + 1, epochS + 2, epochS + 3, 0, 0], timeShape: [6] })
    expect(info.shape.time).toBe(40)
    expect(info.warnings).toEqual([expect.stringMatching(/unfinished: blocks 4 to 5/)])
  })

  test('without times the start is not known, with NaN in front neither', async () => {
    const none = await openFebus({ times: null })
    expect(none.info).toMatchObject({ startTimeNs: null, sampleRateHz: 10, shape: { channel: 4 } })
    expect(none.info.warnings[0]).toMatch(/no block times/)
    const broken = await openFebus({ times: new Array<number>(6).fill(Number.NaN) })
    expect(broken.info).toMatchObject({ startTimeNs: null, shape: { time: 60 } })
    expect(broken.info.warnings).toEqual([
      expect.stringMatching(/No block has a valid time/),
      expect.stringMatching(/Nothing but an overlap of 50 %.*10 of the 20 rows/)
    ])
  })

  test('blocks without a time among others are placed by them', async () => {
    const { info } = await openFebus({ times: [Number.NaN, epochS + 1, 0, epochS + 3, epochS + 4, epochS + 5] })
    expect(info).toMatchObject({ startTimeNs: epochNs - 500_000_000n, shape: { time: 60 }, gaps: [] })
    expect(info.warnings).toEqual(['2 of 6 blocks have no valid time: they were placed by the others.'])
  })
})

describe('rates', () => {
  test('the first layout has no Version: SamplingRate counts, Spacing does not', async () => {
    const { info } = await openFebus({
      times: Array.from({ length: 6 }, (_, i) => epochS + i * 2),
      zone: { Version: undefined, SamplingRate: 10, Spacing: [2.4, 50, 1], BlockOverlap: undefined }
    })
    expect(info).toMatchObject({ formatVersion: '1', sampleRateHz: 10, shape: { time: 120 } })
  })

  test('the rate of the digitiser is none of the samples', async () => {
    const { info } = await openFebus({ zone: { Version: undefined } })
    expect(info).toMatchObject({ formatVersion: '1', sampleRateHz: 10, shape: { time: 60 } })
  })

  test('a header that the times contradict gives way', async () => {
    const { info } = await openFebus({ zone: { Spacing: [2.4, 25, 1], BlockOverlap: undefined } })
    expect(info).toMatchObject({ sampleRateHz: 20, shape: { time: 120 } })
    expect(info.warnings).toContainEqual(expect.stringMatching(/are not the 40\.000 Hz of the header/))
  })
})

describe('what a dataset holds', () => {
  test('a spectrum or a band is not handed out as a waveform', async () => {
    const only = open((path) => writeFebus(path, { datasets: { ReducedSpectrum: 3 } }))
    await expect(only).rejects.toThrow(/file\.h5: is of a Febus A1, but holds no waveform: .*ReducedSpectrum is a/)
    const flat = open((path) => writeFebus(path, { datasets: { StrainRate: 2 } }))
    await expect(flat).rejects.toThrow(/holds no waveform/)
  })

  test('the waveform beside a band is opened, and the band named', async () => {
    const { info } = await openFebus({ datasets: { FrequencyBand_1: 3, SR_Valley: 3 } })
    expect(info.quantity).toBe('strain rate')
    expect(info.warnings).toEqual([expect.stringMatching(/FrequencyBand_1 is no waveform and was left out/)])
  })

  test('a name that says nothing gives no unit', async () => {
    const { info } = await openFebus({ datasets: { Output: 3 } })
    expect(info).toMatchObject({ quantity: null, unit: null })
    expect(info.warnings).toEqual([expect.stringMatching(/not known from its name/)])
  })

  test('of several zones the first is opened and the others are named', async () => {
    const { info } = await open((path) =>
      writeHdf5(path, (file) => {
        const source = file.create_group('fa1-2').create_group('Source1')
        addNumbers(source, 'time', Float64Array.of(epochS, epochS + 1))
        for (const name of ['Zone10', 'Zone2']) {
          const zone = source.create_group(name)
          setAttributes(zone, { SamplingRate: 4 })
          addNumbers(zone, 'StrainRate', new Float32Array(2 * 4 * 3), [2, 4, 3])
        }
      })
    )
    expect(info.warnings).toContainEqual(
      'Only fa1-2/Source1/Zone2/StrainRate was opened; fa1-2/Source1/Zone10/StrainRate were not.'
    )
  })
})
