/** Straight from the definitions, slow on purpose: nothing here shares code with the program. */

/** One-sided PSD in unit²/Hz of one window of samples, bins 0..n/2, by the sum that defines the transform. */
export function directPsd(samples: ArrayLike<number>, sampleRateHz: number): number[] {
  const n = samples.length
  let windowPower = 0
  const windowed: number[] = []
  for (let t = 0; t < n; t++) {
    const weight = Math.sin((Math.PI * t) / n) ** 2
    windowPower += weight ** 2
    windowed.push(samples[t]! * weight)
  }
  const psd: number[] = []
  for (let k = 0; k <= n / 2; k++) {
    let re = 0
    let im = 0
    for (let t = 0; t < n; t++) {
      const angle = (-2 * Math.PI * ((k * t) % n)) / n
      re += windowed[t]! * Math.cos(angle)
      im += windowed[t]! * Math.sin(angle)
    }
    psd.push((k === 0 || k === n / 2 ? 1 : 2) * ((re * re + im * im) / (sampleRateHz * windowPower)))
  }
  return psd
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
