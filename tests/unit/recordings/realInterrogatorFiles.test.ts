/**
 * Real recordings against values that were not obtained with our readers: read with h5py 3.16 and numpy 2.4, whole
 * datasets in float64 (`a[0,0]`, `a[T//2,C//2]`, `a[-1,-1]`, min, max, mean, rms), the blocks of the Febus file as
 * `a.reshape(-1, 100)`. dascore 0.1.24 gives the same starts, intervals and spacings but where a comment says otherwise.
 */
import { describe, expect, test } from 'vitest'
import { inspectRecording } from '../../../src-main/commands/inspect.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { dasData } from '../../support/dasData.ts'

const files = {
  febus: dasData('valencia_febus_example.h5'),
  apSensing: dasData('ap_sensing_1.hdf5'),
  silixa: dasData('silixa_h5_1.hdf5'),
  neubrex: dasData('neubrex_das_1.h5')
}

describe.skipIf(files.febus === null)('Febus A1', () => {
  test('has all of its rows at even times', async () => {
    const found = await inspectRecording(files.febus!, { statistics: true })
    expect(found).toMatchObject({
      format: 'febus',
      formatVersion: '1',
      instrument: 'Febus A1 fa1-20050027',
      // No overlap attribute: dascore drops half of every block.
      shape: { time: 2500, channel: 100 },
      dtype: 'float32',
      quantity: 'strain rate',
      unit: 'nε/s',
      scale: 1,
      // 1599031306.1656663 s, the middle of the first block, less half a second (dascore takes time + Origin).
      startTimeNs: '1599031305665666342',
      endTimeNs: '1599031315665666342',
      sampleIntervalNs: '4000000',
      sampleRateHz: 250,
      channelSpacingM: 16.8,
      firstChannel: 0,
      firstDistanceM: 0,
      gaugeLengthM: 30.4,
      gaps: [],
      warnings: [expect.stringMatching(/middle of a block, 0\.5 s after its first row/)],
      samples: { first: 0, middle: -1.3275569677352905, last: -34.65167999267578 },
      statistics: {
        min: -1993.29931640625,
        max: 2917.844482421875,
        mean: expect.closeTo(-0.1883981193929557, 10),
        rms: expect.closeTo(67.95308785150671, 8)
      }
    })
    expect(found.metadata).toMatchObject({ 'fa1-20050027/Source1/FiberLength': 50_000 })
  })

  test('reads across blocks the same as the whole', async () => {
    const recording = await openRecording(files.febus!)
    const whole = await recording.read({ time: { from: 0, to: 2500 }, channel: { from: 0, to: 100 } })
    const part = await recording.read({
      time: { from: 243, to: 2311, stride: 13 },
      channel: { from: 7, to: 100, stride: 9 }
    })
    const expected = Array.from({ length: 160 }, (_, i) =>
      Array.from({ length: 11 }, (_, k) => whole[(243 + i * 13) * 100 + 7 + k * 9]!)
    ).flat()
    expect([...part]).toEqual(expected)
    await recording.close()
  })
})

describe.skipIf(files.apSensing === null)('AP Sensing', () => {
  test('is described as the file says', async () => {
    const found = await inspectRecording(files.apSensing!, { statistics: true })
    expect(found).toMatchObject({
      format: 'ap-sensing',
      formatVersion: '10',
      instrument: 'AP Sensing N5225B_C01',
      shape: { time: 150, channel: 4082 },
      dtype: 'int32',
      quantity: 'differential phase',
      unit: null,
      scale: 1,
      startTimeNs: '1695559591739618000',
      endTimeNs: '1695559592039618000',
      sampleIntervalNs: '2000000',
      sampleRateHz: 500,
      // As xdas takes it; dascore divides the length by the channels: 1.2261433 m.
      channelSpacingM: Math.fround(1.2251428),
      firstDistanceM: 124.14780987876313,
      gaugeLengthM: Math.fround(4.9005713),
      samples: { first: 0, middle: -378, last: 2027 },
      statistics: {
        min: -4334,
        max: 3249,
        mean: expect.closeTo(-434.407780499755, 9),
        rms: expect.closeTo(537.9784586331416, 9)
      }
    })
    expect(found.warnings).toHaveLength(2)
    expect(found.metadata).toMatchObject({
      'Interrogator/SerialNumber': 'DE52000545',
      'Metadata/Throughput': 93.505859375
    })
  })
})

describe.skipIf(files.silixa === null)('Silixa HDF5', () => {
  test('is described as the file says', async () => {
    const found = await inspectRecording(files.silixa!, { statistics: true })
    expect(found).toMatchObject({
      format: 'silixa-hdf5',
      instrument: 'Silixa iDAS 2.4.1.111',
      shape: { time: 100, channel: 3840 },
      dtype: 'int16',
      quantity: 'strain rate',
      unit: 'strain/s',
      // 116e-9 · 500 / (10 · 8192)
      scale: expect.closeTo(7.080078125e-10, 22),
      // 22 September 2023, 18:29:26.158
      startTimeNs: '1695407366158000000',
      endTimeNs: '1695407366358000000',
      sampleIntervalNs: '2000000',
      sampleRateHz: 500,
      channelSpacingM: 2 * 1.020952,
      // "Start Distance (m)"; dascore adds StartPosition and the measured length: 8082.9 m.
      firstDistanceM: 0.765761,
      gaugeLengthM: 10,
      warnings: [expect.stringMatching(/GPS receiver said "Uninitialized"/)],
      samples: { first: -2003, middle: -3044, last: 433 },
      statistics: {
        min: -24_667,
        max: 24_143,
        mean: expect.closeTo(-6.0948046875, 10),
        rms: expect.closeTo(994.0393689111677, 8)
      }
    })
  })
})

describe.skipIf(files.neubrex === null)('Neubrex', () => {
  test('is described as the file says (its samples are all zero)', async () => {
    const found = await inspectRecording(files.neubrex!, { statistics: true })
    expect(found).toMatchObject({
      format: 'neubrex',
      formatVersion: '7.22.0.99',
      instrument: 'Neubrex NBX-S4110',
      shape: { time: 30, channel: 17_534 },
      dtype: 'float32',
      quantity: 'strain rate',
      unit: 'micro-strain/second',
      startTimeNs: '1684736734617505100',
      endTimeNs: '1684736734647505100',
      sampleIntervalNs: '1000000',
      sampleRateHz: 1000,
      channelSpacingM: Math.fround(0.4106746),
      firstDistanceM: 0,
      gaugeLengthM: Math.fround(0.2053373),
      warnings: [],
      samples: { first: 0, middle: 0, last: 0 },
      statistics: { min: 0, max: 0, mean: 0, rms: 0 }
    })
  })
})
