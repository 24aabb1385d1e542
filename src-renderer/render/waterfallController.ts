import type { GapFrame, RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import { colourMapFromName, type ColourMap } from '../../src-preload/contract/drawing/colourMaps.ts'
import { CursorOverlay } from './cursorOverlay.ts'
import { readCursor, type CursorReading } from './cursorReading.ts'
import type { Drawable, FrameScheduler } from './frameScheduler.ts'
import { AutomaticLevels } from './levels.ts'
import { LiveEdge } from './liveEdge.ts'
import { PictureHost, type SurfaceEvent } from './pictureHost.ts'
import type { RendererChoice } from './rendererChoice.ts'
import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { describePicture } from './pictureAttributes.ts'
import { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'
import { watchScale, placeCanvas } from './tilePlacement.ts'
import { TileInput, type TileCommands } from './tileInput.ts'
import { TileOverlay } from './tileOverlay.ts'
import { tileThemeFrom } from './tileTheme.ts'
import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'
import { liveSlotSpan, Viewport, type ViewportBounds } from './viewport.ts'
import { ringBytesMost, WaterfallModel } from './waterfallModel.ts'

/** What the tile around the picture shows of it; sent when it changes, at most four times a second. */
export interface WaterfallStatus {
  hasPicture: boolean
  isFollowing: boolean
  /** Milliseconds between the newest edge in view and the newest edge there is. */
  behindMs: number
  areLevelsAutomatic: boolean
  lowDb: number
  highDb: number
  /** Cells that share a pixel, of which the greatest is shown. */
  rowsPerPixel: number
  columnsPerPixel: number
  renderer: 'webgl2' | 'canvas2d'
}

export interface WaterfallListener {
  status(status: WaterfallStatus): void
  reading(reading: CursorReading | null): void
  /** The frames handed over so far are on the screen. */
  drawn(): void
  surface(event: SurfaceEvent): void
}

export interface WaterfallOptions {
  scheduler: FrameScheduler
  renderer: RendererChoice
  listener: WaterfallListener
  /** Now by the core's clock, milliseconds since the epoch. */
  coreNowMs: () => number
}

/** Part of a live picture that is shown at first, milliseconds. */
const liveSpanMs = 60_000
const frequentRowsMs = 100
/** How often the edge moves by itself where rows are frequent: they may have stopped. */
const edgeAloneMs = 250
const levelsEveryMs = 500
const statusEveryMs = 250

/** What the browser says a length is in device pixels, where that fits the scale (it does not while a scale is emulated). */
const devicePixels = (exact: number | undefined, scaled: number): number =>
  exact !== undefined && Math.abs(exact - scaled) <= 1.5 ? exact : scaled

/**
 * One waterfall on one element: model, viewport, surface, axes, pointer. No React; whoever mounts it hands over rows and
 * disposes of it. Draws only in the scheduler's frames, and only when something changed.
 */
export class WaterfallController implements Drawable, TileCommands {
  readonly viewport = new Viewport()
  private readonly options: WaterfallOptions
  private readonly element: HTMLElement
  private readonly model: WaterfallModel
  private readonly edge = new LiveEdge()
  private readonly geometry = new TileGeometry()
  private readonly automatic = new AutomaticLevels()
  private readonly host: PictureHost
  private readonly overlay: TileOverlay
  private readonly cursor: CursorOverlay
  private readonly input: TileInput
  private readonly observer: ResizeObserver
  private readonly removeFromScheduler: () => void
  private readonly scaleChange: () => void
  private readonly bounds: ViewportBounds = { columns: 1, slotFirst: 0, slotEnd: 1, slotsMost: 8, isLive: false }
  private readonly view: PictureView = {
    width: 16,
    height: 16,
    columnAtLeft: 0,
    columnsPerPixel: 1,
    slotAtTop: 0,
    slotsPerPixel: 1,
    lowDb: -60,
    highDb: 0
  }
  private theme: TileTheme
  private colourMap: ColourMap = colourMapFromName('')
  private areLevelsAutomatic = true
  private levelsAtMs = -Infinity
  private statusAtMs = -Infinity
  private hasChosenSpan = false
  private cursorAt: { x: number; y: number } | null = null
  private hasReading = false
  private drawnFrames = 0
  private hasNewRows = false
  private isSized = false
  private jobState = ''

  constructor(element: HTMLElement, options: WaterfallOptions) {
    this.element = element
    this.options = options
    this.theme = tileThemeFrom(element)
    this.host = new PictureHost(element, options.renderer, this.surfaceChanged)
    this.model = new WaterfallModel({ ringBytes: ringBytesMost, slotsMost: this.host.slotsMost })
    this.overlay = new TileOverlay(element)
    this.cursor = new CursorOverlay(element)
    this.input = new TileInput(element, this.geometry, this)
    this.observer = new ResizeObserver(this.resized)
    this.observer.observe(element)
    this.scaleChange = watchScale(this.remeasure)
    this.removeFromScheduler = options.scheduler.add(this)
    this.dressSurface()
  }

  dispose(): void {
    this.removeFromScheduler()
    this.observer.disconnect()
    this.scaleChange()
    this.input.dispose()
    this.cursor.dispose()
    this.overlay.dispose()
    this.host.dispose()
  }

  describe(description: ViewDescription): void {
    if (this.model.describe(description)) {
      this.host.surface.setRing(this.model.ring)
      this.edge.reset()
      this.hasChosenSpan = false
      this.levelsAtMs = -Infinity
      this.resetView()
    }
    this.request()
  }

  rows(frame: RowsFrame): void {
    if (!this.model.writeRows(frame)) return
    this.hasNewRows = true
    this.dataArrived()
  }

  gap(frame: GapFrame): void {
    if (!this.model.writeGap(frame)) return
    this.hasNewRows = true
    this.dataArrived()
  }

  setColourMap(name: string): void {
    if (name === this.colourMap.name) return
    this.colourMap = colourMapFromName(name)
    this.dressSurface()
  }

  setNewestAt(place: 'top' | 'bottom'): void {
    this.viewport.isNewestAtTop = place === 'top'
    this.request()
  }

  /** The window's colours changed. */
  themeChanged(): void {
    this.theme = tileThemeFrom(this.element)
    this.dressSurface()
  }

  setJobState(state: string): void {
    this.jobState = state
    this.request()
  }

  goLive(): void {
    if (!this.bounds.isLive) this.resetView()
    else this.viewport.follow(this.updateBounds())
    this.changed()
  }

  zoomTime(factor: number): void {
    this.viewport.zoomTimeAtEdge(this.updateBounds(), factor)
    this.hasChosenSpan = true
    this.changed()
  }

  zoomDistance(factor: number): void {
    this.viewport.zoom(this.updateBounds(), { columns: factor, slots: 1 }, { x: 0.5, y: 0.5 })
    this.changed()
  }

  zoom(factors: { columns: number; slots: number }, at: { x: number; y: number }): void {
    this.viewport.zoom(this.updateBounds(), factors, at)
    this.hasChosenSpan ||= factors.slots !== 1
    this.changed()
  }

  pan(right: number, down: number): void {
    this.viewport.pan(this.updateBounds(), right, down)
    this.changed()
  }

  reset(): void {
    this.hasChosenSpan = false
    this.resetView()
    this.changed()
  }

  moveCursor(at: { x: number; y: number } | null): void {
    this.cursorAt = at
    this.request()
  }

  moveLevels(low: number, high: number): void {
    const span = this.view.highDb - this.view.lowDb
    const lowDb = this.view.lowDb + low * span
    const highDb = this.view.highDb + high * span
    if (highDb - lowDb < 1) return
    this.setLevels(lowDb, highDb)
  }

  setLevels(lowDb: number, highDb: number): void {
    this.areLevelsAutomatic = false
    this.view.lowDb = lowDb
    this.view.highDb = highDb
    this.changed()
  }

  automaticLevels(): void {
    this.areLevelsAutomatic = true
    this.levelsAtMs = -Infinity
    this.changed()
  }

  drawFrame(nowMs: number): void {
    if (!this.isSized || !this.host.surface.isUsable) return
    this.moveViewport(nowMs)
    this.viewport.fill(this.view)
    this.updateLevels(nowMs)
    this.host.surface.draw(this.view)
    this.overlay.draw(this.model, this.view, this.geometry, this.theme)
    this.drawCursor()
    this.drawnFrames++
    if (this.hasNewRows) {
      this.hasNewRows = false
      this.options.listener.drawn()
    }
    this.report(nowMs)
  }

  private moveViewport(nowMs: number): void {
    const { viewport, options } = this
    const bounds = this.updateBounds(nowMs)
    if (!viewport.isFollowing) {
      viewport.keepInside(bounds)
      return
    }
    viewport.moveToEdge(bounds.slotEnd, this.geometry.pictureHeight)
    const slotMs = this.model.axes?.slotMs ?? 1000
    if (!this.edge.isMoving(slotMs, nowMs)) return
    const untilNextPixel = Math.max(0, viewport.slotEnd - bounds.slotEnd) * slotMs
    // Rows that come this often move the edge themselves; frames in between would only cost a machine without a GPU.
    options.scheduler.requestIn(this, slotMs < frequentRowsMs ? edgeAloneMs : untilNextPixel + 1)
  }

  private updateLevels(nowMs: number): void {
    const { ring } = this.model
    if (!this.areLevelsAutomatic || !ring || ring.isEmpty) return
    if (nowMs - this.levelsAtMs < levelsEveryMs) return
    const isAsked = this.levelsAtMs === -Infinity
    this.levelsAtMs = nowMs
    this.automatic.update(ring, this.view, isAsked)
    this.view.lowDb = this.automatic.lowDb
    this.view.highDb = this.automatic.highDb
  }

  private drawCursor(): void {
    const at = this.cursorAt
    const { geometry } = this
    const reading = at
      ? readCursor(this.model, this.view, geometry.pictureX(at.x), geometry.pictureY(at.y), this.options.coreNowMs())
      : null
    if (at && reading) this.cursor.show(at.x, at.y, reading, geometry)
    else this.cursor.hide()
    if (reading || this.hasReading) this.options.listener.reading(reading)
    this.hasReading = reading !== null
  }

  private report(nowMs: number): void {
    if (nowMs - this.statusAtMs < statusEveryMs) {
      // Without this, the last change before a standstill would never be told.
      this.options.scheduler.requestIn(this, statusEveryMs)
      if (this.viewport.isFollowing) return
    }
    this.statusAtMs = nowMs
    const { view, viewport, bounds, model } = this
    const slotMs = model.axes?.slotMs ?? 0
    describePicture(this.host.canvas, {
      model,
      view,
      viewport,
      drawnFrames: this.drawnFrames,
      jobState: this.jobState,
      colourMap: this.colourMap.name,
      renderer: this.host.surface.kind
    })
    this.options.listener.status({
      hasPicture: model.ring !== null && !model.ring.isEmpty,
      isFollowing: viewport.isFollowing,
      behindMs: viewport.isFollowing ? 0 : Math.max(0, (bounds.slotEnd - viewport.slotEnd) * slotMs),
      areLevelsAutomatic: this.areLevelsAutomatic,
      lowDb: view.lowDb,
      highDb: view.highDb,
      rowsPerPixel: Math.abs(view.slotsPerPixel) * (model.ring?.rowsPerSlot ?? 1),
      columnsPerPixel: view.columnsPerPixel,
      renderer: this.host.surface.kind
    })
  }

  private dataArrived(): void {
    const { ring, axes } = this.model
    if (ring && axes && this.model.description?.live) this.edge.arrived(ring.end, axes.slotMs, performance.now())
    this.request()
  }

  private updateBounds(nowMs = performance.now()): ViewportBounds {
    const slotMs = this.model.axes?.slotMs ?? 1000
    return this.model.bounds(this.bounds, this.bounds.isLive ? this.edge.at(slotMs, nowMs) : 0)
  }

  private resetView(): void {
    const { axes, description } = this.model
    const bounds = this.updateBounds()
    if (!axes || !description) return
    if (description.live) {
      this.viewport.showLive(bounds, liveSlotSpan(this.geometry.pictureHeight, axes.slotMs, liveSpanMs))
    } else this.viewport.showAll(bounds)
  }

  private dressSurface(): void {
    this.host.surface.setColourMap(this.colourMap.rgba)
    this.host.surface.setColours(this.theme.picture)
    this.overlay.setColourMap(this.colourMap)
    this.request()
  }

  private readonly surfaceChanged = (event: SurfaceEvent): void => {
    if (event !== 'lost') {
      placeCanvas(this.host.canvas, this.geometry)
      this.host.surface.setRing(this.model.ring)
      this.dressSurface()
    }
    this.options.listener.surface(event)
  }

  private readonly resized = (entries: ResizeObserverEntry[]): void => {
    const entry = entries[0]
    if (!entry) return
    const scale = window.devicePixelRatio || 1
    const exact = entry.devicePixelContentBoxSize?.[0]
    this.geometry.resize(
      devicePixels(exact?.inlineSize, entry.contentRect.width * scale),
      devicePixels(exact?.blockSize, entry.contentRect.height * scale),
      scale
    )
    this.geometry.applyTo(this.view)
    placeCanvas(this.host.canvas, this.geometry)
    this.overlay.resize(this.geometry)
    this.isSized = true
    if (this.viewport.isFollowing && !this.hasChosenSpan) this.resetView()
    this.changed()
  }

  /** Another screen, another scale, the same size in CSS pixels: no observer would tell. */
  private readonly remeasure = (): void => {
    this.observer.unobserve(this.element)
    this.observer.observe(this.element)
  }

  /** Something the operator did: status and levels follow at once. */
  private changed(): void {
    this.statusAtMs = -Infinity
    this.levelsAtMs = -Infinity
    this.request()
  }

  private request(): void {
    this.options.scheduler.request(this)
  }
}
