import './validLanguage.ts'
import uPlot from 'uplot'
import { firstTickIndex, niceTimeStep, timeTickText } from '../../src-preload/contract/drawing/ticks.ts'
import type { ChartSeries, DrawnThreshold } from '../../src-preload/contract/health.ts'

/** Colours of a chart, read from the page's tokens. */
export interface HealthChartTheme {
  text: string
  line: string
  accent: string
  warning: string
  bad: string
  fontFamily: string
}

export function healthChartTheme(element: HTMLElement): HealthChartTheme {
  const style = getComputedStyle(element)
  const token = (name: string): string => style.getPropertyValue(name).trim()
  return {
    text: token('--text-2'),
    line: token('--line'),
    accent: token('--accent'),
    warning: token('--warning'),
    bad: token('--bad'),
    fontFamily: style.fontFamily
  }
}

export interface HealthChartOptions {
  /** Axes, grid and a cursor that all charts share; without, a small line alone. */
  isFull: boolean
  theme: () => HealthChartTheme
  /** How long it took to prepare and to draw what was shown last, ms, and how many times it has. */
  painted?: (ms: number, points: number) => void
  /** What the cursor is at; null: nowhere. */
  pointed?: (at: { atMs: number; values: (number | null)[] } | null) => void
}

/** All charts of a window that name it move their cursors together. */
const sharedCursor = 'health'
const dashes = [6, 4]
const colours = ['accent', 'text', 'warning', 'bad'] as const

interface Prepared {
  data: uPlot.AlignedData
  /** Least and greatest of what is drawn, thresholds that lie near included. */
  low: number
  high: number
}

/** Series on one common clock: uPlot wants one list of times. */
function prepare(series: readonly ChartSeries[], thresholds: readonly DrawnThreshold[]): Prepared {
  const times = [...new Set(series.flatMap(({ points }) => points.map(({ atMs }) => atMs)))].sort((a, b) => a - b)
  const index = new Map(times.map((atMs, k) => [atMs, k]))
  let low = Infinity
  let high = -Infinity
  const lines = series.map(({ points }) => {
    const line: (number | null)[] = Array.from({ length: times.length }, () => null)
    for (const { atMs, mean, min, max } of points) {
      line[index.get(atMs)!] = mean
      low = Math.min(low, min)
      high = Math.max(high, max)
    }
    return line
  })
  if (low > high)
    return {
      data: [
        [0, 1],
        [null, null]
      ],
      low: 0,
      high: 1
    }
  low = Math.min(low, 0)
  // A threshold that is ten times as high as anything would press the line flat.
  for (const { value } of thresholds) if (value <= high * 3 + 1e-9) high = Math.max(high, value)
  return {
    data: [times.map((atMs) => atMs / 1000), ...lines] as uPlot.AlignedData,
    low,
    high: high === low ? low + 1 : high * 1.05
  }
}

/** A chart of readings over time, with its thresholds drawn in. Owned by who mounts it. */
export class HealthChart {
  private readonly element: HTMLElement
  private readonly options: HealthChartOptions
  private plot: uPlot | null = null
  private lines = 0
  private thresholds: readonly DrawnThreshold[] = []
  private shown: { series: readonly ChartSeries[]; fromMs: number; toMs: number } | null = null
  private readonly observer: ResizeObserver
  private askedAtMs: number | null = null

  constructor(element: HTMLElement, options: HealthChartOptions) {
    this.element = element
    this.options = options
    this.observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element
      if (this.plot && width > 0 && height > 0) this.plot.setSize({ width, height })
    })
    this.observer.observe(element)
  }

  dispose(): void {
    this.observer.disconnect()
    this.plot?.destroy()
    this.plot = null
  }

  show(series: readonly ChartSeries[], thresholds: readonly DrawnThreshold[], fromMs: number, toMs: number): void {
    this.askedAtMs = performance.now()
    this.thresholds = thresholds
    this.shown = { series, fromMs, toMs }
    const { data, low, high } = prepare(series, thresholds)
    const lines = data.length - 1
    if (!this.plot || this.lines !== lines) this.make(lines)
    const { plot } = this
    plot?.batch(() => {
      plot.setData(data, false)
      plot.setScale('x', { min: fromMs / 1000, max: toMs / 1000 })
      plot.setScale('y', { min: low, max: high })
    })
  }

  /** The window's colours changed. */
  themeChanged(): void {
    this.plot?.destroy()
    this.plot = null
    if (this.shown) this.show(this.shown.series, this.thresholds, this.shown.fromMs, this.shown.toMs)
  }

  private make(lines: number): void {
    this.plot?.destroy()
    this.lines = lines
    const { isFull, theme } = this.options
    const now = theme()
    const axis: uPlot.Axis = {
      show: isFull,
      stroke: now.text,
      grid: { stroke: now.line, width: 1 },
      ticks: { stroke: now.line, width: 1, size: 4 },
      font: `11px ${now.fontFamily}`
    }
    this.plot = new uPlot(
      {
        width: Math.max(32, this.element.clientWidth),
        height: Math.max(24, this.element.clientHeight),
        legend: { show: false },
        cursor: isFull
          ? { sync: { key: sharedCursor, setSeries: false }, points: { show: false }, drag: { x: false, y: false } }
          : { show: false },
        padding: isFull ? [8, 8, 0, 0] : [2, 0, 2, 0],
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC'),
        scales: { x: { time: true, auto: false }, y: { auto: false } },
        axes: [
          {
            ...axis,
            size: 28,
            splits: (chart, _axis, min, max) => timeSplits(min, max, chart.bbox.width / devicePixelRatio),
            values: (_chart, splits) => splits.map((at) => timeTickText(at * 1000, stepOf(splits) * 1000))
          },
          { ...axis, size: 56, values: (_chart, splits) => splits.map(shortText) }
        ],
        series: [
          {},
          ...Array.from({ length: lines }, (_, k) => ({
            stroke: now[colours[k % colours.length]!],
            width: 1.5,
            points: { show: false },
            // A record every 45 s: a longer hole is a hole.
            spanGaps: false
          }))
        ],
        hooks: {
          draw: [(chart) => this.drawThresholds(chart), (chart) => this.tellPainted(chart)],
          setCursor: [(chart) => this.tell(chart)]
        }
      },
      [[0, 1], ...Array.from({ length: lines }, () => [null, null])] as uPlot.AlignedData,
      this.element
    )
  }

  private tell(chart: uPlot): void {
    const { pointed } = this.options
    const { idx } = chart.cursor
    if (!pointed) return
    if (idx === null || idx === undefined) return pointed(null)
    const [times, ...lines] = chart.data
    pointed({ atMs: (times[idx] ?? 0) * 1000, values: lines.map((line) => line[idx] ?? null) })
  }

  private tellPainted(chart: uPlot): void {
    if (this.askedAtMs === null) return
    this.options.painted?.(performance.now() - this.askedAtMs, chart.data[0].length)
    this.askedAtMs = null
  }

  private drawThresholds(chart: uPlot): void {
    const { ctx, bbox } = chart
    const now = this.options.theme()
    ctx.save()
    ctx.setLineDash(dashes)
    ctx.lineWidth = 1
    for (const { value, severity } of this.thresholds) {
      const y = Math.round(chart.valToPos(value, 'y', true)) + 0.5
      if (y < bbox.top || y > bbox.top + bbox.height) continue
      ctx.strokeStyle = severity === 'critical' || severity === 'emergency' ? now.bad : now.warning
      ctx.beginPath()
      ctx.moveTo(bbox.left, y)
      ctx.lineTo(bbox.left + bbox.width, y)
      ctx.stroke()
    }
    ctx.restore()
  }
}

const timeTickGap = 76
const stepOf = ([first = 0, second = first + 1]: number[]): number => second - first

/** Times that a clock would name, seconds since the epoch. */
function timeSplits(min: number, max: number, widthCss: number): number[] {
  const stepMs = niceTimeStep(((max - min) * 1000 * timeTickGap) / Math.max(1, widthCss))
  const splits: number[] = []
  for (let index = firstTickIndex(min * 1000, stepMs); index * stepMs <= max * 1000; index++)
    splits.push((index * stepMs) / 1000)
  return splits
}

const shortText = (value: number): string => {
  const size = Math.abs(value)
  if (size >= 1e9) return `${Number((value / 1e9).toPrecision(3))} G`
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`
  return String(Number(value.toPrecision(3)))
}
