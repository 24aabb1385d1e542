/** What of time can be shown, milliseconds since the tile's base time. */
export interface TimeBounds {
  firstMs: number
  /** End of a recording, or the newest edge of a live job. */
  endMs: number
  /** The edge moves, and a view can follow it. */
  isLive: boolean
  /** Shortest span that can be zoomed into. */
  leastMs: number
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

/**
 * The part of time that the panes of a tile show, all of them the same. In milliseconds since a base time of the tile and not in
 * rows, because the layers of a job (spectra, samples) have rows of different lengths. Changed in place; knows no pixels.
 */
export class TimeWindow {
  startMs = 0
  endMs = 1000
  isFollowing = false
  /** The operator has chosen the span: a resized window keeps it. */
  hasChosenSpan = false
  /** Rises with every change, so that a pane knows when to draw. */
  revision = 0

  get spanMs(): number {
    return this.endMs - this.startMs
  }

  showAll(bounds: TimeBounds): void {
    this.hasChosenSpan = false
    this.isFollowing = false
    this.place(bounds.firstMs, Math.max(bounds.endMs, bounds.firstMs + bounds.leastMs))
  }

  /** Goes to the newest edge and stays there. */
  follow(bounds: TimeBounds, spanMs = this.spanMs): void {
    this.isFollowing = true
    this.place(bounds.endMs - spanMs, bounds.endMs)
  }

  /** Time went on: a following window moves along, a standing one stays within what is kept. */
  moveTo(bounds: TimeBounds): void {
    if (this.isFollowing) this.place(bounds.endMs - this.spanMs, bounds.endMs)
    else this.keepInside(bounds)
  }

  /** Zooms by `factor` (< 1: closer) so that the time at `fraction` of the width stays where it is. */
  zoom(bounds: TimeBounds, factor: number, fraction: number): void {
    const at = this.startMs + fraction * this.spanMs
    const span = clamp(this.spanMs * factor, bounds.leastMs, this.longest(bounds))
    this.hasChosenSpan = true
    this.detach(bounds, at - fraction * span, at + (1 - fraction) * span)
  }

  /** Zooms about the newest edge where that is followed, else about the middle. */
  zoomByKey(bounds: TimeBounds, factor: number): void {
    if (!this.isFollowing) {
      this.zoom(bounds, factor, 0.5)
      return
    }
    this.hasChosenSpan = true
    this.follow(bounds, clamp(this.spanMs * factor, bounds.leastMs, this.longest(bounds)))
  }

  /** Moves by a fraction of the span; positive: what is shown moves right, earlier times come in. */
  pan(bounds: TimeBounds, right: number): void {
    const by = -right * this.spanMs
    this.detach(bounds, this.startMs + by, this.endMs + by)
  }

  /** Shows exactly this range, as far as there is anything. */
  show(bounds: TimeBounds, startMs: number, endMs: number): void {
    this.hasChosenSpan = true
    this.isFollowing = false
    this.place(startMs, Math.max(endMs, startMs + bounds.leastMs))
    this.keepInside(bounds)
  }

  private longest(bounds: TimeBounds): number {
    return Math.max(bounds.endMs - bounds.firstMs, bounds.leastMs, bounds.isLive && this.isFollowing ? this.spanMs : 0)
  }

  private detach(bounds: TimeBounds, startMs: number, endMs: number): void {
    // Pushed against the newest edge it follows, rather than stand still there.
    const reachesEdge = bounds.isLive && endMs >= bounds.endMs && (endMs > this.endMs || this.isFollowing)
    const isPulledBack = endMs < this.endMs
    this.isFollowing = reachesEdge && !isPulledBack
    if (this.isFollowing) this.follow(bounds, endMs - startMs)
    else {
      this.place(startMs, endMs)
      this.keepInside(bounds)
    }
  }

  private keepInside(bounds: TimeBounds): void {
    const span = this.spanMs
    const latest = Math.max(bounds.endMs - span, bounds.firstMs)
    const startMs = clamp(this.startMs, Math.min(bounds.firstMs, latest), latest)
    if (startMs !== this.startMs) this.place(startMs, startMs + span)
  }

  private place(startMs: number, endMs: number): void {
    if (startMs === this.startMs && endMs === this.endMs) return
    this.startMs = startMs
    this.endMs = endMs
    this.revision++
  }
}

/** The pixels of a pane that shows a time window: pixel p spans [p · msPerPixel, (p + 1) · msPerPixel) since the base time. */
export interface TimePixels {
  msPerPixel: number
  /** Of the left edge; whole, so that a picture which moves keeps what it has. */
  pixelAtLeft: number
  width: number
}

export function placeTimePixels(into: TimePixels, window: TimeWindow, width: number): TimePixels {
  into.width = Math.max(1, width)
  into.msPerPixel = window.spanMs / into.width
  // A following edge is never cut off: its pixel is the first that ends at or after it.
  const end = window.endMs / into.msPerPixel
  into.pixelAtLeft = (window.isFollowing ? Math.ceil(end - 1e-6) : Math.round(end)) - into.width
  return into
}

export const pixelFromTimeMs = (pixels: TimePixels, ms: number): number => ms / pixels.msPerPixel - pixels.pixelAtLeft

export const timeMsFromPixel = (pixels: TimePixels, x: number): number => (pixels.pixelAtLeft + x) * pixels.msPerPixel
