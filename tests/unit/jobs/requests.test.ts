import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BackendRecording, BackendStatus, JobRequest } from '../../../src-preload/contract/schemas.ts'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import { configureBodyFrom, fieldsFromWire, rowsAndDuration } from '../../../src-main/jobs/configureBody.ts'
import { limitsFor, validateRequest } from '../../../src-main/jobs/jobChecks.ts'
import { liveDefaults, nfftFor, recordingDefaults } from '../../../src-main/jobs/jobDefaults.ts'

const settings = defaultSettings()
const up: BackendStatus = {
  name: 'site',
  url: '',
  embedded: false,
  state: 'up',
  reason: '',
  circuit: { state: 'closed', failures: 0, retryInMs: null },
  channels: { lowest: 1, highest: 2222 },
  fibre: {
    channelSpacingM: 1.02,
    prrHz: 2000,
    fibreStartM: null,
    fibreLengthM: null,
    channelCount: 2222,
    softwareVersion: '',
    description: ''
  },
  checkedAtNs: null
}
const request: JobRequest = {
  view: 'waterfall',
  channels: { min: 11, max: 109 },
  band: { minHz: 2.5, maxHz: 40.2 },
  nfft: 256,
  rowIntervalS: 0.05,
  timeRange: null,
  recording: null
}

test('the interval that an open duration stands for is left open; others are whole seconds and rows', () => {
  expect(rowsAndDuration(0.05)).toBeNull()
  expect(rowsAndDuration(0.1)).toEqual({ durationS: 1, height: 10 })
  expect(rowsAndDuration(5.12)).toEqual({ durationS: 128, height: 25 })
  expect(rowsAndDuration(3600)).toEqual({ durationS: 3600, height: 1 })
  expect(rowsAndDuration(0.15)).toEqual({ durationS: 3, height: 20 })
})

test('whatever whole numbers are found, they say the interval to one in a thousand and are within the limits', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.005, max: 3600, noNaN: true }), (interval) => {
      const found = rowsAndDuration(interval)
      if (!found) return
      expect(Math.abs(found.durationS / found.height / interval - 1)).toBeLessThan(1e-3)
      expect(Number.isInteger(found.height) && found.height >= 1 && found.height <= 10_000).toBe(true)
      expect(Number.isInteger(found.durationS) && found.durationS >= 1 && found.durationS <= 3600).toBe(true)
    })
  )
})

test('the body is what the strictest server wants: whole numbers, view_type as text, seconds rounded outwards', () => {
  expect(configureBodyFrom(request, 200, 1000)).toEqual({
    displayTimeAxisDuration: null,
    nfftSelection: 1,
    displayInfo: { height: 200 },
    channels: { min: 11, max: 109 },
    frequencyRange: { min: 2, max: 41 },
    start_time: null,
    end_time: null,
    view_type: '2'
  })
  const timeRange = { startNs: '1682525689042000000', endNs: '1682525701538000000' }
  const body = configureBodyFrom(
    { ...request, band: { minHz: 0.1, maxHz: 0.4 }, timeRange, recording: 'a.h5' },
    200,
    0.5
  )
  expect(body).toMatchObject({ start_time: 1682525689, end_time: 1682525702, frequencyRange: null, recording: 'a.h5' })
  expect(configureBodyFrom({ ...request, band: { minHz: 0, maxHz: 62.5 } }, 200, 62.5).frequencyRange).toEqual({
    min: 0,
    max: 62
  })
})

test("a backend's messages get the names of the form", () => {
  const wire = ['channels.min', 'displayInfo.height', 'frequencyRange.max', 'start_time', 'other']
  expect(fieldsFromWire(wire.map((path) => ({ path, message: 'x' }))).map((field) => field.path)).toEqual([
    'channels.min',
    'rowIntervalS',
    'band.maxHz',
    'timeRange.startNs',
    'other'
  ])
})

test("live defaults are the site's, cut to the fibre, and valid", () => {
  const wide = liveDefaults(settings.site, up)
  expect(wide).toEqual({ ...request, band: { minHz: 0, maxHz: 1000 } })
  const short = liveDefaults(settings.site, {
    ...up,
    channels: { lowest: 1, highest: 8 },
    fibre: { ...up.fibre!, prrHz: 500 }
  })
  expect(short).toMatchObject({ channels: { min: 8, max: 8 }, band: { minHz: 0, maxHz: 250 }, nfft: 128 })
  expect(validateRequest(wide, limitsFor(wide, settings, up, null, 1), 0n)).toMatchObject({
    fields: [],
    load: { fits: true }
  })
  expect(nfftFor(0.05, 2000, 128, 2048)).toBe(256)
})

test('the defaults of any recording are valid for it', () => {
  const nowNs = 1_800_000_000_000_000_000n
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 20_000, noNaN: true }),
      fc.double({ min: 2, max: 5e6, noNaN: true }),
      fc.integer({ min: 1, max: 2_000_000 }),
      (rateHz, durationS, channels) => {
        const startNs = 1_700_000_000_000_000_000n
        const recording: BackendRecording = {
          name: 'a.h5',
          startNs: startNs.toString(),
          endNs: (startNs + BigInt(Math.round(durationS * 1e9))).toString(),
          format: 'prodml',
          channels: { min: 1, max: channels },
          sampleRateHz: rateHz,
          bands: [],
          unit: null
        }
        const made = recordingDefaults(settings, recording, nowNs)
        const { fields, load } = validateRequest(made, limitsFor(made, settings, up, recording, 1), nowNs)
        expect(fields).toEqual([])
        expect(load.memoryBytes).toBeLessThanOrEqual(load.memoryLimitBytes)
        // All its channels, unless not even the shortest window of them all fits.
        if (channels * 8 * settings.site.nfftMin <= load.memoryLimitBytes)
          expect(made.channels).toEqual({ min: 1, max: channels })
      }
    )
  )
})

test('a job over the memory limit is told with what would fit', () => {
  const huge: JobRequest = { ...request, view: 'single', channels: { min: 1, max: 2000 }, nfft: 65536 }
  const { load } = validateRequest(huge, limitsFor(huge, settings, up, null, 1), 0n)
  expect(load).toMatchObject({ fits: false, memoryBytes: 2000 * 65536 * 8 })
  expect(load.suggestion).not.toBe('')
})

test('every band that a recording of band energy has may be asked for, also one that begins below 0 Hz', () => {
  const recording: BackendRecording = {
    name: 'energy.h5',
    startNs: '1682525689042000000',
    endNs: '1682528000000000000',
    channels: { min: 1, max: 301 },
    sampleRateHz: 0.1953125,
    format: 'PRODML 2.0',
    bands: [
      { lowHz: -0.488281, highHz: 1.464844 },
      { lowHz: 49.32, highHz: 200.7 }
    ],
    unit: 'rad2/Hz'
  }
  const made = recordingDefaults(settings, recording, 0n)
  for (const { lowHz, highHz } of recording.bands) {
    const asked = { ...made, band: { minHz: lowHz, maxHz: highHz } }
    expect(validateRequest(asked, limitsFor(asked, settings, up, recording, 1), 2n ** 62n).fields).toEqual([])
  }
  const below = { ...made, band: { minHz: -2, maxHz: 10 } }
  expect(validateRequest(below, limitsFor(below, settings, up, recording, 1), 2n ** 62n).fields).toHaveLength(1)
})
