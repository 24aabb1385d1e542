/**
 * Real recordings against values that were not obtained with our readers: HDF5 files with h5py 3.16 and numpy 2.4
 * (`a[0,0]`, `a[T//2,C//2]`, `a[-1,-1]`; minimum, maximum, mean and rms in float64), the TDMS file with `struct` for its
 * properties and `numpy.frombuffer(bytes[61440:], '<i2').reshape(1000, 1152)` for its samples.
 */
import { describe, expect, test } from 'vitest'
import { inspectRecording } from '../../../src-main/commands/inspect.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { dasData } from '../../support/dasData.ts'

const files = {
  prodml: dasData('prodml_2.0.h5'),
  bandEnergy: dasData('prodml_fbe_1.h5'),
  optodas: dasData('decimated_optodas.hdf5'),
  tdms: dasData('iDAS005_tdms_example.626.tdms')
}

const close = (value: number) => expect.closeTo(value, Math.max(0, 12 - Math.floor(Math.log10(Math.abs(value) || 1))))

describe.skipIf(files.prodml === null)('PRODML 2.0, raw', () => {
  test('is described as the file says', async () => {
    const found = await inspectRecording(files.prodml!, { statistics: true })
    expect(found).toMatchObject({
      format: 'prodml',
      formatVersion: '2.0',
      file: files.prodml,
      instrument: 'Silixa_iDAS_DAQ_2.6.1.4',
      shape: { time: 2500, channel: 512 },
      storedOrder: ['time', 'channel'],
      dtype: 'int16',
      quantity: 'strain rate',
      unit: '(nm/m)/s * Hz/m',
      scale: 1,
      startTimeNs: '0',
      endTimeNs: '12500000000',
      sampleIntervalNs: '5000000',
      sampleRateHz: 200,
      channelSpacingM: 1.0209519863128662,
      firstChannel: -260,
      channelStep: 1,
      firstDistanceM: -260 * 1.0209519863128662,
      gaugeLengthM: 10,
      bands: [],
      gaps: [],
      annotations: 0,
      warnings: [],
      samples: { first: 4056, middle: 3595, last: -205 },
      statistics: { min: -17967, max: 16701, mean: close(-146.98377578125), rms: close(2246.697044371992) }
    })
    expect(found.metadata).toMatchObject({
      'Acquisition/PulseRate': 4000,
      'Acquisition/FacilityId': 'TBD',
      'Acquisition/Raw[0]/RawData/StartIndex': 24_000,
      'Acquisition/Custom/SystemInformation/GPS/Status': 'Self Survey Complete',
      'Acquisition/Custom/UserSettings/StreamTime': null
    })
  })

  test('reads any range and stride the same as the whole', async () => {
    const recording = await openRecording(files.prodml!)
    const whole = await recording.read({ time: { from: 0, to: 2500 }, channel: { from: 0, to: 512 } })
    const part = await recording.read({
      time: { from: 1001, to: 2000, stride: 7 },
      channel: { from: 3, to: 512, stride: 5 }
    })
    const expected = Array.from({ length: 143 }, (_, i) =>
      Array.from({ length: 102 }, (_, k) => whole[(1001 + i * 7) * 512 + 3 + k * 5]!)
    ).flat()
    expect(whole).toBeInstanceOf(Int16Array)
    expect([...part]).toEqual(expected)
    await recording.close()
  })
})

describe.skipIf(files.bandEnergy === null)('PRODML 2.0, band energy', () => {
  test('has its bands, each with its own values, and skips the empty Raw[0]', async () => {
    const found = await inspectRecording(files.bandEnergy!, { statistics: true })
    expect(found).toMatchObject({
      format: 'prodml',
      shape: { time: 453, channel: 301 },
      dtype: 'float32',
      quantity: 'band energy',
      unit: 'rad2/Hz',
      startTimeNs: '1682525689042000000',
      endTimeNs: '1682528008402000000',
      sampleIntervalNs: '5120000000',
      sampleRateHz: 0.1953125,
      channelSpacingM: Math.fround(1.0209523),
      firstChannel: 0,
      firstDistanceM: 0,
      gaugeLengthM: Math.fround(4.0838094),
      gaps: [],
      samples: { first: 346386496, middle: 608742528, last: 5054025728 },
      statistics: { min: 234.49533081054688, max: 21438844928, mean: close(996597445.0596439) }
    })
    expect(found.statistics!.rms! / 1795771015.2842233).toBeCloseTo(1, 12)
    expect(found.bands.map(({ lowHz, highHz }) => [lowHz, highHz])).toEqual([
      [-0.48828125, 1.46484375],
      [0.48828125, 10.25390625],
      [9.27734375, 50.29296875],
      [49.31640625, 200.68359375],
      [199.70703125, 249.51171875]
    ])
    expect(found.bands.map(({ samples }) => samples.last)).toEqual([
      5054025728, 336918848, 0.3499867022037506, 0.019512109458446503, 0.00048780738143250346
    ])
    expect(found.bands.map(({ statistics }) => statistics!.max)).toEqual([
      21438844928, 1897549568, 21328214, 12197785, 40195376
    ])
    expect(found.bands[3]!.statistics!.rms! / 47753.88180421941).toBeCloseTo(1, 12)
    expect(found.warnings.join(' ')).toMatch(/Raw\[0\] holds no samples/)
  })
})

describe.skipIf(files.optodas === null)('ASN OptoDAS, version 8', () => {
  test('is described as the file says', async () => {
    const found = await inspectRecording(files.optodas!, { statistics: true })
    expect(found).toMatchObject({
      format: 'asn-optodas',
      formatVersion: '8',
      instrument: 'fsic044.fsi.lan, OptoDAS C01',
      shape: { time: 5000, channel: 51 },
      dtype: 'float32',
      quantity: 'strain rate',
      unit: 'strain/s',
      scale: 1,
      startTimeNs: '1698416617020000000',
      endTimeNs: '1698416627020000000',
      sampleIntervalNs: '2000000',
      sampleRateHz: 500,
      channelSpacingM: 50 * 1.0213001907746815,
      firstChannel: 32500,
      channelStep: 50,
      firstDistanceM: 32500 * 1.0213001907746815,
      gaugeLengthM: 10.213001907746815,
      warnings: [],
      samples: { first: -7.620470654501332e-8, middle: -8.82370301269475e-8, last: -6.758153858754667e-7 },
      statistics: {
        min: -0.000004694611106970115,
        max: 0.000004141124009038322,
        mean: expect.closeTo(9.27432780960546e-11, 22),
        rms: expect.closeTo(3.1417565105673704e-7, 18)
      }
    })
    expect(found.metadata).toMatchObject({ 'monitoring/Edfa/outputPwr': 21.8, 'monitoring/Gps/gpsStatus': 6 })
  })
})

describe.skipIf(files.tdms === null)('Silixa TDMS', () => {
  test('is described as the file says', async () => {
    const found = await inspectRecording(files.tdms!, { statistics: true })
    expect(found).toMatchObject({
      format: 'silixa-tdms',
      formatVersion: '4713',
      instrument: 'Silixa iDAS 2.4.2.19',
      shape: { time: 1000, channel: 1152 },
      storedOrder: ['time', 'channel'],
      dtype: 'int16',
      quantity: 'strain rate',
      unit: 'strain/s',
      scale: expect.closeTo(1.416015625e-9, 22),
      // 2 082 844 800 s from 1904 to 1970; 3 642 136 730 s and 11 564 774 945 299 824 640 · 2⁻⁶⁴ s, by Python's integers.
      startTimeNs: '1559291930626927706',
      endTimeNs: '1559291931626927706',
      sampleIntervalNs: '1000000',
      sampleRateHz: 1000,
      channelSpacingM: 1.0209523838714072,
      firstChannel: 0,
      firstDistanceM: -120.02095199999974,
      gaugeLengthM: 10,
      samples: { first: -7252, middle: 20, last: -687 },
      statistics: { min: -19358, max: 24060, mean: close(12.320052951388888), rms: close(793.1430165720298) }
    })
    expect(found.metadata).toMatchObject({ FibreIndex: 1.4682, 'SystemInfomation.GPS.UTCOffset': null, Tags: '' })
    expect(found.warnings).toEqual([expect.stringContaining('Antenna Error')])
  })
})
