import FFT from 'fft.js'
import { kaiserWindow } from './kaiser.ts'

const attenuationDb = 60
const mostTaps = 4097

/** A symmetric filter: it delays nothing when its middle tap lies on the sample that it gives. */
export interface BandPassFilter {
  /** An odd number of them. */
  taps: Float64Array
  /** Samples that it looks at on either side. */
  reach: number
}

/**
 * Windowed sinc that lets pass what lies between two frequencies, 60 dB down beyond a transition as wide as half the band or
 * half the lower frequency (A. V. Oppenheim and R. W. Schafer, "Discrete-Time Signal Processing", Kaiser's design).
 * `lowHz` 0 lets constants pass, `highHz` at Nyquist or above everything from `lowHz` on.
 */
export function designBandPass(rateHz: number, lowHz: number, highHz: number): BandPassFilter {
  const top = Math.min(highHz, rateHz / 2)
  const transitionHz = Math.max(Math.min(lowHz > 0 ? lowHz / 2 : Infinity, (top - lowHz) / 2), rateHz / mostTaps)
  const wished = Math.ceil(((attenuationDb - 7.95) / 14.36) * (rateHz / transitionHz))
  const reach = Math.floor(Math.min(mostTaps, wished) / 2) + 1
  const length = 2 * reach + 1
  const window = kaiserWindow(length, attenuationDb)
  const low = lowHz / rateHz
  const high = highHz >= rateHz / 2 ? 0.5 : highHz / rateHz
  const sinc = (cut: number, n: number): number => (n === 0 ? 2 * cut : Math.sin(2 * Math.PI * cut * n) / (Math.PI * n))
  const taps = Float64Array.from(
    { length },
    (_, index) => (sinc(high, index - reach) - sinc(low, index - reach)) * window[index]!
  )
  return { taps, reach }
}

/**
 * Filters one channel, by blocks in the frequency domain (overlap-save). Samples beyond both ends, and those that are not
 * finite, count as `rest`, and the latter come out as NaN.
 *
 * @returns as many samples as came in
 */
export function filterSamples({ taps, reach }: BandPassFilter, samples: Float64Array, rest: number): Float64Array {
  const size = Math.max(1024, 2 ** Math.ceil(Math.log2(4 * taps.length)))
  const step = size - 2 * reach
  const fft = new FFT(size)
  const block = new Float64Array(2 * size)
  const response = new Float64Array(2 * size)
  const transformed = new Float64Array(2 * size)
  const result = new Float64Array(samples.length)
  taps.forEach((tap, index) => (block[2 * index] = tap))
  fft.transform(response, block)
  for (let from = 0; from < samples.length; from += step) {
    block.fill(0)
    for (let index = 0; index < size; index++) {
      const sample = samples[from - reach + index]
      block[2 * index] = sample !== undefined && Number.isFinite(sample) ? sample - rest : 0
    }
    fft.transform(transformed, block)
    for (let at = 0; at < 2 * size; at += 2) {
      const re = transformed[at]! * response[at]! - transformed[at + 1]! * response[at + 1]!
      const im = transformed[at]! * response[at + 1]! + transformed[at + 1]! * response[at]!
      transformed[at] = re
      transformed[at + 1] = im
    }
    fft.inverseTransform(block, transformed)
    const end = Math.min(samples.length, from + step)
    // The first 2 · reach values are of a signal that wrapped around.
    for (let index = from; index < end; index++) {
      result[index] = Number.isFinite(samples[index]!) ? block[2 * (index - from + 2 * reach)]! : Number.NaN
    }
  }
  return result
}
