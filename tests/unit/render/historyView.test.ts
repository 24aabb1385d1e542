import { describe, expect, it } from 'vitest'
import { missingValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import type { ReducedFrame } from '../../../src-preload/contract/frames.ts'
import type { ViewExtent } from '../../../src-preload/contract/schemas.ts'
import type { HistoryPicture, HistorySource } from '../../../src-renderer/render/historyPicture.ts'
import { HistoryView, type HistoryWish } from '../../../src-renderer/render/historyView.ts'
import { eventually } from '../../support/eventually.ts'

const columns = 8

/** Ten minutes at level 0, more at each coarser one; a row's mean is its first row, its greatest the last one's. */
class FakeHistory implements HistorySource {
  asked: { level: number; firstRow: number; rowCount: number }[] = []
  answers = true
  extentNow: ViewExtent = {
    epoch: 1,
    gaps: [],
    levels: [0, 1, 2, 3].map((level) => ({
      level,
      factor: 4 ** level,
      firstRow: Math.max(0, Math.floor((100_000 - 6000 * 4 ** level) / 4 ** level)),
      endRow: Math.ceil(100_000 / 4 ** level),
      bytes: 1,
      bytesMost: 1
    }))
  }

  extent(): Promise<ViewExtent | null> {
    return Promise.resolve(this.extentNow)
  }

  history(level: number, firstRow: number, rowCount: number): Promise<ReducedFrame[] | null> {
    this.asked.push({ level, firstRow, rowCount })
    if (!this.answers) return Promise.resolve(null)
    const factor = 4 ** level
    const plane = (of: (row: number) => number): Float32Array =>
      Float32Array.from({ length: rowCount * columns }, (_, at) => of((firstRow + Math.floor(at / columns)) * factor))
    const mean = plane((row) => -row / 1000)
    const maximum = plane((row) => -(row + factor - 1) / 1000)
    if (level === 0) maximum.set(mean)
    mean[0] = Number.NaN
    mean[1] = Number.NEGATIVE_INFINITY
    const frame = { kind: 'reduced', subscription: 1, epoch: 1, level, request: 1, firstRow, rowCount } as const
    const planes = level === 0 ? 1 : 3
    return Promise.resolve([{ ...frame, columnCount: columns, sentAtMs: 0, planes, mean, minimum: mean, maximum }])
  }
}

const wish = (change: Partial<HistoryWish> = {}): HistoryWish => ({
  rowStart: 95_000,
  rowEnd: 95_600,
  lines: 600,
  columns,
  textureSize: 4096,
  slotsMost: 4096,
  plane: 'maximum',
  rowsBefore: 0,
  ...change
})

interface Begun {
  source: FakeHistory
  view: HistoryView
  released: HistoryPicture[]
  /** Asks as frames do until nothing more is asked for. */
  settle(asked: HistoryWish): Promise<void>
}

async function begin(): Promise<Begun> {
  const source = new FakeHistory()
  const released: HistoryPicture[] = []
  const view = new HistoryView(
    source,
    () => undefined,
    (picture) => released.push(picture)
  )
  let nowMs = 0
  view.refreshExtent(nowMs)
  await eventually('the extent', () => view.extent !== null)
  const settle = async (asked: HistoryWish): Promise<void> => {
    for (let turn = 0; turn < 20; turn++) {
      view.update(asked, (nowMs += 100))
      await new Promise((done) => setImmediate(done))
    }
  }
  return { source, view, released, settle }
}

describe('the part of the history that a view needs', () => {
  it('comes at full resolution, the view first, then a screen on both sides', async () => {
    const { source, view, settle } = await begin()
    await settle(wish())
    expect(source.asked.map(({ level, firstRow, rowCount }) => [level, firstRow, firstRow + rowCount])).toEqual([
      [0, 95_000, 95_601],
      [0, 95_601, 96_201],
      [0, 94_400, 95_000]
    ])
    const { ring } = view.current!
    expect([ring.first, ring.end, ring.rowsPerSlot]).toEqual([94_400, 96_201, 1])
    expect(ring.valueAt(95_300, 3)).toBeCloseTo(-95.3, 4)
    expect(view.loading).toBeNull()
  })

  it('is coarser where the view is wider, and where finer rows are kept no more', async () => {
    const { view, settle } = await begin()
    await settle(wish({ rowStart: 0, rowEnd: 99_000 }))
    expect(view.current?.range).toMatchObject({ level: 3, factor: 64 })
    expect(view.current?.ring.valueAt(100, 4)).toBeCloseTo(-(6400 + 63) / 1000, 4)
    await settle(wish({ rowStart: 80_000, rowEnd: 80_200 }))
    expect(view.current?.range).toMatchObject({ level: 1, factor: 4 })
  })

  it('tells what was invalid from what was never there, and takes means where they are shown', async () => {
    const { view, settle } = await begin()
    await settle(wish({ plane: 'mean', rowStart: 50_000, rowEnd: 60_000 }))
    const { ring, range } = view.current!
    expect(range.plane).toBe('mean')
    const first = Math.floor(50_000 / range.factor)
    expect(ring.valueAt(first, 0)).toBe(Math.fround(-1e38))
    expect(ring.valueAt(first, 1)).toBe(Math.fround(missingValue))
    expect(ring.valueAt(first, 2)).toBeCloseTo((-first * range.factor) / 1000, 4)
  })

  it('is asked for once while the view stays inside it, and the old part serves until the new one is there', async () => {
    const { source, view, released, settle } = await begin()
    await settle(wish())
    const asked = source.asked.length
    const before = view.current
    await settle(wish({ rowStart: 95_300, rowEnd: 95_900 }))
    expect(source.asked.length).toBe(asked)
    view.update(wish({ rowStart: 97_000, rowEnd: 97_600 }), 4010)
    expect(view.current).toBe(before)
    await settle(wish({ rowStart: 97_000, rowEnd: 97_600 }))
    expect(view.current).not.toBe(before)
    expect(released).toEqual([before])
  })

  it('is dropped when the view moves on before it came', async () => {
    const { source, view, settle } = await begin()
    view.update(wish(), 200)
    const left = view.loading
    view.update(wish({ rowStart: 20_000, rowEnd: 20_600 }), 400)
    expect(view.loading).not.toBe(left)
    await settle(wish({ rowStart: 20_000, rowEnd: 20_600 }))
    expect(view.current?.ring.first).toBeLessThanOrEqual(20_000 / view.current!.range.factor)
    expect(source.asked.filter(({ firstRow, level }) => level === 0 && firstRow < 95_000)).toEqual([])
  })

  it('is asked for again, but not at once, where it could not be had', async () => {
    const { source, view, settle } = await begin()
    source.answers = false
    await settle(wish())
    expect(view.current).toBeNull()
    expect(source.asked.length).toBe(1)
    source.answers = true
    for (let again = 0; again < 2; again++) await settle(wish())
    expect(view.current?.range.level).toBe(0)
  })

  it('fits into memory and into a texture, however wide and however long the view is', async () => {
    const { view, settle } = await begin()
    await settle(wish({ rowStart: 94_000, rowEnd: 99_000, slotsMost: 2048 }))
    expect(view.current!.ring.capacity).toBeLessThanOrEqual(2048)
  })
})
