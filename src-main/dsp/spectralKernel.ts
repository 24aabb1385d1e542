import type { WindowName } from './windows.ts'

export type ElementType = 'int16' | 'float32'

export const elementBytes = (elementType: ElementType): number => (elementType === 'int16' ? 2 : 4)

/**
 * One row out of several transforms, each `hopSamples` after the one before: by channel the mean of their powers, or the
 * greatest of each bin (or energy). For a row that stands for longer than one window.
 */
export interface TransformCombination {
  mode: 'mean' | 'maximum'
  transforms: number
  hopSamples: number
}

/** What a kernel is built for; everything that it can compute ahead follows from this. */
export interface SpectralKernelPlan {
  /** Channels of the source that are transformed. */
  channelCount: number
  /** First of them, counted from the first channel of a sample: the channels of a job can be spread. Default 0. */
  firstChannel?: number
  /** Elements between the same channel of two successive samples, ≥ firstChannel + channelCount. */
  rowStride: number
  /** Channels averaged (power mean) into one column; the last column takes what is left. */
  channelsPerColumn: number
  /** Power of two ≥ 2. */
  nfft: number
  /** Default `hann`. */
  window?: WindowName
  /** Default: one transform. */
  combination?: TransformCombination
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

/** Samples that one row needs. */
export const samplesPerRow = ({ nfft, combination }: Pick<SpectralKernelPlan, 'nfft' | 'combination'>): number =>
  nfft + (combination ? (combination.transforms - 1) * combination.hopSamples : 0)

export const valuesPerRow = (plan: SpectralKernelPlan): number =>
  Math.ceil(plan.channelCount / plan.channelsPerColumn) * (plan.output === 'bandEnergy' ? 1 : plan.binCount)

/**
 * Turns the samples of one row, as they lie in memory, into that row: window, transform, power, mean over a column's
 * channels, dB where wanted. Reads time-major samples in place.
 */
export interface RingKernel {
  /** Values in a row: columns · (1 or binCount). */
  readonly valuesPerRow: number
  /**
   * @param sourceByteOffset where in the kernel's memory channel 0 of the row's first sample lies; a whole number of
   *   elements, no further alignment
   * @param target at least `valuesPerRow` long, in that memory or elsewhere; NaN where every channel of a column holds NaN
   *   or infinity in this row
   * @returns values that are NaN in this row
   */
  computeRow(sourceByteOffset: number, elementType: ElementType, target: Float32Array): number
}

/** The same for who has no shared memory of his own: the kernel hands out the memory that it reads from. */
export interface SpectralKernel {
  /** Values in a row: columns · (1 or binCount). */
  readonly valuesPerRow: number
  /** Memory that `computeRow` reads from; asked for again, it replaces what was handed out before. */
  allocate(elementType: ElementType, length: number): Int16Array | Float32Array
  /**
   * @param source the array from `allocate`
   * @param offset element where channel 0 of the row's first sample lies
   * @param target and result as in `RingKernel.computeRow`
   */
  computeRow(source: Int16Array | Float32Array, offset: number, target: Float32Array): number
}

export type CreateSpectralKernel = (plan: SpectralKernelPlan) => SpectralKernel
