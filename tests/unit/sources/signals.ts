import FFT from 'fft.js'
import type { AcquisitionSource } from '../../../src-main/focus-server/sources/source.ts'

/** What the tests look at the simulated fibre with: nothing here knows how it is made. */

export const second = 1_000_000_000n
/** A quarter of an hour to look for events in. */
export const someTimeNs = 1_790_000_000n * second

export interface Samples {
  firstSample: number
  sampleCount: number
  firstChannel: number
  channelCount: number
  counts: Int16Array
}

export function readSeconds(
  source: AcquisitionSource,
  fromNs: bigint,
  seconds: number,
  firstChannel = 0,
  channelCount = source.description.channelCount
): Samples {
  const firstSample = source.sampleIndexAt(fromNs)
  const sampleCount = Math.round(seconds * source.description.sampleRateHz)
  const counts = new Int16Array(sampleCount * channelCount)
  void source.read({ firstSample, sampleCount, firstChannel, channelCount }, counts)
  return { firstSample, sampleCount, firstChannel, channelCount, counts }
}

export function trace(samples: Samples, channel: number): Float64Array {
  const { counts, channelCount, sampleCount, firstChannel } = samples
  return Float64Array.from({ length: sampleCount }, (_, i) => counts[i * channelCount + channel - firstChannel]!)
}

/** Energy of a band, by rectangular frames: rows × channels, decibels. */
export function bandDecibels(
  samples: Samples,
  sampleRateHz: number,
  band: { lowHz: number; highHz: number },
  frame: number,
  channelStep = 1
): { rows: number; columns: number; values: Float32Array } {
  const rows = Math.floor(samples.sampleCount / frame)
  const columns = Math.floor(samples.channelCount / channelStep)
  const values = new Float32Array(rows * columns)
  const fft = new FFT(frame)
  const input = new Array<number>(frame).fill(0)
  const output = fft.createComplexArray() as number[]
  const hann = Array.from({ length: frame }, (_, i) => Math.sin((Math.PI * i) / frame) ** 2)
  const firstBin = Math.ceil((band.lowHz * frame) / sampleRateHz)
  const lastBin = Math.floor((band.highHz * frame) / sampleRateHz)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const channel = column * channelStep
      for (let i = 0; i < frame; i++) {
        input[i] = samples.counts[(row * frame + i) * samples.channelCount + channel]! * hann[i]!
      }
      fft.realTransform(output, input)
      let energy = 0
      for (let bin = firstBin; bin <= lastBin; bin++) energy += output[2 * bin]! ** 2 + output[2 * bin + 1]! ** 2
      values[row * columns + column] = 10 * Math.log10(energy / frame + 1e-3)
    }
  }
  return { rows, columns, values }
}

/** Amplitude of the sine of one frequency in a trace, by direct sum with a Hann window. */
export function amplitudeAt(values: Float64Array, sampleRateHz: number, frequencyHz: number): number {
  let re = 0
  let im = 0
  for (let i = 0; i < values.length; i++) {
    const weighted = values[i]! * Math.sin((Math.PI * i) / values.length) ** 2
    const angle = (2 * Math.PI * frequencyHz * i) / sampleRateHz
    re += weighted * Math.cos(angle)
    im += weighted * Math.sin(angle)
  }
  return (4 / values.length) * Math.hypot(re, im)
}

export function rms(values: ArrayLike<number>): number {
  let sum = 0
  for (const value of Array.from(values)) sum += value * value
  return Math.sqrt(sum / values.length)
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

export function correlation(a: ArrayLike<number>, b: ArrayLike<number>, lag = 0): number {
  let product = 0
  let squareA = 0
  let squareB = 0
  for (let i = 0; i + lag < Math.min(a.length, b.length); i++) {
    product += a[i]! * b[i + lag]!
    squareA += a[i]! ** 2
    squareB += b[i + lag]! ** 2
  }
  return product / Math.sqrt(squareA * squareB)
}
