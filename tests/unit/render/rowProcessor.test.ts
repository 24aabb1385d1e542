import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invalidValue, isMissing, missingValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import { ChannelBackground, medianOf } from '../../../src-renderer/render/channelBackground.ts'
import { RowProcessor, type ProcessingOptions } from '../../../src-renderer/render/rowProcessor.ts'
import { RowRing } from '../../../src-renderer/render/rowRing.ts'

const plain: ProcessingOptions = { meanSlots: 1, background: null, holdDecayDbPerSlot: null }
const now = (): number => 0

function ringOf(rows: readonly (readonly number[])[], capacity = 64): RowRing {
  const ring = new RowRing({ columns: rows[0]!.length, capacity, rowsPerSlot: 1 })
  rows.forEach((row, index) => ring.writeRow(index, Float32Array.from(row), 0))
  return ring
}

function finish(processor: RowProcessor): RowRing {
  while (processor.process(5, now));
  return processor.shown
}

const column = (ring: RowRing, at: number): number[] =>
  Array.from({ length: ring.end - ring.first }, (_, index) => ring.valueAt(ring.first + index, at))

/** Independent of the code under test: powers, one after the other. */
const powerMean = (levels: readonly number[]): number =>
  10 * Math.log10(levels.reduce((sum, level) => sum + 10 ** (level / 10), 0) / levels.length)

describe('rows as they are shown', () => {
  it('are power means over blocks that begin at multiples of their length', () => {
    const rows = Array.from({ length: 10 }, (_, row) => [-30 - row, -60 + 3 * row])
    const shown = finish(new RowProcessor(ringOf(rows), { ...plain, meanSlots: 4 }))
    for (let row = 0; row < 10; row++) {
      const block = rows.slice(Math.floor(row / 4) * 4, Math.min(10, Math.floor(row / 4) * 4 + 4))
      for (const at of [0, 1]) {
        expect(shown.valueAt(row, at)).toBeCloseTo(powerMean(block.map((values) => values[at]!)), 4)
      }
    }
  })

  it('leave out what is missing or invalid, and keep gaps', () => {
    const ring = new RowRing({ columns: 2, capacity: 64, rowsPerSlot: 1 })
    ring.writeRow(0, Float32Array.of(-30, Number.NaN), 0)
    ring.writeRow(1, Float32Array.of(-40, Number.NaN), 0)
    ring.writeRow(3, Float32Array.of(Number.NaN, Number.NaN), 0)
    const shown = finish(new RowProcessor(ring, { ...plain, meanSlots: 4 }))
    expect(shown.valueAt(0, 0)).toBeCloseTo(powerMean([-30, -40]), 4)
    expect(isMissing(shown.valueAt(2, 0))).toBe(true)
    expect(shown.valueAt(3, 0)).toBeCloseTo(powerMean([-30, -40]), 4)
    expect(shown.valueAt(0, 1)).toBe(Math.fround(invalidValue))
  })

  it('hold the greatest level and let it fall by so much a row, across missing rows too', () => {
    const ring = new RowRing({ columns: 1, capacity: 64, rowsPerSlot: 1 })
    const levels: [number, number][] = [
      [0, -50],
      [1, -10],
      [2, -50],
      [5, -50],
      [6, -12]
    ]
    for (const [row, level] of levels) ring.writeRow(row, Float32Array.of(level), 0)
    const shown = finish(new RowProcessor(ring, { ...plain, holdDecayDbPerSlot: 2 }))
    expect(column(shown, 0)).toEqual([-50, -10, -12, missingValue, missingValue, -18, -12].map(Math.fround))
  })

  it('say how much a level is above the median or the mean of its channel', () => {
    const rows = Array.from({ length: 60 }, (_, row) => [row % 2 === 0 ? -50 : -52, row === 40 ? -20 : -70])
    for (const kind of ['median', 'mean'] as const) {
      const shown = finish(new RowProcessor(ringOf(rows), { ...plain, background: { kind, slots: 16 } }))
      const quiet = kind === 'median' ? -51 : powerMean([-50, -52])
      expect(shown.valueAt(38, 0)).toBeCloseTo(-50 - quiet, 3)
      expect(shown.valueAt(39, 0)).toBeCloseTo(-52 - quiet, 3)
      expect(shown.valueAt(40, 1)).toBeCloseTo(50, 3)
      expect(shown.valueAt(0, 1)).toBeCloseTo(0, 3)
    }
  })

  it('are the same however the rows come and however little is done at a time', () => {
    const options = fc.record({
      meanSlots: fc.constantFrom(1, 3, 8),
      background: fc.constantFrom(null, { kind: 'median' as const, slots: 8 }, { kind: 'mean' as const, slots: 12 }),
      holdDecayDbPerSlot: fc.constantFrom(null, 0.5)
    })
    const values = fc.array(fc.oneof(fc.double({ min: -90, max: 0, noNaN: true }), fc.constant(Number.NaN)), {
      minLength: 30,
      maxLength: 90
    })
    fc.assert(
      fc.property(options, values, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3 }), (how, levels, steps) => {
        const rows = levels.map((level) => [level, -level])
        const whole = finish(new RowProcessor(ringOf(rows, 96), how))
        const ring = new RowRing({ columns: 2, capacity: 96, rowsPerSlot: 1 })
        const processor = new RowProcessor(ring, how)
        for (let row = 0, step = 0; row < rows.length; step++) {
          for (let count = steps[step % steps.length]!; count > 0 && row < rows.length; count--, row++) {
            ring.writeRow(row, Float32Array.from(rows[row]!), 0)
          }
          processor.process(0, now)
        }
        finish(processor)
        for (let row = 0; row < rows.length; row++) {
          for (const at of [0, 1]) expect(processor.shown.valueAt(row, at)).toBeCloseTo(whole.valueAt(row, at), 3)
        }
        expect([...processor.shown.peaks.subarray(0, 20)].map((peak) => peak + 0)).toEqual(
          peaksOf(processor.shown).slice(0, 20)
        )
      }),
      { numRuns: 60 }
    )
  })

  it('come first where they are in view, and are the same in the end', () => {
    const rows = Array.from({ length: 200 }, (_, row) => [row % 37 === 0 ? -10 : -60 - (row % 5)])
    for (const how of [
      { ...plain, meanSlots: 4 },
      { ...plain, holdDecayDbPerSlot: 5 },
      { ...plain, holdDecayDbPerSlot: 0 },
      { ...plain, background: { kind: 'median' as const, slots: 16 }, holdDecayDbPerSlot: 2 }
    ]) {
      const processor = new RowProcessor(ringOf(rows, 256), how, 150)
      processor.process(0, now)
      const { holdDecayDbPerSlot: decay } = how
      const first =
        decay === 0 ? 0 : Math.floor((150 - (decay === null ? 0 : 60 / decay)) / how.meanSlots) * how.meanSlots
      expect(processor.shown.first).toBe(first)
      const whole = finish(new RowProcessor(ringOf(rows, 256), how))
      finish(processor)
      expect(column(processor.shown, 0)).toEqual(column(whole, 0))
    }
  })

  it('work late rows in', () => {
    const ring = new RowRing({ columns: 1, capacity: 64, rowsPerSlot: 1 })
    for (const row of [0, 1, 2, 6, 7]) ring.writeRow(row, Float32Array.of(-40), 0)
    const processor = new RowProcessor(ring, { ...plain, meanSlots: 4, holdDecayDbPerSlot: 1 })
    finish(processor)
    ring.writeRow(3, Float32Array.of(-10), 0)
    finish(processor)
    expect(processor.shown.valueAt(0, 0)).toBeCloseTo(powerMean([-40, -40, -40, -10]), 3)
    expect(processor.shown.valueAt(7, 0)).toBeCloseTo(powerMean([-40, -40, -40, -10]) - 4, 3)
  })

  it('stand values that no power holds', () => {
    const shown = finish(new RowProcessor(ringOf([[4000], [-4000], [3990], [4000]]), { ...plain, meanSlots: 4 }))
    expect(shown.valueAt(0, 0)).toBeCloseTo(4000 + 10 * Math.log10((1 + 0.1 + 1) / 4), 2)
  })

  it('follow a ring that has gone round many times', () => {
    const ring = new RowRing({ columns: 1, capacity: 32, rowsPerSlot: 1 })
    const processor = new RowProcessor(ring, { ...plain, meanSlots: 2, background: { kind: 'mean', slots: 8 } })
    for (let row = 0; row < 500; row++) {
      ring.writeRow(row, Float32Array.of(row % 50 === 0 ? -10 : -60), 0)
      processor.process(5, now)
    }
    expect(processor.shown.end).toBe(500)
    expect(processor.shown.first).toBeGreaterThanOrEqual(468)
    expect(processor.shown.valueAt(499, 0)).toBeCloseTo(0, 3)
  })
})

function peaksOf(ring: RowRing): number[] {
  return Array.from(ring.peaks, (_, index) => {
    const block = Math.floor(index / ring.stride)
    let greatest = missingValue
    for (let slot = 0; slot < 8; slot++) {
      greatest = Math.max(greatest, ring.values[(block * 8 + slot) * ring.stride + (index % ring.stride)]!)
    }
    return Math.fround(greatest) + 0
  })
}

describe('the background of a channel', () => {
  it('is not moved by one giant outlier, as a median', () => {
    const rows = Array.from({ length: 40 }, (_, row) => [row === 20 ? 300 : -50])
    const background = new ChannelBackground(ringOf(rows), { kind: 'median', slots: 16 })
    background.update(30)
    expect(background.levels[0]).toBe(-50)
  })

  it('finds medians as sorting does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -200, max: 200, noNaN: true }), { minLength: 1, maxLength: 80 }),
        (values) => {
          const sorted = Float32Array.from(values).sort()
          const middle = sorted.length >> 1
          const expected = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
          const scratch = Float32Array.from([7, ...values, 9])
          expect(medianOf(scratch, 1, values.length)).toBeCloseTo(expected, 6)
          expect([scratch[0], scratch.at(-1)]).toEqual([7, 9])
        }
      )
    )
  })
})
