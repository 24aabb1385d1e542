import { describe, expect, it } from 'vitest'
import { limitsOf } from '../../../src-main/focus-server/catalogue.ts'
import { checkLimits, parseConfigure } from '../../../src-main/focus-server/configureRequest.ts'
import { countingSource } from './countingSource.ts'

const nowNs = 1_700_000_000_000_000_000n
const limits = limitsOf(countingSource({ description: { channelCount: 2222, sampleRateHz: 2000 } }).description)

const good = {
  displayTimeAxisDuration: 10,
  nfftSelection: 1024,
  displayInfo: { height: 100 },
  channels: { min: 11, max: 109 },
  frequencyRange: { min: 0, max: 500 },
  start_time: null,
  end_time: null,
  view_type: '0'
}

/** `field: message`, in alphabetical order. */
function messages(change: object): string[] {
  const { request, problems } = parseConfigure({ ...good, ...change })
  if (request === null) return problems.map(({ msg }) => msg)
  return [...problems, ...checkLimits(request, limits, nowNs, problems)]
    .map(({ loc, msg }) => `${loc.slice(1).join('.')}: ${msg}`)
    .sort()
}

it('takes the defaults of a site', () => {
  expect(messages({})).toEqual([])
  expect(parseConfigure(good)).toMatchObject({
    isAboutKnownTime: true,
    request: { view: 'multi', rowIntervalS: 0.1, nfft: 1024, band: { min: 0, max: 500 }, timeRange: null }
  })
})

describe('one message for each wrong field', () => {
  it.each<[object, string[]]>([
    [{ channels: { min: 0, max: 10 } }, ['channels.min: 0 is below 1']],
    [{ channels: { min: 1, max: 2223 } }, ['channels.max: 2223 is above 2222, the last channel']],
    [{ channels: { min: '1', max: 10 } }, ['channels.min: "1" is not a whole number']],
    [{ channels: { min: 1.5, max: 10 } }, ['channels.min: 1.5 is not a whole number']],
    [{ channels: undefined }, ['channels: is required']],
    [{ channels: null }, ['channels: null is not of type object']],
    [{ view_type: 2 }, ['view_type: 2 is not one of the strings "0", "1", "2"']],
    [{ displayInfo: { height: 0 } }, ['displayInfo.height: 0 is below 1']],
    [{ nfftSelection: '1024' }, ['nfftSelection: "1024" is not a whole number']],
    [{ nfftSelection: 1000 }, ['nfftSelection: 1000 is not a power of two from 128 to 2048 for many channels']],
    [{ nfftSelection: null }, ['nfftSelection: is required for spectra']],
    [{ view_type: '2' }, ['nfftSelection: 1024 is not 1, as a waterfall has it']],
    [{ start_time: 1 }, ['end_time: is required when the other end is given']],
    [{ start_time: 20, end_time: 10 }, ['end_time: the end is not after the start']],
    [
      { displayTimeAxisDuration: 1, displayInfo: { height: 1000 } },
      ['displayInfo.height: 1 s in 1000 rows is 0.00100 s a row, below 0.005 s']
    ]
  ])('%j', (change, expected) => {
    expect(messages(change)).toEqual(expected)
  })

  it('names the wrong types and the broken limits of other fields at once', () => {
    expect(
      messages({
        channels: { min: 0, max: 5000 },
        displayInfo: {},
        frequencyRange: { min: 0, max: 1001 },
        view_type: 7
      })
    ).toEqual([
      'channels.max: 5000 is above 2222, the last channel',
      'channels.min: 0 is below 1',
      'displayInfo.height: is required',
      'frequencyRange.max: 1001 Hz is above PRR/2: sampled at 2000 Hz, at most 1000 Hz',
      'view_type: 7 is not one of the strings "0", "1", "2"'
    ])
  })

  it('does not guess whose limits were meant where the times are wrong', () => {
    const parsed = parseConfigure({ ...good, start_time: 'now', end_time: 5 })
    expect(parsed).toMatchObject({ isAboutKnownTime: false })
    expect(parsed.problems.map(({ loc }) => loc[1])).toEqual(['start_time'])
  })

  it.each([[null], [[]], ['text'], [7], [undefined]])('%j is no object', (body) => {
    expect(parseConfigure(body)).toEqual({
      request: null,
      problems: [{ loc: ['body'], msg: 'is not an object', type: 'invalid_type' }]
    })
  })
})

it('ignores what it does not know, whatever it is called', () => {
  const body = JSON.parse(
    JSON.stringify(good).replace('{', '{"__proto__":{"view_type":"1"},"constructor":7,')
  ) as object
  expect(parseConfigure(body)).toMatchObject({ problems: [], request: { view: 'multi' } })
})
