import PFFFT from '@echogarden/pffft-wasm/simd'

/** Rows in dB of every channel with pffft, a channel at a time, as its documentation shows; levels by a table. */
export async function pffftRows(
  samples: Int16Array,
  channelCount: number,
  nfft: number,
  target: Float32Array,
  levels: (powerBits: Int32Array, target: Float32Array, count: number, targetOffset: number) => void
): Promise<() => void> {
  const pffft = await PFFFT()
  const setup = pffft._pffft_new_setup(nfft, 0)
  const bytes = nfft * 4
  const [input, output, work] = [0, 1, 2].map(() => pffft._pffft_aligned_malloc(bytes)) as [number, number, number]
  const values = new Float32Array(pffft.HEAPF32.buffer, input, nfft)
  const spectrum = new Float32Array(pffft.HEAPF32.buffer, output, nfft)
  const window = Float32Array.from({ length: nfft }, (_, n) => 0.01 * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / nfft)))
  const bins = nfft / 2 + 1
  const powers = new Float32Array(bins)
  const powerBits = new Int32Array(powers.buffer)
  return () => {
    for (let channel = 0; channel < channelCount; channel++) {
      for (let n = 0, at = channel; n < nfft; n++, at += channelCount) values[n] = samples[at]! * window[n]!
      pffft._pffft_transform_ordered(setup, input, output, work, 0)
      // DC and Nyquist share the first pair.
      powers[0] = spectrum[0]! ** 2
      powers[nfft / 2] = spectrum[1]! ** 2
      for (let bin = 1; bin < nfft / 2; bin++) {
        const re = spectrum[2 * bin]!
        const im = spectrum[2 * bin + 1]!
        powers[bin] = 2 * (re * re + im * im)
      }
      levels(powerBits, target, bins, channel * bins)
    }
  }
}
