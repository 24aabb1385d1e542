/**
 * Periodic Hann window of `length` samples: 0.5 − 0.5·cos(2πn/length). Periodic, not symmetric: overlapped windows then add
 * up to a constant and the transform of a tone on a bin is exactly three bins wide.
 */
export function periodicHann(length: number): Float64Array {
  const window = new Float64Array(length)
  for (let n = 0; n < length; n++) window[n] = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length)
  return window
}

/** Σw²: what a window leaves of the power of white noise, times its length. */
export function windowPower(window: Float64Array): number {
  let sum = 0
  for (const weight of window) sum += weight * weight
  return sum
}
