/** Frames of one record, or the sample whose step no Steim-2 word can hold. */
export type SteimEncoded =
  { kind: 'encoded'; frames: Uint8Array; samples: number } | { kind: 'refused'; index: number; difference: number }

const frameBytes = 64
const wordsInFrame = 16
const largest = 2 ** 29 - 1
const smallest = -(2 ** 29)

/** By how many differences a word holds: of how many bits each, under which control code, and which code within the word. */
const packings = [
  { bits: 0, control: 0, code: 0 },
  { bits: 30, control: 2, code: 1 },
  { bits: 15, control: 2, code: 2 },
  { bits: 10, control: 2, code: 3 },
  { bits: 8, control: 1, code: 0 },
  { bits: 6, control: 3, code: 0 },
  { bits: 5, control: 3, code: 1 },
  { bits: 4, control: 3, code: 2 }
] as const
const mostInWord = 7

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
  const steps = new Int32Array(mostInWord)
  let next = from
  let used = 0
  for (let frame = 0; frame < frames && next < samples.length; frame++) {
    used = frame + 1
    let control = 0
    for (let word = frame === 0 ? 3 : 1; word < wordsInFrame && next < samples.length; word++) {
      const count = takeSteps(samples, next, next === from ? previous : samples[next - 1]!, next === from, steps)
      if (count === 0) return { kind: 'refused', index: next, difference: samples[next]! - samples[next - 1]! }
      view.setUint32(frame * frameBytes + 4 * word, wordOf(steps, count))
      control |= packings[count]!.control << (30 - 2 * word)
      next += count
    }
    view.setInt32(frame * frameBytes, control)
  }
  if (next > from) {
    view.setInt32(4, samples[from]!)
    view.setInt32(8, samples[next - 1]!)
  }
  return { kind: 'encoded', frames: bytes.subarray(0, used * frameBytes), samples: next - from }
}

/**
 * The steps to `samples[from]` and those after it that fit one word, in `steps`; how many they are, 0 where the first of
 * them fits none. Where it is the first of a record, a step that fits none is 0: decoders do not use it.
 */
function takeSteps(
  samples: Int32Array,
  from: number,
  previous: number | null,
  isFirst: boolean,
  steps: Int32Array
): number {
  const most = Math.min(mostInWord, samples.length - from)
  let before = previous ?? samples[from]!
  let widest = 0
  for (let count = 1; count <= most; count++) {
    const sample = samples[from + count - 1]!
    let step = sample - before
    if (step < smallest || step > largest) {
      if (!isFirst || count > 1) return count - 1
      step = 0
    }
    // Bits of its two's complement, with the sign.
    widest = Math.max(widest, 33 - Math.clz32(step < 0 ? ~step : step))
    // More of them would have to be narrower still.
    if (widest > packings[count]!.bits) return count - 1
    steps[count - 1] = step
    before = sample
  }
  return most
}

function wordOf(steps: Int32Array, count: number): number {
  const { bits, code } = packings[count]!
  const mask = 2 ** bits - 1
  // The code stands in the two highest bits whatever the rest leaves unused; four differences of eight bits leave none.
  let word = 0
  for (let i = 0; i < count; i++) word = (word << bits) | (steps[i]! & mask)
  return count === 4 ? word >>> 0 : ((code << 30) | word) >>> 0
}
