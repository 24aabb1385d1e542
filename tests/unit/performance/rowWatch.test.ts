import { describe, expect, test } from 'vitest'
import { createRowWatch } from '../../../src-main/commands/performance/rowWatch.ts'
import type { GapFrame, RowsFrame } from '../../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../../src-preload/contract/schemas.ts'

const described = (epoch: number) => ({ epoch, rowIntervalNs: 50e6 }) as ViewDescription

const rows = (firstRow: number, rowCount: number, more: Partial<RowsFrame> = {}): RowsFrame => ({
  kind: 'rows',
  subscription: 1,
  epoch: 1,
  firstRow,
  rowCount,
  columnCount: 2,
  dataEndMs: 0,
  sentAtMs: 0,
  shedRows: 0,
  values: new Float32Array(2 * rowCount),
  ...more
})

const gap = (firstRow: number, rowCount: number): GapFrame => ({
  kind: 'gap',
  subscription: 1,
  epoch: 1,
  firstRow,
  rowCount,
  sentAtMs: 0,
  missingMs: 0,
  reason: ''
})

const watching = () => {
  const watch = createRowWatch()
  watch.describe(described(1))
  return watch
}

describe('rows are accounted for', () => {
  test('one after the other: none is missing', () => {
    const watch = watching()
    for (const first of [100, 103, 106]) watch.take(rows(first, 3), 0)
    expect(watch.counts(0)).toMatchObject({ frames: 3, rows: 9, missingRows: 0, gapRows: 0, shedRows: 0 })
  })

  test('a gap that was told, rows that were shed, and rows that nobody explains', () => {
    const watch = watching()
    watch.take(rows(0, 1), 0)
    watch.take(gap(1, 4), 0)
    watch.take(rows(5, 1), 0)
    watch.take(rows(9, 1, { shedRows: 3 }), 0)
    watch.take(rows(12, 1), 0)
    expect(watch.counts(0)).toMatchObject({ rows: 4, gapRows: 4, shedRows: 3, missingRows: 2 })
  })

  test('a new picture begins anew', () => {
    const watch = watching()
    watch.take(rows(50, 1), 0)
    watch.describe(described(2))
    watch.take(rows(500, 1, { epoch: 2 }), 0)
    expect(watch.counts(0).missingRows).toBe(0)
  })
})

test('each row of a frame has its own age; history has none', () => {
  const watch = watching()
  watch.take(rows(0, 40), 5000)
  watch.take(rows(40, 3, { dataEndMs: 4_060 }), 5000)
  expect([...watch.latencies()]).toEqual([1040, 990, 940])
  expect(watch.counts(5000)).toMatchObject({ rows: 43, lateRows: 1 })
  watch.restart(5000)
  expect(watch.counts(5300)).toMatchObject({ rows: 0, lateRows: 0, longestSilenceMs: 300 })
  expect(watch.latencies()).toHaveLength(0)
})
