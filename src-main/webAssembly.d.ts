/** What of WebAssembly's memory is used here; the types of Node leave it to those of browsers. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer
    /** Returns the pages that there were before. */
    grow(pages: number): number
  }

  // eslint-disable-next-line no-var -- a constructor of the runtime
  var Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => Memory
}
