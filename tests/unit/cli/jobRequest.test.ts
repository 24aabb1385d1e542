import { describe, expect, it } from 'vitest'
import type { BackendRecording, JobRequest } from '../../../src-preload/contract/schemas.ts'
import {
  bandOption,
  buildRequest,
  channelsOption,
  integerOption,
  timeOption,
  viewOption
} from '../../../src-main/commands/jobRequest.ts'

const defaults: JobRequest = {
  view: 'waterfall',
  channels: { min: 1, max: 2222 },
  band: null,
  nfft: 1024,
  rowIntervalS: 0.05,
  timeRange: null,
  recording: null
}

const recording: BackendRecording = {
  name: 'quake.hdf5',
  startNs: '1000',
  endNs: '9000',
  format: 'optodas',
  channels: { min: 1, max: 51 },
  sampleRateHz: 100,
  bands: [],
  unit: null
}

describe('options of a job', () => {
  it('reads what it should', () => {
    expect(channelsOption('-260:251')).toEqual({ min: -260, max: 251 })
    expect(bandOption('0.5:200')).toEqual({ minHz: 0.5, maxHz: 200 })
    expect(integerOption('1024')).toBe(1024)
    expect(viewOption('multi')).toBe('multi')
    expect(timeOption('2023-04-26T16:14:49.042Z')).toBe('1682525689042000000')
    expect(timeOption('1682525689042000001')).toBe('1682525689042000001')
  })

  it.each([
    [channelsOption, '1-5'],
    [channelsOption, '1:'],
    [channelsOption, '1.5:3'],
    [channelsOption, '1:2:3'],
    [bandOption, 'low:high'],
    [bandOption, '5'],
    [integerOption, '10.5'],
    [integerOption, '-1'],
    [viewOption, 'Waterfall!'],
    [timeOption, 'noon'],
    [timeOption, '12']
  ])('%o refuses %j', (read: (text: string) => unknown, text) => {
    expect(() => read(text)).toThrow(/^Give /)
  })
})

describe('a request', () => {
  it('is the defaults where nothing is asked for', () => {
    expect(buildRequest(defaults, {}, [])).toEqual({ ok: true, request: defaults })
  })

  it('is historic with both times, and with a recording by its range and channels', () => {
    expect(buildRequest(defaults, { from: '5', to: '6' }, [])).toMatchObject({
      ok: true,
      request: { timeRange: { startNs: '5', endNs: '6' }, recording: null }
    })
    expect(buildRequest(defaults, { recording: 'quake.hdf5' }, [recording])).toMatchObject({
      ok: true,
      request: { timeRange: { startNs: '1000', endNs: '9000' }, recording: 'quake.hdf5', channels: { min: 1, max: 51 } }
    })
    expect(
      buildRequest(defaults, { recording: 'quake.hdf5', from: '2000', channels: { min: 3, max: 4 } }, [recording])
    ).toMatchObject({
      ok: true,
      request: { timeRange: { startNs: '2000', endNs: '9000' }, channels: { min: 3, max: 4 } }
    })
  })

  it('is refused with one time alone, or a recording that is not there', () => {
    expect(buildRequest(defaults, { from: '5' }, [])).toMatchObject({ ok: false })
    expect(buildRequest(defaults, { recording: 'other' }, [recording])).toEqual({
      ok: false,
      message: 'The backend has no recording named "other"; it lists quake.hdf5.'
    })
  })
})
