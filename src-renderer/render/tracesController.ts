import { HatchPattern } from '../../src-preload/contract/drawing/hatchPattern.ts'
import type { Drawable, FrameScheduler } from './frameScheduler.ts'
import { makeDrawingCanvas } from './makeDrawingCanvas.ts'
import { PaneSize } from './paneSize.ts'
import { paneThemeFrom, type PaneTheme } from './paneTheme.ts'
import type { MeasuredPlace } from './measure/measuredPlace.ts'
import { PaneMeasuring } from './measure/paneMeasuring.ts'
import type { MarksArea } from './measure/marksProjection.ts'
import { tracesProjection } from './measure/tracesProjection.ts'
import { PaneReadout, sampleLines } from './paneReadout.ts'
import { describeTime } from './spectraAttributes.ts'
import { TimeAxisPainter } from './spectraAxes.ts'
import { channelLabel, channelName, channelNumber } from './spectraChannelNames.ts'
import { SpectraInput, type PaneCommands, type PanePlace } from './spectraInput.ts'
import type { SpectraReading } from './spectraReading.ts'
import { spectraMargins } from './spectraTileGeometry.ts'
import type { SpectraTileModel, TileLayer } from './spectraTileModel.ts'
import { pixelFromTimeMs, placeTimePixels, timeMsFromPixel, type TimePixels } from './spectraTimeWindow.ts'
import { pointsFromPlane, pointsFromRows, showsPeaks, TracePlane, TracePoints } from './tracePlane.ts'
import { measureTrace, readTrace } from './traceReading.ts'
import { paintScaleBar } from './traceScaleBar.ts'
import { stackAtFirst, StackScales, traceValue, traceY, type StackOptions } from './traceStack.ts'

export interface TracesOptions {
  scheduler: FrameScheduler
  model: SpectraTileModel
  layer: TileLayer
  coreNowMs: () => number
  listener: {
    /** Traces that fit with the spacing chosen. */
    fits(count: number): void
    reading(reading: SpectraReading | null): void
    drawn(): void
  }
}

const labelWidth = 112
const computeMostMs = 10
const scalesEveryMs = 500
const frameLeastMs = 33

/** Traces of several channels, one below the other on one time axis. No React; whoever mounts it disposes of it. */
export class TracesController implements Drawable, PaneCommands {
  private readonly options: TracesOptions
  private readonly element: HTMLElement
  private readonly canvas = document.createElement('canvas')
  private readonly context: CanvasRenderingContext2D
  private readonly times: TimeAxisPainter
  private readonly hatch = new HatchPattern(makeDrawingCanvas)
  readonly measuring: PaneMeasuring
  private readonly readout: PaneReadout
  private readonly input: SpectraInput
  private readonly size: PaneSize
  private readonly stops: (() => void)[]
  private readonly plane = new TracePlane()
  private readonly points = new TracePoints()
  private readonly scales = new StackScales()
  private readonly pixels: TimePixels = { msPerPixel: 1, pixelAtLeft: 0, width: 1 }
  private theme: PaneTheme
  private stack: StackOptions = stackAtFirst
  private channels: readonly number[] = []
  private scale = 1
  private left = 0
  private top = 0
  private width = 16
  private height = 16
  private scalesAtMs = -Infinity
  private cursorAt: PanePlace | null = null
  private hasNewRows = false
  private isSized = false
  private drawnFrames = 0

  constructor(element: HTMLElement, options: TracesOptions) {
    this.element = element
    this.options = options
    this.theme = paneThemeFrom(element)
    this.canvas.className = 'waterfall-overlay'
    this.canvas.dataset.testid = 'traces-canvas'
    element.append(this.canvas)
    const context = this.canvas.getContext('2d')
    if (!context) throw new Error('This browser has no 2D canvas.')
    this.context = context
    this.times = new TimeAxisPainter(context)
    this.measuring = new PaneMeasuring(element, 'trace', this.measures)
    this.readout = new PaneReadout(element, options.listener.reading)
    this.input = new SpectraInput(element, this)
    this.size = new PaneSize(element, this.resized)
    this.stops = [options.scheduler.add(this), options.model.listen(() => this.request())]
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.size.dispose()
    this.input.dispose()
    this.readout.dispose()
    this.measuring.dispose()
    this.canvas.remove()
  }

  layerChanged(hasRows: boolean): void {
    this.hasNewRows ||= hasRows
    this.request()
  }

  /** Another picture began. */
  layerBegan(): void {
    this.plane.invalidate()
    this.changed()
  }

  historyChanged(): void {
    this.plane.historyChanged()
    this.request()
  }

  setChannels(channels: readonly number[]): void {
    this.channels = channels
    this.changed()
  }

  setStack(stack: StackOptions): void {
    this.stack = stack
    this.tellFits()
    this.changed()
  }

  themeChanged(): void {
    this.theme = paneThemeFrom(this.element)
    this.request()
  }

  placeAt(cssX: number, cssY: number): PanePlace | null {
    const x = cssX * this.scale - this.left
    const y = cssY * this.scale - this.top
    if (x < 0 || y < 0 || x >= this.width || y >= this.height || this.channels.length === 0) return null
    const picture = Math.min(this.channels.length - 1, Math.floor((y / this.height) * this.channels.length))
    return { cssX, cssY, x: x / this.width, y: y / this.height, picture }
  }

  isOnBar(): boolean {
    return false
  }

  barFraction(): number {
    return 0
  }

  pictureSize(): { width: number; height: number } {
    return this.areaCss()
  }

  zoom(factors: { across: number; up: number }, at: PanePlace): void {
    const { model } = this.options
    model.remember()
    if (factors.across !== 1) model.window.zoom(model.bounds(), factors.across, at.x)
    model.changed()
  }

  pan(right: number): void {
    const { model } = this.options
    model.remember()
    if (right !== 0) model.window.pan(model.bounds(), right)
    this.changed()
    model.changed()
  }

  moveCursor(at: PanePlace | null): void {
    this.cursorAt = at
    const { model } = this.options
    const ms = at && timeMsFromPixel(this.pixels, at.x * this.pixels.width)
    model.setPointer(at && ms !== null ? { ms, hertz: null, channel: this.channels[at.picture] ?? null } : null)
    this.request()
  }

  click(at: PanePlace): void {
    this.options.model.select(timeMsFromPixel(this.pixels, at.x * this.pixels.width))
  }

  reset(): void {
    this.options.model.reset()
    this.changed()
  }

  moveLevels(): void {
    // There is no colour bar.
  }

  automaticLevels(): void {
    // There is no colour bar.
  }

  drawFrame(nowMs: number): void {
    if (!this.isSized) return
    const { model, layer, scheduler } = this.options
    const { rows, history } = layer
    const bounds = model.bounds(nowMs)
    model.window.moveTo(bounds)
    placeTimePixels(this.pixels, model.window, this.width)
    if (model.window.isFollowing && bounds.isLive) {
      scheduler.requestIn(this, Math.max(frameLeastMs, this.pixels.msPerPixel))
    }
    history?.refreshExtent()
    const startedMs = performance.now()
    const isTimeUp = (): boolean => performance.now() - startedMs > computeMostMs
    const isDone = this.plane.update(this.pixels, this.channels, { rows, history, isTimeUp })
    if (nowMs - this.scalesAtMs >= scalesEveryMs) {
      this.scales.update(this.plane, this.pixels, this.stack.scale, this.scalesAtMs === -Infinity)
      this.scalesAtMs = nowMs
    }
    this.paint()
    history?.fetchWanted()
    if (!isDone) scheduler.request(this)
    this.drawReading()
    this.drawMarks()
    this.drawnFrames++
    this.describe()
    if (!this.hasNewRows) return
    this.hasNewRows = false
    this.options.listener.drawn()
  }

  private paint(): void {
    const { context, theme, scale, left, top, width, height, stack } = this
    const { model, layer } = this.options
    context.clearRect(0, 0, this.canvas.width, this.canvas.height)
    if (model.baseMs === null) return
    this.times.paint(this.pixels, model.baseMs, left, top + height, scale, theme)
    context.font = `${11 * scale}px ${theme.fontFamily}`
    context.textBaseline = 'middle'
    context.textAlign = 'right'
    context.fillStyle = theme.text
    context.fillText('UTC', left - 7 * scale, top + height + 13 * scale)
    const columns = layer.rows.description?.columns
    const space = height / Math.max(1, this.channels.length)
    this.channels.forEach((channel, index) => {
      const centre = top + (index + 0.5) * space
      context.fillStyle = theme.line
      context.fillRect(left, Math.floor(centre), width, Math.max(1, Math.floor(scale)))
      if (!columns) return
      context.fillStyle = theme.text
      context.fillText(channelLabel(channelName(columns, channel)), left - 7 * scale, centre, left - 10 * scale)
    })
    context.save()
    context.beginPath()
    context.rect(left, top, width, height)
    context.clip()
    this.channels.forEach((_channel, index) => this.paintTrace(index, top + (index + 0.5) * space, space))
    this.paintGaps()
    this.paintMarks()
    context.restore()
    const unit = columns && layer.rows.description?.value.unit
    const place = { left: left + width, middle: top + height / 2, height: Math.min(space, height) / 2, scale }
    if (unit !== undefined) paintScaleBar(context, this.scales.scales, stack, unit, place, theme)
  }

  private paintTrace(index: number, centre: number, space: number): void {
    const scale = this.scales.scales[index]
    if (!scale) return
    const { context, points, pixels, stack } = this
    const { rows, history } = this.options.layer
    if (showsPeaks(pixels, rows)) pointsFromPlane(this.plane, index, pixels, points)
    else pointsFromRows(rows, history, this.channels[index]!, pixels, points)
    context.strokeStyle = this.theme.accent
    context.lineWidth = Math.max(1, this.scale)
    context.lineJoin = 'round'
    context.beginPath()
    let isOpen = false
    for (let at = 0; at < points.count; at++) {
      const y = traceY(points.y[at]!, scale, centre, space, stack)
      const x = this.left + pixelFromTimeMs(pixels, points.x[at]!)
      if (Number.isNaN(points.y[at]!)) isOpen = false
      else if (isOpen) context.lineTo(x, y)
      else {
        context.moveTo(x, y)
        isOpen = true
      }
    }
    context.stroke()
  }

  private paintGaps(): void {
    const { context, pixels, left, top, height } = this
    const { rows } = this.options.layer
    if (rows.gaps.length === 0) return
    context.fillStyle = this.hatch.styleFor(context, this.scale) as CanvasPattern | string
    for (const gap of rows.gaps) {
      const from = pixelFromTimeMs(pixels, rows.msFromCell(gap.firstRow))
      const to = pixelFromTimeMs(pixels, rows.msFromCell(gap.firstRow + gap.rowCount))
      const width = Math.max(to - from, 3 * this.scale)
      context.fillRect(left + Math.round((from + to - width) / 2), top, Math.round(width), height)
    }
  }

  private paintMarks(): void {
    const { context, pixels, left, top, height, theme } = this
    const { pointer, linkedMs, selectedMs } = this.options.model
    const line = Math.max(1, Math.round(this.scale))
    const across = (ms: number | null | undefined, colour: string, width: number): void => {
      if (ms === null || ms === undefined) return
      context.fillStyle = colour
      context.fillRect(left + Math.floor(pixelFromTimeMs(pixels, ms)), top, width, height)
    }
    across(selectedMs, theme.accent, 2 * line)
    across(linkedMs, theme.textStrong, line)
    across(pointer?.ms, theme.textStrong, line)
  }

  private drawReading(): void {
    const { cursorAt: at } = this
    const channel = at ? this.channels[at.picture] : undefined
    const reading =
      at && channel !== undefined ? readTrace(this.where(), at.picture, channel, at.x, this.options.coreNowMs()) : null
    this.readout.show(at, reading, sampleLines)
  }

  private where(): Parameters<typeof readTrace>[0] {
    const { model, layer } = this.options
    return { model, layer, plane: this.plane, pixels: this.pixels }
  }

  private readonly measures = {
    placeAt: (cssX: number, cssY: number): MeasuredPlace | null => {
      const { scale, left, top, width, height } = this
      const x = Math.min(Math.max(cssX * scale - left, 0.01), width - 0.01)
      const y = Math.min(Math.max(cssY * scale - top, 0.01), height - 0.01)
      const space = height / Math.max(1, this.channels.length)
      const index = Math.floor(y / space)
      const channel = this.channels[index]
      if (channel === undefined) return null
      const range = this.scales.scales[index]
      const pointed = range ? traceValue(y, range, (index + 0.5) * space, space, this.stack) : 0
      const found = measureTrace(this.where(), index, channel, x, pointed)
      return found && { ...found, x: (x + left) / scale, y: (y + top) / scale }
    },
    request: () => this.request()
  }

  private drawMarks(): void {
    const { pixels, channels, stack } = this
    const { scales, revision } = this.scales
    const { model, layer } = this.options
    this.measuring.draw(
      () => `${pixels.pixelAtLeft} ${pixels.msPerPixel} ${pixels.width} ${revision} ${channels.join()}`,
      () => tracesProjection({ model, rows: layer.rows, pixels, scales, stack, channels, area: this.areaCss() }),
      this.theme.fontFamily
    )
  }

  private areaCss(): MarksArea {
    const { scale, left, top, width, height } = this
    return { left: left / scale, top: top / scale, width: width / scale, height: height / scale }
  }

  private describe(): void {
    const { dataset } = this.canvas
    const { model, layer } = this.options
    dataset.drawnFrames = String(this.drawnFrames)
    dataset.place = `${this.left},${this.top},${this.width},${this.height}`
    dataset.peaks = String(showsPeaks(this.pixels, layer.rows))
    const columns = layer.rows.description?.columns
    if (columns) dataset.channels = this.channels.map((index) => channelNumber(columns, index)).join(' ')
    dataset.amplitudes = this.scales.scales.map((one) => one?.amplitude.toPrecision(6) ?? '-').join(' ')
    describeTime(this.canvas, layer.rows, model, this.pixels)
  }

  private readonly resized = (width: number, height: number, scale: number): void => {
    this.scale = scale
    this.canvas.width = Math.round(width)
    this.canvas.height = Math.round(height)
    this.canvas.style.width = `${width / scale}px`
    this.canvas.style.height = `${height / scale}px`
    this.left = Math.round(labelWidth * scale)
    this.top = Math.round(spectraMargins.top * scale)
    this.width = Math.max(16, Math.round(width) - this.left - Math.round(spectraMargins.right * scale))
    this.height = Math.max(16, Math.round(height) - this.top - Math.round(spectraMargins.bottom * scale))
    this.measuring.resize(width, height, scale)
    this.isSized = true
    this.tellFits()
    this.changed()
  }

  private tellFits(): void {
    this.options.listener.fits(Math.max(1, Math.floor(this.height / this.scale / this.stack.spacing)))
  }

  private changed(): void {
    this.scalesAtMs = -Infinity
    this.request()
  }

  private request(): void {
    this.options.scheduler.request(this)
  }
}
