import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CellPainter } from '../../../src-preload/contract/drawing/cellPainter.ts'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import { LineReader } from '../../../src-renderer/render/lineReader.ts'
import { greatestValue, usesPeaks } from '../../../src-renderer/render/pictureSurface.ts'
import { RowRing } from '../../../src-renderer/render/rowRing.ts'

const [columns, width, height] = [37, 16, 24]

const viewOf = (change: Partial<PictureView>): PictureView => ({
  width,
  height,
  columnAtLeft: 0,
  columnsPerPixel: columns / width,
  slotAtTop: 0,
  slotsPerPixel: 1,
  lowDb: 0,
  highDb: 1,
  ...change
})

function rowOf(seed: number): Float32Array {
  return Float32Array.from({ length: columns }, (_, column) => ((seed * 7919 + column * 104729) % 997) / 10 - 40)
}

/** All lines of a picture, read by the reader and cell by cell. */
function bothOf(reader: LineReader, ring: RowRing, view: PictureView): [Float32Array, Float32Array] {
  const painter = new CellPainter()
  const [read, expected] = [new Float32Array(width * height), new Float32Array(width * height)]
  reader.begin(view, [ring], height)
  const greatest = (c0: number, c1: number, s0: number, s1: number, perPixel: number): number =>
    greatestValue(ring, c0, c1, s0, s1, usesPeaks(perPixel))
  const lines = { first: 0, end: height }
  painter.readLines(expected, { greatest }, view, lines)
  const greatestLine = (
    values: Float32Array,
    at: number,
    first: Int32Array,
    end: Int32Array,
    s0: number,
    s1: number,
    perPixel: number
  ): void => reader.read(ring, values, at, first, end, s0, s1, usesPeaks(perPixel))
  painter.readLines(read, { greatest, greatestLine }, view, lines)
  ring.clearDirty()
  return [read, expected]
}

describe('reading lines of pixels', () => {
  it('finds the greatest cell of each pixel, whatever is kept of frames before', () => {
    const frame = fc.record({
      rows: fc.integer({ min: 0, max: 12 }),
      late: fc.integer({ min: 0, max: 40 }),
      slotsPerPixel: fc.constantFrom(0.3, 1, 2.4, 5, 11),
      top: fc.integer({ min: -30, max: 260 }),
      columnsPerPixel: fc.constantFrom(columns / width, columns / width, columns / width, 0.4),
      isReversed: fc.boolean()
    })
    fc.assert(
      fc.property(fc.array(frame, { minLength: 2, maxLength: 25 }), (frames) => {
        const ring = new RowRing({ columns, capacity: 128, rowsPerSlot: 1 })
        const reader = new LineReader()
        let newest = 0
        for (const { rows, late, slotsPerPixel, top, columnsPerPixel, isReversed } of frames) {
          for (let row = 0; row < rows; row++) ring.writeRow(newest++, rowOf(newest), 0)
          ring.writeRow(Math.max(0, newest - late), rowOf(newest * 31 + late), 0)
          const perPixel = isReversed ? -slotsPerPixel : slotsPerPixel
          const [read, expected] = bothOf(
            reader,
            ring,
            viewOf({ slotAtTop: top, slotsPerPixel: perPixel, columnsPerPixel })
          )
          expect(read).toEqual(expected)
        }
      }),
      { numRuns: 60 }
    )
  })

  it('keeps rows only while many of them are read through the same columns, and gives them back', () => {
    const ring = new RowRing({ columns, capacity: 128, rowsPerSlot: 1 })
    for (let row = 0; row < 100; row++) ring.writeRow(row, rowOf(row), 0)
    const reader = new LineReader()
    bothOf(reader, ring, viewOf({}))
    expect(reader.keptValues).toBe(0)
    bothOf(reader, ring, viewOf({ slotsPerPixel: 2 }))
    expect(reader.keptValues).toBe(128 * width)
    for (let frame = 0; frame < 50; frame++) reader.begin(viewOf({}), [ring], 2)
    expect(reader.keptValues).toBe(128 * width)
    for (let frame = 0; frame < 60; frame++) reader.begin(viewOf({}), [ring], 2)
    expect(reader.keptValues).toBe(0)
    bothOf(reader, ring, viewOf({}))
    reader.release(ring)
    expect(reader.keptValues).toBe(0)
  })
})
