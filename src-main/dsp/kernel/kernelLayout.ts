import { samplesPerRow, type SpectralKernelPlan } from '../spectralKernel.ts'
import { windowPower, windowWeights } from '../windows.ts'

/** Sizes that the kernel transforms; others are left to fft.js. */
export const smallestKernelSize = 32
export const largestKernelSize = 1 << 20

/** Channels that are gathered together, eight groups of four. */
export const tileChannels = 32

/** Fields of the kernel's plan in `assembly/index.ts`, 32 bits each. */
const fieldNames = [
  'isFloat',
  'channelCount',
  'rowBytes',
  'rowSamples',
  'size',
  'transforms',
  'hopSamples',
  'isMaximum',
  'firstPair',
  'endPair',
  'firstBin',
  'binCount',
  'window',
  'twiddles',
  'untangleTwiddles',
  'tile',
  'stripBytes',
  'bufferA',
  'bufferB',
  'power',
  'combined',
  'energies'
] as const

type Field = (typeof fieldNames)[number]

/** Byte offsets inside the scratch memory of a kernel. */
export interface KernelLayout {
  plan: number
  constants: number
  window: number
  twiddles: number
  untangleTwiddles: number
  tile: number
  bufferA: number
  bufferB: number
  power: number
  combined: number
  column: number
  energies: number
  output: number
  byteLength: number
}

const cacheLine = 64

/** Greatest power (infinity), mantissa, 1: as bits. */
const levelBits = [0x7f800000, 0x007fffff, 0x3f800000]
/**
 * dB a unit of a float32's bits, the polynomial of the mantissa m in [1, 2) that makes (m − 1) · 3.01 dB out of straight lines
 * 10·log10(m) (minimax, found by Remez exchange, 3.8e-5 dB), and the floor.
 */
const levelTerms = [
  (10 * Math.log10(2)) / 2 ** 23,
  -5.419635777714077,
  12.317276884453683,
  -10.688951798063016,
  4.910247059372711,
  -1.2539816498003686,
  0.1350830271332875,
  -300
]
const bytesPerBin = 16
/** Bins that whole vectors may read beyond the last. */
const spareBins = 4

/** Keeps strips off the same cache sets: their lengths are powers of two. */
const stripPadding = cacheLine
export const stripBytes = (plan: SpectralKernelPlan, isFloat: boolean): number =>
  samplesPerRow(plan) * (isFloat ? 16 : 8) + stripPadding

export function kernelLayout(plan: SpectralKernelPlan): KernelLayout {
  const { nfft, binCount, channelCount } = plan
  let end = 0
  const take = (bytes: number): number => {
    const at = end
    end += Math.ceil(bytes / cacheLine) * cacheLine
    return at
  }
  const isSpectra = plan.output === 'spectra'
  const groupsOfTile = Math.min(tileChannels / 4, Math.ceil(channelCount / 4))
  return {
    plan: take(fieldNames.length * 4),
    constants: take((levelBits.length + levelTerms.length) * 4),
    window: take(nfft * 4),
    twiddles: take(twiddleCount(nfft / 2) * 4),
    untangleTwiddles: take(nfft * 2),
    power: take((nfft / 2 + 1 + spareBins) * bytesPerBin),
    combined: take(plan.combination ? (binCount + spareBins) * bytesPerBin : 0),
    column: take(isSpectra && plan.channelsPerColumn > 1 ? (binCount + spareBins) * bytesPerBin : 0),
    energies: take(isSpectra ? 0 : Math.ceil(channelCount / 4) * 16),
    output: take(isSpectra ? 4 * binCount * 4 : 0),
    bufferA: take(nfft * 16 + 3 * cacheLine),
    bufferB: take(nfft * 16 + 5 * cacheLine),
    tile: take(groupsOfTile * stripBytes(plan, true)),
    byteLength: end
  }
}

function twiddleCount(size: number): number {
  let count = 0
  for (let left = size; left > 4; left /= 4) count += (left / 4) * 6
  return count
}

/** exp(−2πi·index/size), exact at the quarters. */
function root(index: number, size: number): [number, number] {
  const eighths = (8 * (index % size)) / size
  if (eighths % 2 === 0) {
    return (
      [
        [1, 0],
        [0, -1],
        [-1, 0],
        [0, 1]
      ] as [number, number][]
    )[eighths / 2]!
  }
  const angle = (-2 * Math.PI * (index % size)) / size
  return [Math.cos(angle), Math.sin(angle)]
}

function putTwiddles(target: Float32Array, size: number): void {
  let at = 0
  for (let left = size; left > 4; left /= 4) {
    for (let p = 0; p < left / 4; p++) {
      for (let power = 1; power <= 3; power++) {
        target.set(root(power * p, left), at)
        at += 2
      }
    }
  }
}

/**
 * Factor in the window: half of √(2 · PSD of a unit), because the untangling neither halves nor doubles; for energies the bin
 * width, for means of transforms their number.
 */
function windowFactor(plan: SpectralKernelPlan, weights: Float64Array): number {
  const { nfft, sampleRateHz, combination } = plan
  const density = 2 / (sampleRateHz * windowPower(weights))
  const perBin = plan.output === 'bandEnergy' ? density * (sampleRateHz / nfft) : density
  const perTransform = combination?.mode === 'mean' ? perBin / combination.transforms : perBin
  return 0.5 * Math.abs(plan.scale) * Math.sqrt(perTransform)
}

/** Pairs (k, size − k), 1 ≤ k < size/2, that hold a wanted bin. */
function neededPairs({ firstBin, binCount, nfft }: SpectralKernelPlan): { first: number; end: number } {
  const size = nfft / 2
  let first = size / 2
  let end = 1
  const need = (from: number, to: number): void => {
    if (from > to) return
    first = Math.min(first, from)
    end = Math.max(end, to + 1)
  }
  const lastBin = firstBin + binCount - 1
  need(Math.max(1, firstBin), Math.min(size / 2 - 1, lastBin))
  need(Math.max(1, size - lastBin), Math.min(size / 2 - 1, size - firstBin))
  return { first: Math.min(first, end), end }
}

/** Writes the plan and the tables. Returns a setter for the fields that depend on the samples' type. */
export function putKernelPlan(
  buffer: ArrayBufferLike,
  scratchOffset: number,
  plan: SpectralKernelPlan,
  layout: KernelLayout
): (isFloat: boolean) => void {
  const { nfft, combination } = plan
  const size = nfft / 2
  const weights = windowWeights(plan.window ?? 'hann', nfft)
  const factor = windowFactor(plan, weights)
  new Float32Array(buffer, scratchOffset + layout.window, nfft).set(weights.map((weight) => weight * factor))
  putTwiddles(new Float32Array(buffer, scratchOffset + layout.twiddles, twiddleCount(size)), size)
  const untangleTwiddles = new Float32Array(buffer, scratchOffset + layout.untangleTwiddles, size)
  for (let k = 0; k < size / 2; k++) untangleTwiddles.set(root(k, nfft), 2 * k)
  new Uint32Array(buffer, scratchOffset + layout.constants).set(levelBits)
  new Float32Array(buffer, scratchOffset + layout.constants + 4 * levelBits.length).set(levelTerms)
  const pairs = neededPairs(plan)
  const fields = new Uint32Array(buffer, scratchOffset + layout.plan, fieldNames.length)
  const set = (name: Field, value: number): void => {
    fields[fieldNames.indexOf(name)] = value
  }
  set('channelCount', plan.channelCount)
  set('rowSamples', samplesPerRow(plan))
  set('size', size)
  set('transforms', combination?.transforms ?? 1)
  set('hopSamples', combination?.hopSamples ?? 0)
  set('isMaximum', combination?.mode === 'maximum' ? 1 : 0)
  set('firstPair', pairs.first)
  set('endPair', pairs.end)
  set('firstBin', plan.firstBin)
  set('binCount', plan.binCount)
  for (const name of ['window', 'twiddles', 'untangleTwiddles', 'tile', 'power', 'combined', 'energies'] as const) {
    set(name, scratchOffset + layout[name])
  }
  // Apart from each other by a few cache lines: reads and writes a multiple of 4 KiB apart wait for each other.
  set('bufferA', scratchOffset + layout.bufferA + 2 * cacheLine)
  set('bufferB', scratchOffset + layout.bufferB + 4 * cacheLine)
  return (isFloat) => {
    set('isFloat', isFloat ? 1 : 0)
    set('rowBytes', plan.rowStride * (isFloat ? 4 : 2))
    set('stripBytes', stripBytes(plan, isFloat))
  }
}
