import { HatchPattern } from '../../src-preload/contract/drawing/hatchPattern.ts'
import { firstTickIndex, niceTimeStep, tickText, timeTickText } from '../../src-preload/contract/drawing/ticks.ts'
import type { Drawable, FrameScheduler } from './frameScheduler.ts'
import { makeDrawingCanvas } from './makeDrawingCanvas.ts'
import { PaneMarks } from './paneMarks.ts'
import { PaneSize } from './paneSize.ts'
import { paneThemeFrom, type PaneTheme } from './paneTheme.ts'
import type { MeasuredPlace } from './measure/measuredPlace.ts'
import { PaneMeasuring } from './measure/paneMeasuring.ts'
import { PaneProjection } from './measure/paneProjection.ts'
import { timeAcross } from './measure/spectraProjection.ts'
import { PaneReadout, sampleLines } from './paneReadout.ts'
import { describeTime } from './spectraAttributes.ts'
import { channelNumber, channelsOfColumn } from './spectraChannelNames.ts'
import { SpectraInput, type PaneCommands, type PanePlace } from './spectraInput.ts'
import type { SpectraReading } from './spectraReading.ts'
import type { SpectraTileModel, TileLayer } from './spectraTileModel.ts'
import { placeTimePixels, pixelFromTimeMs, timeMsFromPixel, type TimePixels } from './spectraTimeWindow.ts'
import { insideOf, TraceChart } from './traceChart.ts'
import { pointsFromPlane, pointsFromRows, showsPeaks, TracePlane, TracePoints } from './tracePlane.ts'
import { powerText, rangeExponent, SteadyRange } from './traceRange.ts'
import { measureTrace, readTrace } from './traceReading.ts'
import { traceScale } from './traceStack.ts'

export interface TraceControllerOptions {
  scheduler: FrameScheduler
  model: SpectraTileModel
  layer: TileLayer
  coreNowMs: () => number
  listener: {
    reading(reading: SpectraReading | null): void
    drawn(): void
  }
}

const computeMostMs = 10
const timeTickGap = 76
const frameLeastMs = 33
/** `robust`: one outlier does not flatten the rest; what is above it runs out of the picture. */
export type TraceRangeKind = 'all' | 'robust'

/** The samples of one channel over time, drawn by uPlot. No React; whoever mounts it disposes of it. */
export class TraceController implements Drawable, PaneCommands {
  private readonly options: TraceControllerOptions
  private readonly element: HTMLElement
  private readonly chart: TraceChart
  private readonly marks: PaneMarks
  readonly measuring: PaneMeasuring
  private readonly readout: PaneReadout
  private readonly input: SpectraInput
  private readonly size: PaneSize
  private readonly hatch = new HatchPattern(makeDrawingCanvas)
  private readonly stops: (() => void)[]
  private readonly plane = new TracePlane()
  private readonly points = new TracePoints()
  private readonly range = new SteadyRange()
  private readonly pixels: TimePixels = { msPerPixel: 1, pixelAtLeft: 0, width: 1 }
  private theme: PaneTheme
  private channel = 0
  private rangeKind: TraceRangeKind = 'all'
  private gain = 1
  private isSized = false
  private hasNewRows = false
  private cursorAt: PanePlace | null = null
  private drawnFrames = 0
  private exponent = 0

  constructor(element: HTMLElement, options: TraceControllerOptions) {
    this.element = element
    this.options = options
    this.theme = paneThemeFrom(element)
    const { model } = options
    this.chart = new TraceChart(element, {
      isLogarithmic: false,
      lines: [{ colour: () => this.theme.accent }],
      theme: () => this.theme,
      splitsX: (from, to, width) => timeSplits(model.baseMs ?? 0, from, to, width),
      textX: (value, step) => timeTickText(Math.round((value + (model.baseMs ?? 0)) * 1e6) / 1e6, step),
      textY: (value, step) => tickText(value / 10 ** this.exponent, step / 10 ** this.exponent),
      after: () => this.paintOver()
    })
    this.chart.plot.ctx.canvas.dataset.testid = 'trace-canvas'
    this.marks = new PaneMarks(element)
    this.measuring = new PaneMeasuring(element, 'trace', this.measures)
    this.readout = new PaneReadout(element, options.listener.reading)
    this.input = new SpectraInput(element, this)
    this.size = new PaneSize(element, this.resized)
    this.stops = [options.scheduler.add(this), model.listen(() => this.request())]
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.size.dispose()
    this.input.dispose()
    this.readout.dispose()
    this.measuring.dispose()
    this.marks.dispose()
    this.chart.dispose()
  }

  layerBegan(): void {
    this.plane.invalidate()
    this.range.reset()
    this.request()
  }

  layerChanged(hasRows: boolean): void {
    this.hasNewRows ||= hasRows
    this.request()
  }

  historyChanged(): void {
    this.plane.historyChanged()
    this.request()
  }

  setChannel(channel: number): void {
    if (channel === this.channel) return
    this.channel = channel
    this.range.reset()
    this.request()
  }

  setRange(kind: TraceRangeKind): void {
    this.rangeKind = kind
    this.range.reset()
    this.request()
  }

  themeChanged(): void {
    this.theme = paneThemeFrom(this.element)
    this.request()
  }

  placeAt(cssX: number, cssY: number): PanePlace | null {
    const { left, top, width, height } = this.plotCss()
    const [x, y] = [(cssX - left) / width, (cssY - top) / height]
    return x < 0 || y < 0 || x >= 1 || y >= 1 ? null : { cssX, cssY, x, y, picture: 0 }
  }

  isOnBar(): boolean {
    return false
  }

  barFraction(): number {
    return 0
  }

  pictureSize(): { width: number; height: number } {
    return this.plotCss()
  }

  zoom(factors: { across: number; up: number }, at: PanePlace): void {
    const { model } = this.options
    model.remember()
    if (factors.across !== 1) model.window.zoom(model.bounds(), factors.across, at.x)
    if (factors.up !== 1) this.gain = Math.min(1e6, Math.max(1, this.gain / factors.up))
    model.changed()
  }

  pan(right: number): void {
    const { model } = this.options
    model.remember()
    if (right !== 0) model.window.pan(model.bounds(), right)
    model.changed()
  }

  moveCursor(at: PanePlace | null): void {
    this.cursorAt = at
    const { model } = this.options
    const ms = at && timeMsFromPixel(this.pixels, at.x * this.pixels.width)
    model.setPointer(ms === null ? null : { ms, hertz: null, channel: this.channel })
    this.request()
  }

  click(at: PanePlace): void {
    this.options.model.select(timeMsFromPixel(this.pixels, at.x * this.pixels.width))
  }

  reset(): void {
    this.gain = 1
    this.range.reset()
    this.options.model.reset()
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
    placeTimePixels(this.pixels, model.window, Math.round(this.chart.plot.bbox.width))
    if (model.window.isFollowing && bounds.isLive) {
      scheduler.requestIn(this, Math.max(frameLeastMs, this.pixels.msPerPixel))
    }
    history?.refreshExtent()
    const startedMs = performance.now()
    const isTimeUp = (): boolean => performance.now() - startedMs > computeMostMs
    const isDone = this.plane.update(this.pixels, [this.channel], { rows, history, isTimeUp })
    if (showsPeaks(this.pixels, rows)) pointsFromPlane(this.plane, 0, this.pixels, this.points)
    else pointsFromRows(rows, history, this.channel, this.pixels, this.points)
    history?.fetchWanted()
    this.fitRange()
    this.drawChart()
    this.drawPointer()
    this.drawMarks()
    if (!isDone) scheduler.request(this)
    this.drawnFrames++
    this.describe()
    if (!this.hasNewRows) return
    this.hasNewRows = false
    this.options.listener.drawn()
  }

  private drawChart(): void {
    const { points, pixels } = this
    const from = timeMsFromPixel(pixels, 0)
    const to = timeMsFromPixel(pixels, pixels.width)
    const range = this.shownRange()
    this.exponent = rangeExponent(range.min, range.max)
    const xs = points.count > 0 ? points.x.subarray(0, points.count) : [from, to]
    const ys = points.count > 0 ? points.y.subarray(0, points.count) : [Number.NaN, Number.NaN]
    const data = [xs, ys] as Parameters<TraceChart['draw']>[0]
    this.chart.draw(data, { min: from, max: to }, range)
  }

  private shownRange(): { min: number; max: number } {
    const middle = (this.range.min + this.range.max) / 2
    const half = (this.range.max - this.range.min) / 2 / this.gain
    return { min: middle - half, max: middle + half }
  }

  private fitRange(): void {
    const { points, range } = this
    let [least, greatest] = [Infinity, -Infinity]
    if (this.rangeKind === 'robust') {
      const scale = traceScale(this.plane, 0, this.pixels)
      if (scale) [least, greatest] = [scale.middle - scale.amplitude, scale.middle + scale.amplitude]
    } else {
      for (let index = 0; index < points.count; index++) {
        if (points.y[index]! < least) least = points.y[index]!
        if (points.y[index]! > greatest) greatest = points.y[index]!
      }
    }
    const size = Math.max(Math.abs(least), Math.abs(greatest))
    range.fit(least, greatest, size > 0 && Number.isFinite(size) ? size * 1e-3 : 1)
  }

  private plotCss(): { left: number; top: number; width: number; height: number } {
    return this.chart.plotCss()
  }

  /** On uPlot's own canvas: what was never there, and the unit. */
  private paintOver(): void {
    const { plot } = this.chart
    const { ctx: context, bbox } = plot
    const { scale } = this.chart
    const { rows } = this.options.layer
    context.save()
    if (rows.gaps.length > 0) {
      context.fillStyle = this.hatch.styleFor(context, scale) as CanvasPattern | string
      for (const gap of rows.gaps) {
        const from = pixelFromTimeMs(this.pixels, rows.msFromCell(gap.firstRow))
        const to = pixelFromTimeMs(this.pixels, rows.msFromCell(gap.firstRow + gap.rowCount))
        const width = Math.max(to - from, 3 * scale)
        const start = Math.max(0, Math.round((from + to - width) / 2))
        const end = Math.min(bbox.width, Math.round((from + to + width) / 2))
        if (end > start) context.fillRect(bbox.left + start, bbox.top, end - start, bbox.height)
      }
    }
    context.restore()
    const unit = rows.description?.value.unit ?? ''
    this.chart.paintUnits([powerText(this.exponent), unit].filter(Boolean).join(' '), 'UTC', this.theme)
  }

  private drawPointer(): void {
    const { model } = this.options
    const css = this.plotCss()
    const x = (ms: number | null | undefined): number | null => {
      if (ms === null || ms === undefined) return null
      const fraction = pixelFromTimeMs(this.pixels, ms) / this.pixels.width
      return fraction < 0 || fraction >= 1 ? null : css.left + fraction * css.width
    }
    this.marks.vertical('pointer', x(model.pointer?.ms), css)
    this.marks.vertical('linked', x(model.linkedMs), css)
    this.marks.vertical('selected', x(model.selectedMs), css)
    const { cursorAt: at } = this
    const reading = at ? readTrace(this.where(), 0, this.channel, at.x, this.options.coreNowMs()) : null
    this.readout.show(at, reading, sampleLines)
  }

  private where(): Parameters<typeof readTrace>[0] {
    const { model, layer } = this.options
    return { model, layer, plane: this.plane, pixels: this.pixels }
  }

  private readonly measures = {
    placeAt: (cssX: number, cssY: number): MeasuredPlace | null => {
      const at = insideOf(this.plotCss(), cssX, cssY)
      const { min, max } = this.shownRange()
      const pointed = max - at.y * (max - min)
      const found = measureTrace(this.where(), 0, this.channel, at.x * this.pixels.width, pointed)
      return found && { ...found, x: at.cssX, y: at.cssY }
    },
    request: () => this.request()
  }

  private drawMarks(): void {
    const { pixels } = this
    const { min, max } = this.shownRange()
    this.measuring.draw(
      () => `${pixels.pixelAtLeft} ${pixels.msPerPixel} ${pixels.width} ${min} ${max} ${this.channel}`,
      () => this.projection(),
      this.theme.fontFamily
    )
  }

  private projection(): PaneProjection | null {
    const { model, layer } = this.options
    const { description } = layer.rows
    if (!description || model.baseMs === null) return null
    const area = this.plotCss()
    const { min, max } = this.shownRange()
    return new PaneProjection(area, [{ area, ...channelsOfColumn(description.columns, this.channel) }], {
      xFromTime: timeAcross(model, this.pixels),
      xFromHertz: null,
      yFromHertz: null,
      yFromValue: (value, unit) => (unit === description.value.unit ? (max - value) / (max - min) : null),
      shownMs: null
    })
  }

  private describe(): void {
    const { canvas } = this.chart.plot.ctx
    const { model, layer } = this.options
    const { left, top, width, height } = this.chart.plot.bbox
    canvas.dataset.drawnFrames = String(this.drawnFrames)
    canvas.dataset.place = `${left},${top},${width},${height}`
    canvas.dataset.points = String(this.points.count)
    canvas.dataset.peaks = String(showsPeaks(this.pixels, layer.rows))
    canvas.dataset.range = `${this.range.min} ${this.range.max}`
    const columns = layer.rows.description?.columns
    if (columns) canvas.dataset.channel = String(channelNumber(columns, this.channel))
    describeTime(canvas, layer.rows, model, this.pixels)
  }

  private readonly resized = (width: number, height: number, scale: number): void => {
    this.chart.resize(width / scale, height / scale)
    this.measuring.resize(width, height, scale)
    this.isSized = true
    this.request()
  }

  private request(): void {
    this.options.scheduler.request(this)
  }
}

/** Clock-aligned ticks, in milliseconds since the base time. */
function timeSplits(baseMs: number, from: number, to: number, widthCss: number): number[] {
  const step = niceTimeStep(((to - from) * timeTickGap) / Math.max(1, widthCss))
  const splits: number[] = []
  for (let index = firstTickIndex(baseMs + from, step); index * step <= baseMs + to; index++) {
    splits.push(index * step - baseMs)
  }
  return splits
}
