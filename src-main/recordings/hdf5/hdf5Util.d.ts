/** The library's own module factory: called once more, it gives a fresh instance, which the package's entry cannot. */
declare module '*/h5wasm/dist/node/hdf5_util.js' {
  import type { Module } from 'h5wasm'

  const createModule: (options: {
    noInitialRun: boolean
    print: (text: string) => void
    printErr: (text: string) => void
  }) => Promise<typeof Module>

  // eslint-disable-next-line import-x/no-default-export -- the file is the library's
  export default createModule
}
