import { describe, expect, it } from 'vitest'
import { AutomaticLevels } from '../../../src-renderer/render/levels.ts'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import { PictureBands } from '../../../src-renderer/render/pictureBands.ts'
import { RowRing } from '../../../src-renderer/render/rowRing.ts'

const columns = 64
const rows = 400

function filled(value: (row: number, column: number) => number): RowRing {
  const ring = new RowRing({ columns, capacity: rows, rowsPerSlot: 1 })
  const values = new Float32Array(columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) values[column] = value(row, column)
    ring.writeRow(row, values, 0)
  }
  return ring
}

const whole = (slotsPerPixel = 1): PictureView => ({
  width: columns,
  height: rows / slotsPerPixel,
  columnAtLeft: 0,
  columnsPerPixel: 1,
  slotAtTop: 0,
  slotsPerPixel,
  lowDb: 0,
  highDb: 1
})

const spread = (row: number, column: number): number => -80 + (((row * 31 + column * 17) % 97) / 97) * 60

function update(levels: AutomaticLevels, ring: RowRing, view: PictureView): boolean {
  const bands = new PictureBands()
  bands.arrange(view, [ring])
  return levels.update(bands, view)
}

describe('automatic levels', () => {
  it('span what the picture holds, between the percentiles', () => {
    const levels = new AutomaticLevels()
    expect(update(levels, filled(spread), whole())).toBe(true)
    expect(levels.lowDb).toBeGreaterThan(-80)
    expect(levels.lowDb).toBeLessThan(-77)
    expect(levels.highDb).toBeGreaterThan(-22)
    expect(levels.highDb).toBeLessThan(-19.9)
  })

  it('are not moved by an outlier, by invalid cells or by rows that are not there', () => {
    const levels = new AutomaticLevels()
    const ring = filled((row, column) => {
      if (row === 200 && column === 5) return 4000
      if (column === 9) return Number.NaN
      return spread(row, column)
    })
    ring.advanceTo(rows + 6)
    update(levels, ring, whole())
    expect(levels.highDb).toBeLessThan(-19.9)
    expect(levels.lowDb).toBeGreaterThan(-81)
  })

  it('keep a range for a constant picture and stay put for small changes', () => {
    const levels = new AutomaticLevels()
    update(
      levels,
      filled(() => -50),
      whole()
    )
    expect([levels.lowDb, levels.highDb]).toEqual([-51, -49])
    expect(
      update(
        levels,
        filled(() => -50.3),
        whole()
      )
    ).toBe(false)
  })

  it('follow what is shown when several rows share a pixel', () => {
    const levels = new AutomaticLevels()
    update(
      levels,
      filled((row) => (row % 8 === 0 ? -10 : -70)),
      whole(16)
    )
    // Every pixel shows a bright row, so the picture holds nothing darker.
    expect(levels.lowDb).toBe(-11)
  })

  it('look only at what is in view and do nothing without data', () => {
    const levels = new AutomaticLevels()
    const view = whole()
    view.columnAtLeft = 32
    view.columnsPerPixel = 0.5
    update(
      levels,
      filled((row, column) => (column < 32 ? -10 : spread(row, column) - 60)),
      view
    )
    expect(levels.highDb).toBeLessThan(-70)
    const empty = new RowRing({ columns, capacity: 16, rowsPerSlot: 1 })
    expect(update(levels, empty, whole())).toBe(false)
  })
})
