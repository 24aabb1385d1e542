import { describe, expect, it } from 'vitest'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import { PictureBands } from '../../../src-renderer/render/pictureBands.ts'
import { RowRing } from '../../../src-renderer/render/rowRing.ts'
import { findShownCell } from '../../../src-renderer/render/shownCell.ts'

const view = (change: Partial<PictureView> = {}): PictureView => ({
  width: 4,
  height: 40,
  columnAtLeft: 0,
  columnsPerPixel: 1,
  slotAtTop: 0,
  slotsPerPixel: 1,
  lowDb: -60,
  highDb: 0,
  ...change
})

function ring(first: number, end: number, rowsPerSlot: number, value: number): RowRing {
  const made = new RowRing({ columns: 4, capacity: 64, rowsPerSlot })
  for (let slot = first; slot < end; slot++) made.writeKeptSlot(slot, new Float32Array(4).fill(value), 0)
  return made
}

const told = (bands: PictureBands): [RowRing | null, number, number][] =>
  bands.bands.slice(0, bands.count).map(({ ring: one, lineFirst, lineEnd }) => [one, lineFirst, lineEnd])

describe('bands of a picture', () => {
  it('take each line from the first ring that holds its rows', () => {
    const newest = ring(20, 32, 1, -10)
    const older = ring(1, 6, 4, -20)
    const bands = new PictureBands()
    bands.arrange(view(), [newest, older])
    expect(told(bands)).toEqual([
      [null, 0, 4],
      [older, 4, 20],
      [newest, 20, 32],
      [null, 32, 40]
    ])
    expect(bands.rings).toEqual([older, newest])
    expect([bands.at(4), bands.at(19), bands.at(20)]).toEqual([older, older, newest])
    expect(findShownCell(view(), bands, 0, 8, 4).value).toBe(-20)
    expect(findShownCell(view(), bands, 0, 21, 4).value).toBe(-10)
    expect(findShownCell(view(), bands, 2, 9, 4)).toMatchObject({ slot: 2, column: 2, value: -20 })
  })

  it('do so with the newest rows at the top, zoomed in and out', () => {
    const newest = ring(20, 32, 1, -10)
    const older = ring(1, 6, 4, -20)
    for (const slotsPerPixel of [-1, -0.25, 0.25, 3, -3]) {
      const height = 40
      const picture = view({ slotsPerPixel, slotAtTop: slotsPerPixel < 0 ? height * -slotsPerPixel : 0 })
      const bands = new PictureBands()
      bands.arrange(picture, [newest, older])
      let line = 0
      for (const [one, first, end] of told(bands)) {
        expect(first).toBe(line)
        for (let y = first; y < end; y++) {
          const row = picture.slotAtTop + (y + 0.5) * slotsPerPixel
          const expected = row >= 20 && row < 32 ? newest : row >= 4 && row < 24 ? older : null
          expect(one).toBe(expected)
        }
        line = end
      }
      expect(line).toBe(height)
    }
  })

  it('prefer a finer part in the middle and the coarse rest on both sides', () => {
    const fine = ring(12, 20, 1, -10)
    const coarse = ring(0, 10, 4, -20)
    const bands = new PictureBands()
    bands.arrange(view(), [fine, coarse])
    expect(told(bands)).toEqual([
      [coarse, 0, 12],
      [fine, 12, 20],
      [coarse, 20, 40]
    ])
  })

  it('pass over rings without rows', () => {
    const bands = new PictureBands()
    bands.arrange(view(), [new RowRing({ columns: 4, capacity: 16, rowsPerSlot: 1 })])
    expect(told(bands)).toEqual([[null, 0, 40]])
    expect(bands.rings).toEqual([])
  })
})

describe('rows wider than a texture', () => {
  it('lie folded and are read as if they did not', () => {
    const wide = new RowRing({ columns: 10, capacity: 16, rowsPerSlot: 1, textureSize: 4 })
    expect([wide.linesPerSlot, wide.lineColumns, wide.stride]).toEqual([3, 4, 12])
    for (let row = 0; row < 20; row++) {
      wide.writeRow(
        row,
        Float32Array.from({ length: 12 }, (_, at) => -row - at / 100),
        1
      )
    }
    for (let row = wide.first; row < 20; row++) {
      for (let column = 0; column < 10; column++) {
        expect(wide.valueAt(row, column)).toBeCloseTo(-row - (column + 1) / 100, 5)
      }
    }
    expect(wide.peakAt(2, 9)).toBeCloseTo(-16.1, 5)
  })
})
