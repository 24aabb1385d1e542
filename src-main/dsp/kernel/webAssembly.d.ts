/** What TypeScript's own libraries declare only together with the DOM. As far as the kernel needs it. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer
  }

  // eslint-disable-next-line no-var -- a constructor of the runtime
  var Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => Memory

  interface Instance {
    readonly exports: Record<string, unknown>
  }

  // eslint-disable-next-line no-var
  var Instance: new (module: Module, imports: Record<string, Record<string, unknown>>) => Instance

  function compile(bytes: ArrayBufferView<ArrayBuffer>): Promise<Module>
}
