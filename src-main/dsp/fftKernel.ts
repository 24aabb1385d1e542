import FFT from 'fft.js'
import { createCombinedKernel } from './combinedKernel.ts'
import { fastDecibels } from './decibels.ts'
import { valuesPerRow, type RingKernel, type SpectralKernel, type SpectralKernelPlan } from './spectralKernel.ts'
import { windowPower, windowWeights } from './windows.ts'

/** Channels gathered at once: 16 int16 samples are half a cache line, and the tile of them stays in the L2 cache. */
const tileChannels = 16
const tilePairs = tileChannels / 2
/** Keeps the pairs of a tile off the same cache sets: nfft is a power of two. */
const pairPadding = 8
/**
 * Two channels share a transform, so rounding leaks from one to the other at 1e-16 of the larger. A channel that is so many
 * times its neighbour (broken float32 data) is transformed alone.
 */
const loneChannelRatio = 1e6

const firstPart = [0] as const
const bothParts = [0, 1] as const

/** Kernel on fft.js: two real channels in one complex transform, all arithmetic in double precision. */
export function createFftKernel(plan: SpectralKernelPlan): SpectralKernel {
  return plan.combination ? createCombinedKernel(plan, createSingleKernel) : createSingleKernel(plan)
}

/** The same on a ring's memory, for where there is no WebAssembly kernel. */
export function createFftRingKernel(buffer: ArrayBufferLike, plan: SpectralKernelPlan): RingKernel {
  const kernel = createFftKernel(plan)
  const int16 = new Int16Array(buffer, 0, buffer.byteLength >> 1)
  const float32 = new Float32Array(buffer, 0, buffer.byteLength >> 2)
  return {
    valuesPerRow: kernel.valuesPerRow,
    computeRow: (sourceByteOffset, elementType, target) =>
      elementType === 'int16'
        ? kernel.computeRow(int16, sourceByteOffset / 2, target)
        : kernel.computeRow(float32, sourceByteOffset / 4, target)
  }
}

function createSingleKernel(plan: SpectralKernelPlan): SpectralKernel {
  const { channelCount, rowStride, channelsPerColumn, nfft, firstBin, binCount, output, firstChannel = 0 } = plan
  const fft = new FFT(nfft)
  const window = windowWeights(plan.window ?? 'hann', nfft)
  const pairStride = 2 * nfft + pairPadding
  const tile = new Float64Array(tilePairs * pairStride)
  const pairs = Array.from({ length: tilePairs }, (_, pair) =>
    tile.subarray(pair * pairStride, pair * pairStride + 2 * nfft)
  )
  const lone = new Float64Array(2 * nfft)
  const transformed = new Float64Array(2 * nfft)
  const peaks = new Float64Array(tileChannels)

  const isEnergy = output === 'bandEnergy'
  const valuesPerChannel = isEnergy ? 1 : binCount
  const columnCount = Math.ceil(channelCount / channelsPerColumn)
  /** Energies of a whole row, or the spectrum of one column: levels are taken while it is in the nearest cache. */
  const powers = new Float32Array(isEnergy ? columnCount : binCount)
  const powerBits = new Int32Array(powers.buffer)
  /** Powers of the two channels of a pair, before scaling, and the sum over the channels of the column in work. */
  const first = new Float64Array(valuesPerChannel)
  const second = new Float64Array(valuesPerChannel)
  const column = new Float64Array(valuesPerChannel)
  let columnChannels = 0

  // |X|² → PSD: 1/(fs·Σw²); a quarter of it as the untangled values are twice too large; the energy is PSD · bin width.
  const psd = (plan.scale * plan.scale) / (plan.sampleRateHz * windowPower(window) * 4)
  const powerScale = isEnergy ? (psd * plan.sampleRateHz) / nfft : psd
  /** One-sided: all bins but DC and Nyquist stand for their negative frequency too. */
  const weights = Float64Array.from({ length: binCount }, (_, index) => {
    const bin = firstBin + index
    return bin === 0 || bin === nfft / 2 ? powerScale : 2 * powerScale
  })

  /** Widens and windows up to 16 channels into the tile. An odd last channel is paired with zeros. */
  function gatherInt16(source: Int16Array, offset: number, count: number): void {
    const wholePairs = count >> 1
    const isOdd = (count & 1) === 1
    for (let sample = 0, row = offset; sample < nfft; sample++, row += rowStride) {
      const weight = window[sample]!
      let target = 2 * sample
      let from = row
      for (let pair = 0; pair < wholePairs; pair++, target += pairStride, from += 2) {
        tile[target] = source[from]! * weight
        tile[target + 1] = source[from + 1]! * weight
      }
      if (isOdd) {
        tile[target] = source[from]! * weight
        tile[target + 1] = 0
      }
    }
  }

  /** The same for float32; also finds each channel's largest magnitude, which is NaN or infinite where a sample is. */
  function gatherFloat32(source: Float32Array, offset: number, count: number): void {
    const isOdd = (count & 1) === 1
    peaks.fill(0)
    for (let sample = 0, row = offset; sample < nfft; sample++, row += rowStride) {
      const weight = window[sample]!
      let target = 2 * sample
      for (let channel = 0; channel < count; channel += 2, target += pairStride) {
        const a = source[row + channel]!
        tile[target] = a * weight
        // Math.max keeps NaN.
        peaks[channel] = Math.max(peaks[channel]!, Math.abs(a))
        if (channel + 1 < count) {
          const b = source[row + channel + 1]!
          tile[target + 1] = b * weight
          peaks[channel + 1] = Math.max(peaks[channel + 1]!, Math.abs(b))
        }
      }
      if (isOdd) tile[target - pairStride + 1] = 0
    }
  }

  /** Splits the transform of a + i·b into the powers of a and b, four times too large, weighted. */
  function untangle(): void {
    let energyOfFirst = 0
    let energyOfSecond = 0
    for (let index = 0; index < binCount; index++) {
      const at = 2 * (firstBin + index)
      const mirror = at === 0 ? 0 : 2 * nfft - at
      const re = transformed[at]!
      const im = transformed[at + 1]!
      const mirrorRe = transformed[mirror]!
      const mirrorIm = transformed[mirror + 1]!
      const weight = weights[index]!
      const a = re + mirrorRe
      const b = im - mirrorIm
      const c = im + mirrorIm
      const d = mirrorRe - re
      const powerOfFirst = (a * a + b * b) * weight
      const powerOfSecond = (c * c + d * d) * weight
      if (isEnergy) {
        energyOfFirst += powerOfFirst
        energyOfSecond += powerOfSecond
      } else {
        first[index] = powerOfFirst
        second[index] = powerOfSecond
      }
    }
    if (isEnergy) {
      first[0] = energyOfFirst
      second[0] = energyOfSecond
    }
  }

  function putLevels(target: Float32Array, offset: number): void {
    if (plan.level === 'decibels') fastDecibels(powerBits, target, powers.length, offset)
    else target.set(powers, offset)
  }

  /** Adds a channel to its column; at the column's last channel the mean goes to the row. Returns values that are NaN. */
  function takeChannel(channel: number, isValid: boolean, channelPowers: Float64Array, target: Float32Array): number {
    if (isValid) {
      for (let index = 0; index < valuesPerChannel; index++) column[index]! += channelPowers[index]!
      columnChannels++
    }
    const isLast = (channel + 1) % channelsPerColumn === 0 || channel + 1 === channelCount
    if (!isLast) return 0
    const columnIndex = Math.floor(channel / channelsPerColumn)
    const count = columnChannels
    const start = isEnergy ? columnIndex : 0
    for (let index = 0; index < valuesPerChannel; index++) {
      powers[start + index] = count === 0 ? Number.NaN : column[index]! / count
      column[index] = 0
    }
    columnChannels = 0
    if (!isEnergy) putLevels(target, columnIndex * binCount)
    return count === 0 ? valuesPerChannel : 0
  }

  /** One real channel of a pair alone, zeros in place of the other. */
  function transformAlone(pair: Float64Array, part: 0 | 1): void {
    for (let index = 0; index < 2 * nfft; index += 2) {
      lone[index] = pair[index + part]!
      lone[index + 1] = 0
    }
    fft.transform(transformed, lone)
    untangle()
  }

  /** A float32 pair that cannot share a transform: a channel is broken or far stronger than the other. */
  function takeUnequalPair(channel: number, count: number, pair: Float64Array, target: Float32Array): number {
    let invalid = 0
    for (const part of count === 2 ? bothParts : firstPart) {
      const isValid = Number.isFinite(peaks[(channel % tileChannels) + part])
      if (isValid) transformAlone(pair, part)
      invalid += takeChannel(channel + part, isValid, first, target)
    }
    return invalid
  }

  return {
    valuesPerRow: valuesPerRow(plan),
    allocate: (elementType, length) => (elementType === 'int16' ? new Int16Array(length) : new Float32Array(length)),
    computeRow(source, offset, target) {
      const isFloat = source instanceof Float32Array
      let invalid = 0
      for (let start = 0; start < channelCount; start += tileChannels) {
        const count = Math.min(tileChannels, channelCount - start)
        if (isFloat) gatherFloat32(source, offset + firstChannel + start, count)
        else gatherInt16(source, offset + firstChannel + start, count)
        for (let channel = 0; channel < count; channel += 2) {
          const pair = pairs[channel >> 1]!
          const inPair = Math.min(2, count - channel)
          if (isFloat) {
            const peak = peaks[channel]!
            const otherPeak = inPair === 2 ? peaks[channel + 1]! : 0
            const larger = Math.max(peak, otherPeak)
            if (!Number.isFinite(larger) || larger > loneChannelRatio * Math.min(peak, otherPeak)) {
              invalid += takeUnequalPair(start + channel, inPair, pair, target)
              continue
            }
          }
          fft.transform(transformed, pair)
          untangle()
          invalid += takeChannel(start + channel, true, first, target)
          if (inPair === 2) invalid += takeChannel(start + channel + 1, true, second, target)
        }
      }
      if (isEnergy) putLevels(target, 0)
      return invalid
    }
  }
}
