/** Beside what the kernel declares. */
declare namespace WebAssembly {
  interface Memory {
    /** Returns the pages that there were before. */
    grow(pages: number): number
  }
}
