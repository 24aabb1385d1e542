/** Runs once before all tests: the WebAssembly kernel is compiled from its sources, as the build would. */
export { ensureKernelBuilt as setup } from '../../src-main/dsp/kernel/buildKernel.ts'
