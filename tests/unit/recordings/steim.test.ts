import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeSteim } from '../../../src-main/recordings/miniseed/steimDecode.ts'
import { encodeSteim2 } from '../../../src-main/recordings/miniseed/steimEncode.ts'

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))

/** Encodes in blocks of `frames` frames and decodes each: as records of a file hold them. */
function roundTrip(samples: Int32Array, frames: number): number[] {
  const decoded: number[] = []
  for (let from = 0; from < samples.length;) {
    const block = encodeSteim2(samples, from, frames, from > 0 ? samples[from - 1]! : null)
    if (block.kind === 'refused') throw new Error(`refused ${block.difference} at ${block.index}`)
    const { values, problem } = decodeSteim(block.frames, block.samples, 2, false)
    expect(problem).toBeNull()
    decoded.push(...values)
    from += block.samples
  }
  return decoded
}

describe('Steim-2, encoded and decoded', () => {
  test('any samples whose steps fit come back, in as many records as it takes', () => {
    const steps = fc.array(
      fc.oneof(
        ...[3, 4, 5, 7, 9, 14, 29].map((bits) => fc.integer({ min: -(2 ** bits), max: 2 ** bits - 1 })),
        fc.constantFrom(-8, 7, -16, 15, -32, 31, -128, 127, -512, 511, -16_384, 16_383, -(2 ** 29), 2 ** 29 - 1)
      ),
      { maxLength: 700 }
    )
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.integer({ min: 1, max: 7 }),
        (all, first, frames) => {
          const samples = [first]
          for (const step of all) {
            const next = samples.at(-1)! + step
            samples.push(next >= -(2 ** 31) && next < 2 ** 31 ? next : samples.at(-1)! - Math.trunc(step / 2))
          }
          const values = Int32Array.from(samples)
          const isEncodable = samples.every((value, i) => i === 0 || Math.abs(value - samples[i - 1]!) < 2 ** 29)
          fc.pre(isEncodable)
          expect(roundTrip(values, frames)).toEqual([...values])
        }
      ),
      { numRuns: 300, seed: 5 }
    )
  })

  test('the largest steps are kept, one more is refused with its place and size', () => {
    expect(roundTrip(Int32Array.of(0, 2 ** 29 - 1, -1, 2 ** 29 - 2, -2), 7)).toEqual([
      0,
      2 ** 29 - 1,
      -1,
      2 ** 29 - 2,
      -2
    ])
    expect(encodeSteim2(Int32Array.of(3, 4, 4 + 2 ** 29), 0, 7)).toEqual({
      kind: 'refused',
      index: 2,
      difference: 2 ** 29
    })
    expect(encodeSteim2(Int32Array.of(2 ** 31 - 1, -(2 ** 31)), 0, 7)).toEqual({
      kind: 'refused',
      index: 1,
      difference: -(2 ** 32) + 1
    })
  })

  test('the step to the record before is no reason to refuse: decoders start from the value', () => {
    const block = encodeSteim2(Int32Array.of(2 ** 31 - 1, 2 ** 31 - 2), 0, 1, -(2 ** 31))
    expect(block).toMatchObject({ kind: 'encoded', samples: 2 })
  })

  test('nothing and a single sample', () => {
    expect(encodeSteim2(new Int32Array(0), 0, 7)).toMatchObject({ kind: 'encoded', samples: 0 })
    expect(roundTrip(Int32Array.of(-(2 ** 31)), 1)).toEqual([-(2 ** 31)])
  })
})

/** Written by ObsPy 1.5.1 (libmseed): `Trace(x).write(…, format='MSEED', encoding=…, reclen=256, byteorder=…)`, from byte 64 on. */
const written = {
  samples: [5, 6, 4, 1000, -70_000, -70_001, 123_456_789, 123_456_789, 123_456_788, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  steim1: {
    big: `02bfb580000000050000000a00000001fffe03e4fffeeaa8ffffffff075cde86
          0000fffff8a432ec010101010101010100010001000000000000000000000000`,
    little: `80b5bf02050000000a00000000000100feffe403a8eafeffffffffff86de5c07
             0000ffffec32a4f8010101010101010101000100000000000000000000000000`
  },
  steim2: {
    big: `02aaae00000000050000000ac00007fe400003e47ffeeaa87fffffff475cde86
          80007fff78a432ec81111111c010040100000000000000000000000000000000`,
    little: `00aeaa02050000000a000000fe0700c0e4030040a8eafe7fffffff7f86de5c47
             ff7f0080ec32a47811111181010410c000000000000000000000000000000000`
  }
}

describe('frames that libmseed wrote', () => {
  test.each([
    ['Steim-1, big-endian', 1, false, written.steim1.big],
    ['Steim-1, little-endian', 1, true, written.steim1.little],
    ['Steim-2, big-endian', 2, false, written.steim2.big],
    ['Steim-2, little-endian', 2, true, written.steim2.little]
  ] as const)('%s', (_name, version, littleEndian, frames) => {
    const bytes = hex(frames)
    const { values, problem } = decodeSteim(bytes, 20, version, littleEndian)
    expect(problem).toBeNull()
    expect([...values]).toEqual(written.samples)
  })

  test('are what ours are, but for the padding', () => {
    const block = encodeSteim2(Int32Array.from(written.samples), 0, 1)
    expect(block).toMatchObject({ kind: 'encoded', samples: 20 })
    expect(Buffer.from((block as { frames: Uint8Array }).frames).toString('hex')).toBe(
      written.steim2.big.replaceAll(/\s/g, '')
    )
  })
})

describe('damaged frames', () => {
  const bytes = (): Uint8Array => hex(written.steim2.big)

  test('a last sample that is not the announced one is said', () => {
    const damaged = bytes()
    damaged[11] = 11
    expect(decodeSteim(damaged, 20, 2, false).problem).toBe('ends in 10 where its header says 11')
  })

  test('fewer samples than announced are handed out as far as they go', () => {
    const { values, problem } = decodeSteim(bytes(), 4_000_000_000, 2, false)
    expect(values.length).toBe(20)
    expect(problem).toBe('holds 20 of the 4000000000 samples that it announces')
  })

  test('a word with a code that means nothing ends the record', () => {
    const damaged = bytes()
    damaged[12] = 0x00
    expect(decodeSteim(damaged, 20, 2, false).problem).toBe('has a word in Steim frame 1 that decodes to nothing')
  })

  test('half a frame', () => {
    expect(decodeSteim(bytes().subarray(0, 40), 20, 2, false).problem).toMatch(/no whole Steim frame/)
  })

  test('no bytes make it throw or write past its end', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(3000),
        fc.constantFrom(1 as const, 2 as const),
        fc.boolean(),
        (anything, count, version, littleEndian) => {
          expect(decodeSteim(anything, count, version, littleEndian).values.length).toBeLessThanOrEqual(count)
        }
      ),
      { numRuns: 500, seed: 8 }
    )
  })
})
