import { describe, expect, it } from 'vitest'
import { LayerHistory } from '../../../src-renderer/render/spectraHistory.ts'
import { LayerRows } from '../../../src-renderer/render/spectraRows.ts'
import type { TimePixels } from '../../../src-renderer/render/spectraTimeWindow.ts'
import { pointsFromPlane, pointsFromRows, TracePlane, TracePoints } from '../../../src-renderer/render/tracePlane.ts'
import { KeptRows, rowsFrame, traceDescription } from '../../support/layerFixture.ts'

const rateHz = 2000
const channels = 3
/** Noise with a single-sample spike now and then, the kind of peak that thinning loses. */
function sample(row: number, column: number): number {
  let hash = Math.imul(row + 1, 374_761_393) ^ Math.imul(column + 7, 668_265_263)
  hash = Math.imul(hash ^ (hash >>> 13), 1_274_126_177)
  const noise = ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 - 0.5
  return row % 997 === 13 * column ? 50 + column : row % 1009 === 5 ? -40 : noise
}

function filled(first: number, count: number, value = sample): LayerRows {
  const rows = new LayerRows(1 << 24)
  rows.describe(traceDescription(channels, rateHz), null)
  rows.writeRows(rowsFrame(channels, first, count, value))
  return rows
}

const never = (): boolean => false
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
const ys = (points: TracePoints): number[] => [...points.y.subarray(0, points.count)]

/** Least and greatest of the samples whose time lies in the pixel, straight from the function. */
function truth(pixels: TimePixels, x: number, channel: number, end: number): [number, number] {
  const rowMs = 1000 / rateHz
  let [least, greatest] = [Infinity, -Infinity]
  const fromMs = (pixels.pixelAtLeft + x) * pixels.msPerPixel
  for (let row = Math.max(0, Math.floor(fromMs / rowMs) - 1); row < end; row++) {
    if (row * rowMs >= fromMs + pixels.msPerPixel) break
    if (row * rowMs < fromMs) continue
    least = Math.min(least, Math.fround(sample(row, channel)))
    greatest = Math.max(greatest, Math.fround(sample(row, channel)))
  }
  return [least, greatest]
}

describe('TracePlane', () => {
  it.each([1.5, 7.3, 100, 2500])('loses no peak at %f ms a pixel', (msPerPixel) => {
    const rows = filled(0, 40_000)
    const plane = new TracePlane()
    const pixels = { msPerPixel, pixelAtLeft: 0, width: Math.min(800, Math.ceil(20_000 / msPerPixel)) }
    plane.update(pixels, [2, 0], { rows, history: null, isTimeUp: never })
    const points = new TracePoints()
    for (const [index, channel] of [2, 0].entries()) {
      pointsFromPlane(plane, index, pixels, points)
      for (let x = 0; x < pixels.width; x++) {
        const [least, greatest] = truth(pixels, x, channel, 40_000)
        const shown = [points.y[2 * x]!, points.y[2 * x + 1]!].sort((a, b) => a - b)
        expect(shown).toEqual([least, greatest])
        // The point stands within the pixel that its sample lies in.
        expect(Math.floor(points.x[2 * x]! / msPerPixel)).toBe(x)
      }
    }
  })

  it('moves on with new samples and stays the same as computed anew', () => {
    const rows = filled(0, 20_000)
    const moved = new TracePlane()
    const pixels = { msPerPixel: 25, pixelAtLeft: 0, width: 400 }
    moved.update(pixels, [1], { rows, history: null, isTimeUp: never })
    for (let step = 1; step <= 10; step++) {
      rows.writeRows(rowsFrame(channels, 20_000 + (step - 1) * 333, 333, sample))
      pixels.pixelAtLeft = step * 6
      moved.update(pixels, [1], { rows, history: null, isTimeUp: never })
    }
    const fresh = new TracePlane()
    fresh.update(pixels, [1], { rows, history: null, isTimeUp: never })
    const [a, b] = [new TracePoints(), new TracePoints()]
    pointsFromPlane(moved, 0, pixels, a)
    pointsFromPlane(fresh, 0, pixels, b)
    expect(ys(a)).toEqual(ys(b))
    expect(moved.computedPixels).toBeLessThan(600)
  })

  it('keeps the extremes of old samples that only a coarse level still has', async () => {
    const end = 400_000
    const rows = filled(end - 1000, 1000)
    const kept = new KeptRows(channels, [end, end, end, 0, 0], end, sample)
    let hasChanged = false
    const history = new LayerHistory(kept, 1 << 24, () => (hasChanged = true))
    history.reset(channels)
    const plane = new TracePlane()
    // 128 samples a pixel: two rows of level 3 (64 samples each), aligned with them.
    const pixels = { msPerPixel: 64, pixelAtLeft: 100, width: 300 }
    for (let round = 0; round < 20; round++) {
      history.refreshExtent()
      plane.update(pixels, [0], { rows, history, isTimeUp: never })
      history.fetchWanted()
      await tick()
      if (hasChanged) plane.historyChanged()
      hasChanged = false
    }
    const points = new TracePoints()
    pointsFromPlane(plane, 0, pixels, points)
    expect(points.count).toBe(600)
    const all = ys(points)
    let [least, greatest] = [Infinity, -Infinity]
    for (let row = 100 * 128; row < 400 * 128; row++) {
      least = Math.min(least, Math.fround(sample(row, 0)))
      greatest = Math.max(greatest, Math.fround(sample(row, 0)))
    }
    expect([Math.min(...all), Math.max(...all)]).toEqual([least, greatest])
    for (let x = 1; x < 299; x++) {
      const [low, high] = truth(pixels, x, 0, end)
      // Rows of the level may reach half of one into the next pixel, never further: nothing is lost between them.
      const around = all.slice(2 * x - 2, 2 * x + 4)
      expect(Math.min(...around)).toBeLessThanOrEqual(low)
      expect(Math.max(...around)).toBeGreaterThanOrEqual(high)
    }
  })

  it('breaks the line where nothing is, and where a value is invalid', () => {
    const rows = filled(0, 1000, (row) => (row >= 400 && row < 500 ? Number.NaN : row))
    rows.writeGap({ firstRow: 1000, rowCount: 200, missingMs: 100, reason: '' })
    rows.writeRows(rowsFrame(channels, 1200, 400, () => 5))
    const plane = new TracePlane()
    const pixels = { msPerPixel: 10, pixelAtLeft: 0, width: 80 }
    plane.update(pixels, [0], { rows, history: null, isTimeUp: never })
    const points = new TracePoints()
    pointsFromPlane(plane, 0, pixels, points)
    expect(ys(points).filter(Number.isNaN)).toHaveLength(2)
    expect(points.x[ys(points).findIndex(Number.isNaN)]).toBe(200)
    expect(points.count).toBe(2 * (80 - 5 - 10) + 2)
  })
})

describe('samples one by one', () => {
  it('are drawn at their own times, with one on each side of the view', () => {
    const rows = filled(0, 2000)
    const points = new TracePoints()
    expect(pointsFromRows(rows, null, 1, { msPerPixel: 0.05, pixelAtLeft: 2000, width: 400 }, points)).toBe(true)
    const first = points.x[0]!
    expect(first).toBeLessThanOrEqual(100)
    expect(points.x[points.count - 1]).toBeGreaterThanOrEqual(120)
    for (let index = 0; index < points.count; index++) {
      const row = Math.round(points.x[index]! / 0.5)
      expect(points.x[index]).toBeCloseTo(row * 0.5, 9)
      expect(points.y[index]).toBe(Math.fround(sample(row, 1)))
    }
  })

  it('of pairs stand on both sides of the middle', () => {
    const rows = new LayerRows(1 << 20)
    rows.describe(traceDescription(1, rateHz, 2), null)
    rows.writeRows(rowsFrame(2, 0, 100, (row, column) => (column === 0 ? -row : row)))
    const points = new TracePoints()
    pointsFromRows(rows, null, 0, { msPerPixel: 0.5, pixelAtLeft: 20, width: 40 }, points)
    const at = [...points.y.subarray(0, points.count)].indexOf(10)
    expect(points.y[at - 1]).toBe(-10)
    expect((points.x[at - 1]! + points.x[at]!) / 2).toBeCloseTo(20)
  })

  it('come from the history where they are older than what is held', async () => {
    const rows = filled(10_000, 500)
    const kept = new KeptRows(channels, [0], 10_500, sample)
    const history = new LayerHistory(kept, 1 << 24, () => undefined)
    history.reset(channels)
    const points = new TracePoints()
    const pixels = { msPerPixel: 0.5, pixelAtLeft: 2000, width: 100 }
    expect(pointsFromRows(rows, history, 0, pixels, points)).toBe(false)
    history.refreshExtent()
    await tick()
    pointsFromRows(rows, history, 0, pixels, points)
    history.fetchWanted()
    await tick()
    expect(pointsFromRows(rows, history, 0, pixels, points)).toBe(true)
    expect(points.count).toBeGreaterThan(99)
    expect(points.y[5]).toBe(Math.fround(sample(Math.round(points.x[5]! / 0.5), 0)))
  })
})
