/**
 * Spectral kernel: time-major samples of many channels → powers, energies and levels, four channels at a time. It has no data
 * and no memory of its own: every address stands in a plan that the caller lays out in the imported memory.
 */
import { gather, gatherTail, tileGroups } from './gather'
import { firstPass, middlePass, plainPass, radix2Pass } from './passes'
import { brokenLanes, combine, sumOfBins } from './powers'
import { radix2AndUntangle, untangle } from './untangle'

export { addLanes, fillInvalid, levelsByChannel, levelsOfRow, powersByChannel, powersOfColumn } from './powers'

/** Written by `kernelPlan.ts`, all fields 32 bits, in this order. */
// @ts-ignore: decorator
@unmanaged
class Plan {
  /** 1 for float32, 0 for int16. */
  isFloat: i32
  channelCount: i32
  rowBytes: usize
  /** Samples of a row, over all its transforms. */
  rowSamples: i32
  /** Complex values of a transform: half of its samples. */
  size: i32
  transforms: i32
  hopSamples: i32
  isMaximum: i32
  /** Pairs of bins that are needed, and the bins that are summed or put out. */
  firstPair: i32
  endPair: i32
  firstBin: i32
  binCount: i32
  /** Weights, float32, with all constant factors. */
  window: usize
  /** Passes one after the other, six float32 a butterfly: W^p, W^2p, W^3p. */
  twiddles: usize
  untangleTwiddles: usize
  tile: usize
  stripBytes: usize
  bufferA: usize
  bufferB: usize
  /** One v128 a bin, and four bins to spare. */
  power: usize
  /** The same, for rows of several transforms. */
  combined: usize
  /** One float32 a channel, to the next whole group. */
  energies: usize
}

// @ts-ignore: decorator
@inline
function planAt(address: usize): Plan {
  return changetype<Plan>(address)
}

/** One transform of a strip, from its samples to the powers of its bins. Returns broken lanes. */
function transform(plan: Plan, strip: usize): i32 {
  const size = plan.size
  let twiddles = plan.twiddles
  let input = plan.bufferA
  let output = plan.bufferB
  let left = size >> 2
  let stride = 4
  if (plan.isFloat) firstPass<f32>(strip, plan.window, twiddles, input, left)
  else firstPass<i16>(strip, plan.window, twiddles, input, left)
  twiddles += <usize>left * 24
  while (left > 4) {
    middlePass(input, output, twiddles, left >> 2, stride)
    const swap = input
    input = output
    output = swap
    twiddles += <usize>(left >> 2) * 24
    left >>= 2
    stride <<= 2
  }
  const pairs = plan.endPair - plan.firstPair
  if (left == 2 && pairs > size >> 2) {
    radix2AndUntangle(input, size, plan.untangleTwiddles, plan.power)
  } else {
    if (left == 4) plainPass(input, <usize>stride << 5, output, <usize>stride << 5, stride)
    else radix2Pass(input, output, stride)
    untangle(output, size, plan.untangleTwiddles, plan.power, plan.firstPair, plan.endPair)
  }
  return plan.isFloat ? brokenLanes(v128.load(plan.power), strip, size << 1) : 0
}

/** Gathers the tile whose first channel lies at `source`; channels from `firstChannel` on. Returns its groups. */
export function gatherTile(address: usize, source: usize, firstChannel: i32): i32 {
  const plan = planAt(address)
  const channels = min(plan.channelCount - firstChannel, tileGroups << 2)
  const groups = channels >> 2
  const tail = channels & 3
  const from = source + (<usize>firstChannel << (1 + plan.isFloat))
  const tailFrom = from + (<usize>groups << (3 + plan.isFloat))
  const tailStrip = plan.tile + <usize>groups * plan.stripBytes
  if (plan.isFloat) {
    if (groups > 0) gather<f32>(from, plan.rowBytes, plan.rowSamples, plan.tile, plan.stripBytes, groups)
    if (tail > 0) gatherTail<f32>(tailFrom, plan.rowBytes, plan.rowSamples, tailStrip, tail)
  } else {
    if (groups > 0) gather<i16>(from, plan.rowBytes, plan.rowSamples, plan.tile, plan.stripBytes, groups)
    if (tail > 0) gatherTail<i16>(tailFrom, plan.rowBytes, plan.rowSamples, tailStrip, tail)
  }
  return groups + i32(tail > 0)
}

/**
 * Powers of the bins that are put out, of all transforms of a group of the tile: in `combined` where there are several, else in
 * `power` from `firstBin` on. Returns broken lanes as bits.
 */
export function groupPowers(address: usize, group: i32): i32 {
  const plan = planAt(address)
  let strip = plan.tile + <usize>group * plan.stripBytes
  if (plan.transforms == 1) return transform(plan, strip)
  const wanted = plan.power + (<usize>plan.firstBin << 4)
  const hopBytes = <usize>plan.hopSamples << (3 + plan.isFloat)
  let broken = 0
  for (let index = 0; index < plan.transforms; index++) {
    broken |= transform(plan, strip)
    if (index == 0) memory.copy(plan.combined, wanted, <usize>plan.binCount << 4)
    else combine(plan.combined, wanted, plan.binCount, plan.isMaximum != 0)
    strip += hopBytes
  }
  return broken
}

/** Energies of all transforms of a group of the tile. */
function groupEnergies(plan: Plan, group: i32, target: usize): i32 {
  const wanted = plan.power + (<usize>plan.firstBin << 4)
  const hopBytes = <usize>plan.hopSamples << (3 + plan.isFloat)
  let strip = plan.tile + <usize>group * plan.stripBytes
  let broken = 0
  for (let index = 0; index < plan.transforms; index++) {
    const lanes = transform(plan, strip)
    broken |= lanes
    const energies = sumOfBins(wanted, plan.binCount, lanes)
    const before = v128.load(target)
    if (index == 0) v128.store(target, energies)
    else v128.store(target, plan.isMaximum ? f32x4.max(before, energies) : f32x4.add(before, energies))
    strip += hopBytes
  }
  return broken
}

/** Energies of all channels of a row, NaN for those that are broken. Returns whether any is. */
export function rowEnergies(address: usize, source: usize): bool {
  const plan = planAt(address)
  let broken = 0
  let target = plan.energies
  for (let channel = 0; channel < plan.channelCount; channel += tileGroups << 2) {
    const groups = gatherTile(address, source, channel)
    for (let group = 0; group < groups; group++) {
      broken |= groupEnergies(plan, group, target)
      target += 16
    }
  }
  return broken != 0
}
