import { createRingKernel } from '../../src-main/dsp/kernel/spectralKernels.ts'
import { kernelScratchBytes } from '../../src-main/dsp/kernel/wasmKernel.ts'
import {
  createRingAnalyser,
  ringKernelPlan,
  type RingAnalyser,
  type RingAnalyserPlan
} from '../../src-main/dsp/ringAnalyser.ts'
import { elementBytes, samplesPerRow, type ElementType } from '../../src-main/dsp/spectralKernel.ts'

/** A mirrored ring with room for the scratch of several kernels, as benches need it. Slots lie `mirrorSamples` beyond the end too. */
export interface BenchRing {
  memory: WebAssembly.Memory
  elementType: ElementType
  channelCount: number
  capacitySamples: number
  mirrorSamples: number
  byteOffset: number
  /** Scratch of each kernel, and a row for each to write into. */
  partBytes: number
  rowBytes: number
}

const pageBytes = 65536
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64

/** @param plan of the kernel that needs most */
export function createBenchRing(
  plan: RingAnalyserPlan,
  elementType: ElementType,
  capacitySamples: number,
  parts: number
): BenchRing {
  const { channelCount } = plan
  const bins = plan.output === 'spectra' ? plan.nfft / 2 + 1 : 1
  const rowBytes = aligned(channelCount * bins * 4)
  const partBytes = aligned(kernelScratchBytes(ringKernelPlan(plan, channelCount))) + rowBytes
  const mirrorSamples = samplesPerRow(plan) - 1
  const byteOffset = parts * partBytes
  const bytes = byteOffset + (capacitySamples + mirrorSamples) * channelCount * elementBytes(elementType)
  const pages = Math.ceil(bytes / pageBytes)
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
  return { memory, elementType, channelCount, capacitySamples, mirrorSamples, byteOffset, partBytes, rowBytes }
}

/** Copies a block in, in the bytes that came, and its head behind the end once more. */
export function storeBlock(ring: BenchRing, bytes: Uint8Array, data: Uint8Array, position: number): void {
  const sampleBytes = ring.channelCount * elementBytes(ring.elementType)
  const slot = position % ring.capacitySamples
  const untilEnd = (ring.capacitySamples - slot) * sampleBytes
  const mirrored = ring.mirrorSamples * sampleBytes
  const put = (part: Uint8Array, at: number): void => {
    bytes.set(part, ring.byteOffset + at)
    if (at >= mirrored) return
    bytes.set(
      part.length + at > mirrored ? part.subarray(0, mirrored - at) : part,
      ring.byteOffset + at + ring.capacitySamples * sampleBytes
    )
  }
  if (data.length <= untilEnd) {
    put(data, slot * sampleBytes)
  } else {
    put(data.subarray(0, untilEnd), slot * sampleBytes)
    put(data.subarray(untilEnd), 0)
  }
}

/** An analyser on the ring with a row in the same memory. */
export function openPart(
  ring: BenchRing,
  plan: RingAnalyserPlan,
  part: number,
  module: WebAssembly.Module | null
): { analyser: RingAnalyser; row: Float32Array } {
  const { memory } = ring
  const scratchOffset = part * ring.partBytes + ring.rowBytes
  const kernel = createRingKernel({ module, memory, scratchOffset, plan: ringKernelPlan(plan, ring.channelCount) })
  const row = new Float32Array(memory.buffer, part * ring.partBytes, kernel.valuesPerRow)
  return { analyser: createRingAnalyser({ plan, ring, kernel }), row }
}
