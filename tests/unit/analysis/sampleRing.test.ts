import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryRegions } from '../../../src-main/analysis/memoryRegions.ts'
import { ringLayoutFor } from '../../../src-main/analysis/ringSize.ts'
import {
  createRingReader,
  createRingWriter,
  createSampleRing,
  holdForFirstReader,
  holdRing,
  ringEndByte,
  type RingLayout
} from '../../../src-main/analysis/sampleRing.ts'

const layout: RingLayout = { channelCount: 3, elementType: 'int16', capacitySamples: 100, mirrorSamples: 40 }
/** Every value says which sample and channel it is of. */
const valueOf = (sample: number, channel: number): number => ((sample * 7 + channel) % 30_000) - 15_000

/** Bytes of samples, at an odd offset of a larger message. */
function bytesOf(first: number, count: number): Uint8Array {
  const values = Int16Array.from({ length: count * 3 }, (_, k) => valueOf(first + Math.floor(k / 3), k % 3))
  const message = new Uint8Array(values.byteLength + 7)
  message.set(new Uint8Array(values.buffer), 7)
  return message.subarray(7)
}

describe('the ring of samples', () => {
  it('has every window of the newest samples contiguous, wherever blocks and laps end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 40 }), (sizes) => {
        const ring = createSampleRing(layout, false)
        const writer = createRingWriter(ring)
        const reader = createRingReader(ring)
        let end = 0
        for (const size of sizes) {
          expect(writer.store(bytesOf(end, size), size)).toBe(end)
          end += size
          for (let start = Math.max(0, end - 100); start + 40 <= end; start += 13) {
            expect(reader.isHeld(start)).toBe(true)
            const element = reader.elementAt(start)
            for (const sample of [0, 1, 20, 39])
              for (let channel = 0; channel < 3; channel++)
                expect(reader.samples[element + sample * 3 + channel]).toBe(valueOf(start + sample, channel))
          }
          if (end > 100) expect(reader.isHeld(end - 101)).toBe(false)
        }
      }),
      { numRuns: 100 }
    )
  })

  it('keeps what several readers hold, each at its own place, and says what that leaves no room for', () => {
    const ring = createSampleRing(layout, false)
    const writer = createRingWriter(ring)
    writer.store(bytesOf(0, 60), 60)
    const slow = holdRing(ring, 10)!
    const fast = holdRing(ring, 50)!
    expect(writer.heldSamples).toBe(50)
    expect(writer.store(bytesOf(60, 51), 51)).toBeNull()
    expect(writer.store(bytesOf(60, 50), 50)).toBe(60)
    slow.moveTo(90)
    expect(writer.heldSamples).toBe(60)
    fast.release()
    expect(writer.heldSamples).toBe(20)
    slow.release()
    expect(writer.heldSamples).toBe(0)
  })

  it('that is made for a reader who loses nothing waits for the first of them', () => {
    const ring = createSampleRing(layout, true)
    const writer = createRingWriter(ring)
    expect(writer.store(bytesOf(0, 100), 100)).toBe(0)
    expect(writer.store(bytesOf(100, 1), 1)).toBeNull()
    const hold = holdRing(ring, 30)!
    expect(writer.store(bytesOf(100, 30), 30)).toBe(100)
    hold.release()
    expect(writer.heldSamples).toBe(0)
  })

  it('serves another stream: nothing of it is overwritten before its first reader has come', () => {
    const ring = createSampleRing(layout, true)
    createRingWriter(ring).store(bytesOf(0, 70), 70)
    const earlier = holdRing(ring, 10)!
    const other = holdRing(ring, 20)!
    earlier.release()
    expect(holdForFirstReader(ring, 60)).toBe(true)
    other.release()
    const writer = createRingWriter(ring, 60)
    expect(writer.store(bytesOf(0, 100), 100)).toBe(60)
    expect(writer.store(bytesOf(100, 1), 1)).toBeNull()
    const hold = holdRing(ring, 60)!
    hold.moveTo(90)
    expect(writer.heldSamples).toBe(70)
    hold.release()
    expect(writer.heldSamples).toBe(0)
  })

  it('goes on where a writer that is gone had come to, beyond 2³² samples too', () => {
    const ring = createSampleRing(layout, false)
    const from = 2 ** 32 - 30
    createRingWriter(ring, from - 10).store(bytesOf(0, 10), 10)
    const writer = createRingWriter(ring, from)
    const reader = createRingReader(ring)
    const hold = holdRing(ring, from)!
    expect(writer.store(bytesOf(50, 60), 60)).toBe(from)
    expect(writer.heldSamples).toBe(60)
    expect(reader.isHeld(from)).toBe(true)
    expect(reader.isHeld(from - 41)).toBe(false)
    expect(reader.samples[reader.elementAt(from + 35)]).toBe(valueOf(85, 0))
    hold.release()
  })

  it('refuses bytes that are not the samples that they claim to be', () => {
    const writer = createRingWriter(createSampleRing(layout, false))
    expect(() => writer.store(new Uint8Array(10), 2)).toThrow('10 bytes')
  })

  it('is sized for its window, for what comes meanwhile, and not for more', () => {
    const demand = { channelCount: 2222, elementType: 'int16', sampleIntervalNs: 5e5, blockSamples: 100 } as const
    const live = ringLayoutFor({ ...demand, windowSamples: 256, live: true })
    // Other settings on the same stream may ask for windows of up to 2048 samples.
    expect(live).toMatchObject({ mirrorSamples: 2048, capacitySamples: 2048 + 2000 })
    const few = ringLayoutFor({ ...demand, channelCount: 74, windowSamples: 256, live: true })
    expect(ringEndByte(few)).toBeLessThan(3.5e6)
    const great = ringLayoutFor({
      ...demand,
      channelCount: 56_000,
      elementType: 'float32',
      windowSamples: 256,
      live: true
    })
    expect(ringEndByte(great)).toBeLessThan(300e6)
    const historic = ringLayoutFor({ ...demand, windowSamples: 256, live: false })
    expect((historic.capacitySamples - historic.mirrorSamples) * 4444).toBeGreaterThan(16e6)
  })
})

describe('memory behind the ring', () => {
  it('is handed out without overlap, given back, joined and used again; it grows only where it must', () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 16, shared: true })
    const regions = createMemoryRegions(memory, 65_536 + 100)
    const taken = [1000, 5000, 64].map((bytes) => regions.allocate(bytes)!)
    expect(taken.map((offset) => offset % 64)).toEqual([0, 0, 0])
    expect(taken[0]).toBeGreaterThanOrEqual(65_636)
    expect(taken[1]! - taken[0]!).toBe(1024)
    regions.free(taken[0]!)
    regions.free(taken[1]!)
    expect(regions.allocate(6000)).toBe(taken[0])
    expect(memory.buffer.byteLength).toBe(2 * 65_536)
    expect(regions.allocate(200_000)).not.toBeNull()
    expect(memory.buffer.byteLength).toBeGreaterThan(2 * 65_536)
    expect(regions.allocate(2_000_000)).toBeNull()
    expect(() => regions.free(12_345)).toThrow('no region')
  })
})
