/** Straight from the definitions, slow on purpose: nothing here shares code with the program. */

/** Windows as their authors write them; n of N samples, periodic. */
export const referenceWindows: Record<string, (n: number, length: number) => number> = {
  rectangular: () => 1,
  hann: (n, length) => Math.sin((Math.PI * n) / length) ** 2,
  hamming: (n, length) => 0.54 - 0.46 * Math.cos((2 * Math.PI * n) / length),
  blackman: (n, length) => {
    const x = (2 * Math.PI * n) / length
    return 0.42 - 0.5 * Math.cos(x) + 0.08 * Math.cos(2 * x)
  },
  blackmanHarris: (n, length) => {
    const x = (2 * Math.PI * n) / length
    return 0.35875 - 0.48829 * Math.cos(x) + 0.14128 * Math.cos(2 * x) - 0.01168 * Math.cos(3 * x)
  },
  flatTop: (n, length) => {
    const x = (2 * Math.PI * n) / length
    const high = 0.083578947 * Math.cos(3 * x) - 0.006947368 * Math.cos(4 * x)
    return 0.21557895 - 0.41663158 * Math.cos(x) + 0.277263158 * Math.cos(2 * x) - high
  }
}

/** One-sided PSD in unit²/Hz of one window of samples at some bins (default all), by the sum that defines the transform. */
export function directPsd(
  samples: ArrayLike<number>,
  sampleRateHz: number,
  window = 'hann',
  bins = Array.from({ length: samples.length / 2 + 1 }, (_, k) => k)
): number[] {
  const n = samples.length
  const weights = Float64Array.from({ length: n }, (_, t) => referenceWindows[window]!(t, n))
  const windowPower = weights.reduce((sum, weight) => sum + weight ** 2, 0)
  const windowed = weights.map((weight, t) => samples[t]! * weight)
  const cosines = Float64Array.from({ length: n }, (_, t) => Math.cos((2 * Math.PI * t) / n))
  const sines = Float64Array.from({ length: n }, (_, t) => Math.sin((2 * Math.PI * t) / n))
  return bins.map((k) => {
    let re = 0
    let im = 0
    for (let t = 0, angle = 0; t < n; t++, angle = (angle + k) % n) {
      re += windowed[t]! * cosines[angle]!
      im -= windowed[t]! * sines[angle]!
    }
    return (k === 0 || k === n / 2 ? 1 : 2) * ((re * re + im * im) / (sampleRateHz * windowPower))
  })
}

export function directBandEnergy(
  samples: ArrayLike<number>,
  sampleRateHz: number,
  lowHz: number,
  highHz: number
): number {
  const width = sampleRateHz / samples.length
  return directPsd(samples, sampleRateHz).reduce(
    (sum, value, k) => (k * width >= lowHz - 1e-9 && k * width <= highHz + 1e-9 ? sum + value * width : sum),
    0
  )
}

/** Repeatable noise in [−1, 1). */
export function noise(seed: number): () => number {
  let state = seed >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 0x80000000 - 1
  }
}

/** Time-major samples: `value(channel, sample)`. */
export function timeMajor<Values extends Int16Array | Float32Array>(
  target: Values,
  channelCount: number,
  value: (channel: number, sample: number) => number
): Values {
  for (let index = 0; index < target.length; index++) {
    target[index] = value(index % channelCount, Math.floor(index / channelCount))
  }
  return target
}

export const channelOf = (
  samples: ArrayLike<number>,
  channelCount: number,
  channel: number,
  first: number,
  count: number
) => Array.from({ length: count }, (_, t) => samples[(first + t) * channelCount + channel]!)
