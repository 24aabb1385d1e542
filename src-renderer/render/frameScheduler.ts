/** Something that draws itself; one window has several, all drawn in one animation frame. */
export interface Drawable {
  /** Draws what is dirty; `nowMs` is the time of the animation frame. */
  drawFrame(nowMs: number): void
}

export interface FrameClock {
  requestAnimationFrame(callback: (nowMs: number) => void): number
  cancelAnimationFrame(handle: number): void
  setTimeout(callback: () => void, ms: number): number
  clearTimeout(handle: number): void
  now(): number
  isHidden(): boolean
  onVisibilityChange(listener: () => void): () => void
}

export const windowFrameClock = (): FrameClock => ({
  requestAnimationFrame: (callback) => window.requestAnimationFrame(callback),
  cancelAnimationFrame: (handle) => window.cancelAnimationFrame(handle),
  setTimeout: (callback, ms) => window.setTimeout(callback, ms),
  clearTimeout: (handle) => window.clearTimeout(handle),
  now: () => performance.now(),
  isHidden: () => document.hidden,
  onVisibilityChange: (listener) => {
    document.addEventListener('visibilitychange', listener)
    return () => document.removeEventListener('visibilitychange', listener)
  }
})

/** Wishes that are due within this belong to one frame. */
const togetherMs = 4

/**
 * The one `requestAnimationFrame` of a window. A frame is asked for only while something wants to draw; a hidden document
 * draws nothing and draws once when it comes back.
 */
export class FrameScheduler {
  private readonly clock: FrameClock
  private readonly wanting = new Set<Drawable>()
  private readonly known = new Set<Drawable>()
  private readonly stopWatching: () => void
  private frame: number | null = null
  private timer: number | null = null
  private timerAtMs = 0
  /** When each wants its next frame; each is drawn at its own time, not at that of the most restless. */
  private readonly wantedLater = new Map<Drawable, number>()
  private afterDraw: (() => void)[] = []
  private leastMs = 0
  /** Told after every frame: its time, and how long its drawing took on this thread. */
  private drawn: ((nowMs: number, drawMs: number) => void) | null = null
  private drawnAtMs = -Infinity

  constructor(clock: FrameClock) {
    this.clock = clock
    this.stopWatching = clock.onVisibilityChange(() => this.visibilityChanged())
  }

  add(drawable: Drawable): () => void {
    this.known.add(drawable)
    this.request(drawable)
    return () => {
      this.known.delete(drawable)
      this.wanting.delete(drawable)
      this.wantedLater.delete(drawable)
    }
  }

  request(drawable: Drawable): void {
    if (!this.known.has(drawable)) return
    this.wanting.add(drawable)
    this.askForFrame()
  }

  /** Everything is drawn in the next frame, and then, within the same one, `action` runs: WebGL's pixels are still there. */
  drawAllThen(action: () => void): void {
    this.afterDraw.push(action)
    this.drawnAtMs = -Infinity
    for (const drawable of this.known) this.wanting.add(drawable)
    this.askForFrame()
  }

  /** One listener of every frame; null: none. */
  watch(drawn: ((nowMs: number, drawMs: number) => void) | null): void {
    this.drawn = drawn
  }

  /** No more frames a second than this; null: as many as the screen has. On a battery each one costs. */
  limitFrames(framesPerS: number | null): void {
    this.leastMs = framesPerS === null ? 0 : 1000 / framesPerS
  }

  /**
   * A frame for `drawable` after `ms`, for what moves with time alone. Its earliest wish counts, and none after the next frame
   * that it draws: it wishes anew then.
   */
  requestIn(drawable: Drawable, ms: number): void {
    if (!this.known.has(drawable) || this.clock.isHidden()) return
    const atMs = this.clock.now() + ms
    if ((this.wantedLater.get(drawable) ?? Infinity) <= atMs) return
    this.wantedLater.set(drawable, atMs)
    this.wakeAt(atMs)
  }

  dispose(): void {
    this.stopWatching()
    this.cancel()
    this.known.clear()
    this.wanting.clear()
    this.afterDraw = []
  }

  private readonly draw = (nowMs: number): void => {
    this.frame = null
    if (this.clock.isHidden()) return
    // Half a frame of the screen early is in time: a wait of exactly the limit would miss every second one.
    if (this.leastMs > 0 && nowMs - this.drawnAtMs < this.leastMs - 8) {
      this.askForFrame()
      return
    }
    this.drawnAtMs = nowMs
    const beganMs = this.clock.now()
    for (const drawable of this.known) {
      if (!this.wanting.delete(drawable)) continue
      this.wantedLater.delete(drawable)
      drawable.drawFrame(nowMs)
    }
    this.drawn?.(nowMs, this.clock.now() - beganMs)
    const actions = this.afterDraw
    this.afterDraw = []
    for (const action of actions) action()
  }

  private askForFrame(): void {
    if (this.frame === null && !this.clock.isHidden()) this.frame = this.clock.requestAnimationFrame(this.draw)
  }

  private wakeAt(atMs: number): void {
    if (this.timer !== null && this.timerAtMs <= atMs) return
    if (this.timer !== null) this.clock.clearTimeout(this.timer)
    this.timerAtMs = atMs
    this.timer = this.clock.setTimeout(this.timeIsUp, Math.max(0, atMs - this.clock.now()))
  }

  private readonly timeIsUp = (): void => {
    this.timer = null
    const untilMs = this.clock.now() + togetherMs
    let nextMs = Infinity
    for (const [drawable, atMs] of this.wantedLater) {
      if (atMs > untilMs) {
        nextMs = Math.min(nextMs, atMs)
        continue
      }
      this.wantedLater.delete(drawable)
      this.request(drawable)
    }
    if (nextMs < Infinity) this.wakeAt(nextMs)
  }

  private visibilityChanged(): void {
    if (this.clock.isHidden()) {
      this.cancel()
      return
    }
    for (const drawable of this.known) this.request(drawable)
  }

  private cancel(): void {
    if (this.frame !== null) this.clock.cancelAnimationFrame(this.frame)
    if (this.timer !== null) this.clock.clearTimeout(this.timer)
    this.frame = null
    this.timer = null
    this.wantedLater.clear()
  }
}
