import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** From the sources, from a bundle's entry, from a chunk of it. */
const places = import.meta.url.endsWith('.ts')
  ? ['../../../out/kernel/spectral.wasm']
  : ['../kernel/spectral.wasm', '../../kernel/spectral.wasm']

async function readKernel(): Promise<Uint8Array<ArrayBuffer> | null> {
  for (const place of places) {
    try {
      return Uint8Array.from(await readFile(fileURLToPath(new URL(place, import.meta.url))))
    } catch {
      // Looked for in the next place; without any the caller goes on without the kernel.
    }
  }
  return null
}

/**
 * The compiled kernel, to be instantiated on any memory and handed to other threads. Null where it was not built, or where
 * the runtime lacks SIMD or shared memory: then rows are computed with fft.js.
 */
export async function compileKernel(): Promise<WebAssembly.Module | null> {
  const bytes = await readKernel()
  if (bytes === null) return null
  try {
    new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true })
    return await WebAssembly.compile(bytes)
  } catch {
    return null
  }
}
