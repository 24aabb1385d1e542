import FFT from 'fft.js'
import { keyOf, purpose, uniform } from './hash.ts'

/** Entries of the Gaussian table that are addressed by a hash; a run of `noiseGroup` more follows, so that runs need no wrap. */
export const gaussianCount = 32_768
/** Channels that take consecutive entries of the table. */
export const noiseGroup = 32

/** White Gaussian numbers, mean 0 and variance 1 over the table to rounding. */
export function createGaussianTable(seed: number): Float32Array {
  const key = keyOf(seed, purpose.tables)
  const values = new Float64Array(gaussianCount)
  for (let i = 0; i < gaussianCount; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform(key, 2 * i)))
    const angle = 2 * Math.PI * uniform(key, 2 * i + 1)
    values[i] = radius * Math.cos(angle)
    values[i + 1] = radius * Math.sin(angle)
  }
  normalise(values)
  const table = new Float32Array(gaussianCount + noiseGroup)
  table.set(values)
  table.set(table.subarray(0, noiseGroup), gaussianCount)
  return table
}

function normalise(values: Float64Array): void {
  let mean = 0
  for (const value of values) mean += value / values.length
  let variance = 0
  for (const value of values) variance += (value - mean) ** 2 / values.length
  const factor = variance > 0 ? 1 / Math.sqrt(variance) : 0
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) * factor
}

/** Noise of one band whose pieces, at hashed offsets, are cross-faded: long, and never the same twice. */
export interface BandNoise {
  /** Circular, rms 1, length a power of two. */
  table: Float32Array
  mask: number
  /** Samples from one cross-fade to the next; a power of two. */
  segment: number
  /** Rising half of the constant-power cross-fade, `segment` long. */
  rise: Float32Array
  fall: Float32Array
}

/** `amplitudeAt` is the wanted amplitude spectrum; phases are random. `segmentS` must hold several periods of the band. */
export function createBandNoise(
  sampleRateHz: number,
  amplitudeAt: (frequencyHz: number) => number,
  segmentS: number,
  key: number
): BandNoise {
  const segment = 2 ** Math.max(4, Math.round(Math.log2(sampleRateHz * segmentS)))
  const length = segment * 32
  const fft = new FFT(length)
  const spectrum = fft.createComplexArray() as number[]
  const nyquistHz = sampleRateHz / 2
  for (let bin = 1; bin < length / 2; bin++) {
    const frequencyHz = (bin * sampleRateHz) / length
    const amplitude = frequencyHz < 0.9 * nyquistHz ? amplitudeAt(frequencyHz) : 0
    const angle = 2 * Math.PI * uniform(key, bin)
    spectrum[2 * bin] = amplitude * Math.cos(angle)
    spectrum[2 * bin + 1] = amplitude * Math.sin(angle)
  }
  const complex = fft.createComplexArray() as number[]
  fft.inverseTransform(complex, spectrum)
  // The real part of a one-sided spectrum's inverse is the real signal.
  const values = Float64Array.from({ length }, (_, i) => complex[2 * i]!)
  normalise(values)
  const rise = Float32Array.from({ length: segment }, (_, i) => Math.sin((Math.PI / 2) * ((i + 0.5) / segment)))
  const fall = Float32Array.from({ length: segment }, (_, i) => Math.cos((Math.PI / 2) * ((i + 0.5) / segment)))
  return { table: Float32Array.from(values), mask: length - 1, segment, rise, fall }
}

/** Writes the noise of stream `key` for samples [from, from + count), times `gain`, over the front of `target`. */
export function fillBandNoise(
  noise: BandNoise,
  key: number,
  from: number,
  count: number,
  gain: number,
  target: Float32Array
): void {
  const { table, mask, segment, rise, fall } = noise
  let index = Math.floor(from / segment)
  let within = from - index * segment
  let written = 0
  while (written < count) {
    const ending = (keyOf(key, index - 1) & mask) + segment
    const starting = keyOf(key, index) & mask
    const stop = Math.min(segment, within + count - written)
    for (let i = within; i < stop; i++, written++) {
      target[written] = gain * (table[(ending + i) & mask]! * fall[i]! + table[(starting + i) & mask]! * rise[i]!)
    }
    index++
    within = 0
  }
}

const sineSteps = 4096

export function createSineTable(): Float32Array {
  return Float32Array.from({ length: sineSteps + 2 }, (_, i) => Math.sin((2 * Math.PI * i) / sineSteps))
}

/** sin(2π·turns) for turns ≥ 0, interpolated: spurs below −120 dB. */
export function sineOfTurns(table: Float32Array, turns: number): number {
  const position = (turns - Math.floor(turns)) * sineSteps
  const i = position | 0
  return table[i]! + (position - i) * (table[i + 1]! - table[i]!)
}
