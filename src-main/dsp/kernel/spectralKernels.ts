import { createFftKernel, createFftRingKernel } from '../fftKernel.ts'
import {
  elementBytes,
  valuesPerRow,
  type CreateSpectralKernel,
  type RingKernel,
  type SpectralKernel,
  type SpectralKernelPlan
} from '../spectralKernel.ts'
import { createWasmKernel, kernelScratchBytes, kernelSupports } from './wasmKernel.ts'

const pageBytes = 65536

/** Kernels for who keeps a history of his own: WebAssembly where there is a module and the size suits, else fft.js. */
export function createSpectralKernels(module: WebAssembly.Module | null): CreateSpectralKernel {
  return (plan) => (module && kernelSupports(plan) ? createOwnMemoryKernel(module, plan) : createFftKernel(plan))
}

/** The kernel with a memory for itself, as large as it needs: scratch, then the samples. */
function createOwnMemoryKernel(module: WebAssembly.Module, plan: SpectralKernelPlan): SpectralKernel {
  const scratchBytes = kernelScratchBytes(plan)
  let kernel: RingKernel | null = null
  return {
    valuesPerRow: valuesPerRow(plan),
    allocate(elementType, length) {
      const pages = Math.ceil((scratchBytes + length * elementBytes(elementType)) / pageBytes)
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
      kernel = createWasmKernel({ module, memory, scratchOffset: 0, plan })
      return elementType === 'int16'
        ? new Int16Array(memory.buffer, scratchBytes, length)
        : new Float32Array(memory.buffer, scratchBytes, length)
    },
    computeRow(source, offset, target) {
      const elementType = source instanceof Int16Array ? 'int16' : 'float32'
      return kernel!.computeRow(source.byteOffset + offset * source.BYTES_PER_ELEMENT, elementType, target)
    }
  }
}

/** The kernel for rows of a ring that lies in `memory`: WebAssembly where there is a module and the size suits, else fft.js. */
export function createRingKernel(options: {
  module: WebAssembly.Module | null
  memory: WebAssembly.Memory
  /** As in `createWasmKernel`; unused by fft.js. */
  scratchOffset: number
  plan: SpectralKernelPlan
}): RingKernel {
  const { module, memory, plan } = options
  if (module && kernelSupports(plan)) return createWasmKernel({ ...options, module })
  return createFftRingKernel(memory.buffer, plan)
}
