import { firstTickIndex, niceStep, tickText } from '../../src-preload/contract/drawing/ticks.ts'
import type { Drawable, FrameScheduler } from './frameScheduler.ts'
import { PaneMarks } from './paneMarks.ts'
import { PaneSize } from './paneSize.ts'
import { paneThemeFrom, type PaneTheme } from './paneTheme.ts'
import type { MeasuredPlace } from './measure/measuredPlace.ts'
import { PaneMeasuring } from './measure/paneMeasuring.ts'
import { PaneProjection } from './measure/paneProjection.ts'
import { PaneReadout, valueLine } from './paneReadout.ts'
import { channelsOfColumn } from './spectraChannelNames.ts'
import { SpectraInput, type PaneCommands, type PanePlace } from './spectraInput.ts'
import type { SpectraReading } from './spectraReading.ts'
import type { SpectraTileModel, TileLayer } from './spectraTileModel.ts'
import { bandPower, binFrequency, nearestBin, type Bins, type StoredSpectrum } from './spectrumModel.ts'
import { linearUnit, SpectrumState, type SpectrumOptions } from './spectrumState.ts'
import { insideOf, TraceChart } from './traceChart.ts'
import { powerText, rangeExponent } from './traceRange.ts'

/** What the tile around the spectrum says of it; at most four times a second. */
export interface SpectrumStatus {
  /** Of the centre of the newest row in it; null without one. */
  timeIso: string | null
  rows: number
  maxHoldRows: number
  /** Root mean square of the frequencies in view, in the unit of the samples; null where there is nothing. */
  rms: number | null
  isComing: boolean
}

export interface SpectrumControllerOptions {
  scheduler: FrameScheduler
  model: SpectraTileModel
  layer: TileLayer
  coreNowMs: () => number
  listener: {
    reading(reading: SpectraReading | null): void
    status(status: SpectrumStatus): void
  }
}

const statusEveryMs = 250
const frequencyTickGap = 64

/** The spectrum of one channel, drawn by uPlot. No React; whoever mounts it disposes of it. */
export class SpectrumController implements Drawable, PaneCommands {
  private readonly options: SpectrumControllerOptions
  private readonly element: HTMLElement
  private chart: TraceChart
  private readonly marks: PaneMarks
  readonly measuring: PaneMeasuring
  private readonly readout: PaneReadout
  private readonly input: SpectraInput
  private readonly size: PaneSize
  private readonly state: SpectrumState
  private readonly stops: (() => void)[]
  private theme: PaneTheme
  private exponent = 0
  private statusAtMs = -Infinity
  private cursorAt: PanePlace | null = null
  private isSized = false
  private drawnFrames = 0

  constructor(element: HTMLElement, options: SpectrumControllerOptions) {
    this.element = element
    this.options = options
    this.theme = paneThemeFrom(element)
    this.state = new SpectrumState(options.model, options.layer)
    this.chart = this.makeChart()
    this.marks = new PaneMarks(element)
    this.measuring = new PaneMeasuring(element, 'spectrum', this.measures)
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
    this.marks.dispose()
    this.chart.dispose()
  }

  layerBegan(): void {
    this.state.reset()
    this.request()
  }

  historyChanged(): void {
    this.request()
  }

  layerChanged(): void {
    this.state.rowsCame()
    this.request()
  }

  setChannel(channel: number): void {
    if (channel === this.state.channel) return
    this.state.channel = channel
    this.layerBegan()
  }

  setOptions(show: SpectrumOptions): void {
    const isOtherChart = show.isLogFrequency !== this.state.show.isLogFrequency
    this.state.setOptions(show)
    if (isOtherChart) {
      this.chart.dispose()
      this.chart = this.makeChart()
    }
    this.changed()
  }

  resetMaxHold(): void {
    this.state.resetMaxHold()
    this.changed()
  }

  setReference(reference: StoredSpectrum | null): void {
    this.state.reference = reference
    this.state.range.reset()
    this.changed()
  }

  /** What is shown now, to be kept under a name; null while there is nothing. */
  toReference(name: string): StoredSpectrum | null {
    return this.state.toReference(name)
  }

  themeChanged(): void {
    this.theme = paneThemeFrom(this.element)
    this.request()
  }

  placeAt(cssX: number, cssY: number): PanePlace | null {
    const { left, top, width, height } = this.chart.plotCss()
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
    return this.chart.plotCss()
  }

  zoom(factors: { across: number; up: number }, at: PanePlace): void {
    const { model } = this.options
    model.remember()
    const { band } = model
    if (factors.across !== 1) band.zoom(factors.across, (this.hertzAt(at.x) - band.lowHz) / band.spanHz)
    this.state.range.reset()
    model.changed()
  }

  pan(right: number): void {
    this.options.model.remember()
    if (right !== 0) this.options.model.band.pan(-right)
    this.options.model.changed()
  }

  moveCursor(at: PanePlace | null): void {
    this.cursorAt = at
    const { model } = this.options
    const atMs = this.state.atMs()
    model.setPointer(at && atMs !== null ? { ms: atMs, hertz: this.hertzAt(at.x), channel: this.state.channel } : null)
    this.request()
  }

  click(): void {
    // A frequency is read by pointing at it.
  }

  reset(): void {
    this.options.model.band.reset()
    this.state.range.reset()
    this.options.model.changed()
  }

  moveLevels(): void {
    // There is no colour bar.
  }

  automaticLevels(): void {
    // There is no colour bar.
  }

  drawFrame(nowMs: number): void {
    const { model, layer, listener } = this.options
    const bins = layer.rows.description?.bins
    if (!this.isSized || !bins) return
    layer.history?.refreshExtent()
    this.state.update(bins, nowMs)
    layer.history?.fetchWanted()
    const { show, range, spectrum, maxHold } = this.state
    const lowest = show.isLogFrequency ? Math.max(model.band.lowHz, bins.stepHz / 2) : model.band.lowHz
    this.exponent = show.scale === 'linear' ? rangeExponent(range.min, range.max) : 0
    this.chart.draw([this.state.x, ...this.state.ys], { min: lowest, max: model.band.highHz }, range)
    this.drawPointer(bins)
    this.drawMarks()
    this.drawnFrames++
    if (nowMs - this.statusAtMs < statusEveryMs) {
      this.options.scheduler.requestIn(this, statusEveryMs)
      return
    }
    this.statusAtMs = nowMs
    this.describe(bins)
    const power = spectrum.rows > 0 ? bandPower(spectrum.levels, bins, model.band.lowHz, model.band.highHz) : null
    listener.status({
      timeIso: this.state.timeIso(),
      rows: spectrum.rows,
      maxHoldRows: show.hasMaxHold ? maxHold.rows : 0,
      rms: power === null ? null : Math.sqrt(power),
      isComing: this.state.isComing
    })
  }

  private drawPointer(bins: Bins): void {
    const { model, layer, coreNowMs } = this.options
    const { description } = layer.rows
    const css = this.chart.plotCss()
    const hertz = model.pointer?.hertz
    const fraction = hertz === null || hertz === undefined ? -1 : this.fractionOf(hertz)
    this.marks.vertical('pointer', fraction >= 0 && fraction < 1 ? css.left + fraction * css.width : null, css)
    const { cursorAt: at } = this
    const reading = at && description ? this.state.read(bins, this.hertzAt(at.x), coreNowMs()) : null
    this.readout.show(at, reading, (read) => ({
      time: read.frequency ?? '',
      place: [`channel ${read.channel}`, read.distance].filter(Boolean).join(' · '),
      value: [valueLine(read), ...this.state.comparisons(bins, nearestBin(bins, this.hertzAt(at?.x ?? 0)))].join(' · ')
    }))
  }

  private readonly measures = {
    placeAt: (cssX: number, cssY: number): MeasuredPlace | null => {
      const at = insideOf(this.chart.plotCss(), cssX, cssY)
      const bins = this.options.layer.rows.description?.bins
      const found = bins ? this.state.measure(bins, this.hertzAt(at.x)) : null
      return found && { ...found, x: at.cssX, y: at.cssY }
    },
    request: () => this.request()
  }

  private drawMarks(): void {
    const { x, y } = this.chart.plot.scales
    const { show, spectrum } = this.state
    this.measuring.draw(
      () => `${x?.min} ${x?.max} ${y?.min} ${y?.max} ${show.scale} ${show.isLogFrequency} ${spectrum.row}`,
      () => this.projection(),
      this.theme.fontFamily
    )
  }

  private projection(): PaneProjection | null {
    const { description } = this.options.layer.rows
    if (!description) return null
    const area = this.chart.plotCss()
    const { y } = this.chart.plot.scales
    const [min, max] = [y?.min ?? 0, y?.max ?? 1]
    return new PaneProjection(area, [{ area, ...channelsOfColumn(description.columns, this.state.channel) }], {
      xFromTime: null,
      xFromHertz: (hertz) => this.fractionOf(hertz),
      yFromHertz: null,
      yFromValue: (level, unit) =>
        unit === description.value.unit ? (max - this.state.shown(level)) / (max - min) : null,
      shownMs: this.state.shownMs()
    })
  }

  /** Part of the width at which a frequency stands. */
  private fractionOf(hertz: number): number {
    const { x } = this.chart.plot.scales
    const [min, max] = [x?.min ?? 0, x?.max ?? 1]
    return this.state.show.isLogFrequency
      ? Math.log(Math.max(hertz, 1e-12) / min) / Math.log(max / min)
      : (hertz - min) / (max - min)
  }

  private hertzAt(fraction: number): number {
    const { x } = this.chart.plot.scales
    const [min, max] = [x?.min ?? 0, x?.max ?? 1]
    return this.state.show.isLogFrequency ? min * (max / min) ** fraction : min + fraction * (max - min)
  }

  private describe(bins: Bins): void {
    const { spectrum, maxHold, range, reference } = this.state
    const { dataset } = this.chart.plot.ctx.canvas
    const { left, top, width, height } = this.chart.plot.bbox
    let peak = -1
    for (let bin = 0; bin < bins.count; bin++) {
      if (spectrum.rows > 0 && !(spectrum.levels[bin]! <= (spectrum.levels[peak] ?? -Infinity))) peak = bin
    }
    dataset.drawnFrames = String(this.drawnFrames)
    dataset.place = `${left},${top},${width},${height}`
    dataset.bins = String(bins.count)
    dataset.meanRows = String(spectrum.rows)
    dataset.maxHoldRows = String(maxHold.rows)
    dataset.time = this.state.timeIso() ?? ''
    dataset.peakHz = peak < 0 ? '' : binFrequency(bins, peak).toFixed(4)
    dataset.peakDb = peak < 0 ? '' : spectrum.levels[peak]!.toFixed(3)
    dataset.range = `${range.min} ${range.max}`
    dataset.lowHz = this.options.model.band.lowHz.toFixed(4)
    dataset.highHz = this.options.model.band.highHz.toFixed(4)
    dataset.reference = reference?.name ?? ''
  }

  private makeChart(): TraceChart {
    const { isLogFrequency } = this.state.show
    const chart = new TraceChart(this.element, {
      isLogarithmic: isLogFrequency,
      lines: [
        { colour: () => this.theme.good },
        { colour: () => this.theme.warning },
        { colour: () => this.theme.accent, dash: [5, 3] }
      ],
      theme: () => this.theme,
      splitsX: (from, to, width) => (isLogFrequency ? decades(from, to) : steps(from, to, width)),
      textX: (value, step) => `${isLogFrequency ? String(value) : tickText(value, step)}`,
      textY: (value, step) => tickText(value / 10 ** this.exponent, step / 10 ** this.exponent),
      after: () => this.paintUnits()
    })
    chart.plot.ctx.canvas.dataset.testid = 'spectrum-canvas'
    return chart
  }

  private paintUnits(): void {
    const unit = this.options.layer.rows.description?.value.unit ?? ''
    const text =
      this.state.show.scale === 'dB' ? unit : [powerText(this.exponent), linearUnit(unit)].filter(Boolean).join(' ')
    this.chart.paintUnits(text, 'Hz', this.theme)
  }

  private readonly resized = (width: number, height: number, scale: number): void => {
    this.chart.resize(width / scale, height / scale)
    this.measuring.resize(width, height, scale)
    this.isSized = true
    this.request()
  }

  private changed(): void {
    this.statusAtMs = -Infinity
    this.request()
  }

  private request(): void {
    this.options.scheduler.request(this)
  }
}

function steps(from: number, to: number, widthCss: number): number[] {
  const step = niceStep(((to - from) * frequencyTickGap) / Math.max(1, widthCss))
  const splits: number[] = []
  for (let index = firstTickIndex(from, step); index * step <= to; index++) splits.push(index * step)
  return splits
}

/** 1, 2 and 5 of each decade; only the ones where there are many. */
export function decades(from: number, to: number): number[] {
  const splits: number[] = []
  const factors = to / from > 3000 ? [1] : [1, 2, 5]
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    for (const factor of factors) {
      const value = Number((factor * 10 ** power).toPrecision(6))
      if (value >= from && value <= to) splits.push(value)
    }
  }
  return splits
}
