/** What a kernel is built for; everything that it can compute ahead follows from this. */
export interface SpectralKernelPlan {
  /** Channels of the source that are transformed, counted from the row's first. */
  channelCount: number
  /** Elements between the same channel of two successive samples, ≥ channelCount. */
  rowStride: number
  /** Channels averaged (power mean) into one column; the last column takes what is left. */
  channelsPerColumn: number
  /** Power of two ≥ 2. */
  nfft: number
  sampleRateHz: number
  /** Physical value = stored · scale. */
  scale: number
  /** Bins that are summed or put out. */
  firstBin: number
  binCount: number
  /**
   * `bandEnergy`: Σ PSD · bin width, unit², one value a column. `spectra`: PSD in unit²/Hz, `binCount` values a column,
   * column-major (all frequencies of the first column first).
   */
  output: 'bandEnergy' | 'spectra'
  /** Values as 10·log10 with the floor at −300 dB, or as they are. */
  level: 'decibels' | 'linear'
}

/**
 * Turns one window of samples, as it lies in the history, into one row: Hann window, transform, power, mean over a
 * column's channels, dB where wanted. The source is read in place, time-major, so that a kernel may work on memory of its own
 * (WebAssembly, lanes = channels) without a copy or a transpose.
 */
export interface SpectralKernel {
  /** Values in a row: columns · (1 or binCount). */
  readonly valuesPerRow: number
  /** Memory that `computeRow` reads from. A kernel with a memory of its own hands out views on that. */
  allocate(elementType: 'int16' | 'float32', length: number): Int16Array | Float32Array
  /**
   * @param source an array from `allocate`
   * @param offset element of the first channel of the window's first sample
   * @param target at least `valuesPerRow` long; NaN where every channel of a column holds NaN or infinity in this window
   * @returns values that are NaN in this row
   */
  computeRow(source: Int16Array | Float32Array, offset: number, target: Float32Array): number
}
