import { createFftKernel } from '../../../src-main/dsp/fftKernel.ts'
import { createSpectralKernels } from '../../../src-main/dsp/kernel/spectralKernels.ts'
import { compileKernel } from '../../../src-main/dsp/kernel/wasmKernel.ts'
import type { CreateSpectralKernel } from '../../../src-main/dsp/spectralKernel.ts'

/** (module (func (result v128) (i32.const 0) i8x16.splat)): valid where there is SIMD. */
const simdProbe = Uint8Array.from([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11]
])

/** The compiled kernel. Null, and said aloud, where the runtime has no SIMD; elsewhere a missing kernel is a failure. */
export async function testedModule(): Promise<WebAssembly.Module | null> {
  const module = await compileKernel()
  if (module !== null) return module
  if (WebAssembly.validate(simdProbe)) throw new Error('the WebAssembly kernel was not built')
  process.stderr.write('SKIPPED: this runtime has no WebAssembly SIMD, the kernel is not tested\n')
  return null
}

/** Every kernel that the program may choose here. */
export async function testedKernels(): Promise<{ name: string; createKernel: CreateSpectralKernel }[]> {
  const module = await testedModule()
  const plain = { name: 'fft.js', createKernel: createFftKernel }
  return module ? [plain, { name: 'WebAssembly', createKernel: createSpectralKernels(module) }] : [plain]
}
