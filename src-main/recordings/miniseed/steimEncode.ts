/** Frames of one record, or the sample whose step no Steim-2 word can hold. */
export type SteimEncoded =
  { kind: 'encoded'; frames: Uint8Array; samples: number } | { kind: 'refused'; index: number; difference: number }

const frameBytes = 64
const wordsInFrame = 16
const largest = 2 ** 29 - 1
const smallest = -(2 ** 29)

/** From most to fewest differences a word: how many, of how many bits, under which control code and which code within the word. */
const packings = [
  { count: 7, bits: 4, control: 3, code: 2 },
  { count: 6, bits: 5, control: 3, code: 1 },
  { count: 5, bits: 6, control: 3, code: 0 },
  { count: 4, bits: 8, control: 1, code: null },
  { count: 3, bits: 10, control: 2, code: 3 },
  { count: 2, bits: 15, control: 2, code: 2 },
  { count: 1, bits: 30, control: 2, code: 1 }
] as const

/**
 * Encodes as many of `samples`, from `from` on, as `frames` Steim-2 frames hold, big-endian. The result's `frames` are the
 * frames in use; a record pads them with zeros. Consecutive samples more than 30 bits apart do not fit the code: the
 * answer names the first such sample, unless it is `from` itself, where decoders take the value and not the step.
 * `previous` is the last sample of the record before, null where there is none.
 */
export function encodeSteim2(
  samples: Int32Array,
  from: number,
  frames: number,
  previous: number | null = null
): SteimEncoded {
  const bytes = new Uint8Array(frames * frameBytes)
  const view = new DataView(bytes.buffer)
  const difference = (index: number): number => {
    if (index > from) return samples[index]! - samples[index - 1]!
    const step = previous === null ? 0 : samples[from]! - previous
    return step >= smallest && step <= largest ? step : 0
  }
  let next = from
  let used = 0
  for (let frame = 0; frame < frames && next < samples.length; frame++) {
    used = frame + 1
    let control = 0
    for (let word = frame === 0 ? 3 : 1; word < wordsInFrame && next < samples.length; word++) {
      const packing = packings.find(({ count, bits }) => fits(samples.length - next, count, bits, next, difference))
      if (packing === undefined) return { kind: 'refused', index: next, difference: difference(next) }
      view.setUint32(frame * frameBytes + 4 * word, wordOf(packing, next, difference))
      control |= packing.control << (30 - 2 * word)
      next += packing.count
    }
    view.setInt32(frame * frameBytes, control)
  }
  if (next > from) {
    view.setInt32(4, samples[from]!)
    view.setInt32(8, samples[next - 1]!)
  }
  return { kind: 'encoded', frames: bytes.subarray(0, used * frameBytes), samples: next - from }
}

type Packing = (typeof packings)[number]

function fits(left: number, count: number, bits: number, from: number, difference: (index: number) => number): boolean {
  if (left < count) return false
  const limit = 2 ** (bits - 1)
  for (let i = 0; i < count; i++) {
    const step = difference(from + i)
    if (step < -limit || step >= limit) return false
  }
  return true
}

function wordOf({ count, bits, code }: Packing, from: number, difference: (index: number) => number): number {
  const mask = 2 ** bits - 1
  let word = code ?? 0
  for (let i = 0; i < count; i++) word = ((word << bits) | (difference(from + i) & mask)) >>> 0
  // Seven times four bits leave two bits below the code unused.
  return code === 2 && count === 7 ? ((2 << 30) | (word & 0x0fffffff)) >>> 0 : word
}
