import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ReducedFrame } from '../../../src-preload/contract/frames.ts'
import { createRowStore, rowBytes } from '../../../src-main/analysis/rowStore.ts'
import { fastPowers } from '../../../src-main/dsp/decibels.ts'
import { fakeWindow, jobDescription, makeHub, publishRows, range } from './hubFakes.ts'

const mebibyte = 1024 * 1024
const columnCount = 3

/** Something that changes from row to row and column to column, dB; now and then invalid. */
const levelOf = (row: number, column: number): number =>
  (row * 7 + column * 3) % 41 === 0 ? Number.NaN : -60 + ((row * 37 + column * 11) % 90)

function publish(hub: ReturnType<typeof makeHub>, firstRow: number, rowCount: number, valueOf = levelOf): void {
  const values = Float32Array.from({ length: rowCount * columnCount }, (_, at) =>
    valueOf(firstRow + Math.floor(at / columnCount), at % columnCount)
  )
  hub.publish({ firstRow, rowCount, columnCount, dataEndNs: 0n, values, invalidValues: 0 })
}

const reducedOf = (window: ReturnType<typeof fakeWindow>): ReducedFrame[] =>
  window.frames.filter((frame) => frame.kind === 'reduced')

/** By the definition, in double precision, from the rows that were published. */
function expectedCell(rows: readonly number[], column: number, isLinear: boolean, valueOf = levelOf) {
  if (rows.length === 0) return { mean: -Infinity, minimum: -Infinity, maximum: -Infinity }
  const valid = rows.map((row) => valueOf(row, column)).filter((value) => !Number.isNaN(value))
  if (valid.length === 0) return { mean: Number.NaN, minimum: Number.NaN, maximum: Number.NaN }
  const sum = valid.reduce((total, value) => total + (isLinear ? value : 10 ** (value / 10)), 0)
  const mean = isLinear ? sum / valid.length : 10 * Math.log10(sum / valid.length)
  return { mean, minimum: Math.min(...valid), maximum: Math.max(...valid) }
}

describe('kept rows at every level', () => {
  it.each([
    ['levels', false],
    ['samples', true]
  ])(
    'are the mean, the least and the greatest of the rows that came, with holes as holes (%s)',
    async (_, isLinear) => {
      const hub = makeHub(8 * mebibyte)
      const window = fakeWindow()
      const trace = {
        layer: 'trace',
        content: 'trace',
        samples: { perRow: 1, valuesPerColumn: 1, sampleIntervalNs: 1e6 }
      } as const
      hub.describe(jobDescription(isLinear ? trace : {}, columnCount))
      const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
      // In uneven batches, with holes shorter and longer than a group, from a first row that is no multiple of any.
      const published: number[] = []
      let next = 1003
      for (const [rows, hole] of [
        [5, 0],
        [60, 3],
        [1, 130],
        [700, 0],
        [2000, 1],
        [333, 5000],
        [77, 0]
      ] as const) {
        publish(hub, next, rows)
        published.push(...range(next, next + rows))
        next += rows + hole
      }
      const { levels, gaps } = subscription.extent()!
      expect(levels.map(({ factor }) => factor)).toEqual([1, 4, 16, 64, 256, 1024, 4096])
      expect(gaps.map(({ rowCount }) => rowCount)).toEqual([3, 130, 1, 5000])
      for (const { level, factor, firstRow, endRow } of levels) {
        expect([firstRow, endRow]).toEqual([Math.floor(1003 / factor), Math.floor(published.at(-1)! / factor) + 1])
        window.frames.length = 0
        const asked = { level, firstRow: firstRow - 2, rowCount: endRow - firstRow + 4, request: 100 + level }
        const { sent, epoch } = (await subscription.history(asked))!
        expect(epoch).toBe(1)
        const frames = reducedOf(window)
        expect(sent).toEqual(frames.map((frame) => ({ firstRow: frame.firstRow, rowCount: frame.rowCount })))
        expect(frames.every((frame) => frame.request === 100 + level && frame.planes === (level === 0 ? 1 : 3))).toBe(
          true
        )
        const byGroup = new Map<number, number[]>()
        for (const row of published) {
          const group = Math.floor(row / factor)
          byGroup.set(group, [...(byGroup.get(group) ?? []), row])
        }
        expect(frames.flatMap((frame) => range(frame.firstRow, frame.firstRow + frame.rowCount))).toEqual(
          range(firstRow, endRow)
        )
        for (const frame of frames)
          for (let row = 0; row < frame.rowCount; row++)
            for (let column = 0; column < columnCount; column++) {
              const cell = expectedCell(byGroup.get(frame.firstRow + row) ?? [], column, isLinear)
              const at = row * columnCount + column
              for (const plane of ['mean', 'minimum', 'maximum'] as const) {
                if (Number.isFinite(cell[plane])) expect(Math.abs(frame[plane][at]! - cell[plane])).toBeLessThan(0.002)
                else expect(frame[plane][at]).toBe(cell[plane])
              }
            }
      }
    }
  )

  it('stay within their bytes, each level reaches further back, and a lower bound is kept at once', () => {
    const bound = 64 * 1024
    const hub = makeHub(bound)
    hub.describe(jobDescription({}, columnCount))
    for (let row = 0; row < 60_000; row += 500) publish(hub, row, 500)
    const before = hub.extent()!.levels
    const ages = before.map(({ factor, firstRow }) => 60_000 - firstRow * factor)
    // Level 1 is folded from the rows themselves; from there on each reaches back at least as far.
    ages.forEach((age, level) => expect(age).toBeGreaterThanOrEqual((ages[level - 1] ?? 0) - 4))
    const total = hub.statistics()
    expect(total.historyBytes).toBeLessThanOrEqual(total.historyBytesMost)
    expect(total.historyBytesMost).toBeLessThan(1.9 * bound)
    expect(total.historyRows).toBe(Math.floor(bound / rowBytes(columnCount)))
    hub.setHistoryBytes(bound / 4)
    const after = hub.statistics()
    expect(after.historyRows).toBe(Math.floor(bound / 4 / rowBytes(columnCount)))
    expect(after.historyBytes).toBeLessThan(total.historyBytes / 2)
  })

  it('hold ten minutes of the whole fibre at twenty rows a second under the default bound', () => {
    // 2 222 channels: counted, not filled.
    const store = createRowStore(2222, Math.floor(200e6 / 1.5 / rowBytes(2222)))
    expect(store.capacityRows / 20).toBeGreaterThan(600)
    expect(store.bytes).toBe(0)
  })

  it('are asked for in turns: live rows come between the frames of a long answer', async () => {
    const hub = makeHub(64 * mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription({}, 1024))
    publishRows(hub, 0, 3000, 1024)
    const subscription = hub.subscribe(window.sink, { columnsMax: 4096, since: { epoch: 1, row: 3000 } })
    subscription.credit(10, [])
    // Every look at the clock finds a turn used up, whatever machine this is.
    let nowMs = 0
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 4))
    const answer = subscription.history({ level: 0, firstRow: 0, rowCount: 4096, request: 7 })!
    let row = 3000
    let over = false
    const publishLive = (): void => {
      if (over) return
      publishRows(hub, row++, 1, 1024)
      setImmediate(publishLive)
    }
    setImmediate(publishLive)
    const { sent } = await answer
    over = true
    clock.mockRestore()
    // 8 MiB of rows of 4 KiB at most; the rest is asked for again.
    expect(sent.at(-1)!.firstRow + sent.at(-1)!.rowCount).toBe(2048)
    expect(window.rowFrames().length).toBeGreaterThan(0)
  })

  it('end with their picture, and too many requests at once are refused', async () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    expect(hub.extent()).toBeNull()
    const subscription = hub.subscribe(window.sink, { columnsMax: 100 })
    expect([subscription.extent(), subscription.history({ level: 0, firstRow: 0, rowCount: 1, request: 1 })]).toEqual([
      null,
      null
    ])
    hub.describe(jobDescription())
    publishRows(hub, 0, 10)
    const asked = range(0, 9).map((request) => subscription.history({ level: 0, firstRow: 0, rowCount: 5, request }))
    expect(asked.map((answer) => answer !== null)).toEqual([...Array<boolean>(8).fill(true), false])
    hub.describe(jobDescription())
    for (const answer of asked) if (answer) expect(await answer).toEqual({ epoch: 1, sent: [] })
    expect(reducedOf(window)).toEqual([])
    publishRows(hub, 0, 3)
    expect((await subscription.history({ level: 0, firstRow: 0, rowCount: 5, request: 9 }))!).toEqual({
      epoch: 2,
      sent: [{ firstRow: 0, rowCount: 3 }]
    })
    expect(await subscription.history({ level: 16, firstRow: 0, rowCount: 5, request: 10 })).toEqual({
      epoch: 2,
      sent: []
    })
  })

  it('are reduced to what a narrow view can show: powers averaged, extremes kept', async () => {
    const hub = makeHub(mebibyte)
    const window = fakeWindow()
    hub.describe(jobDescription({}, columnCount))
    const subscription = hub.subscribe(window.sink, { columnsMax: 1 })
    publish(hub, 0, 16, (row, column) => (row === 5 ? 30 : 0) + column)
    await subscription.history({ level: 2, firstRow: 0, rowCount: 1, request: 1 })
    const [frame] = reducedOf(window)
    expect(frame).toMatchObject({ columnCount: 1, rowCount: 1, planes: 3 })
    expect([frame!.minimum[0], frame!.maximum[0]]).toEqual([0, 32])
    const means = range(0, 3).map((column) => (15 * 10 ** (column / 10) + 10 ** ((30 + column) / 10)) / 16)
    const mean = 10 * Math.log10(means.reduce((sum, power) => sum + power, 0) / 3)
    expect(Math.abs(frame!.mean[0]! - mean)).toBeLessThan(0.002)
  })
})

describe('a view that comes back', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }))
  afterEach(() => void vi.useRealTimers())

  it('gets the rows and gaps from where it left, and all that is kept where the picture is another', () => {
    const hub = makeHub(mebibyte)
    hub.describe(jobDescription())
    publishRows(hub, 0, 50)
    publishRows(hub, 60, 40)
    const attach = (epoch: number, row: number) => {
      const window = fakeWindow()
      hub.subscribe(window.sink, { columnsMax: 100, since: { epoch, row } }).credit(100, [])
      return window
    }
    expect(attach(1, 80).rowIndices()).toEqual(range(80, 100))
    const before = attach(1, 45)
    expect(before.rowIndices()).toEqual([...range(45, 50), ...range(60, 100)])
    expect(before.gapFrames()).toMatchObject([{ firstRow: 50, rowCount: 10 }])
    expect(attach(1, 100).rowIndices()).toEqual([])
    expect(attach(2, 80).rowIndices()).toHaveLength(90)
    expect(attach(1, 80).described).toHaveLength(1)
  })

  it('gets 32 MiB at most by itself', () => {
    const hub = makeHub(50 * mebibyte)
    hub.describe(jobDescription({}, 4096))
    const values = new Float32Array(100 * 4096)
    for (let firstRow = 0; firstRow < 3000; firstRow += 100)
      hub.publish({ firstRow, rowCount: 100, columnCount: 4096, dataEndNs: 0n, values, invalidValues: 0 })
    const window = fakeWindow()
    hub.subscribe(window.sink, { columnsMax: 4096 }).credit(1000, [])
    expect(window.rowIndices()).toEqual(range(3000 - 2048, 3000))
  })
})

describe('powers of levels by their bits', () => {
  it('are right to 0.0004 dB over all that float32 holds', () => {
    const levels = Float32Array.from({ length: 18_000 }, (_, index) => -300 + index * 0.037)
    const powers = new Float32Array(levels.length)
    const bits = new Int32Array(powers.buffer)
    fastPowers(levels, 0, bits, levels.length)
    expect(Math.max(...levels.map((level, at) => Math.abs(10 * Math.log10(powers[at]!) - level)))).toBeLessThan(0.0004)
    fastPowers(Float32Array.of(7, -400, 400, Number.NaN, -Infinity), 1, bits, 4)
    expect([...powers.subarray(0, 4)]).toEqual([0, Infinity, Number.NaN, 0])
  })
})
