/**
 * Main's side of the shared ring: blocks are copied once, from wherever they lie (a gRPC payload starts at an odd offset
 * and pins its message), into aligned memory that the worker reads in place. Positions count samples ever stored.
 */
export interface SampleRing {
  readonly buffer: SharedArrayBuffer
  readonly capacitySamples: number
  readonly usedSamples: number
  /** Copies a block in. Null where there is no room for all of it. */
  store(data: Uint8Array, sampleCount: number): number | null
  /** The worker has read everything before this position. */
  consumed(position: number): void
  /** Nothing stored is needed any more (the worker died). */
  clear(): void
}

export function createSampleRing(capacitySamples: number, bytesPerSample: number): SampleRing {
  const buffer = new SharedArrayBuffer(capacitySamples * bytesPerSample)
  const bytes = new Uint8Array(buffer)
  let written = 0
  let read = 0
  return {
    buffer,
    capacitySamples,
    get usedSamples() {
      return written - read
    },
    store(data, sampleCount) {
      if (sampleCount > capacitySamples - (written - read)) return null
      const position = written
      const at = position % capacitySamples
      const untilEnd = Math.min(sampleCount, capacitySamples - at)
      if (untilEnd === sampleCount) {
        bytes.set(data, at * bytesPerSample)
      } else {
        bytes.set(data.subarray(0, untilEnd * bytesPerSample), at * bytesPerSample)
        bytes.set(data.subarray(untilEnd * bytesPerSample), 0)
      }
      written += sampleCount
      return position
    },
    consumed(position) {
      if (position > read) read = Math.min(position, written)
    },
    clear() {
      read = written
    }
  }
}
