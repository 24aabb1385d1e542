import FFT from 'fft.js'
import type { BinRange } from './frequencyBins.ts'
import { windowPower, windowWeights, type FileWindowName } from './windows.ts'

/**
 * `psd`: unit²/Hz, the window's power taken out, so that the sum over all bins times the bin width is the mean square of the
 * signal. `spectrum`: unit², the window's amplitude taken out, so that a sine of amplitude A on a bin reads A²/2 there.
 * Both one-sided: every bin but DC and Nyquist stands for its negative frequency too. The definitions of `density` and
 * `spectrum` in `scipy.signal.spectrogram`, without taking off a mean.
 */
export const spectrumScalings = ['psd', 'spectrum'] as const
export type SpectrumScaling = (typeof spectrumScalings)[number]

/** Sizes of `createPreciseSpectrum`: powers of two between these. */
export const leastPreciseSize = 4
export const greatestPreciseSize = 1 << 20

export interface PreciseSpectrumPlan {
  /** A power of two, 4 … 2^20. */
  nfft: number
  window: FileWindowName
  sampleRateHz: number
  scaling: SpectrumScaling
  /** Of the nfft/2 + 1 of the spectrum. */
  bins: BinRange
}

/**
 * Power of the wanted bins of one frame, in double precision from end to end, into `target`. All NaN where one of the frame's
 * samples is not finite.
 *
 * @param samples the frame begins at `offset`; nfft samples, only read
 * @param target at least `bins.count` long
 * @returns whether the frame is valid
 */
export type PreciseSpectrum = (samples: Float64Array, offset: number, target: Float64Array) => boolean

/**
 * For files and exact comparisons, where the kernel of the windows (single precision) would do for a picture. The nfft real
 * samples are transformed as nfft/2 complex ones, even samples real and odd ones imaginary, and untangled: W. H. Press et
 * al., "Numerical Recipes", "FFT of single real function".
 *
 * @throws RangeError for another size
 */
export function createPreciseSpectrum(plan: PreciseSpectrumPlan): PreciseSpectrum {
  const { nfft, sampleRateHz, bins } = plan
  if (!(nfft >= leastPreciseSize && nfft <= greatestPreciseSize && Number.isInteger(Math.log2(nfft))))
    throw new RangeError(`nfft ${nfft} is no power of two from ${leastPreciseSize} to ${greatestPreciseSize}`)
  const half = nfft / 2
  const fft = new FFT(half)
  const window = windowWeights(plan.window, nfft)
  const windowed = new Float64Array(nfft)
  const transformed = new Float64Array(nfft)
  const cosines = Float64Array.from({ length: bins.count }, (_, index) =>
    Math.cos((2 * Math.PI * (bins.first + index)) / nfft)
  )
  const sines = Float64Array.from({ length: bins.count }, (_, index) =>
    Math.sin((2 * Math.PI * (bins.first + index)) / nfft)
  )
  const windowSum = window.reduce((sum, weight) => sum + weight, 0)
  const divisor = plan.scaling === 'psd' ? sampleRateHz * windowPower(window) : windowSum * windowSum
  // The untangled values are twice too large.
  const factors = Float64Array.from({ length: bins.count }, (_, index) => {
    const bin = bins.first + index
    return (bin === 0 || bin === half ? 1 : 2) / (4 * divisor)
  })

  return (samples, offset, target) => {
    let total = 0
    for (let index = 0; index < nfft; index++) {
      const sample = samples[offset + index]!
      // NaN from the first sample on that is not finite.
      total += sample - sample
      windowed[index] = sample * window[index]!
    }
    if (total !== 0) {
      target.fill(Number.NaN, 0, bins.count)
      return false
    }
    fft.transform(transformed, windowed)
    for (let index = 0; index < bins.count; index++) {
      const bin = bins.first + index
      const at = 2 * (bin % half)
      const mirror = (nfft - at) % nfft
      const evenRe = transformed[at]! + transformed[mirror]!
      const evenIm = transformed[at + 1]! - transformed[mirror + 1]!
      const oddRe = transformed[at + 1]! + transformed[mirror + 1]!
      const oddIm = transformed[mirror]! - transformed[at]!
      const re = evenRe + oddRe * cosines[index]! + oddIm * sines[index]!
      const im = evenIm + oddIm * cosines[index]! - oddRe * sines[index]!
      target[index] = (re * re + im * im) * factors[index]!
    }
    return true
  }
}
