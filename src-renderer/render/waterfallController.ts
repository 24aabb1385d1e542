import { colourMapFromName, type ColourMap } from '../../src-preload/contract/drawing/colourMaps.ts'
import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'
import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'
import type { GapFrame, RowsFrame } from '../../src-preload/contract/frames.ts'
import type { ViewDescription } from '../../src-preload/contract/schemas.ts'
import { shownUnit } from './cursorReading.ts'
import type { Drawable } from './frameScheduler.ts'
import { describePicture } from './pictureAttributes.ts'
import { PaneSize } from './paneSize.ts'
import { PictureChanges } from './pictureChanges.ts'
import { PictureHost, type SurfaceEvent } from './pictureHost.ts'
import { PictureLevels } from './pictureLevels.ts'
import { PictureNavigation, type PictureRange } from './pictureNavigation.ts'
import { readBlock, type CellBlock } from './readBlock.ts'
import type { RowRing } from './rowRing.ts'
import { ShownRows } from './shownRows.ts'
import { snapshotOf } from './snapshot.ts'
import { TileInput, type TileCommands } from './tileInput.ts'
import { TileOverlay, type OverlayLayer } from './tileOverlay.ts'
import { placeCanvas } from './tilePlacement.ts'
import { tileThemeFrom } from './tileTheme.ts'
import { WaterfallModel } from './waterfallModel.ts'
import { WaterfallPointer, type PicturePlace, type PictureTool } from './waterfallPointer.ts'
import { progressOf, statusOf } from './waterfallStatus.ts'
import type { WaterfallDisplay, WaterfallOptions } from './waterfallTypes.ts'

const frequentRowsMs = 100
/** How often the edge moves by itself where rows are frequent: they may have stopped. */
const edgeAloneMs = 250
const canvas2dTextureSize = 1 << 20

/**
 * One waterfall on one element: model, history, navigation, surface, axes, pointer. No React; whoever mounts it hands over
 * rows and disposes of it. Draws only in the scheduler's frames, and only when something changed.
 */
export class WaterfallController implements Drawable, TileCommands<PicturePlace> {
  readonly kind = 'waterfall'
  private readonly options: WaterfallOptions
  private readonly element: HTMLElement
  private readonly model: WaterfallModel
  private readonly navigation: PictureNavigation
  private readonly shown: ShownRows
  private readonly levels = new PictureLevels()
  private readonly geometry = new TileGeometry()
  private readonly host: PictureHost
  private readonly overlay: TileOverlay
  private readonly pointer: WaterfallPointer
  private readonly input: TileInput<PicturePlace>
  private readonly size: PaneSize
  private readonly leave: () => void
  private readonly view: PictureView = {
    width: 16,
    height: 16,
    columnAtLeft: 0,
    columnsPerPixel: 1,
    slotAtTop: 0,
    slotsPerPixel: 1,
    lowDb: -60,
    highDb: 0,
    isLinear: false
  }
  private theme: TileTheme
  private colourMap: ColourMap = colourMapFromName('')
  private readonly changes = new PictureChanges()
  private isRangeByHand = false
  private drawnFrames = 0
  private hasNewRows = false
  private isSized = false
  private isShown = true
  private jobState = ''

  constructor(element: HTMLElement, options: WaterfallOptions) {
    this.element = element
    this.options = options
    this.theme = tileThemeFrom(element)
    this.host = new PictureHost(element, options.renderer, this.surfaceChanged)
    const textureSize = (): number => this.host.maxTextureSize ?? canvas2dTextureSize
    this.model = new WaterfallModel({ textureSize: textureSize(), slotsMost: this.host.slotsMost })
    this.navigation = new PictureNavigation(this.model)
    this.shown = new ShownRows(
      this.model,
      options.history,
      () => ({ textureSize: textureSize(), slotsMost: this.host.slotsMost }),
      () => this.historyChanged(),
      (ring: RowRing) => this.host.surface.release(ring)
    )
    this.overlay = new TileOverlay(element)
    const { model, shown, view, geometry } = this
    const parts = { model, shown, view, geometry, coreNowMs: options.coreNowMs }
    this.pointer = new WaterfallPointer(element, parts, {
      cursor: (reading, at) => options.listener.cursor(reading, at),
      selected: () => options.listener.selection(this.pointer.selection.describe()),
      zoomTo: ({ rowFirst, rowEnd, columnFirst, columnEnd }) => {
        this.navigation.showCells({ start: rowFirst, end: rowEnd }, { start: columnFirst, end: columnEnd })
        this.moved()
      },
      redraw: () => this.redraw()
    })
    this.overlay.addLayer(this.pointer.selection)
    this.input = new TileInput(element, geometry, this)
    this.size = new PaneSize(element, this.resized)
    this.leave = options.scheduler.add(this)
    this.dressSurface()
  }

  dispose(): void {
    this.leave()
    this.size.dispose()
    this.input.dispose()
    this.pointer.dispose()
    this.overlay.dispose()
    this.shown.dispose()
    this.host.dispose()
  }

  describe(description: ViewDescription): void {
    if (this.model.describe(description)) {
      this.shown.reset()
      this.levels.follow()
      this.navigation.restart(this.geometry.pictureHeight)
      this.pointer.select(null)
    }
    this.redraw()
  }

  rows(frame: RowsFrame): void {
    if (this.model.writeRows(frame)) this.dataArrived()
  }

  gap(frame: GapFrame): void {
    if (this.model.writeGap(frame)) this.dataArrived()
  }

  setDisplay(display: WaterfallDisplay): void {
    if (!this.changes.isOtherDisplay(display)) return
    const { viewport } = this.navigation
    viewport.isNewestAtTop = display.newestAt === 'top'
    this.view.isLinear = display.scale === 'linear'
    if (this.levels.fixed !== null && display.levels === null) this.levels.follow()
    this.levels.fixed = display.levels
    const { meanRows, maxHold, background } = display
    this.shown.setProcessing({ meanRows, maxHold, background })
    if (display.colourMap !== this.colourMap.name) {
      this.colourMap = colourMapFromName(display.colourMap)
      this.dressSurface()
    }
    this.changed()
  }

  /** The window's colours changed. */
  themeChanged(): void {
    this.theme = tileThemeFrom(this.element)
    this.dressSurface()
  }

  setJobState(state: string): void {
    this.jobState = state
    this.redraw()
  }

  setLinkedCursor(at: { timeMs: number; channel: number } | null): void {
    this.pointer.setLinked(at)
  }

  /** Behind another tile or a page nothing is drawn; what came meanwhile is there at once. */
  setShown(isShown: boolean): void {
    if (isShown === this.isShown) return
    this.isShown = isShown
    if (isShown) this.changed()
  }

  goLive(): void {
    this.navigation.goLive(this.geometry.pictureHeight)
    this.moved()
  }

  zoomTime(factor: number): void {
    this.navigation.zoomTimeAtEdge(factor)
    this.moved()
  }

  zoomDistance(factor: number): void {
    this.zoom({ columns: factor, rows: 1 }, { x: 0.5, y: 0.5 })
  }

  zoom(factors: { columns: number; rows: number }, at: { x: number; y: number }): void {
    this.navigation.zoom(factors, at)
    this.moved()
  }

  pan(right: number, down: number): void {
    this.navigation.pan(right, down)
    this.moved()
  }

  reset(): void {
    this.navigation.reset(this.geometry.pictureHeight)
    this.moved()
  }

  back(): void {
    if (this.navigation.back()) this.moved()
  }

  showRange(range: Partial<PictureRange>): void {
    this.navigation.showRange(range)
    this.changed()
  }

  moveCursor(at: { x: number; y: number } | null): void {
    this.pointer.moveCursor(at)
  }

  moveLevels(low: number, high: number): void {
    if (!this.levels.move(this.view, low, high)) return
    this.changes.levelsSet(this.levels.fixed)
    this.options.listener.levels(this.levels.fixed)
    this.changed()
  }

  automaticLevels(): void {
    this.levels.fixed = null
    this.changes.levelsSet(null)
    this.options.listener.levels(null)
    this.changed()
  }

  placeAt(x: number, y: number, event: { shiftKey: boolean; ctrlKey: boolean; altKey: boolean }): PicturePlace | null {
    return this.pointer.placeAt(x, y, event)
  }

  toolFor(event: PointerEvent): PictureTool | null {
    return this.pointer.toolFor(event)
  }

  /** Null: drag moves the picture. */
  setTool(tool: PictureTool | 'zoom' | 'select' | null): void {
    this.pointer.tool = typeof tool === 'string' ? this.pointer.named(tool) : tool
  }

  addLayer(layer: OverlayLayer): () => void {
    const remove = this.overlay.addLayer(layer)
    this.redraw()
    return () => {
      remove()
      this.redraw()
    }
  }

  clearSelection(): void {
    this.pointer.select(null)
  }

  readCells(block: CellBlock, isRaw = false): Float32Array | null {
    return readBlock(this.model, this.shown, block, isRaw)
  }

  snapshot(): HTMLCanvasElement | null {
    if (!this.model.ring || !this.host.surface.isUsable) return null
    return snapshotOf(this.geometry, this.theme, this.overlay.canvas, this.host.canvas, () => {
      this.host.surface.draw(this.view, this.shown.bands)
    })
  }

  redraw(): void {
    this.options.scheduler.request(this)
  }

  drawFrame(nowMs: number): void {
    if (!this.isShown || !this.isSized || !this.host.surface.isUsable) return
    const { view, shown, model, geometry } = this
    this.advance(nowMs)
    this.navigation.viewport.fill(view)
    const again = shown.prepare(view, nowMs)
    if (again !== null) this.options.scheduler.requestIn(this, again)
    const levelsIn = this.levels.apply(view, shown.bands, nowMs)
    if (levelsIn !== null) this.options.scheduler.requestIn(this, levelsIn)
    this.host.surface.draw(view, shown.bands)
    this.overlay.draw(model, view, geometry, this.theme, this.unit)
    this.pointer.draw()
    this.drawnFrames++
    if (this.hasNewRows) {
      this.hasNewRows = false
      this.options.listener.drawn()
    }
    this.report(nowMs)
  }

  private get unit(): string {
    const { description } = this.model
    return shownUnit(
      description?.value.unit ?? '',
      this.shown.processing.background !== null,
      this.view.isLinear ?? false
    )
  }

  private advance(nowMs: number): void {
    const untilNextPixel = this.navigation.advance(nowMs, this.geometry.pictureHeight)
    if (untilNextPixel === null) return
    const rowMs = this.model.axes?.slotMs ?? 1000
    // Rows that come this often move the edge themselves; frames in between would only cost a machine without a GPU.
    this.options.scheduler.requestIn(this, rowMs < frequentRowsMs ? edgeAloneMs : untilNextPixel)
  }

  private report(nowMs: number): void {
    const { viewport } = this.navigation
    if (this.isRangeByHand) {
      // Tiles whose time is linked with this one's move in the same frame.
      this.isRangeByHand = false
      this.options.listener.range(this.navigation.range(), true)
    }
    const dueInMs = this.changes.dueInMs(nowMs)
    if (dueInMs > 0) {
      // Without this, the last change before a standstill would never be told.
      this.options.scheduler.requestIn(this, dueInMs)
      return
    }
    const { view, model, shown, host, navigation } = this
    const { listener } = this.options
    describePicture(host.canvas, {
      model,
      view,
      viewport,
      drawnFrames: this.drawnFrames,
      jobState: this.jobState,
      colourMap: this.colourMap.name,
      renderer: host.surface.kind,
      shown,
      uploadedValues: host.surface.uploadedValues
    })
    listener.status(statusOf(model, view, navigation, this.levels.areAutomatic, host.surface.kind))
    listener.progress(progressOf(model, shown))
    listener.range(this.navigation.range(), false)
  }

  private dataArrived(): void {
    this.hasNewRows = true
    this.navigation.rowsArrived(performance.now())
    this.redraw()
  }

  private historyChanged(): void {
    const { history } = this.shown
    this.model.oldestKeptRow = history.oldestRow
    if (history.extent) this.model.addGaps(history.extent.gaps)
    this.changed()
  }

  private dressSurface(): void {
    this.host.surface.setColourMap(this.colourMap.rgba)
    this.host.surface.setColours(this.theme.picture)
    this.overlay.setColourMap(this.colourMap)
    this.redraw()
  }

  private readonly surfaceChanged = (event: SurfaceEvent): void => {
    if (event !== 'lost') {
      placeCanvas(this.host.canvas, this.geometry)
      this.dressSurface()
    }
    this.options.listener.surface(event)
  }

  private readonly resized = (width: number, height: number, scale: number): void => {
    this.geometry.resize(width, height, scale)
    this.geometry.applyTo(this.view)
    placeCanvas(this.host.canvas, this.geometry)
    this.overlay.resize(this.geometry)
    this.isSized = true
    const { navigation } = this
    if (navigation.viewport.isFollowing && !navigation.hasChosenSpan) {
      navigation.showDefault(this.geometry.pictureHeight)
    }
    this.changed()
  }

  /** The operator moved the view. */
  private moved(): void {
    this.isRangeByHand = true
    this.changed()
  }

  /** Status and levels follow at once. */
  private changed(): void {
    this.changes.changed()
    this.levels.follow()
    this.redraw()
  }
}
