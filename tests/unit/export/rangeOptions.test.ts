import { describe, expect, test } from 'vitest'
import {
  channelRangeOption,
  channelSelection,
  decimationOption,
  timeRangeOption,
  timeSelection
} from '../../../src-main/commands/rangeOptions.ts'
import { sourceOf, startNs } from './exportFixtures.ts'

const { info } = sourceOf()
const selected = (text: string) => timeSelection(timeRangeOption(text), info)

describe('--time', () => {
  test('seconds from the start, to the nanosecond', () => {
    expect(selected('10:20')).toEqual({
      fromNs: String(startNs + 10_000_000_000n),
      toNs: String(startNs + 20_000_000_000n)
    })
    expect(selected('0.000000001:0.1')?.fromNs).toBe(String(startNs + 1n))
  })

  test('times, with and without zone and fraction, and both kinds together', () => {
    const from = '1682525689042000000'
    expect(selected('2023-04-26T16:14:49.042Z:2023-04-26T16:15:00Z')).toEqual({
      fromNs: from,
      toNs: '1682525700000000000'
    })
    expect(selected('2023-04-26T16:14:49.042:2023-04-26T16:15:00')?.fromNs).toBe(from)
    expect(selected('2023-04-26T18:14:49.042+02:00:2023-04-26T18:15:00+02:00')).toEqual({
      fromNs: from,
      toNs: '1682525700000000000'
    })
    expect(selected('1:2023-04-26T16:15:00Z')?.fromNs).toBe(String(startNs + 1_000_000_000n))
    expect(selected('2023-04-26:2023-04-27')?.toNs).toBe('1682553600000000000')
  })

  test('open ends', () => {
    expect(selected(':5')).toEqual({ fromNs: String(startNs), toNs: String(startNs + 5_000_000_000n) })
    expect(BigInt(selected('5:')!.toNs)).toBeGreaterThan(startNs * 2n)
    expect(selected(':')).toBeNull()
    expect(timeSelection(undefined, info)).toBeNull()
  })

  test.each(['', '10', '20:10', '10:10', 'a:b', '2023-04-26T16:14:49Z', '-1:5', '2023-13-01:2023-14-01'])(
    '%s is refused',
    (text) => {
      expect(() => timeRangeOption(text)).toThrow('FROM')
    }
  )

  test('a time for a recording that has none is refused', () => {
    expect(() => timeSelection(timeRangeOption('2023-04-26:2023-04-27'), { ...info, startTimeNs: null })).toThrow(
      'seconds from its start'
    )
    expect(timeSelection(timeRangeOption('1:2'), { ...info, startTimeNs: null })?.fromNs).toBe('1000000000')
  })
})

test('--channels: both ends in, single ones, negative ones, open ends', () => {
  expect(channelRangeOption('1:2222')).toEqual({ from: 1, to: 2222 })
  expect(channelRangeOption('12')).toEqual({ from: 12, to: 12 })
  expect(channelRangeOption('-260:-1')).toEqual({ from: -260, to: -1 })
  expect(channelSelection(channelRangeOption('22:'), info)).toEqual({ from: 22, to: 26 })
  expect(channelSelection(channelRangeOption(':22'), info)).toEqual({ from: 20, to: 22 })
  for (const wrong of ['', 'x', '5:1', '1:2:3', '1.5:2', '1 2']) expect(() => channelRangeOption(wrong)).toThrow('Give')
})

test('--decimate: a whole number', () => {
  expect(decimationOption('4')).toBe(4)
  for (const wrong of ['0', '-1', '1.5', 'x', '1000000']) expect(() => decimationOption(wrong)).toThrow('whole')
})
