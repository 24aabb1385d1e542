/**
 * The newest samples of a stream, time-major, always contiguous, so that a window can be read in place. New samples are
 * appended; when the end of the memory is reached, what is still needed moves to its front. With half a window to spare
 * each sample is moved twice, which is little beside its transforms.
 */
export interface SampleHistory {
  readonly values: Int16Array | Float32Array
  /** Index of the first sample held, and of the one after the last. */
  firstSample: number
  endSample: number
  /** Takes as many of the samples as there is room for, from the front. Returns how many. */
  append(samples: Int16Array | Float32Array, fromSample: number, sampleCount: number): number
  /** Element where a held sample's first channel lies. */
  offset(sample: number): number
  /** Samples before this are no longer needed; moves the rest to the front where room is short. */
  release(sample: number): void
  /** Forgets everything; the next sample appended is `sample`. */
  restart(sample: number): void
}

/** @param values whole samples of `channelCount` elements; more than one window of them */
export function createSampleHistory(values: Int16Array | Float32Array, channelCount: number): SampleHistory {
  const capacity = Math.floor(values.length / channelCount)
  /** Sample that lies at element 0. */
  let base = 0
  const history: SampleHistory = {
    values,
    firstSample: 0,
    endSample: 0,
    append(samples, fromSample, sampleCount) {
      const taken = Math.min(sampleCount, base + capacity - history.endSample)
      const source = fromSample * channelCount
      const isWhole = source === 0 && taken * channelCount === samples.length
      values.set(
        isWhole ? samples : samples.subarray(source, source + taken * channelCount),
        history.offset(history.endSample)
      )
      history.endSample += taken
      return taken
    },
    offset: (sample) => (sample - base) * channelCount,
    release(sample) {
      if (sample > history.firstSample) history.firstSample = Math.min(sample, history.endSample)
      if (history.firstSample === history.endSample) {
        base = history.firstSample
      } else if (history.endSample === base + capacity) {
        values.copyWithin(0, history.offset(history.firstSample), history.offset(history.endSample))
        base = history.firstSample
      }
    },
    restart(sample) {
      base = history.firstSample = history.endSample = sample
    }
  }
  return history
}
