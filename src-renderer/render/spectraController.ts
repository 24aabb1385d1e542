import { colourMapFromName, type ColourMap } from '../../src-preload/contract/drawing/colourMaps.ts'
import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'
import type { Drawable } from './frameScheduler.ts'
import { PaneSize } from './paneSize.ts'
import type { MeasuredPlace } from './measure/measuredPlace.ts'
import { PaneMeasuring } from './measure/paneMeasuring.ts'
import { spectraProjection } from './measure/spectraProjection.ts'
import { PaneReadout, valueLine } from './paneReadout.ts'
import { describeSpectra, spectraStatus } from './spectraAttributes.ts'
import { channelLabel, channelName } from './spectraChannelNames.ts'
import { SpectraInput, type PaneCommands, type PanePlace } from './spectraInput.ts'
import { SpectraLevels } from './spectraLevels.ts'
import { SpectraOverlay } from './spectraOverlay.ts'
import { FrequencyLines, SpectraPlane } from './spectraPlane.ts'
import type { SpectraOptions } from './spectraOptions.ts'
import { measureSpectra, readSpectra } from './spectraReading.ts'
import { spectraSurfaceMakers, type SpectraSurface, type SpectraView } from './spectraSurface.ts'
import { SpectraTileGeometry } from './spectraTileGeometry.ts'
import { placeTimePixels, timeMsFromPixel, type TimePixels } from './spectraTimeWindow.ts'
import { SpectrumReader } from './spectrumModel.ts'
import { SurfaceHost, type SurfaceEvent } from './surfaceHost.ts'
import { placeCanvas } from './tilePlacement.ts'
import { tileThemeFrom } from './tileTheme.ts'

const levelsEveryMs = 500
const statusEveryMs = 250
/** Longest that a frame computes pixels before it shows what it has. */
const computeMostMs = 10

/**
 * Spectrograms of some channels of one layer on one element: planes, surface, axes, pointer. No React; whoever mounts it hands over
 * what the layer gets, and disposes of it. Draws only in the scheduler's frames, and only when something changed.
 */
export class SpectraController implements Drawable, PaneCommands {
  private readonly options: SpectraOptions
  private readonly element: HTMLElement
  private readonly geometry = new SpectraTileGeometry()
  private readonly plane = new SpectraPlane()
  private readonly lines = new FrequencyLines()
  private readonly automatic = new SpectraLevels()
  private readonly host: SurfaceHost<SpectraSurface>
  private readonly overlay: SpectraOverlay
  readonly measuring: PaneMeasuring
  private readonly readout: PaneReadout
  private readonly input: SpectraInput
  private readonly size: PaneSize
  private readonly reader: SpectrumReader
  private readonly stops: (() => void)[]
  private readonly pixels: TimePixels = { msPerPixel: 1, pixelAtLeft: 0, width: 1 }
  private readonly view: SpectraView
  private theme: TileTheme
  private colourMap: ColourMap = colourMapFromName('')
  private channels: readonly number[] = [0]
  private labels: string[] = []
  private levels: { lowDb: number; highDb: number } | null = null
  private levelsAtMs = -Infinity
  private statusAtMs = -Infinity
  private cursorAt: PanePlace | null = null
  private hasNewRows = false
  private isSized = false
  private drawnFrames = 0
  private jobState = ''

  constructor(element: HTMLElement, options: SpectraOptions) {
    this.element = element
    this.options = options
    this.theme = tileThemeFrom(element)
    this.host = new SurfaceHost(element, options.renderer, spectraSurfaceMakers, this.surfaceChanged)
    this.overlay = new SpectraOverlay(element)
    this.measuring = new PaneMeasuring(element, 'spectrogram', this.measures)
    this.readout = new PaneReadout(element, options.listener.reading)
    this.reader = new SpectrumReader(options.layer.rows, options.layer.history)
    this.view = { width: 16, height: 16, places: this.geometry.places, pixelAtLeft: 0, lowDb: -60, highDb: 0 }
    this.input = new SpectraInput(element, this)
    this.size = new PaneSize(element, this.resized)
    this.stops = [options.scheduler.add(this), options.model.listen(() => this.request())]
    this.dress()
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.size.dispose()
    this.input.dispose()
    this.readout.dispose()
    this.measuring.dispose()
    this.overlay.dispose()
    this.host.dispose()
  }

  layerBegan(): void {
    this.plane.invalidate()
    this.nameChannels()
    this.changed()
  }

  layerChanged(hasRows: boolean): void {
    this.hasNewRows ||= hasRows
    this.request()
  }

  historyChanged(): void {
    this.plane.historyChanged()
    this.request()
  }

  /** Which columns are shown, in this order. */
  setChannels(channels: readonly number[]): void {
    this.channels = channels
    this.geometry.arrange(channels.length)
    this.nameChannels()
    this.levelsAtMs = -Infinity
    this.changed()
  }

  setColourMap(name: string): void {
    if (name === this.colourMap.name) return
    this.colourMap = colourMapFromName(name)
    this.dress()
  }

  /** Null: levels follow the data. */
  setLevels(levels: { lowDb: number; highDb: number } | null): void {
    this.levels = levels
    this.levelsAtMs = -Infinity
    this.changed()
  }

  setJobState(state: string): void {
    this.jobState = state
    this.request()
  }

  themeChanged(): void {
    this.theme = tileThemeFrom(this.element)
    this.dress()
  }

  reset(): void {
    const { model } = this.options
    model.band.reset()
    model.reset()
    this.changed()
  }

  placeAt(cssX: number, cssY: number): PanePlace | null {
    const found = this.geometry.pictureAt(cssX, cssY)
    if (!found || found.index >= this.channels.length) return null
    const { pictureWidth, pictureHeight } = this.geometry
    return { cssX, cssY, x: found.x / pictureWidth, y: found.y / pictureHeight, picture: found.index }
  }

  isOnBar(cssX: number, cssY: number): boolean {
    return this.geometry.isOnBar(cssX, cssY)
  }

  barFraction(cssY: number): number {
    return (cssY * this.geometry.scale - this.geometry.top) / this.geometry.innerHeight
  }

  pictureSize(): { width: number; height: number } {
    const { pictureWidth, pictureHeight, scale } = this.geometry
    return { width: pictureWidth / scale, height: pictureHeight / scale }
  }

  zoom(factors: { across: number; up: number }, at: PanePlace): void {
    const { model } = this.options
    model.remember()
    if (factors.across !== 1) model.window.zoom(model.bounds(), factors.across, at.x)
    if (factors.up !== 1) model.band.zoom(factors.up, 1 - at.y)
    this.byHand()
  }

  pan(right: number, down: number): void {
    const { model } = this.options
    model.remember()
    if (right !== 0) model.window.pan(model.bounds(), right)
    if (down !== 0) model.band.pan(down)
    this.byHand()
  }

  moveCursor(at: PanePlace | null): void {
    this.cursorAt = at
    const { model } = this.options
    if (!at) {
      model.setPointer(null)
      this.request()
      return
    }
    const ms = timeMsFromPixel(this.pixels, at.x * this.pixels.width)
    const hertz = model.band.highHz - at.y * model.band.spanHz
    model.setPointer({ ms, hertz, channel: this.channels[at.picture] ?? null })
  }

  click(at: PanePlace): void {
    this.options.model.select(timeMsFromPixel(this.pixels, at.x * this.pixels.width))
  }

  moveLevels(low: number, high: number): void {
    const span = this.view.highDb - this.view.lowDb
    const lowDb = this.view.lowDb + low * span
    const highDb = this.view.highDb + high * span
    if (highDb - lowDb < 1) return
    this.setLevels({ lowDb, highDb })
    this.options.listener.levels({ lowDb, highDb })
  }

  automaticLevels(): void {
    this.setLevels(null)
    this.options.listener.levels(null)
  }

  drawFrame(nowMs: number): void {
    const { model, layer, scheduler } = this.options
    if (!this.isSized) return
    if (!this.host.surface.isUsable) {
      // Without a context the rows go on into memory: nobody shall hold them back for it.
      this.tellDrawn()
      return
    }
    const { rows, history } = layer
    const bounds = model.bounds(nowMs)
    model.window.moveTo(bounds)
    placeTimePixels(this.pixels, model.window, this.geometry.pictureWidth)
    if (model.window.isFollowing && bounds.isLive) {
      // The edge moves by itself: a frame when the next pixel is due.
      const pixelMs = this.pixels.msPerPixel
      scheduler.requestIn(this, Math.max(16, pixelMs - (bounds.endMs % pixelMs)))
    }
    const bins = rows.description?.bins
    const { lowHz, highHz } = model.band
    if (bins && this.lines.place(bins, lowHz, highHz, this.geometry.pictureHeight)) this.plane.invalidate()
    history?.refreshExtent()
    const startedMs = performance.now()
    const isTimeUp = (): boolean => performance.now() - startedMs > computeMostMs
    const isDone = !bins || this.plane.update(this.pixels, this.lines, this.channels, { rows, history, isTimeUp })
    history?.fetchWanted()
    this.updateLevels(nowMs)
    this.view.pixelAtLeft = this.pixels.pixelAtLeft
    this.host.surface.draw(this.plane, this.view)
    const { lowDb, highDb } = this.view
    const { labels, pixels } = this
    this.overlay.draw({ rows, model, pixels, lowHz, highHz, lowDb, highDb, labels }, this.geometry, this.theme)
    this.drawReading()
    this.drawMarks()
    this.drawnFrames++
    if (!isDone) scheduler.request(this)
    this.tellDrawn()
    this.report(nowMs)
  }

  private tellDrawn(): void {
    if (!this.hasNewRows) return
    this.hasNewRows = false
    this.options.listener.drawn()
  }

  private updateLevels(nowMs: number): void {
    const { view } = this
    if (this.levels) {
      view.lowDb = this.levels.lowDb
      view.highDb = this.levels.highDb
      return
    }
    if (nowMs - this.levelsAtMs < levelsEveryMs) return
    const isAsked = this.levelsAtMs === -Infinity
    this.levelsAtMs = nowMs
    this.automatic.update(this.plane, isAsked)
    view.lowDb = this.automatic.lowDb
    view.highDb = this.automatic.highDb
  }

  private drawReading(): void {
    const { cursorAt: at, geometry } = this
    const channel = at ? this.channels[at.picture] : undefined
    const [x, y] = [(at?.x ?? 0) * geometry.pictureWidth, (at?.y ?? 0) * geometry.pictureHeight]
    const reading =
      at && channel !== undefined
        ? readSpectra(this.where(), at.picture, channel, x, y, this.options.coreNowMs())
        : null
    this.readout.show(at, reading, (read) => ({
      time: `${read.timeIso.slice(11, 23)} UTC · ${read.relative}`,
      place: [`channel ${read.channel}`, read.distance, read.frequency].filter(Boolean).join(' · '),
      value: valueLine(read)
    }))
  }

  private drawMarks(): void {
    const { model, layer } = this.options
    const { pixels, geometry, channels } = this
    const { lowHz, highHz } = model.band
    this.measuring.draw(
      () => `${pixels.pixelAtLeft} ${pixels.msPerPixel} ${pixels.width} ${lowHz} ${highHz} ${channels.join()}`,
      () => spectraProjection({ model, rows: layer.rows, pixels, geometry, channels }),
      this.theme.fontFamily
    )
  }

  private where(): Parameters<typeof readSpectra>[0] {
    const { reader, plane, lines, pixels } = this
    const { model, layer } = this.options
    return { model, rows: layer.rows, reader, plane, lines, pixels }
  }

  private readonly measures = {
    placeAt: (cssX: number, cssY: number, picture: number): MeasuredPlace | null => {
      const inside = this.geometry.insideOf(picture, cssX, cssY)
      const channel = this.channels[picture]
      const found =
        inside && channel !== undefined && measureSpectra(this.where(), picture, channel, inside.x, inside.y)
      return found ? { ...found, x: inside.cssX, y: inside.cssY } : null
    },
    request: () => this.request()
  }

  private report(nowMs: number): void {
    const { model, layer, scheduler, listener } = this.options
    if (nowMs - this.statusAtMs < statusEveryMs) {
      // Without this, the last change before a standstill would never be told.
      scheduler.requestIn(this, statusEveryMs)
      if (model.window.isFollowing) return
    }
    this.statusAtMs = nowMs
    const { geometry, pixels, view } = this
    const isLoading = layer.history?.isWaiting ?? false
    const common = { rows: layer.rows, model, geometry, pixels, view, renderer: this.host.surface.kind, isLoading }
    describeSpectra(this.host.canvas, {
      ...common,
      channels: this.channels,
      drawnFrames: this.drawnFrames,
      jobState: this.jobState,
      colourMap: this.colourMap.name
    })
    listener.status(spectraStatus({ ...common, areLevelsAutomatic: this.levels === null }))
  }

  private nameChannels(): void {
    const columns = this.options.layer.rows.description?.columns
    this.labels =
      columns && this.options.hasLabels ? this.channels.map((index) => channelLabel(channelName(columns, index))) : []
  }

  private dress(): void {
    this.host.surface.setColourMap(this.colourMap.rgba)
    this.host.surface.setColours(this.theme.picture)
    this.overlay.setColourMap(this.colourMap)
    this.request()
  }

  private readonly surfaceChanged = (event: SurfaceEvent): void => {
    if (event !== 'lost') this.dress()
    this.options.listener.surface(event)
  }

  private readonly resized = (width: number, height: number, scale: number): void => {
    const { geometry } = this
    geometry.linesMost = this.host.maxTextureSize ?? Infinity
    geometry.resize(width, height, scale)
    this.view.width = geometry.innerWidth
    this.view.height = geometry.innerHeight
    placeCanvas(this.host.canvas, {
      scale,
      left: geometry.left,
      top: geometry.top,
      pictureWidth: geometry.innerWidth,
      pictureHeight: geometry.innerHeight
    })
    this.overlay.resize(geometry)
    this.measuring.resize(width, height, scale)
    this.isSized = true
    this.changed()
  }

  private byHand(): void {
    this.changed()
    this.options.model.changed()
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
