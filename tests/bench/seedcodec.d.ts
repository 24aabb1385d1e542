/** The Steim decoder of seisplotjs, which has no types of its own. */
declare module 'seisplotjs-seedcodec' {
  export function decodeSteim2(view: DataView, numSamples: number, swapBytes: boolean, bias: number): Int32Array
}
