/**
 * Real seismic files against values that were not obtained with our readers: miniSEED with ObsPy 1.5.1 (`read`, its traces'
 * npts, starttime.ns, data; statistics over all of them in float64), SEG-Y with segyio 2 (`trace.raw[:]`).
 */
import { describe, expect, test } from 'vitest'
import { inspectRecording } from '../../../src-main/commands/inspect.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { dasData } from '../../support/dasData.ts'

const files = {
  gaps: dasData('geofon_3U_HSF.mseed'),
  long: dasData('geofon_9N_HSF.mseed'),
  channels: dasData('etna_9n_3chan_10s.mseed'),
  segy: dasData('small_channel_patch.sgy')
}

describe.skipIf(files.gaps === null)('miniSEED 2, Steim-2', () => {
  test('one channel with two gaps: stored rows, and runs between the gaps', async () => {
    const found = await inspectRecording(files.gaps!, { statistics: true })
    expect(found).toMatchObject({
      format: 'mseed',
      formatVersion: '2',
      shape: { time: 1_239_096, channel: 1 },
      dtype: 'int32',
      channelNames: ['3U.A0905..HSF'],
      sampleRateHz: 100,
      sampleIntervalNs: '10000000',
      startTimeNs: '1675210919381990000',
      endTimeNs: '1675289697761990000',
      gaps: [
        { startTimeNs: '1675214519381990000', endTimeNs: '1675248286091990000' },
        { startTimeNs: '1675253477051990000', endTimeNs: '1675286097761990000' }
      ],
      samples: { first: 13, middle: 378, last: 69 },
      statistics: {
        min: -14_456,
        max: 13_006,
        mean: expect.closeTo(-0.8592845106432432, 12),
        rms: expect.closeTo(233.81318544586088, 9)
      },
      warnings: ['There are 2 gaps.']
    })
    const recording = await openRecording(files.gaps!)
    expect(recording.info.segments).toEqual([
      { firstIndex: 0, startTimeNs: 1675210919381990000n },
      { firstIndex: 360_000, startTimeNs: 1675248286091990000n },
      { firstIndex: 879_096, startTimeNs: 1675286097761990000n }
    ])
    const around = await recording.read({ time: { from: 359_999, to: 360_001 }, channel: { from: 0, to: 1 } })
    expect([...around]).toEqual([44, -175])
    await recording.close()
  })

  test('one channel without a gap, records of 4096 bytes', async () => {
    expect(await inspectRecording(files.long!, { statistics: true })).toMatchObject({
      shape: { time: 722_844, channel: 1 },
      channelNames: ['9N.00066..HSF'],
      sampleRateHz: 1000,
      startTimeNs: '1535702398842000000',
      endTimeNs: '1535703121686000000',
      gaps: [],
      samples: { first: 101, middle: 132, last: 587 },
      statistics: { min: -21_905, max: 22_157, mean: expect.closeTo(8.328626923651576, 12) },
      warnings: []
    })
  })

  test('three channels of different lengths: rows that any has, NaN where one lacks them', async () => {
    const found = await inspectRecording(files.channels!, { statistics: true })
    expect(found).toMatchObject({
      shape: { time: 13_735, channel: 3 },
      dtype: 'float64',
      channelNames: ['9N.00066..HSF', '9N.00067..HSF', '9N.00068..HSF'],
      startTimeNs: '1535698868896000000',
      endTimeNs: '1535698882631000000',
      samples: { first: 1696, last: null },
      statistics: {
        min: -17_259,
        max: 20_880,
        mean: expect.closeTo(10.790273037542661, 11),
        rms: expect.closeTo(692.0314433964971, 9)
      }
    })
    expect(found.warnings).toEqual([
      expect.stringMatching(/00067\.\.HSF by 6 of 13735 samples, 9N\.00068\.\.HSF by 179 of/),
      expect.stringContaining('185 values are NaN')
    ])
    const recording = await openRecording(files.channels!)
    const ends = await recording.read({ time: { from: 0, to: 13_735, stride: 13_555 }, channel: { from: 0, to: 3 } })
    expect([...ends.subarray(0, 3)]).toEqual([1696, 567, -323])
    expect(ends[5]).toBe(-67)
    await recording.close()
  })

  test('any range and stride reads the same as the whole', async () => {
    const recording = await openRecording(files.channels!)
    const whole = await recording.read({ time: { from: 0, to: 13_735 }, channel: { from: 0, to: 3 } })
    const part = await recording.read({
      time: { from: 13_001, to: 13_700, stride: 7 },
      channel: { from: 0, to: 3, stride: 2 }
    })
    const expected = Array.from({ length: 100 }, (_, i) => [0, 2].map((c) => whole[(13_001 + 7 * i) * 3 + c]!)).flat()
    expect([...part]).toEqual(expected)
    await recording.close()
  })
})

describe.skipIf(files.segy === null)('SEG-Y 2.1, IBM floats', () => {
  test('is described as the file says', async () => {
    expect(await inspectRecording(files.segy!, { statistics: true })).toMatchObject({
      format: 'segy',
      formatVersion: '2.1',
      shape: { time: 20, channel: 10 },
      storedOrder: ['channel', 'time'],
      dtype: 'float32',
      sampleRateHz: 250,
      startTimeNs: '1505692800000000000',
      endTimeNs: '1505692800080000000',
      channelSpacingM: null,
      samples: {
        first: Math.fround(0.7777024),
        middle: Math.fround(0.09670097),
        last: Math.fround(0.032740835)
      },
      statistics: {
        min: Math.fround(0.0076703057),
        max: Math.fround(0.98966783),
        mean: expect.closeTo(0.5022990689054132, 14),
        rms: expect.closeTo(0.576557842295139, 14)
      },
      warnings: []
    })
  })
})
