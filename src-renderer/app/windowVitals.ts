import type { FrameScheduler } from '../render/frameScheduler.ts'
import type { Desk } from '../stores/deskModel.ts'
import type { Stores } from '../stores/stores.ts'
import type { FrameRouter } from '../stream/frameRouter.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

const reportMs = 2000
/** Frames of two seconds at 120 a second, with room. */
const framesMost = 512
/** A longer pause is no slow frame: nothing wanted to be drawn. */
const pauseMs = 1000

/** The last frames of a window: preallocated, nothing is made per frame. */
class FrameTimes {
  private readonly between = new Float64Array(framesMost)
  private readonly drawing = new Float64Array(framesMost)
  private readonly sorted = new Float64Array(framesMost)
  private betweenCount = 0
  private drawingCount = 0
  private lastMs: number | null = null

  readonly add = (nowMs: number, drawMs: number): void => {
    const sinceMs = this.lastMs === null ? Infinity : nowMs - this.lastMs
    this.lastMs = nowMs
    if (sinceMs < pauseMs && this.betweenCount < framesMost) this.between[this.betweenCount++] = sinceMs
    if (this.drawingCount < framesMost) this.drawing[this.drawingCount++] = drawMs
  }

  take(): { frameMs: Percentiles | null; drawMs: Percentiles | null; frames: number } {
    const taken = {
      frameMs: this.percentiles(this.between, this.betweenCount),
      drawMs: this.percentiles(this.drawing, this.drawingCount),
      frames: this.drawingCount
    }
    this.betweenCount = 0
    this.drawingCount = 0
    return taken
  }

  private percentiles(values: Float64Array, count: number): Percentiles | null {
    if (count === 0) return null
    const sorted = this.sorted.subarray(0, count)
    sorted.set(values.subarray(0, count))
    sorted.sort()
    const at = (part: number): number => sorted[Math.min(count - 1, Math.floor(part * count))]!
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
  }
}

interface Percentiles {
  p50: number
  p95: number
  p99: number
}

/** Chromium tells the heap of a page; others do not. */
const heapUsedBytes = (): number | null =>
  (performance as { memory?: { usedJSHeapSize?: number } }).memory?.usedJSHeapSize ?? null

/** Tells the core every two seconds how this window does: frames, drawing, rows, memory. The returned function ends it. */
export function reportVitals(
  connection: CoreConnection,
  scheduler: FrameScheduler,
  router: FrameRouter,
  stores: Stores,
  desk: Desk
): () => void {
  const times = new FrameTimes()
  const before = { rows: 0, shed: 0, frames: 0, atMs: performance.now() }
  scheduler.watch(times.add)
  const timer = setInterval(() => {
    if (stores.connection.getState().state !== 'open') return
    const nowMs = performance.now()
    const { frameMs, drawMs, frames } = times.take()
    const textureBytes = [...stores.tiles.getState().tiles.keys()].reduce((sum, tileId) => {
      const { ringBytes, historyBytes } = stores.views.of(tileId).progress.getState()
      return sum + ringBytes + historyBytes
    }, 0)
    void connection.call('health.reportWindow', {
      frameMs,
      drawMs,
      framesPerS: (frames * 1000) / Math.max(1, nowMs - before.atMs),
      rowsDrawn: router.rows - before.rows,
      shedRows: router.shedRows - before.shed,
      creditFrames: router.frames - before.frames,
      heapUsedBytes: heapUsedBytes(),
      textureBytes,
      hidden: document.hidden,
      label: desk.getState().windowId.slice(0, 80)
    })
    Object.assign(before, { rows: router.rows, shed: router.shedRows, frames: router.frames, atMs: nowMs })
  }, reportMs)
  return () => {
    clearInterval(timer)
    scheduler.watch(null)
  }
}
