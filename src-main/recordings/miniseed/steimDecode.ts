/** What became of a block of Steim frames. */
export interface SteimDecoded {
  /** As many as were asked for, or fewer where the frames ended before. Belongs to the caller. */
  values: Int32Array
  /** What is wrong with the frames, in words that go on after "record at byte …"; null when all agrees. */
  problem: string | null
}

const frameBytes = 64
const wordsInFrame = 16
/** A word holds at most seven differences: so many may be decoded past the last one that was asked for. */
const slack = 6

/**
 * Decodes Steim-1 or Steim-2 frames: `count` samples. The first sample is the forward integration constant, the last one is
 * compared with the reverse one. Bytes past the last whole frame are ignored; with `littleEndian` the words are swapped,
 * differences of 8 and 16 bits stay in file order, as libmseed has it. Never throws on damaged frames.
 * Source: SEED Reference Manual 2.4, appendix B.
 */
export function decodeSteim(bytes: Uint8Array, count: number, version: 1 | 2, littleEndian: boolean): SteimDecoded {
  const frames = Math.floor(bytes.length / frameBytes)
  if (count === 0) return { values: new Int32Array(0), problem: null }
  if (frames === 0) return { values: new Int32Array(0), problem: `has no whole Steim frame for its ${count} samples` }
  const view = new DataView(bytes.buffer, bytes.byteOffset, frames * frameBytes)
  // A word yields at most seven: a count that claims more than the frames can hold gets no memory.
  const room = Math.min(count, frames * (wordsInFrame - 1) * 7)
  const target = new Int32Array(room + slack)
  const unpack = version === 2 ? unpackSteim2 : unpackSteim1
  let filled = 0
  let problem: string | null = null
  for (let frame = 0; frame < frames && filled < room; frame++) {
    const start = frame * frameBytes
    const control = view.getUint32(start, littleEndian)
    for (let word = frame === 0 ? 3 : 1; word < wordsInFrame && filled < room; word++) {
      const kind = (control >>> (30 - 2 * word)) & 3
      if (kind === 0) continue
      const written = unpack(view, start + 4 * word, kind, littleEndian, target, filled)
      if (written === 0) {
        problem = `has a word in Steim frame ${frame + 1} that decodes to nothing`
        break
      }
      filled += written
    }
    if (problem !== null) break
  }
  const values = target.subarray(0, Math.min(filled, count))
  integrate(values, view.getInt32(4, littleEndian))
  if (problem === null && values.length < count)
    problem = `holds ${values.length} of the ${count} samples that it announces`
  const last = view.getInt32(8, littleEndian)
  if (problem === null && values[count - 1] !== last)
    problem = `ends in ${values[count - 1]} where its header says ${last}`
  return { values, problem }
}

/** Differences to samples, in place. The first difference leads to the record before and is replaced by the first sample. */
function integrate(values: Int32Array, first: number): void {
  let value = first
  if (values.length > 0) values[0] = first
  for (let i = 1; i < values.length; i++) {
    value = (value + values[i]!) | 0
    values[i] = value
  }
}

type Unpack = (
  view: DataView,
  at: number,
  kind: number,
  littleEndian: boolean,
  target: Int32Array,
  filled: number
) => number

/** Four differences of eight bits, in file order in both byte orders. */
function unpackBytes(view: DataView, at: number, target: Int32Array, filled: number): 4 {
  target[filled] = view.getInt8(at)
  target[filled + 1] = view.getInt8(at + 1)
  target[filled + 2] = view.getInt8(at + 2)
  target[filled + 3] = view.getInt8(at + 3)
  return 4
}

const unpackSteim1: Unpack = (view, at, kind, littleEndian, target, filled) => {
  if (kind === 1) return unpackBytes(view, at, target, filled)
  if (kind === 2) {
    target[filled] = view.getInt16(at, littleEndian)
    target[filled + 1] = view.getInt16(at + 2, littleEndian)
    return 2
  }
  target[filled] = view.getInt32(at, littleEndian)
  return 1
}

const unpackSteim2: Unpack = (view, at, kind, littleEndian, target, filled) => {
  if (kind === 1) return unpackBytes(view, at, target, filled)
  const word = view.getInt32(at, littleEndian)
  switch ((kind << 2) | (word >>> 30)) {
    case 0b10_01:
      target[filled] = (word << 2) >> 2
      return 1
    case 0b10_10:
      target[filled] = (word << 2) >> 17
      target[filled + 1] = (word << 17) >> 17
      return 2
    case 0b10_11:
      target[filled] = (word << 2) >> 22
      target[filled + 1] = (word << 12) >> 22
      target[filled + 2] = (word << 22) >> 22
      return 3
    case 0b11_00:
      target[filled] = (word << 2) >> 26
      target[filled + 1] = (word << 8) >> 26
      target[filled + 2] = (word << 14) >> 26
      target[filled + 3] = (word << 20) >> 26
      target[filled + 4] = (word << 26) >> 26
      return 5
    case 0b11_01:
      target[filled] = (word << 2) >> 27
      target[filled + 1] = (word << 7) >> 27
      target[filled + 2] = (word << 12) >> 27
      target[filled + 3] = (word << 17) >> 27
      target[filled + 4] = (word << 22) >> 27
      target[filled + 5] = (word << 27) >> 27
      return 6
    case 0b11_10:
      target[filled] = (word << 4) >> 28
      target[filled + 1] = (word << 8) >> 28
      target[filled + 2] = (word << 12) >> 28
      target[filled + 3] = (word << 16) >> 28
      target[filled + 4] = (word << 20) >> 28
      target[filled + 5] = (word << 24) >> 28
      target[filled + 6] = (word << 28) >> 28
      return 7
    default:
      return 0
  }
}
