import { describe, expect, it } from 'vitest'
import {
  pixelFromTimeMs,
  placeTimePixels,
  timeMsFromPixel,
  TimeWindow,
  type TimeBounds
} from '../../../src-renderer/render/spectraTimeWindow.ts'

const live: TimeBounds = { firstMs: 0, endMs: 100_000, isLive: true, leastMs: 10 }
const recording: TimeBounds = { firstMs: -5000, endMs: 5000, isLive: false, leastMs: 10 }

describe('TimeWindow', () => {
  it('follows the newest edge and keeps its span', () => {
    const window = new TimeWindow()
    window.follow(live, 60_000)
    expect([window.startMs, window.endMs]).toEqual([40_000, 100_000])
    window.moveTo({ ...live, endMs: 100_250 })
    expect([window.startMs, window.endMs]).toEqual([40_250, 100_250])
  })

  it('keeps the time under the pointer when it zooms', () => {
    const window = new TimeWindow()
    window.showAll(recording)
    const at = window.startMs + 0.3 * window.spanMs
    window.zoom(recording, 0.5, 0.3)
    expect(window.spanMs).toBeCloseTo(5000)
    expect(window.startMs + 0.3 * window.spanMs).toBeCloseTo(at)
    expect(window.isFollowing).toBe(false)
  })

  it('never shows more than there is, nor less than can be told apart', () => {
    const window = new TimeWindow()
    window.showAll(recording)
    window.zoom(recording, 1e9, 0.5)
    expect([window.startMs, window.endMs]).toEqual([-5000, 5000])
    window.zoom(recording, 1e-9, 0.5)
    expect(window.spanMs).toBe(recording.leastMs)
    window.pan(recording, -1e6)
    expect(window.endMs).toBe(5000)
  })

  it('stands still when it is pulled back, and follows again when it is pushed to the edge', () => {
    const window = new TimeWindow()
    window.follow(live, 60_000)
    window.pan(live, 0.1)
    expect(window.isFollowing).toBe(false)
    expect(window.endMs).toBe(94_000)
    window.moveTo({ ...live, endMs: 101_000 })
    expect(window.endMs).toBe(94_000)
    window.pan({ ...live, endMs: 101_000 }, -0.2)
    expect(window.isFollowing).toBe(true)
    expect(window.endMs).toBe(101_000)
  })

  it('is pushed along when what it shows is kept no more', () => {
    const window = new TimeWindow()
    window.show(live, 1000, 2000)
    window.moveTo({ ...live, firstMs: 1500 })
    expect([window.startMs, window.endMs]).toEqual([1500, 2500])
  })

  it('by key zooms about the edge that it follows, else about the middle', () => {
    const window = new TimeWindow()
    window.follow(live, 60_000)
    window.zoomByKey(live, 0.5)
    expect([window.startMs, window.endMs, window.isFollowing]).toEqual([70_000, 100_000, true])
    window.show(live, 10_000, 20_000)
    window.zoomByKey(live, 0.5)
    expect([window.startMs, window.endMs]).toEqual([12_500, 17_500])
  })
})

describe('pixels of time', () => {
  it('count from the base time, so a moving window keeps its pixels', () => {
    const window = new TimeWindow()
    const pixels = { msPerPixel: 1, pixelAtLeft: 0, width: 1 }
    window.follow(live, 60_000)
    placeTimePixels(pixels, window, 600)
    expect(pixels.msPerPixel).toBe(100)
    expect(pixels.pixelAtLeft).toBe(400)
    window.moveTo({ ...live, endMs: 100_101 })
    placeTimePixels(pixels, window, 600)
    expect(pixels.pixelAtLeft).toBe(402)
    expect(timeMsFromPixel(pixels, 600)).toBeGreaterThanOrEqual(100_101)
    expect(pixelFromTimeMs(pixels, timeMsFromPixel(pixels, 17.25))).toBeCloseTo(17.25)
  })
})
