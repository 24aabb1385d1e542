import { describe, expect, it } from 'vitest'
import { invalidValue, isMissing, missingValue } from '../../../src-preload/contract/drawing/cellValues.ts'
import { LayerHistory } from '../../../src-renderer/render/spectraHistory.ts'
import { FrequencyLines, SpectraPlane } from '../../../src-renderer/render/spectraPlane.ts'
import { LayerRows } from '../../../src-renderer/render/spectraRows.ts'
import type { TimePixels } from '../../../src-renderer/render/spectraTimeWindow.ts'
import { KeptRows, rowsFrame, spectraDescription } from '../../support/layerFixture.ts'

const bins = 65
const channels = 3
const width = channels * bins
const rowMs = 100
/** Deterministic, no two alike. */
const value = (row: number, column: number): number => -60 + 30 * Math.sin(row * 12.9898 + column * 78.233)

function filled(first: number, count: number, bytesMost = 1 << 24): LayerRows {
  const rows = new LayerRows(bytesMost)
  rows.describe(spectraDescription(channels, bins), null)
  rows.writeRows(rowsFrame(width, first, count, value))
  return rows
}

const never = (): boolean => false
const tick = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

/** Independent of the plane: cells whose centre lies in the pixel, or the one under the pixel's centre where cells are larger. */
function expected(pixel: number, y: number, channel: number, msPerPixel: number, height: number, end: number): number {
  const centred = (from: number, to: number): number[] => {
    if (to - from <= 1) return [Math.floor((from + to) / 2)]
    const found: number[] = []
    for (let cell = Math.floor(from) - 1; cell <= to + 1; cell++) {
      if (cell + 0.5 >= from && cell + 0.5 < to) found.push(cell)
    }
    return found
  }
  const rows = centred((pixel * msPerPixel) / rowMs + 0.5, ((pixel + 1) * msPerPixel) / rowMs + 0.5)
  // Bin 0 is centred at 0 Hz and reaches half a bin below; the picture is of 0 … 128 Hz, 64 bins high.
  const perLine = 64 / height
  const cells = centred(0.5 + (height - 1 - y) * perLine, 0.5 + (height - y) * perLine)
  let greatest = missingValue
  for (const row of rows) {
    if (row < 0 || row >= end) continue
    for (const bin of cells) {
      if (bin >= 0 && bin < bins) greatest = Math.max(greatest, Math.fround(value(row, channel * bins + bin)))
    }
  }
  return greatest
}

function check(plane: SpectraPlane, pixels: TimePixels, shown: number[], height: number, end: number): void {
  for (let x = 0; x < pixels.width; x++) {
    const at = plane.offsetOf(pixels.pixelAtLeft + x)
    shown.forEach((channel, index) => {
      for (let y = 0; y < height; y++) {
        const found = plane.values[at + index * height + y]!
        const wanted = expected(pixels.pixelAtLeft + x, y, channel, pixels.msPerPixel, height, end)
        if (found !== Math.fround(wanted)) {
          expect.fail(`pixel ${x}, line ${y}, channel ${channel}: ${found}, not ${wanted}`)
        }
      }
    })
  }
}

describe('SpectraPlane', () => {
  it.each([
    ['rows longer than pixels', 30, 128],
    ['a pixel a row', 100, 64],
    ['several rows and bins a pixel', 730, 20]
  ])('shows the greatest of the cells of each pixel: %s', (_name, msPerPixel, height) => {
    const rows = filled(0, 300)
    const lines = new FrequencyLines()
    lines.place(rows.description!.bins!, 0, 128, height)
    const plane = new SpectraPlane()
    const pixels = { msPerPixel, pixelAtLeft: -3, width: 40 }
    expect(plane.update(pixels, lines, [2, 0], { rows, history: null, isTimeUp: never })).toBe(true)
    check(plane, pixels, [2, 0], height, 300)
  })

  it('computes only what is new while it moves, and late rows again', () => {
    const rows = filled(0, 100)
    const lines = new FrequencyLines()
    lines.place(rows.description!.bins!, 0, 128, 32)
    const plane = new SpectraPlane()
    const sources = { rows, history: null, isTimeUp: never }
    const pixels = { msPerPixel: 200, pixelAtLeft: 0, width: 50 }
    plane.update(pixels, lines, [1], sources)
    expect(plane.computedPixels).toBe(50)
    rows.writeRows(rowsFrame(width, 100, 10, value))
    pixels.pixelAtLeft = 5
    plane.update(pixels, lines, [1], sources)
    // Ring marks blocks of eight rows: five new pixels, and those that the same blocks reach into.
    expect(plane.computedPixels - 50).toBeLessThan(14)
    check(plane, pixels, [1], 32, 110)
    rows.ring!.writeRow(30, new Float32Array(width).fill(7), 0)
    plane.update(pixels, lines, [1], sources)
    expect(plane.values[plane.offsetOf(15)]).toBe(7)
  })

  it('goes on in the next frame where the time is up, newest first, and shows nothing wrong before', () => {
    const rows = filled(0, 300)
    const lines = new FrequencyLines()
    lines.place(rows.description!.bins!, 0, 128, 16)
    const plane = new SpectraPlane()
    const pixels = { msPerPixel: 100, pixelAtLeft: 0, width: 200 }
    expect(plane.update(pixels, lines, [0], { rows, history: null, isTimeUp: () => true })).toBe(false)
    expect(isMissing(plane.values[plane.offsetOf(199)]!)).toBe(false)
    expect(isMissing(plane.values[plane.offsetOf(3)]!)).toBe(true)
    let frames = 1
    while (!plane.update(pixels, lines, [0], { rows, history: null, isTimeUp: () => true })) frames++
    expect(frames).toBeLessThan(20)
    check(plane, pixels, [0], 16, 300)
  })

  it('takes older rows from the history, each once, whatever the level', async () => {
    const end = 1600
    for (const msPerPixel of [70, 400, 1600]) {
      const rows = filled(1500, 100)
      const kept = new KeptRows(width, [400, 0, 0], end, value)
      const plane = new SpectraPlane()
      let hasChanged = false
      const history = new LayerHistory(kept, 1 << 24, () => (hasChanged = true))
      history.reset(width)
      const lines = new FrequencyLines()
      lines.place(rows.description!.bins!, 0, 128, 16)
      const pixels = { msPerPixel, pixelAtLeft: Math.round(130_000 / msPerPixel), width: 60 }
      const sources = { rows, history, isTimeUp: never }
      for (let round = 0; round < 40; round++) {
        history.refreshExtent()
        plane.update(pixels, lines, [0, 1], sources)
        history.fetchWanted()
        await tick()
        if (hasChanged) plane.historyChanged()
        hasChanged = false
      }
      check(plane, pixels, [0, 1], 16, end)
      expect(kept.requests.length).toBeGreaterThan(0)
    }
  })

  it('shows invalid and missing cells as what they are', () => {
    const rows = filled(0, 8)
    const broken = new Float32Array(width).fill(Number.NaN)
    rows.ring!.writeRow(8, broken, 0)
    rows.ring!.writeRow(12, new Float32Array(width).fill(Infinity), 0)
    const lines = new FrequencyLines()
    lines.place(rows.description!.bins!, 0, 128, 8)
    const plane = new SpectraPlane()
    plane.update({ msPerPixel: 100, pixelAtLeft: 0, width: 16 }, lines, [0], {
      rows,
      history: null,
      isTimeUp: never
    })
    const at = (pixel: number): number => plane.values[plane.offsetOf(pixel)]!
    // A pixel spans 100 ms from its left edge, a row is centred at its time: row 8 lies under the centre of pixel 7.
    expect([at(7), at(9), at(11)]).toEqual([invalidValue, missingValue, invalidValue].map(Math.fround))
  })
})

describe('LayerHistory', () => {
  it('is bounded in bytes and never asks more than two things at once', async () => {
    const kept = new KeptRows(width, [0], 20_000, value)
    let running = 0
    let most = 0
    const history = new LayerHistory(
      {
        extent: () => kept.extent(),
        history: async (level, first, count) => {
          most = Math.max(most, ++running)
          await tick()
          const frames = await kept.history(level, first, count)
          running--
          return frames
        }
      },
      3 * 1024 * 1024,
      () => undefined
    )
    history.reset(width)
    history.refreshExtent()
    await tick()
    const rows = history.rowsPerChunk(0)
    for (let chunk = 0; chunk < 12; chunk++) {
      for (const ahead of [0, 1, 2]) history.chunkAt(0, (chunk + ahead) * rows)
      history.fetchWanted()
      for (let wait = 0; wait < 4; wait++) await tick()
    }
    expect(most).toBe(2)
    expect(kept.requests.length).toBeGreaterThan(8)
    expect(history.bytes).toBeLessThanOrEqual(3 * 1024 * 1024)
  })

  it('asks again for what failed, but not at once', async () => {
    const kept = new KeptRows(width, [0], 2000, value)
    let nowMs = 0
    const history = new LayerHistory(
      kept,
      1 << 24,
      () => undefined,
      () => nowMs
    )
    history.reset(width)
    history.refreshExtent()
    await tick()
    kept.isFailing = true
    for (let round = 0; round < 5; round++) {
      expect(history.chunkAt(0, 10)).toBeNull()
      history.fetchWanted()
      await tick()
    }
    expect(kept.requests).toHaveLength(1)
    kept.isFailing = false
    nowMs = 1001
    history.chunkAt(0, 10)
    history.fetchWanted()
    await tick()
    expect(history.chunkAt(0, 10)?.mean[10 * width]).toBe(Math.fround(value(10, 0)))
  })

  it('chooses the coarsest level that is not longer than a pixel and still keeps the row', async () => {
    const history = new LayerHistory(new KeptRows(width, [4000, 1024, 0], 8192, value), 1 << 24, () => undefined)
    history.reset(width)
    history.refreshExtent()
    await tick()
    expect(history.levelFor(1, 5000)?.level).toBe(0)
    expect(history.levelFor(5, 5000)?.level).toBe(1)
    expect(history.levelFor(100, 5000)?.level).toBe(2)
    expect(history.levelFor(1, 2000)?.level).toBe(1)
    expect(history.levelFor(1, 10)?.level).toBe(2)
    expect(history.levelFor(1, 9000)).toBeNull()
  })
})
