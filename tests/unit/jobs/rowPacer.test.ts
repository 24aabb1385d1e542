import { describe, expect, test } from 'vitest'
import type { AnalysedRows } from '../../../src-main/analysis/analysis.ts'
import { createRowPacer } from '../../../src-main/jobs/rowPacer.ts'
import { manualClock } from '../../support/manualClock.ts'

const columnCount = 3
/** Ten rows a second. */
const intervalNs = 1e8

/** Value of a row's cells: its index. */
const rowsOf = (firstRow: number, rowCount: number): AnalysedRows => ({
  firstRow,
  rowCount,
  columnCount,
  dataEndNs: BigInt((firstRow + rowCount) * intervalNs),
  values: Float32Array.from({ length: rowCount * columnCount }, (_, at) => firstRow + Math.floor(at / columnCount)),
  invalidValues: 0
})

function begin(pace: number | null) {
  const clock = manualClock()
  const out: (number | string)[] = []
  const levels: boolean[] = []
  const pacer = createRowPacer(pace, clock, () => levels.push(pacer.isFull))
  const lane = pacer.lane({
    rows({ firstRow, rowCount, values, dataEndNs }) {
      expect(values).toHaveLength(rowCount * columnCount)
      expect(dataEndNs).toBe(BigInt((firstRow + rowCount) * intervalNs))
      for (let k = 0; k < rowCount; k++) {
        expect(values[k * columnCount]).toBe(firstRow + k)
        out.push(firstRow + k)
      }
    },
    missing: (tell) => tell()
  })
  lane.begin(intervalNs)
  return { clock, out, levels, pacer, lane }
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, row) => row)

describe('rows in their time', () => {
  test('as fast as they come where no pace is asked for', () => {
    const { out, pacer, lane } = begin(null)
    lane.rows(rowsOf(0, 50))
    expect(out).toEqual(upTo(50))
    expect(pacer.isWaiting).toBe(false)
  })

  test('at ten times real time a hundred rows a second', async () => {
    const { clock, out, pacer, lane } = begin(10)
    lane.rows(rowsOf(0, 300))
    expect(out).toEqual([0])
    await clock.advance(1000)
    expect(out).toEqual(upTo(101))
    await clock.advance(5000)
    expect(out).toEqual(upTo(300))
    expect(pacer.isWaiting).toBe(false)
  })

  test('stands still at 0, goes on from there, and catches up at once when the pace is let go', async () => {
    const { clock, out, pacer, lane } = begin(1)
    lane.rows(rowsOf(0, 100))
    await clock.advance(1000)
    expect(out).toEqual(upTo(11))
    pacer.setPace(0)
    await clock.advance(60_000)
    expect(out).toEqual(upTo(11))
    expect(Math.floor(pacer.position()! / intervalNs)).toBe(10)
    pacer.setPace(2)
    await clock.advance(1000)
    expect(out).toEqual(upTo(31))
    pacer.setPace(null)
    expect(out).toEqual(upTo(100))
  })

  test('what is missing is told in its place', async () => {
    const { clock, out, lane } = begin(1)
    lane.rows(rowsOf(0, 5))
    lane.missing(5, () => out.push('gap'))
    lane.rows(rowsOf(15, 5))
    await clock.advance(520)
    expect(out).toEqual([...upTo(5), 'gap'])
    await clock.advance(1000)
    expect(out).toEqual([...upTo(5), 'gap', 15])
  })

  test('a source that is late does not make playback jump', async () => {
    const { clock, out, lane } = begin(1)
    lane.rows(rowsOf(0, 2))
    await clock.advance(30_000)
    lane.rows(rowsOf(2, 50))
    await clock.advance(1000)
    expect(out.length).toBeGreaterThanOrEqual(12)
    expect(out.length).toBeLessThanOrEqual(13)
  })

  test('asks for a pause above its bound, and for more when that is gone', () => {
    const { levels, pacer, lane } = begin(0)
    lane.rows(rowsOf(0, 2_000_000))
    expect([levels.at(-1), pacer.isFull]).toEqual([true, true])
    lane.begin(intervalNs)
    expect(pacer.isFull).toBe(false)
  })

  test('reads little ahead of a place that was just sought, and more of one that is stayed at', async () => {
    const { clock, levels, pacer, lane } = begin(0)
    pacer.restart()
    lane.rows(rowsOf(0, 5))
    expect(pacer.isFull).toBe(false)
    lane.rows(rowsOf(5, 10))
    expect(levels).toEqual([true])
    await clock.advance(2000)
    expect(levels).toEqual([true, false])
    lane.rows(rowsOf(15, 60))
    expect(pacer.isFull).toBe(true)
    await clock.advance(12_000)
    expect(pacer.isFull).toBe(false)
    pacer.restart()
    lane.rows(rowsOf(75, 1))
    expect(pacer.isFull).toBe(true)
  })

  test('reads as far ahead in the time of the clock however quickly it is played', () => {
    const { pacer, lane } = begin(20)
    pacer.restart()
    lane.rows(rowsOf(0, 80))
    expect(pacer.isFull).toBe(false)
    lane.rows(rowsOf(80, 80))
    expect(pacer.isFull).toBe(true)
  })

  test('a few rows always wait, however far apart they are', () => {
    const { pacer, lane } = begin(1)
    lane.begin(60e9)
    for (let row = 0; row < 4; row++) lane.rows(rowsOf(row, 1))
    expect(pacer.isFull).toBe(false)
    lane.rows(rowsOf(4, 1))
    expect(pacer.isFull).toBe(true)
  })

  test('a hole is nothing that was read ahead', () => {
    const { pacer, lane } = begin(1)
    lane.rows(rowsOf(0, 3))
    lane.missing(3, () => undefined)
    lane.rows(rowsOf(100_000, 2))
    expect(pacer.isFull).toBe(false)
  })

  test('its end is waited for', async () => {
    const { clock, pacer, lane } = begin(1)
    let isDrained = false
    lane.rows(rowsOf(0, 11))
    void pacer.drained().then(() => (isDrained = true))
    await clock.advance(900)
    expect(isDrained).toBe(false)
    await clock.advance(200)
    expect(isDrained).toBe(true)
  })
})
