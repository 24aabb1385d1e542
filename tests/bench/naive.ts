/** What one writes first: fft.js as its documentation shows, a channel at a time, `Math.log10`. */
import FFT from 'fft.js'

function hann(nfft: number): number[] {
  return Array.from({ length: nfft }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / nfft))
}

/**
 * Rows in dB of every channel of one window of time-major samples: spectra (channel-major), or the energy of all bins.
 */
export function naiveRows(
  output: 'spectra' | 'bandEnergy',
  samples: Int16Array,
  channelCount: number,
  nfft: number,
  target: Float32Array,
  sampleRateHz = 2000
): (firstSample?: number) => void {
  const fft = new FFT(nfft)
  const window = hann(nfft)
  const input = new Array<number>(nfft).fill(0)
  const transformed = fft.createComplexArray() as number[]
  const bins = nfft / 2 + 1
  const norm = 1 / (sampleRateHz * window.reduce((sum, weight) => sum + weight * weight, 0))
  const decibels = (power: number): number => 10 * Math.log10(Math.max(power, 1e-30))
  return (firstSample = 0) => {
    for (let channel = 0; channel < channelCount; channel++) {
      for (let n = 0; n < nfft; n++) input[n] = samples[(firstSample + n) * channelCount + channel]! * window[n]!
      fft.realTransform(transformed, input)
      let energy = 0
      for (let bin = 0; bin < bins; bin++) {
        const re = transformed[2 * bin]!
        const im = transformed[2 * bin + 1]!
        const power = (re * re + im * im) * norm * (bin === 0 || bin === nfft / 2 ? 1 : 2)
        if (output === 'spectra') target[channel * bins + bin] = decibels(power)
        else energy += power
      }
      if (output === 'bandEnergy') target[channel] = decibels((energy * sampleRateHz) / nfft)
    }
  }
}
