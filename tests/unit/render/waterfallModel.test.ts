import { describe, expect, it } from 'vitest'
import type { GapFrame, RowsFrame } from '../../../src-preload/contract/frames.ts'
import { readCursor, type CursorReading } from '../../../src-renderer/render/cursorReading.ts'
import type { PictureView } from '../../../src-preload/contract/drawing/pictureView.ts'
import type { ViewportBounds } from '../../../src-renderer/render/viewport.ts'
import { ShownRows } from '../../../src-renderer/render/shownRows.ts'
import { WaterfallModel } from '../../../src-renderer/render/waterfallModel.ts'
import { viewDescription } from '../../support/fakeJobs.ts'

const limits = { ringBytes: 1024 * 1024, textureSize: 4096, slotsMost: 4096 }
const columns = 16

function rowsFrame(firstRow: number, rowCount: number, value: (row: number, column: number) => number): RowsFrame {
  const values = new Float32Array(rowCount * columns)
  for (let row = 0; row < rowCount; row++) {
    for (let column = 0; column < columns; column++) values[row * columns + column] = value(firstRow + row, column)
  }
  const times = { dataEndMs: 0, sentAtMs: 0 }
  return {
    kind: 'rows',
    subscription: 1,
    epoch: 1,
    firstRow,
    rowCount,
    columnCount: columns,
    ...times,
    shedRows: 0,
    values
  }
}

const gapFrame = (firstRow: number, rowCount: number, change: Partial<GapFrame> = {}): GapFrame => ({
  kind: 'gap',
  subscription: 1,
  epoch: 1,
  firstRow,
  rowCount,
  sentAtMs: 0,
  missingMs: rowCount * 100,
  reason: 'backend restarted',
  ...change
})

const bounds = (): ViewportBounds => ({ columns: 0, rowFirst: 0, rowEnd: 0, rowsMost: 0, isLive: false })

describe('the model of a waterfall', () => {
  it('begins a new picture with a new epoch and goes on with the old one otherwise', () => {
    const model = new WaterfallModel(limits)
    expect(model.describe(viewDescription())).toBe(true)
    model.writeRows(rowsFrame(0, 4, () => -30))
    expect(model.describe(viewDescription({ subscription: 2 }))).toBe(false)
    expect(model.ring?.rowsWritten).toBe(4)
    expect(model.describe(viewDescription({ epoch: 2 }))).toBe(true)
    expect(model.ring?.isEmpty).toBe(true)
    expect(model.writeRows(rowsFrame(0, 4, () => -30))).toBe(false)
  })

  it('refuses frames of another width', () => {
    const model = new WaterfallModel(limits)
    model.describe(viewDescription({ columns: { ...viewDescription().columns, count: 17 } }))
    expect(model.writeRows(rowsFrame(0, 1, () => 0))).toBe(false)
  })

  it('stays inside its memory however long the recording is', () => {
    const model = new WaterfallModel(limits)
    model.describe(viewDescription({ live: false, expectedRows: 1_000_000 }))
    const { ring } = model
    expect(ring!.values.byteLength).toBeLessThanOrEqual(limits.ringBytes)
    expect(ring!.rowsPerSlot).toBe(Math.ceil(1_000_000 / 4096))
    model.writeRows(rowsFrame(999_999, 1, () => -3))
    expect(ring!.valueAt(Math.floor(999_999 / ring!.rowsPerSlot), 0)).toBe(-3)
    expect(model.bounds(bounds(), 0)).toMatchObject({ rowFirst: 0, rowEnd: 1_000_000 })
  })

  it('knows gaps once, in order, with what an operator reads', () => {
    const model = new WaterfallModel(limits)
    model.describe(viewDescription())
    model.writeRows(rowsFrame(0, 10, () => -30))
    model.writeGap(gapFrame(28, 2, { missingMs: 180, reason: '' }))
    model.writeGap(gapFrame(10, 18))
    model.writeGap(gapFrame(10, 18))
    expect(model.gaps.map((gap) => gap.label)).toEqual(['gap 1.8 s · backend restarted', 'gap 180 ms'])
    expect(model.ring?.end).toBe(30)
    expect(model.gapAt(27)?.missingMs).toBe(1800)
    expect(model.gapAt(9)).toBeNull()
  })

  it('forgets gaps that fell out of the ring', () => {
    const model = new WaterfallModel({ ringBytes: 64 * columns * 4, textureSize: 64, slotsMost: 64 })
    model.describe(viewDescription())
    model.writeRows(rowsFrame(0, 4, () => -30))
    model.writeGap(gapFrame(4, 4))
    model.writeRows(rowsFrame(500, 4, () => -30))
    model.writeGap(gapFrame(504, 2))
    expect(model.gaps.map((gap) => gap.firstRow)).toEqual([504])
  })

  it('follows the live edge only where there is one', () => {
    const model = new WaterfallModel(limits)
    model.describe(viewDescription())
    model.writeRows(rowsFrame(5, 10, () => -30))
    expect(model.bounds(bounds(), 16.5)).toMatchObject({ rowFirst: 5, rowEnd: 16.5, isLive: true })
    model.describe(viewDescription({ live: false, expectedRows: 50 }))
    expect(model.bounds(bounds(), 99)).toMatchObject({ rowFirst: 0, rowEnd: 50, isLive: false })
  })
})

/** Reads as the controller does: rows in memory alone. */
function read(model: WaterfallModel, view: PictureView, x: number, y: number, nowMs: number): CursorReading | null {
  const none = { extent: () => Promise.resolve(null), history: () => Promise.resolve(null) }
  const shown = new ShownRows(
    model,
    none,
    () => limits,
    () => undefined,
    () => undefined
  )
  shown.reset()
  shown.prepare(view, 0)
  return readCursor(model, shown, view, x, y, nowMs)?.reading ?? null
}

describe('the cursor', () => {
  const view: PictureView = {
    width: 32,
    height: 40,
    columnAtLeft: 0,
    columnsPerPixel: 0.5,
    slotAtTop: 0,
    slotsPerPixel: 0.5,
    lowDb: -60,
    highDb: 0
  }

  function model(): WaterfallModel {
    const made = new WaterfallModel(limits)
    made.describe(viewDescription({ columns: { ...viewDescription().columns, channelSpacingM: 1.02 } }))
    made.writeRows(rowsFrame(0, 10, (row, column) => (column === 3 ? Number.NaN : -row - column / 10)))
    made.writeGap(gapFrame(10, 4))
    return made
  }

  const originMs = 1_700_000_000_000

  it('reads time to the nanosecond, channel, distance and value of the cell under it', () => {
    const reading = read(model(), view, 5, 9, originMs + 1400)
    expect(reading).toEqual({
      timeIso: '2023-11-14T22:13:20.400000000Z',
      relative: '1.0 s ago',
      channel: '3',
      distance: '2.0 m',
      value: '−4.20',
      hasValue: true,
      unit: 'dB re (nm/m/s)²',
      processing: null,
      raw: null
    })
  })

  it('says invalid, the gap, or that there is no row', () => {
    expect(read(model(), view, 7, 9, originMs)?.value).toBe('invalid')
    expect(read(model(), view, 5, 25, originMs)?.value).toBe('gap 400 ms · backend restarted')
    expect(read(model(), view, 5, 39, originMs)).toMatchObject({ value: 'no row', relative: 'not yet' })
  })

  it('reads the greatest of the cells that share a pixel, with its own time and channel', () => {
    const out = { ...view, columnsPerPixel: 4, slotsPerPixel: 5 }
    // Columns 4..7 and rows 5..9: the greatest is row 5, column 4.
    expect(read(model(), out, 1, 1, originMs + 2000)).toMatchObject({
      value: '−5.40',
      channel: '5',
      timeIso: '2023-11-14T22:13:20.500000000Z'
    })
  })

  it('counts from the start in a recording and says nothing without a picture', () => {
    const historic = new WaterfallModel(limits)
    expect(read(historic, view, 0, 0, 0)).toBeNull()
    historic.describe(viewDescription({ live: false, expectedRows: 20 }))
    historic.writeRows(rowsFrame(0, 20, () => -1))
    expect(read(historic, view, 0, 30, 0)?.relative).toBe('1.5 s from the start')
  })
})
