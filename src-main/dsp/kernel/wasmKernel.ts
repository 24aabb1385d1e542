import { valuesPerRow, type RingKernel, type SpectralKernelPlan } from '../spectralKernel.ts'
import { createColumnMeans, type KernelExports } from './columnMeans.ts'
import { kernelLayout, largestKernelSize, putKernelPlan, smallestKernelSize, tileChannels } from './kernelLayout.ts'

export { compileKernel } from './kernelFile.ts'

/** One instance of the compiled kernel on a shared memory. Not for two threads: each makes its own, on scratch of its own. */
export type WasmKernel = RingKernel

/** Whether the kernel can do it; else fft.js. */
export const kernelSupports = ({ nfft }: Pick<SpectralKernelPlan, 'nfft'>): boolean =>
  nfft >= smallestKernelSize && nfft <= largestKernelSize && Number.isInteger(Math.log2(nfft))

/** Bytes of the memory that a kernel with this plan needs for itself. */
export const kernelScratchBytes = (plan: SpectralKernelPlan): number => kernelLayout(plan).byteLength

const setLanes = (lanes: number): number => (lanes & 1) + ((lanes >> 1) & 1) + ((lanes >> 2) & 1) + ((lanes >> 3) & 1)

/**
 * The kernel on a shared memory that holds the samples too.
 *
 * @param options.scratchOffset multiple of 64; from there on `kernelScratchBytes(plan)` belong to this kernel alone
 * @throws RangeError for a plan that `kernelSupports` denies or a scratch that does not fit into the memory
 */
export function createWasmKernel(options: {
  module: WebAssembly.Module
  memory: WebAssembly.Memory
  scratchOffset: number
  plan: SpectralKernelPlan
}): WasmKernel {
  const { module, memory, scratchOffset, plan } = options
  const { channelCount, firstChannel = 0, channelsPerColumn, binCount } = plan
  if (!kernelSupports(plan)) throw new RangeError(`the kernel has no transforms of ${plan.nfft} samples`)
  const layout = kernelLayout(plan)
  if (scratchOffset % 64 !== 0 || scratchOffset + layout.byteLength > memory.buffer.byteLength) {
    throw new RangeError(`no room for ${layout.byteLength} bytes of scratch at ${scratchOffset}`)
  }
  const kernel = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports
  const setElementType = putKernelPlan(memory.buffer, scratchOffset, plan, layout)
  const address = scratchOffset + layout.plan
  const isDecibels = plan.level === 'decibels'
  const constants = scratchOffset + layout.constants
  const columnCount = Math.ceil(channelCount / channelsPerColumn)
  const columnBytes = binCount * 4
  const energies = new Float32Array(
    memory.buffer,
    scratchOffset + layout.energies,
    plan.output === 'spectra' ? 0 : channelCount
  )
  const energyRow = energies.subarray(0, columnCount)
  /** Where a group's powers lie, first the bin that is put out first. */
  const powers = scratchOffset + (plan.combination ? layout.combined : layout.power + plan.firstBin * 16)
  const output = scratchOffset + layout.output
  const outputOf = Array.from(
    { length: plan.output === 'spectra' ? 5 : 0 },
    (_, columns) => new Float32Array(memory.buffer, output, columns * binCount)
  )
  const means = createColumnMeans({ plan, kernel, powers, column: scratchOffset + layout.column, constants })
  let isFloat = false
  setElementType(isFloat)

  /** Where columns are written: right into the target where that lies in the kernel's memory. */
  const placeOf = (target: Float32Array): number => (target.buffer === memory.buffer ? target.byteOffset : -1)

  function energyLevels(source: number, target: Float32Array): number {
    const anyBroken = kernel.rowEnergies(address, source)
    if (channelsPerColumn > 1) means.ofEnergies(energies)
    if (isDecibels) kernel.levelsOfRow(scratchOffset + layout.energies, columnCount, constants)
    target.set(energyRow)
    if (anyBroken === 0) return 0
    let invalid = 0
    for (const level of energyRow) if (Number.isNaN(level)) invalid++
    return invalid
  }

  function spectrumLevels(source: number, target: Float32Array): number {
    const place = placeOf(target)
    let invalidColumns = 0
    let column = 0
    means.begin()
    for (let first = 0; first < channelCount; first += tileChannels) {
      const groups = kernel.gatherTile(address, source, first)
      for (let group = 0; group < groups; group++) {
        const channel = first + 4 * group
        const lanes = Math.min(4, channelCount - channel)
        const broken = kernel.groupPowers(address, group)
        const to = place < 0 ? output : place + column * columnBytes
        if (channelsPerColumn === 1) {
          if (isDecibels) kernel.levelsByChannel(powers, binCount, to, columnBytes, lanes, broken, constants)
          else kernel.powersByChannel(powers, binCount, to, columnBytes, lanes, broken)
          invalidColumns += setLanes(broken)
          if (place < 0) target.set(outputOf[lanes]!, column * binCount)
          column += lanes
        } else {
          const done = means.addGroup(channel, lanes, broken, to)
          if (place < 0 && done > 0) target.set(outputOf[done]!, column * binCount)
          column += done
        }
      }
    }
    return (invalidColumns + means.invalidColumns) * binCount
  }

  return {
    valuesPerRow: valuesPerRow(plan),
    computeRow(sourceByteOffset, elementType, target) {
      if ((elementType === 'float32') !== isFloat) {
        isFloat = !isFloat
        setElementType(isFloat)
      }
      const source = sourceByteOffset + firstChannel * (isFloat ? 4 : 2)
      return plan.output === 'bandEnergy' ? energyLevels(source, target) : spectrumLevels(source, target)
    }
  }
}
