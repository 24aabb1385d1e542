import { exactDecibels } from './decibels.ts'
import {
  valuesPerRow,
  type CreateSpectralKernel,
  type SpectralKernel,
  type SpectralKernelPlan
} from './spectralKernel.ts'

/**
 * Rows of several transforms out of a kernel that makes one at a time: the plain way, for where the kernel that does it in
 * one pass is missing, and what that one is compared with. A channel with a broken sample in any of its windows is invalid.
 */
export function createCombinedKernel(plan: SpectralKernelPlan, createKernel: CreateSpectralKernel): SpectralKernel {
  const { channelCount, channelsPerColumn, rowStride, combination, ...rest } = plan
  const { mode, transforms, hopSamples } = combination!
  const single = createKernel({ ...rest, channelCount, rowStride, channelsPerColumn: 1, level: 'linear' })
  const perChannel = single.valuesPerRow / channelCount
  const powers = new Float32Array(single.valuesPerRow)
  const combined = new Float64Array(single.valuesPerRow)

  function combine(isFirst: boolean): void {
    for (let index = 0; index < combined.length; index++) {
      const power = powers[index]!
      if (isFirst) combined[index] = power
      else if (mode === 'mean') combined[index]! += power
      else combined[index] = Math.max(combined[index]!, power)
    }
  }

  return {
    valuesPerRow: valuesPerRow(plan),
    allocate: single.allocate,
    computeRow(source, offset, target) {
      for (let transform = 0; transform < transforms; transform++) {
        single.computeRow(source, offset + transform * hopSamples * rowStride, powers)
        combine(transform === 0)
      }
      const factor = mode === 'mean' ? 1 / transforms : 1
      let invalid = 0
      for (let first = 0, to = 0; first < channelCount; first += channelsPerColumn) {
        const end = Math.min(channelCount, first + channelsPerColumn)
        for (let value = 0; value < perChannel; value++, to++) {
          let sum = 0
          let valid = 0
          for (let channel = first; channel < end; channel++) {
            const power = combined[channel * perChannel + value]!
            if (Number.isNaN(power)) continue
            sum += power
            valid++
          }
          const mean = valid === 0 ? Number.NaN : (sum * factor) / valid
          if (valid === 0) invalid++
          target[to] = plan.level === 'decibels' ? exactDecibels(mean) : mean
        }
      }
      return invalid
    }
  }
}
