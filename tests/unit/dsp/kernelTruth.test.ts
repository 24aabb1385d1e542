import { describe, expect, it } from 'vitest'
import type { SpectralKernelPlan } from '../../../src-main/dsp/spectralKernel.ts'
import {
  coherentGain,
  fileWindowNames,
  noiseBandwidthBins,
  windowNames,
  windowWeights
} from '../../../src-main/dsp/windows.ts'
import { testedKernels } from './kernels.ts'
import { channelOf, directPsd, noise, referenceWindows, timeMajor } from './reference.ts'

/** Both kernels against the sum that defines the transform, for every size and window, and on signals of known level. */

const sampleRateHz = 2000
const channelCount = 3
const sizes = [2, 8, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]

const spectra = (changes: Partial<SpectralKernelPlan> & { nfft: number }): SpectralKernelPlan => ({
  channelCount,
  rowStride: changes.channelCount ?? channelCount,
  channelsPerColumn: 1,
  sampleRateHz,
  scale: 0.01,
  firstBin: 0,
  binCount: changes.nfft / 2 + 1,
  output: 'spectra',
  level: 'linear',
  ...changes
})

/** All bins of small transforms; of large ones the edges, those around the tone and some at random. */
function binsToCheck(nfft: number, toneBin: number): number[] {
  if (nfft <= 512) return Array.from({ length: nfft / 2 + 1 }, (_, k) => k)
  const random = noise(nfft)
  const near = [-2, -1, 0, 1, 2].map((step) => toneBin + step)
  const far = Array.from({ length: 12 }, () => Math.floor(((random() + 1) / 2) * (nfft / 2)))
  return [0, 1, 2, ...near, ...far, nfft / 4 - 1, nfft / 4, nfft / 4 + 1, nfft / 2 - 1, nfft / 2]
}

describe.each(await testedKernels())('$name', ({ createKernel }) => {
  function compute(plan: SpectralKernelPlan, samples: Int16Array | Float32Array): Float32Array {
    const kernel = createKernel(plan)
    const source = kernel.allocate(samples instanceof Int16Array ? 'int16' : 'float32', samples.length)
    source.set(samples)
    const row = new Float32Array(kernel.valuesPerRow)
    expect(kernel.computeRow(source, 0, row)).toBe(0)
    return row
  }

  describe.each(windowNames)('window %s', (window) => {
    it.each(sizes)('agrees with a direct transform of %i samples', (nfft) => {
      const random = noise(nfft + 3)
      const tone = nfft / 8 + 0.3
      // A strong tone between two bins, an offset, and noise 80 dB below: levels far apart, as in the field.
      const samples = timeMajor(
        new Int16Array(nfft * channelCount),
        channelCount,
        (channel, t) => 20000 * Math.sin((2 * Math.PI * tone * t) / nfft + channel) + 3000 * channel + 40 * random()
      )
      const bins = binsToCheck(nfft, Math.round(tone))
      const plan = spectra({ nfft, window })
      const linear = compute(plan, samples)
      const levels = compute({ ...plan, level: 'decibels' }, Float32Array.from(samples))
      for (const channel of nfft > 8192 ? [1] : [0, 1, 2]) {
        const values = channelOf(samples, channelCount, channel, 0, nfft).map((value) => value * plan.scale)
        const expected = directPsd(values, sampleRateHz, window, bins)
        const peak = Math.max(...expected)
        bins.forEach((bin, index) => {
          const at = channel * plan.binCount + bin
          expect(Math.abs(Math.sqrt(linear[at]!) - Math.sqrt(expected[index]!))).toBeLessThan(1e-6 * Math.sqrt(peak))
          if (expected[index]! < peak * 1e-10) return
          expect(Math.abs(levels[at]! - 10 * Math.log10(expected[index]!))).toBeLessThan(0.02)
        })
      }
    })

    it('shows a tone on a bin at its known level', () => {
      const nfft = 1024
      const amplitude = 12345
      const binWidthHz = sampleRateHz / nfft
      const weights = windowWeights(window, nfft)
      const level = 10 * Math.log10(amplitude ** 2 / 2 / (noiseBandwidthBins(weights) * binWidthHz))
      const samples = timeMajor(
        new Float32Array(nfft),
        1,
        (_, t) => amplitude * Math.sin((2 * Math.PI * 100 * t) / nfft + 0.7)
      )
      const plan = spectra({ nfft, window, channelCount: 1, scale: 1, level: 'decibels' })
      expect(Math.abs(compute(plan, samples)[100]! - level)).toBeLessThan(0.001)
    })

    it('shows DC and Nyquist undoubled, at full scale of int16', () => {
      const nfft = 256
      const bandwidthHz = (noiseBandwidthBins(windowWeights(window, nfft)) * sampleRateHz) / nfft
      const level = 10 * Math.log10(32768 ** 2 / bandwidthHz)
      const samples = timeMajor(new Int16Array(nfft * 2), 2, (channel, t) =>
        channel === 0 || t % 2 === 0 ? -32768 : 32767
      )
      const row = compute(spectra({ nfft, window, channelCount: 2, scale: 1, level: 'decibels' }), samples)
      expect(row[0]).toBeCloseTo(level, 3)
      expect(row[129 + 128]).toBeCloseTo(level, 3)
    })

    it('keeps the energy of noise: all bins hold the windowed mean square (Parseval)', () => {
      const nfft = 2048
      const random = noise(5)
      const samples = timeMajor(new Int16Array(nfft), 1, () => 30000 * random())
      const plan = spectra({ nfft, window, channelCount: 1, scale: 1, output: 'bandEnergy' })
      let windowed = 0
      let power = 0
      samples.forEach((value, t) => {
        const weight = referenceWindows[window]!(t, nfft)
        windowed += (value * weight) ** 2
        power += weight ** 2
      })
      expect(compute(plan, samples)[0]! / (windowed / power)).toBeCloseTo(1, 5)
    })
  })

  it('sums any band of bins, both ends in', () => {
    const nfft = 64
    const random = noise(17)
    const samples = timeMajor(new Int16Array(nfft * channelCount), channelCount, () => 30000 * random())
    const binWidthHz = sampleRateHz / nfft
    const psd = directPsd(channelOf(samples, channelCount, 2, 0, nfft), sampleRateHz)
    for (let firstBin = 0; firstBin <= nfft / 2; firstBin++) {
      for (let binCount = 1; firstBin + binCount <= nfft / 2 + 1; binCount += firstBin % 3 === 0 ? 1 : 5) {
        const plan = spectra({ nfft, scale: 1, firstBin, binCount, output: 'bandEnergy' })
        const wanted = psd.slice(firstBin, firstBin + binCount).reduce((sum, value) => sum + value * binWidthHz, 0)
        expect(compute(plan, samples)[2]! / wanted).toBeCloseTo(1, 4)
        const part = compute(spectra({ nfft, scale: 1, firstBin, binCount }), samples)
        const last = part[3 * binCount - 1]!
        expect(last / psd[firstBin + binCount - 1]!).toBeCloseTo(1, 4)
      }
    }
  })
})

describe('windows', () => {
  it('have the coherent gains and noise bandwidths that the literature gives', () => {
    const known = {
      rectangular: [1, 1],
      hann: [0.5, 1.5],
      hamming: [0.54, 1.3628],
      blackman: [0.42, 1.7268],
      blackmanHarris: [0.35875, 2.0044],
      flatTop: [0.21558, 3.7702]
    } as const
    for (const name of fileWindowNames) {
      const weights = windowWeights(name, 4096)
      expect(coherentGain(weights)).toBeCloseTo(known[name][0], 4)
      expect(noiseBandwidthBins(weights)).toBeCloseTo(known[name][1], 3)
      weights.forEach((weight, n) => {
        expect(weight).toBeCloseTo(referenceWindows[name]!(n, 4096), 12)
      })
    }
  })
})
