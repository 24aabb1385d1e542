/** What of WebAssembly is used here; the types of Node leave it to those of browsers. */
declare namespace WebAssembly {
  interface MemoryDescriptor {
    initial: number
    maximum?: number
    shared?: boolean
  }
  class Memory {
    constructor(descriptor: MemoryDescriptor)
    readonly buffer: ArrayBuffer
    /** Returns the pages that there were before. */
    grow(pages: number): number
  }
}
