import { LiveEdge } from './liveEdge.ts'
import { liveRowSpan, Viewport, type CellRange, type ViewportBounds } from './viewport.ts'
import { ViewportSteps } from './viewportSteps.ts'
import type { WaterfallModel } from './waterfallModel.ts'

/** A part of a view in time and channels; what a linked tile or an outside caller asks for. */
export interface PictureRange {
  startMs: number
  endMs: number
  firstChannel: number
  lastChannel: number
  isFollowing: boolean
}

/** Part of a live picture that is shown at first: a minute, or as many rows as make a picture where they are rare. */
const liveSpanMs = 60_000
const liveRowsFewest = 60

/** What part of a picture is in view, and how it got there. Knows no pixels but the height that rows shall fit. */
export class PictureNavigation {
  readonly viewport = new Viewport()
  readonly bounds: ViewportBounds = { columns: 1, rowFirst: 0, rowEnd: 1, rowsMost: 8, isLive: false }
  readonly edge = new LiveEdge()
  /** The operator chose how much time is in view: a new size of the window keeps it. */
  hasChosenSpan = false
  private readonly model: WaterfallModel
  private readonly steps = new ViewportSteps()

  constructor(model: WaterfallModel) {
    this.model = model
  }

  get backSteps(): number {
    return this.steps.count
  }

  /** A new picture begins. */
  restart(heightPixels: number): void {
    this.edge.reset()
    this.steps.clear()
    this.hasChosenSpan = false
    this.showDefault(heightPixels)
  }

  rowsArrived(nowMs: number): void {
    const { ring, axes, description } = this.model
    if (ring && axes && description?.live) this.edge.arrived(ring.end * ring.rowsPerSlot, axes.slotMs, nowMs)
  }

  updateBounds(nowMs = performance.now()): ViewportBounds {
    const rowMs = this.model.axes?.slotMs ?? 1000
    return this.model.bounds(this.bounds, this.bounds.isLive ? this.edge.at(rowMs, nowMs) : 0)
  }

  showDefault(heightPixels: number): void {
    const { axes, description } = this.model
    const bounds = this.updateBounds()
    if (!axes || !description) return
    if (!description.live) {
      this.viewport.showAll(bounds)
      return
    }
    const targetMs = Math.max(liveSpanMs, liveRowsFewest * axes.slotMs)
    this.viewport.showLive(bounds, liveRowSpan(heightPixels, axes.slotMs, targetMs))
  }

  reset(heightPixels: number): void {
    this.remember()
    this.hasChosenSpan = false
    this.showDefault(heightPixels)
  }

  goLive(heightPixels: number): void {
    if (!this.bounds.isLive) {
      this.reset(heightPixels)
      return
    }
    this.remember()
    this.viewport.follow(this.updateBounds())
  }

  zoomTimeAtEdge(factor: number): void {
    this.remember(true)
    this.viewport.zoomTimeAtEdge(this.updateBounds(), factor)
    this.hasChosenSpan = true
  }

  zoom(factors: { columns: number; rows: number }, at: { x: number; y: number }): void {
    this.remember(true)
    this.viewport.zoom(this.updateBounds(), factors, at)
    this.hasChosenSpan ||= factors.rows !== 1
  }

  pan(right: number, down: number): void {
    this.remember(true)
    this.viewport.pan(this.updateBounds(), right, down)
  }

  /** Zooms to a part of the picture. */
  showCells(rows: CellRange, columns: CellRange): void {
    this.remember()
    this.viewport.show(this.updateBounds(), rows, columns)
    this.hasChosenSpan = true
  }

  back(): boolean {
    return this.steps.back(this.viewport, this.updateBounds())
  }

  showRange(range: Partial<PictureRange>): void {
    const { axes } = this.model
    if (!axes) return
    const bounds = this.updateBounds()
    const { startMs, endMs, firstChannel, lastChannel } = range
    const rows =
      startMs !== undefined && endMs !== undefined
        ? { start: axes.slotFromTime(startMs), end: axes.slotFromTime(endMs) }
        : null
    const ends = [firstChannel, lastChannel].flatMap((channel) =>
      channel === undefined ? [] : [axes.columnFromChannel(channel)]
    )
    const columns = ends.length === 2 ? { start: Math.min(...ends), end: Math.max(...ends) } : null
    this.viewport.show(bounds, rows, columns)
    if (rows) this.hasChosenSpan = true
    if (range.isFollowing && bounds.isLive) this.viewport.follow(bounds)
  }

  /** What is in view; null while there is no picture. */
  range(): PictureRange | null {
    const { axes } = this.model
    if (!axes) return null
    const { viewport } = this
    return {
      startMs: axes.timeFromSlot(viewport.rowStart),
      endMs: axes.timeFromSlot(viewport.rowEnd),
      firstChannel: axes.channelFromColumn(viewport.columnStart),
      lastChannel: axes.channelFromColumn(viewport.columnEnd),
      isFollowing: viewport.isFollowing
    }
  }

  /**
   * Moves a following view to the newest edge. Returns after how many milliseconds time alone moves it on by a pixel; null
   * where it stands still.
   */
  advance(nowMs: number, heightPixels: number): number | null {
    const { viewport } = this
    const bounds = this.updateBounds(nowMs)
    if (!viewport.isFollowing) {
      viewport.keepInside(bounds)
      return null
    }
    viewport.moveToEdge(bounds.rowEnd, heightPixels)
    const rowMs = this.model.axes?.slotMs ?? 1000
    if (!this.edge.isMoving(rowMs, nowMs)) return null
    return Math.max(0, viewport.rowEnd - bounds.rowEnd) * rowMs + 1
  }

  /** Milliseconds between the newest edge in view and the newest edge there is. */
  get behindMs(): number {
    const rowMs = this.model.axes?.slotMs ?? 0
    return this.viewport.isFollowing ? 0 : Math.max(0, (this.bounds.rowEnd - this.viewport.rowEnd) * rowMs)
  }

  private remember(isGesture = false): void {
    this.steps.remember(this.viewport, performance.now(), isGesture)
  }
}
