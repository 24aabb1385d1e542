/**
 * The DASDAE recording of a mine against values that were taken with h5py 3.16 and numpy 2.4: `a[0,0]`, `a[450,112]`,
 * `a[-1,-1]`; minimum, maximum, mean and rms in float64; coordinates as stored. Every difference of `_coord_time` is 500006.
 */
import { describe, expect, test } from 'vitest'
import { inspectRecording } from '../../../src-main/commands/inspect.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import { dasData } from '../../support/dasData.ts'

const file = dasData('deformation_rate_event_1.hdf5')

describe.skipIf(file === null)('DASDAE 1', () => {
  test('is described as the file says', async () => {
    const found = await inspectRecording(file!, { statistics: true })
    expect(found).toMatchObject({
      format: 'dasdae',
      formatVersion: '1',
      instrument: 'TrebleIISystem04',
      shape: { time: 900, channel: 225 },
      storedOrder: ['time', 'channel'],
      dtype: 'float32',
      quantity: 'velocity',
      unit: 'm / s',
      startTimeNs: '1654356464800325476',
      endTimeNs: String(1654356465249830870n + 500_006n),
      sampleIntervalNs: '500006',
      sampleRateHz: expect.closeTo(1e9 / 500_006, 9),
      channelSpacingM: expect.closeTo(5.717333349679881, 12),
      firstDistanceM: expect.closeTo(2403.638669249421, 9),
      gaugeLengthM: null,
      gaps: [],
      warnings: [],
      samples: {
        first: Math.fround(0.0012064367),
        middle: Math.fround(0.00097028096),
        last: Math.fround(-0.0016282357)
      },
      statistics: {
        min: -0.013881631195545197,
        max: 0.010798245668411255,
        mean: expect.closeTo(0.0008547925198274299, 15),
        rms: expect.closeTo(0.0018703712488935807, 15)
      }
    })
    expect(found.metadata._attrs_pulse_rate).toBe(4244.7704428144525)
    // A Python pickle in the file.
    expect(found.metadata).not.toHaveProperty('_attrs_coords')
    expect(found.metadata).not.toHaveProperty('_attrs_gauge_length')
  })

  test('the last channel lies where _coord_distance ends', async () => {
    const { info, close } = await openRecording(file!)
    expect(info.firstDistanceM! + 224 * info.channelSpacingM!).toBeCloseTo(3684.3213395777143, 9)
    await close()
  })
})
