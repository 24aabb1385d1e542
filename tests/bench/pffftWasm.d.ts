declare module '@echogarden/pffft-wasm/simd' {
  interface Pffft {
    readonly HEAPF32: Float32Array
    _pffft_new_setup(nfft: number, isComplex: number): number
    _pffft_aligned_malloc(bytes: number): number
    _pffft_transform_ordered(setup: number, input: number, output: number, work: number, direction: number): void
  }

  // eslint-disable-next-line import-x/no-default-export -- the package's own
  export default function create(): Promise<Pffft>
}
