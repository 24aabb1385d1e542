import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endCell, firstCell } from '../../../src-preload/contract/drawing/pictureView.ts'
import { greatestValue } from '../../../src-renderer/render/pictureSurface.ts'
import { invalidValue, isInvalid, isMissing, missingValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import { RowRing } from '../../../src-renderer/render/rowRing.ts'

const ring = (change: Partial<ConstructorParameters<typeof RowRing>[0]> = {}) =>
  new RowRing({ columns: 3, capacity: 32, rowsPerSlot: 1, ...change })

const row = (value: number) => Float32Array.of(value, value + 0.25, value + 0.5)

describe('the ring of rows', () => {
  it('keeps rows by their absolute index and knows what is missing between them', () => {
    const rows = ring()
    rows.writeRow(1_000_000, row(1), 0)
    rows.writeRow(1_000_003, row(4), 0)
    expect([rows.first, rows.end]).toEqual([1_000_000, 1_000_004])
    expect(rows.valueAt(1_000_003, 1)).toBe(4.25)
    expect(isMissing(rows.valueAt(1_000_001, 0))).toBe(true)
    expect(isMissing(rows.valueAt(1_000_004, 0))).toBe(true)
    expect(rows.rowsWritten).toBe(2)
  })

  it('marks what is no number as invalid, which is neither a value nor missing', () => {
    const rows = ring()
    rows.writeRow(0, Float32Array.of(Number.NaN, Infinity, -Infinity), 0)
    for (let column = 0; column < 3; column++) {
      expect(rows.valueAt(0, column)).toBe(Math.fround(invalidValue))
      expect(isInvalid(rows.valueAt(0, column))).toBe(true)
      expect(isMissing(rows.valueAt(0, column))).toBe(false)
    }
  })

  it('takes late and repeated rows, and drops those that fell out', () => {
    const rows = ring()
    rows.writeRow(10, row(10), 0)
    rows.writeRow(40, row(40), 0)
    rows.writeRow(30, row(30), 0)
    rows.writeRow(30, row(30), 0)
    expect(rows.valueAt(30, 0)).toBe(30)
    rows.writeRow(1, row(1), 0)
    expect(rows.rowsTooOld).toBe(1)
    expect(isMissing(rows.valueAt(1, 0))).toBe(true)
  })

  it('forgets everything when the ring is jumped over', () => {
    const rows = ring()
    for (let index = 0; index < 32; index++) rows.writeRow(index, row(index), 0)
    rows.writeRow(5000, row(7), 0)
    for (let index = rows.first; index < 5000; index++) expect(isMissing(rows.valueAt(index, 0))).toBe(true)
    expect(rows.valueAt(5000, 0)).toBe(7)
  })

  it('shares slots by the greatest value where a range has more rows than slots', () => {
    const rows = ring({ rowsPerSlot: 10 })
    rows.writeRow(0, row(-50), 0)
    rows.writeRow(7, row(-10), 0)
    rows.writeRow(9, row(-60), 0)
    expect(rows.end).toBe(1)
    expect(rows.valueAt(0, 0)).toBe(-10)
  })

  it('holds the same as a plain list of the newest rows, and peaks are the greatest of their block', () => {
    const step = fc.record({ skip: fc.integer({ min: -6, max: 12 }), value: fc.integer({ min: -99, max: 0 }) })
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 120 }),
        fc.integer({ min: 0, max: 1000 }),
        (steps, start) => {
          const rows = ring()
          const expected = new Map<number, number>()
          let at = start
          for (const { skip, value } of steps) {
            at = Math.max(0, at + skip)
            if (expected.has(at)) continue
            const before = rows.rowsTooOld
            rows.writeRow(at, row(value), 0)
            if (rows.rowsTooOld === before) expected.set(at, value)
          }
          expect(rows.end - rows.first).toBeLessThanOrEqual(rows.capacity)
          for (let slot = rows.first; slot < rows.end; slot++) {
            expect(rows.valueAt(slot, 0)).toBe(expected.get(slot) ?? Math.fround(missingValue))
          }
          for (let block = Math.ceil(rows.first / 8); block < Math.floor(rows.end / 8); block++) {
            let greatest = Math.fround(missingValue)
            for (let slot = block * 8; slot < block * 8 + 8; slot++)
              greatest = Math.max(greatest, rows.valueAt(slot, 0))
            expect(rows.peakAt(block, 0)).toBe(greatest)
          }
        }
      )
    )
  })

  it('tells which slots changed since they were last taken', () => {
    const rows = ring()
    rows.clearDirty()
    rows.writeRow(9, row(1), 0)
    rows.writeRow(12, row(1), 0)
    expect([rows.dirtyFirst, rows.dirtyEnd]).toEqual([9, 13])
    rows.clearDirty()
    rows.writeRow(16, row(1), 0)
    // A block that is entered is emptied whole, so all of it must be sent.
    expect([rows.dirtyFirst, rows.dirtyEnd]).toEqual([16, 24])
  })
})

describe('cells and pixels', () => {
  it('give every cell to exactly one pixel when zoomed out, and every pixel at least one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1.0001, max: 40, noNaN: true }),
        fc.double({ min: 0, max: 1000, noNaN: true }),
        (perPixel, start) => {
          const pixels = 50
          for (let pixel = 1; pixel < pixels; pixel++) {
            const left = start + pixel * perPixel
            const previousEnd = endCell(left - perPixel, left)
            const first = firstCell(left, left + perPixel)
            expect(first).toBe(previousEnd)
            expect(endCell(left, left + perPixel)).toBeGreaterThan(first)
          }
        }
      )
    )
  })

  it('show the cell under the centre when zoomed in', () => {
    expect([firstCell(2.1, 2.4), endCell(2.1, 2.4)]).toEqual([2, 3])
    expect(firstCell(2.8, 3.3)).toBe(3)
  })

  it('never lose an event of one row, however far out', () => {
    const rows = ring({ columns: 5, capacity: 512 })
    const values = new Float32Array(5).fill(-60)
    for (let index = 0; index < 512; index++) {
      values[2] = index === 137 ? -5 : -60
      rows.writeRow(index, values, 0)
    }
    for (const slotsPerPixel of [3, 8, 9, 37, 128]) {
      let found = 0
      for (let from = 0; from < 512; from += slotsPerPixel) {
        const value = greatestValue(
          rows,
          0,
          5,
          firstCell(from, from + slotsPerPixel),
          endCell(from, from + slotsPerPixel),
          slotsPerPixel > 8
        )
        if (value === -5) found++
      }
      expect(found).toBeGreaterThanOrEqual(1)
      expect(found).toBeLessThanOrEqual(2)
    }
  })
})
