import { describe, expect, test } from 'vitest'
import { fixtureFolder, rampValues, readAll } from './fixtureFolder.ts'
import { writeApSensing, writeApSensingStrain, writeOdh4 } from './interrogatorFixtures.ts'

const { open } = fixtureFolder()

describe('AP Sensing', () => {
  test('the spacing is that of the header; that positions would give another one is said', async () => {
    const recording = await open((path) => writeApSensing(path))
    expect(recording.info).toMatchObject({
      format: 'ap-sensing',
      instrument: 'AP Sensing N5225B',
      shape: { time: 20, channel: 6 },
      dtype: 'int32',
      quantity: 'differential phase',
      unit: null,
      scale: 1,
      startTimeNs: BigInt(Date.UTC(2023, 8, 24, 12, 46, 31)) * 1_000_000n + 739_618_000n,
      sampleIntervalNs: 2_000_000,
      channelSpacingM: 1.25,
      firstDistanceM: 100,
      gaugeLengthM: 5
    })
    expect(recording.info.warnings).toEqual([
      expect.stringMatching(/values are counts \(a radian is 21\.5 nanostrain\)/),
      expect.stringMatching(/SpatialSampling, 1\.2500 m; .* would be 2\.0833 m/)
    ])
    expect(recording.info.metadata['Metadata/Timezone']).toBe('UTC')
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('channel × time is known by the trace count', async () => {
    const recording = await open((path) => writeApSensing(path, {}, 'channel-time'))
    expect(recording.info.storedOrder).toEqual(['channel', 'time'])
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('what is missing or wrong is not known', async () => {
    const { info } = await open((path) =>
      writeApSensing(path, {
        'ProcessingServer/DataRate': 'fast',
        'ProcessingServer/SpatialSampling': null,
        'ProcessingServer/DataType': null,
        'Metadata/Timestamp': 'yesterday',
        'Metadata/TraceCount': 21
      })
    )
    expect(info).toMatchObject({ sampleRateHz: null, startTimeNs: null, quantity: null, channelSpacingM: 12.5 / 6 })
    expect(info.warnings.join(' ')).toMatch(/says 21 rows.*DataRate is missing.*says "yesterday"/)
  })

  test('the older layout has no start', async () => {
    const recording = await open((path) => writeApSensingStrain(path))
    expect(recording.info).toMatchObject({
      format: 'ap-sensing-strain',
      shape: { time: 20, channel: 6 },
      storedOrder: ['time', 'channel'],
      quantity: 'strain',
      startTimeNs: null,
      sampleRateHz: 1000,
      channelSpacingM: 2,
      gaugeLengthM: 8
    })
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
    const turned = await open((path) => writeApSensingStrain(path, 40))
    expect(turned.info.shape).toEqual({ time: 6, channel: 20 })
  })
})

describe('OptaSense ODH4', () => {
  test('phase times the factor of the file is strain', async () => {
    const recording = await open((path) => writeOdh4(path))
    expect(recording.info).toMatchObject({
      format: 'optasense-odh4',
      shape: { time: 20, channel: 6 },
      storedOrder: ['channel', 'time'],
      quantity: 'strain',
      unit: 'strain',
      scale: 1.25e-8,
      startTimeNs: BigInt(Date.UTC(2023, 1, 14, 0, 0, 28, 250)) * 1_000_000n,
      endTimeNs: BigInt(Date.UTC(2023, 1, 14, 0, 0, 28, 290)) * 1_000_000n,
      sampleRateHz: 500,
      channelSpacingM: 2,
      firstChannel: 40,
      firstDistanceM: 80,
      gaugeLengthM: 16,
      warnings: []
    })
    expect(await readAll(recording)).toEqual(rampValues(20, 6))
  })

  test('without the factor it stays phase; ends that do not fit are said', async () => {
    const { info } = await open((path) =>
      writeOdh4(path, { 'scale factor to strain': null, endtime: '2023-02-14T00:10:00', channel_end: 99n })
    )
    expect(info).toMatchObject({ scale: 1, unit: 'phase shift in radians', quantity: 'phase' })
    expect(info.warnings).toEqual([
      'channel_start and channel_end say 59 channels, but there are 6.',
      expect.stringMatching(/endtime is not where/),
      expect.stringMatching(/"scale factor to strain" is missing/)
    ])
  })

  test('time × channel is known by the channel numbers; attributes of another type are not known', async () => {
    const turned = await open((path) => writeOdh4(path, { channel_end: 60n }))
    expect(turned.info).toMatchObject({ shape: { time: 6, channel: 20 }, storedOrder: ['time', 'channel'] })
    const odd = await open((path) =>
      writeOdh4(path, { 'sampling rate Hz': 'fast', starttime: 12, channel_start: 'none' })
    )
    expect(odd.info).toMatchObject({ sampleRateHz: null, startTimeNs: null, firstChannel: null, firstDistanceM: null })
  })
})
