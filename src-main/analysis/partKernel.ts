import { createBandEnergyRows } from '../dsp/bandEnergyRows.ts'
import { createFftKernel } from '../dsp/fftKernel.ts'
import { createWasmKernel, kernelScratchBytes, kernelSupports } from '../dsp/kernel/wasmKernel.ts'
import { bandBins } from '../dsp/frequencyBins.ts'
import { sampleRateHz } from '../dsp/rowGrid.ts'
import type { SpectralKernelPlan } from '../dsp/spectralKernel.ts'
import { createTraceRows } from '../dsp/traceRows.ts'
import type { WorkerPart, WorkerPlan } from './protocol.ts'
import type { RingReader } from './sampleRing.ts'

/** Computes the columns of so many neighbouring channels from samples that lie in a ring. */
export interface PartKernel {
  /**
   * @param element of the window's first sample and the piece's first channel, in the reader's samples
   * @param target the values of the piece's columns
   * @returns values that are NaN
   */
  computeRow(element: number, target: Float32Array): number
}

/** What the kernel of a piece is built for. Reads in place: the stride is that of the whole ring. */
export function kernelPlanOf(plan: WorkerPlan, ringChannels: number, channelCount: number): SpectralKernelPlan {
  if (!(plan.nfft >= 2 && Number.isInteger(Math.log2(plan.nfft))))
    throw new RangeError(`nfft ${plan.nfft} is no power of two`)
  const rateHz = sampleRateHz(plan.sampleIntervalNs)
  const bins = bandBins(plan.nfft, rateHz, plan.lowHz, plan.highHz)
  return {
    channelCount,
    rowStride: ringChannels,
    channelsPerColumn: plan.channelsPerColumn,
    nfft: plan.nfft,
    sampleRateHz: rateHz,
    scale: plan.scale,
    firstBin: bins.first,
    binCount: bins.count,
    output: plan.output === 'spectra' ? 'spectra' : 'bandEnergy',
    level: 'decibels'
  }
}

/** Channels of the kernels that a part needs: whole pieces, and what is left. */
export function pieceSizes({
  channelCount,
  pieceChannels
}: Pick<WorkerPart, 'channelCount' | 'pieceChannels'>): number[] {
  const rest = channelCount % pieceChannels
  return [...(channelCount >= pieceChannels ? [pieceChannels] : []), ...(rest > 0 ? [rest] : [])]
}

interface PartKernelOptions {
  plan: WorkerPlan
  part: WorkerPart
  reader: RingReader
  module: WebAssembly.Module | null
}

/** @param scratchOffset where the kernel's own memory lies behind the ring; without it the row is computed in JavaScript */
export function createPartKernel(
  { plan, part, reader, module }: PartKernelOptions,
  size: number,
  scratchOffset: number | undefined
): PartKernel {
  const { samples } = reader
  const { ring } = part
  if (plan.output === 'trace') {
    const { scale, samplesPerRow: perRow = 1 } = plan
    const rows = createTraceRows({ channelCount: size, rowStride: ring.channelCount, scale, perRow })
    return { computeRow: (element, target) => rows.computeRow(samples, element, target) }
  }
  if (plan.content === 'bandEnergy') {
    const rows = createBandEnergyRows({ ...plan, channelCount: size })
    return {
      computeRow(element, target) {
        const invalid = rows.computeRow(samples, element)
        target.set(rows.row)
        return invalid
      }
    }
  }
  const kernelPlan = kernelPlanOf(plan, ring.channelCount, size)
  if (module && scratchOffset !== undefined && !(ring.shared instanceof SharedArrayBuffer)) {
    const kernel = createWasmKernel({ module, memory: ring.shared, scratchOffset, plan: kernelPlan })
    const { byteOffset } = reader
    const elementBytes = samples.BYTES_PER_ELEMENT
    const { elementType } = ring
    return {
      computeRow: (element, target) => kernel.computeRow(byteOffset + element * elementBytes, elementType, target)
    }
  }
  const kernel = createFftKernel(kernelPlan)
  return { computeRow: (element, target) => kernel.computeRow(samples, element, target) }
}

/** Bytes that each kernel of a part wants behind the ring; empty where they need none. */
export function scratchBytesOf(
  plan: WorkerPlan,
  part: Pick<WorkerPart, 'channelCount' | 'pieceChannels' | 'ring'>
): number[] {
  if (plan.output === 'trace' || plan.content === 'bandEnergy' || !kernelSupports(plan)) return []
  return pieceSizes(part).map((size) => kernelScratchBytes(kernelPlanOf(plan, part.ring.channelCount, size)))
}
