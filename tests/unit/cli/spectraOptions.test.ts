import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import {
  bandOption,
  channelNumberOption,
  nfftOption,
  overlapOption,
  scalingOption,
  windowOption
} from '../../../src-main/commands/spectraOptions.ts'

describe('options of spectra', () => {
  test.each([
    ['10:80', { lowHz: 10, highHz: 80 }],
    ['0.5:', { lowHz: 0.5, highHz: null }],
    [':80', { lowHz: 0, highHz: 80 }],
    [' 1e1 : 2.5e2 ', { lowHz: 10, highHz: 250 }],
    ['5:5', { lowHz: 5, highHz: 5 }]
  ])('band %j', (text, band) => {
    expect(bandOption(text)).toEqual(band)
  })

  test.each(['', ':', '10', '80:10', '-1:5', 'a:b', '1:2:3', '1:NaN', '0x1:5'])('no band: %j', (text) => {
    expect(() => bandOption(text)).toThrow(InvalidArgumentError)
  })

  test('windows by any spelling, and by the names that other programs have', () => {
    expect(['hann', 'Hanning', 'blackman-harris', 'flattop', 'boxcar', 'blackman'].map(windowOption)).toEqual([
      ...['hann', 'hann', 'blackmanHarris', 'flatTop', 'rectangular', 'blackman']
    ])
    expect(() => windowOption('triangle')).toThrow(/rectangular, hann, hamming/)
  })

  test('sizes are powers of two', () => {
    expect(['4', '1024', '1048576'].map(nfftOption)).toEqual([4, 1024, 1_048_576])
    for (const text of ['0', '2', '1000', '2097152', '-1024', '1e3', ''])
      expect(() => nfftOption(text)).toThrow(/power of two/)
  })

  test('overlaps are below one', () => {
    expect(['0', '0.5', '.75', '0.999'].map(overlapOption)).toEqual([0, 0.5, 0.75, 0.999])
    for (const text of ['1', '-0.1', '50%', '']) expect(() => overlapOption(text)).toThrow(/below 1/)
  })

  test('channels by their own numbers, scalings by name', () => {
    expect(['-260', '0', '12'].map(channelNumberOption)).toEqual([-260, 0, 12])
    for (const text of ['1:2', '1.5', 'a', '']) expect(() => channelNumberOption(text)).toThrow(/number of a channel/)
    expect(['psd', 'spectrum'].map(scalingOption)).toEqual(['psd', 'spectrum'])
    expect(() => scalingOption('density')).toThrow(/psd, spectrum/)
  })
})
