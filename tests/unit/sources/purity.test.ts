import { describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { createSimulatedFibre } from '../../../src-main/focus-server/sources/simulatedFibre.ts'
import type { AcquisitionSource } from '../../../src-main/focus-server/sources/source.ts'

interface Range {
  firstSample: number
  sampleCount: number
  firstChannel: number
  channelCount: number
}

function read(source: AcquisitionSource, range: Range): Int16Array {
  const target = new Int16Array(range.sampleCount * range.channelCount)
  void source.read(range, target)
  return target
}

/** The part of a wider reading that a narrower one should equal. */
function part(whole: Int16Array, of: Range, range: Range): Int16Array {
  const out = new Int16Array(range.sampleCount * range.channelCount)
  for (let row = 0; row < range.sampleCount; row++) {
    const from = (range.firstSample - of.firstSample + row) * of.channelCount + range.firstChannel - of.firstChannel
    out.set(whole.subarray(from, from + range.channelCount), row * range.channelCount)
  }
  return out
}

const equal = (a: Int16Array, b: Int16Array): boolean =>
  Buffer.compare(Buffer.from(a.buffer), Buffer.from(b.buffer)) === 0

/** A time within the given kind of event, so that the pieces cut through it. */
function during(source: AcquisitionSource, kind: string, partOfIt = 0.5): number {
  const from = 1_790_000_000n * 1_000_000_000n
  const event = source.truth!(from, from + 1_800n * 1_000_000_000n).find((one) => one.kind === kind)!
  return source.sampleIndexAt(event.startNs + BigInt(Math.round(Number(event.endNs - event.startNs) * partOfIt)))
}

describe('a simulated fibre is a pure function of seed, channel and time', () => {
  for (const kind of ['vehicle', 'train', 'earthquake', 'footsteps', 'digging', 'pump', 'fading']) {
    test(`the same counts in live blocks, in one piece, by channel and by part, during: ${kind}`, () => {
      const source = createSimulatedFibre({ channels: 700 })
      const whole: Range = {
        firstSample: during(source, kind, kind === 'earthquake' ? 0.1 : 0.4) - 313,
        sampleCount: 1500,
        firstChannel: 0,
        channelCount: 700
      }
      const atOnce = read(source, whole)
      const again = createSimulatedFibre({ channels: 700 })
      for (let done = 0; done < whole.sampleCount; done += 100) {
        const block = { ...whole, firstSample: whole.firstSample + done, sampleCount: 100 }
        expect(equal(read(again, block), part(atOnce, whole, block))).toBe(true)
      }
      for (const channel of [0, 1, 31, 32, 350, 699]) {
        const single = { ...whole, firstChannel: channel, channelCount: 1 }
        expect(equal(read(again, single), part(atOnce, whole, single))).toBe(true)
      }
      fc.assert(
        fc.property(
          fc.nat(whole.sampleCount - 1),
          fc.nat(whole.sampleCount - 1),
          fc.nat(699),
          fc.nat(699),
          (a, b, c, d) => {
            const range = {
              firstSample: whole.firstSample + Math.min(a, b),
              sampleCount: Math.abs(a - b) + 1,
              firstChannel: Math.min(c, d),
              channelCount: Math.abs(c - d) + 1
            }
            return equal(read(source, range), part(atOnce, whole, range))
          }
        ),
        { numRuns: 15 }
      )
    })
  }

  test('reading back and forth, and elsewhere in between, changes nothing', () => {
    const source = createSimulatedFibre({ channels: 300 })
    const range = { firstSample: 3_580_000_000_017, sampleCount: 400, firstChannel: 0, channelCount: 300 }
    const first = read(source, range)
    for (const hours of [-24, -3, 5]) read(source, { ...range, firstSample: range.firstSample + hours * 7_200_000 })
    expect(equal(read(source, range), first)).toBe(true)
  })

  test('another seed is another fibre; the same seed is the same one', () => {
    const range = { firstSample: 3_580_000_000_000, sampleCount: 200, firstChannel: 0, channelCount: 100 }
    const seven = read(createSimulatedFibre({ channels: 100 }), range)
    expect(equal(read(createSimulatedFibre({ channels: 100, seed: 7 }), range), seven)).toBe(true)
    const eight = read(createSimulatedFibre({ channels: 100, seed: 8 }), range)
    expect(seven.filter((value, i) => value === eight[i]).length).toBeLessThan(0.05 * seven.length)
  })

  test('truth does not depend on the range that asks for it', () => {
    const source = createSimulatedFibre()
    const from = 1_790_000_000n * 1_000_000_000n
    const all = source.truth!(from, from + 600n * 1_000_000_000n).filter(({ kind }) => kind !== 'bad channel')
    const pieces = new Map<string, unknown>()
    for (let s = 0n; s < 600n; s += 25n) {
      const begin = from + s * 1_000_000_000n
      for (const event of source.truth!(begin, begin + 25n * 1_000_000_000n)) {
        if (event.kind !== 'bad channel') pieces.set(event.id, event)
      }
    }
    expect([...pieces.keys()].sort()).toEqual(all.map(({ id }) => id).sort())
    for (const event of all) expect(pieces.get(event.id)).toEqual(event)
  })
})

describe('time and limits', () => {
  test('sample index and time agree at both ends of the range of doubles in use', () => {
    for (const prrHz of [2000, 1999.98, 62.5, 10_000]) {
      const source = createSimulatedFibre({ channels: 1, prrHz })
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seconds) => {
          const index = source.sampleIndexAt(BigInt(seconds) * 1_000_000_000n)
          const time = source.timeOfSample(index)
          return source.sampleIndexAt(time) === index && source.sampleIndexAt(time + 1n) === index + 1
        })
      )
    }
    expect(createSimulatedFibre({ channels: 1 }).timeOfSample(3_600_000_000_001)).toBe(1_800_000_000_000_500_000n)
  })

  test('the last 24 hours are offered', () => {
    const now = 1_790_000_000_123_456_789n
    expect(createSimulatedFibre({ channels: 1 }).historicRange(now)).toEqual({
      startNs: now - 86_400_000_000_000n,
      endNs: now
    })
  })

  test('what a fibre cannot be is refused with the option and its limits', () => {
    expect(() => createSimulatedFibre({ channels: 0 })).toThrow('channels: 0 is not a whole number in 1 to 100000')
    expect(() => createSimulatedFibre({ channels: 10.5 })).toThrow('channels: 10.5')
    expect(() => createSimulatedFibre({ prrHz: Number.NaN })).toThrow('prrHz: NaN is not in 50 to 50000')
    const source = createSimulatedFibre({ channels: 10 })
    const range = { firstSample: 0, sampleCount: 10, firstChannel: 5, channelCount: 6 }
    expect(() => void source.read(range, new Int16Array(100))).toThrow('channels 5 to 10 of 10')
    expect(() => void source.read({ ...range, channelCount: 5 }, new Int16Array(10))).toThrow('do not fit')
  })

  test('small, slow, fast and wide fibres work too', () => {
    for (const options of [
      { channels: 1 },
      { channels: 5, prrHz: 50 },
      { channels: 64, prrHz: 50_000 },
      { channels: 100_000, prrHz: 100 }
    ]) {
      const source = createSimulatedFibre(options)
      const first = source.sampleIndexAt(1_790_000_000n * 1_000_000_000n)
      const counts = read(source, {
        firstSample: first,
        sampleCount: 64,
        firstChannel: 0,
        channelCount: options.channels
      })
      expect(counts.some((value) => value !== 0)).toBe(true)
    }
  })
})
