import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DrawnLines } from '../../../src-renderer/render/drawnLines.ts'
import { endCell, firstCell, type PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import { missingValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import { greatestValue, usesPeaks } from '../../../src-renderer/render/pictureSurface.ts'
import { PictureBands } from '../../../src-renderer/render/pictureBands.ts'
import { RowRing } from '../../../src-renderer/render/rowRing.ts'

const view = (change: Partial<PictureView> = {}): PictureView => ({
  width: 1,
  height: 40,
  columnAtLeft: 0,
  columnsPerPixel: 1,
  slotAtTop: 0,
  slotsPerPixel: 1,
  lowDb: -60,
  highDb: 0,
  ...change
})

/** Plans as a surface does, all lines from one ring. */
function plan(lines: DrawnLines, picture: PictureView, ring: RowRing): PictureBands {
  const bands = new PictureBands()
  bands.arrange(picture, [ring])
  lines.plan(picture, bands)
  return bands
}

/** A line of the picture, worked out anew; one whose middle lies beyond the ring is drawn from none. */
function line(ring: RowRing, picture: PictureView, bands: PictureBands, y: number): number {
  if (!bands.at(y)) return missingValue
  const a = picture.slotAtTop + y * picture.slotsPerPixel
  const b = a + picture.slotsPerPixel
  const [low, high] = [Math.min(a, b), Math.max(a, b)]
  return greatestValue(ring, 0, 1, firstCell(low, high), endCell(low, high), usesPeaks(picture.slotsPerPixel))
}

describe('keeping the last picture', () => {
  it('gives the same lines as drawing everything, whatever comes in whatever order', () => {
    const step = fc.record({
      advance: fc.integer({ min: 0, max: 9 }),
      late: fc.integer({ min: 0, max: 20 }),
      scroll: fc.integer({ min: -3, max: 12 })
    })
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 60 }),
        fc.constantFrom(0.25, 1, 3, 17),
        fc.boolean(),
        (steps, slotsPerPixel, isNewestAtTop) => {
          const ring = new RowRing({ columns: 1, capacity: 256, rowsPerSlot: 1 })
          const lines = new DrawnLines()
          const kept = new Array<number>(40).fill(Number.NaN)
          let newest = 0
          let top = 0
          let drawn = 0
          for (const [index, { advance, late, scroll }] of steps.entries()) {
            newest += advance
            ring.writeRow(Math.max(0, newest - late), Float32Array.of(-index), 0)
            ring.writeRow(newest, Float32Array.of(-index - 0.5), 0)
            top += scroll
            const picture = view({
              slotsPerPixel: isNewestAtTop ? -slotsPerPixel : slotsPerPixel,
              slotAtTop: top * slotsPerPixel + (isNewestAtTop ? 40 * slotsPerPixel : 0)
            })
            const bands = plan(lines, picture, ring)
            ring.clearDirty()
            const before = [...kept]
            for (let y = 0; y < 40; y++) kept[y] = before[y + lines.shift] ?? Number.NaN
            for (let y = lines.first; y < lines.end; y++) kept[y] = line(ring, picture, bands, y)
            drawn += lines.end - lines.first
            for (let y = 0; y < 40; y++) expect(kept[y]).toBe(line(ring, picture, bands, y))
          }
          expect(drawn).toBeLessThanOrEqual(steps.length * 40)
        }
      )
    )
  })

  it('draws only new lines while a live picture scrolls', () => {
    const ring = new RowRing({ columns: 1, capacity: 256, rowsPerSlot: 1 })
    const lines = new DrawnLines()
    for (let row = 0; row < 48; row++) ring.writeRow(row, Float32Array.of(-row), 0)
    plan(lines, view({ slotAtTop: 8 }), ring)
    expect([lines.first, lines.end]).toEqual([0, 40])
    ring.clearDirty()
    ring.writeRow(48, Float32Array.of(-1), 0)
    plan(lines, view({ slotAtTop: 9 }), ring)
    expect(lines.shift).toBe(1)
    expect(lines.end - lines.first).toBeLessThanOrEqual(10)
    ring.clearDirty()
    plan(lines, view({ slotAtTop: 9 }), ring)
    expect([lines.shift, lines.first, lines.end]).toEqual([0, 0, 0])
  })

  it('keeps nothing when levels, zoom or size change, when told so, or for half a pixel', () => {
    const ring = new RowRing({ columns: 1, capacity: 64, rowsPerSlot: 1 })
    ring.writeRow(3, Float32Array.of(-1), 0)
    const changes: Partial<PictureView>[] = [
      { lowDb: -61 },
      { highDb: 1 },
      { isLinear: true },
      { slotsPerPixel: 1.01 },
      { columnAtLeft: 0.5 },
      { columnsPerPixel: 2 },
      { width: 2 },
      { slotAtTop: 0.5 },
      { slotAtTop: 40 }
    ]
    for (const change of changes) {
      const lines = new DrawnLines()
      plan(lines, view(), ring)
      ring.clearDirty()
      plan(lines, view(change), ring)
      expect([lines.shift, lines.first, lines.end]).toEqual([0, 0, 40])
    }
    const told = new DrawnLines()
    plan(told, view(), ring)
    told.invalidate()
    plan(told, view(), ring)
    expect(told.end).toBe(40)
  })
})
