/** Windows of the analysis. All periodic (period = length), so that overlapped ones add up evenly. */
export const windowNames = ['rectangular', 'hann', 'hamming', 'blackmanHarris', 'flatTop'] as const

export type WindowName = (typeof windowNames)[number]

/** And those of spectra that are written to files, which are computed in double precision. */
export const fileWindowNames = [...windowNames, 'blackman'] as const

export type FileWindowName = (typeof fileWindowNames)[number]

/**
 * Coefficients a of w[n] = Σ (−1)^i · a_i · cos(2π·i·n/length).
 * Hamming: 0.54/0.46, F. J. Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform",
 * Proc. IEEE 66 (1978); Blackman: the usual rounded coefficients, side lobes −58 dB, from the same; Blackman-Harris: its minimum 4-term window (side lobes −92 dB). Flat top: SFT of five terms as
 * in MATLAB's `flattopwin` and scipy's `flattop`, from G. D'Antona and A. Ferrero, "Digital Signal Processing for
 * Measurement Systems" (2006); scalloping below 0.01 dB.
 */
const coefficients: Readonly<Record<FileWindowName, readonly number[]>> = {
  rectangular: [1],
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  blackmanHarris: [0.35875, 0.48829, 0.14128, 0.01168],
  flatTop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368]
}

/** Weights of a window of `length` samples. */
export function windowWeights(name: FileWindowName, length: number): Float64Array {
  const terms = coefficients[name]
  return Float64Array.from({ length }, (_, n) =>
    terms.reduce(
      (sum, term, index) => sum + (index % 2 === 0 ? term : -term) * Math.cos((2 * Math.PI * index * n) / length),
      0
    )
  )
}

/** Σw²: what a window leaves of the power of white noise, times its length. */
export function windowPower(weights: Float64Array): number {
  let sum = 0
  for (const weight of weights) sum += weight * weight
  return sum
}

/** Σw / length: by how much a window lowers the amplitude of a tone that lies on a bin. */
export function coherentGain(weights: Float64Array): number {
  let sum = 0
  for (const weight of weights) sum += weight
  return sum / weights.length
}

/**
 * Equivalent noise bandwidth in bins, length · Σw² / (Σw)²: 1 rectangular, 1.5 Hann, 1.36 Hamming, 1.73 Blackman, 2.0 Blackman-Harris,
 * 3.77 flat top. A tone of power P on a bin shows as P / (ENBW · bin width) in a PSD.
 */
export function noiseBandwidthBins(weights: Float64Array): number {
  const gain = coherentGain(weights)
  return windowPower(weights) / (weights.length * gain * gain)
}
