/** Rows of samples as they are, for traces. */
export interface TraceRows {
  readonly valuesPerRow: number
  /**
   * Reads `perRow` samples of all channels.
   *
   * @param offset element of the first sample's first channel
   * @param target at least `valuesPerRow` long: by channel the sample, or the least and the greatest of `perRow`
   * @returns values that are NaN
   */
  computeRow(source: Int16Array | Float32Array, offset: number, target: Float32Array): number
}

/** Values of a trace row for each channel. */
export const traceValuesPerChannel = (perRow: number): 1 | 2 => (perRow > 1 ? 2 : 1)

/**
 * Samples in physical units (stored · scale); or of so many at a time the least and the greatest, so that no peak is lost. A
 * sample that is not finite is left out; NaN where no other is.
 */
export function createTraceRows(plan: {
  channelCount: number
  /** Elements from a sample of a channel to its next. */
  rowStride: number
  scale: number
  perRow: number
}): TraceRows {
  const { channelCount, rowStride, scale, perRow } = plan

  function copyRow(source: Int16Array | Float32Array, offset: number, target: Float32Array): number {
    let invalid = 0
    for (let channel = 0; channel < channelCount; channel++) {
      const value = source[offset + channel]! * scale
      const isValid = Number.isFinite(value)
      target[channel] = isValid ? value : Number.NaN
      if (!isValid) invalid++
    }
    return invalid
  }

  function reduceRow(source: Int16Array | Float32Array, offset: number, target: Float32Array): number {
    for (let channel = 0; channel < channelCount; channel++) {
      target[2 * channel] = Infinity
      target[2 * channel + 1] = -Infinity
    }
    for (let sample = 0, from = offset; sample < perRow; sample++, from += rowStride) {
      for (let channel = 0; channel < channelCount; channel++) {
        const value = source[from + channel]! * scale
        if (!(value > -Infinity && value < Infinity)) continue
        if (value < target[2 * channel]!) target[2 * channel] = value
        if (value > target[2 * channel + 1]!) target[2 * channel + 1] = value
      }
    }
    let invalid = 0
    for (let at = 0; at < 2 * channelCount; at += 2) {
      if (target[at]! <= target[at + 1]!) continue
      target[at] = target[at + 1] = Number.NaN
      invalid += 2
    }
    return invalid
  }

  return { valuesPerRow: channelCount * traceValuesPerChannel(perRow), computeRow: perRow > 1 ? reduceRow : copyRow }
}
