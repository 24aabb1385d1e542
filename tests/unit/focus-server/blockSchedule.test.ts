import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createHistoricSchedule,
  createLiveSchedule,
  type ScheduledBlock
} from '../../../src-main/focus-server/blockSchedule.ts'
import { countingSource } from './countingSource.ts'

const all = (schedule: { at(sequence: number): ScheduledBlock | null }): ScheduledBlock[] => {
  const blocks: ScheduledBlock[] = []
  for (let block = schedule.at(0); block; block = schedule.at(blocks.length)) blocks.push(block)
  return blocks
}

describe('historic', () => {
  it('covers the range in whole blocks and a rest', () => {
    const blocks = all(createHistoricSchedule(countingSource(), { firstSample: 10, endSample: 35 }, 10))
    expect(blocks).toEqual([
      { kind: 'samples', sequence: 0, firstSample: 10, sampleCount: 10 },
      { kind: 'samples', sequence: 1, firstSample: 20, sampleCount: 10 },
      { kind: 'samples', sequence: 2, firstSample: 30, sampleCount: 5 }
    ])
  })

  it('names a hole at the end of the range, and sends nothing made up for it', () => {
    const source = countingSource({ holes: [{ from: 30, to: 100 }] })
    const blocks = all(createHistoricSchedule(source, { firstSample: 10, endSample: 50 }, 20))
    expect(blocks).toEqual([
      { kind: 'samples', sequence: 0, firstSample: 10, sampleCount: 20 },
      { kind: 'hole', sequence: 1, startNs: source.timeOfSample(30), endNs: source.timeOfSample(50) }
    ])
  })

  it('names a hole at the start of the range', () => {
    const source = countingSource({ holes: [{ from: 0, to: 20 }] })
    const blocks = all(createHistoricSchedule(source, { firstSample: 10, endSample: 30 }, 20))
    expect(blocks).toEqual([
      { kind: 'hole', sequence: 0, startNs: source.timeOfSample(10), endNs: source.timeOfSample(20) },
      { kind: 'samples', sequence: 1, firstSample: 20, sampleCount: 10 }
    ])
  })

  it('accounts for every sample once, as block or hole, for any holes and block length', () => {
    const arbitraryHoles = fc.array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 20 })), { maxLength: 5 })
    fc.assert(
      fc.property(
        arbitraryHoles,
        fc.nat(40),
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 30 }),
        (steps, first, count, size) => {
          let at = 0
          const holes = steps.map(([skip, length]) => {
            const from = at + skip + 1
            at = from + length
            return { from, to: at }
          })
          const source = countingSource({ holes })
          const schedule = createHistoricSchedule(source, { firstSample: first, endSample: first + count }, size)
          let next = first
          for (const block of all(schedule)) {
            if (block.kind === 'hole') {
              expect(source.sampleIndexAt(block.startNs)).toBe(next)
              next = source.sampleIndexAt(block.endNs)
              continue
            }
            expect(block.firstSample).toBe(next)
            expect(block.sampleCount).toBeGreaterThan(0)
            expect(schedule.sequenceOf(block.firstSample + block.sampleCount - 1)).toBe(block.sequence)
            const isInHole = (sample: number) => holes.some(({ from, to }) => sample >= from && sample < to)
            for (let i = 0; i < block.sampleCount; i++) expect(isInHole(next + i)).toBe(false)
            next += block.sampleCount
          }
          expect(next).toBe(first + count)
        }
      )
    )
  })
})

it('live blocks begin at multiples of their length from the origin, for ever', () => {
  const schedule = createLiveSchedule(1000, 100)
  expect(schedule.at(7)).toEqual({ kind: 'samples', sequence: 7, firstSample: 1700, sampleCount: 100 })
  expect([1000, 1099, 1100, 1_000_000].map((sample) => schedule.sequenceOf(sample))).toEqual([0, 0, 1, 9990])
})
