import { describe, expect, test } from 'vitest'
import { createPreciseSpectrum, type PreciseSpectrumPlan } from '../../../src-main/dsp/preciseSpectrum.ts'
import { fileWindowNames, windowWeights } from '../../../src-main/dsp/windows.ts'
import { directPsd, noise } from '../dsp/reference.ts'

const rateHz = 500

function spectrumOf(samples: number[], options: Partial<PreciseSpectrumPlan> = {}): number[] {
  const nfft = samples.length
  const bins = options.bins ?? { first: 0, count: nfft / 2 + 1 }
  const plan = { nfft, sampleRateHz: rateHz, window: 'hann' as const, scaling: 'psd' as const, ...options, bins }
  const target = new Float64Array(bins.count)
  createPreciseSpectrum(plan)(Float64Array.from([7, 7, ...samples]), 2, target)
  return [...target]
}

const sine = (nfft: number, amplitude: number, bin: number, offset = 0): number[] =>
  Array.from({ length: nfft }, (_, n) => offset + amplitude * Math.sin((2 * Math.PI * bin * n) / nfft + 0.3))

describe('a spectrum in double precision', () => {
  test.each(fileWindowNames.flatMap((window) => [4, 8, 32, 256].map((nfft) => ({ window, nfft }))))(
    'equals the sum that defines it: $window, $nfft',
    ({ window, nfft }) => {
      const next = noise(nfft)
      const samples = Array.from({ length: nfft }, () => 40 + 3 * next())
      const expected = directPsd(samples, rateHz, window)
      const peak = Math.max(...expected)
      spectrumOf(samples, { window }).forEach((value, bin) => {
        expect(Math.abs(value - expected[bin]!)).toBeLessThan(1e-13 * peak)
      })
    }
  )

  test('a part of the bins is that part of all of them', () => {
    const samples = sine(64, 1, 5.3)
    expect(spectrumOf(samples, { bins: { first: 7, count: 26 } })).toEqual(spectrumOf(samples).slice(7))
  })

  test.each(fileWindowNames)('the power of a %s window is taken out: Parseval', (window) => {
    const next = noise(3)
    const samples = Array.from({ length: 256 }, () => next())
    const weights = windowWeights(window, 256)
    const windowPower = weights.reduce((sum, weight) => sum + weight ** 2, 0)
    const meanSquare = samples.reduce((sum, sample, n) => sum + (sample * weights[n]!) ** 2, 0) / windowPower
    const energy = spectrumOf(samples, { window }).reduce((sum, value) => sum + value, 0) * (rateHz / 256)
    expect(energy / meanSquare).toBeCloseTo(1, 12)
  })

  test.each(fileWindowNames)('a sine on a bin reads its mean square, a constant its square: %s', (window) => {
    const scaling = 'spectrum' as const
    expect(spectrumOf(sine(512, 3, 100), { window, scaling })[100]).toBeCloseTo(4.5, 10)
    expect(spectrumOf(sine(512, 0, 0, 3), { window, scaling })[0]).toBeCloseTo(9, 10)
    const nyquist = Array.from({ length: 512 }, (_, n) => (n % 2 === 0 ? 3 : -3))
    expect(spectrumOf(nyquist, { window, scaling })[256]).toBeCloseTo(9, 10)
  })

  test('a small tone beside a large offset keeps its level', () => {
    const value = spectrumOf(sine(1024, 1e-6, 200, 1e6), { scaling: 'spectrum' })[200]!
    expect(10 * Math.log10(value / 5e-13)).toBeCloseTo(0, 3)
  })

  test.each([Number.NaN, Infinity, -Infinity])('a sample that is %f makes the whole frame NaN', (broken) => {
    const samples = sine(64, 1, 5)
    samples[40] = broken
    expect(spectrumOf(samples).every(Number.isNaN)).toBe(true)
  })

  test.each([0, 2, 3, 1000, 2 ** 21])('refuses %i samples', (nfft) => {
    const plan = { nfft, sampleRateHz: 1, window: 'hann' as const, scaling: 'psd' as const }
    expect(() => createPreciseSpectrum({ ...plan, bins: { first: 0, count: 1 } })).toThrow(RangeError)
  })
})
