import './validLanguage.ts'
import uPlot from 'uplot'
import type { PaneTheme } from './paneTheme.ts'
import { strokeExtremes, type Mapping } from './strokeExtremes.ts'
import { spectraMargins } from './spectraTileGeometry.ts'

/** A line of a chart; colours are asked for at each drawing, so a change of theme needs no new chart. */
export interface ChartLine {
  colour: () => string
  width?: number
  dash?: number[]
}

export interface ChartOptions {
  isLogarithmic: boolean
  lines: readonly ChartLine[]
  theme: () => PaneTheme
  /** Ticks of the horizontal axis, and their texts. */
  splitsX: (from: number, to: number, widthCss: number) => number[]
  textX: (value: number, step: number) => string
  textY: (value: number, step: number) => string
  /** Drawn after the lines. */
  after?: (chart: uPlot) => void
}

const axisHeight = spectraMargins.bottom
const font = (theme: PaneTheme): string => `11px ${theme.fontFamily}`

const stepOf = (values: readonly number[]): number =>
  values.length > 1 ? Math.abs(values[1]! - values[0]!) : Math.abs(values[0] ?? 1) || 1

/** The pixels of a chart's plot: what `strokeExtremes` maps to. */
function mappings(chart: uPlot, isLogarithmic: boolean): { x: Mapping; y: Mapping } {
  const { left, top, width, height } = chart.bbox
  const { x, y } = chart.scales
  return {
    x: { min: x?.min ?? 0, max: x?.max ?? 1, isLogarithmic, from: left, span: width },
    y: { min: y?.min ?? 0, max: y?.max ?? 1, isLogarithmic: false, from: top + height, span: -height }
  }
}

/** The point of a plot that is nearest to a point of its element, CSS pixels, and which part of the plot that is. */
export function insideOf(
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
  cssX: number,
  cssY: number
): { x: number; y: number; cssX: number; cssY: number } {
  const part = (at: number, from: number, size: number): number =>
    Math.min(Math.max((at - from) / Math.max(1, size), 0), 1 - 1e-6)
  const [x, y] = [part(cssX, left, width), part(cssY, top, height)]
  return { x, y, cssX: left + x * width, cssY: top + y * height }
}

/**
 * A uPlot chart whose margins are those of the spectrograms, so that what stands above each other is the same time. Ranges are set
 * by the owner, never by the data; lines are stroked by `strokeExtremes`. The owner disposes of it.
 */
export class TraceChart {
  readonly plot: uPlot

  constructor(element: HTMLElement, options: ChartOptions) {
    const { theme } = options
    const paths: uPlot.Series.PathBuilder = (chart, index) => {
      const { x, y } = mappings(chart, options.isLogarithmic)
      const stroke = new Path2D()
      const ys = chart.data[index] as ArrayLike<number>
      strokeExtremes(chart.data[0] as ArrayLike<number>, ys, x, y, stroke)
      return { stroke, flags: 1 }
    }
    const axis = {
      stroke: () => theme().text,
      grid: { stroke: () => theme().line, width: 1 },
      ticks: { stroke: () => theme().line, width: 1, size: 4 },
      font: font(theme()),
      gap: 4
    }
    const settings: uPlot.Options = {
      width: Math.max(32, element.clientWidth),
      height: Math.max(32, element.clientHeight),
      legend: { show: false },
      cursor: { show: false },
      padding: [spectraMargins.top, spectraMargins.right, 0, 0],
      scales: {
        x: { time: false, auto: false, ...(options.isLogarithmic ? { distr: 3 as const } : {}) },
        y: { auto: false }
      },
      axes: [
        {
          ...axis,
          size: axisHeight,
          splits: (chart, _index, from, to) => options.splitsX(from, to, chart.bbox.width / uPlot.pxRatio),
          values: (_chart, splits) => splits.map((value) => options.textX(value, stepOf(splits))),
          filter: (_chart, splits) => splits
        },
        {
          ...axis,
          size: spectraMargins.left,
          space: 26,
          values: (_chart, splits) => splits.map((value) => options.textY(value, stepOf(splits)))
        }
      ],
      series: [
        {},
        ...options.lines.map((line) => ({
          stroke: () => line.colour(),
          width: line.width ?? 1.25,
          ...(line.dash ? { dash: line.dash } : {}),
          points: { show: false },
          paths,
          auto: false
        }))
      ],
      hooks: options.after ? { draw: [options.after] } : {}
    }
    const empty = [0, 1]
    this.plot = new uPlot(settings, [empty, ...options.lines.map(() => empty)], element)
  }

  resize(widthCss: number, heightCss: number): void {
    this.plot.setSize({ width: Math.max(32, widthCss), height: Math.max(32, heightCss) })
  }

  /** Draws at once. `data`: x, then each line; of the same length. */
  draw(data: uPlot.AlignedData, x: { min: number; max: number }, y: { min: number; max: number }): void {
    this.plot.batch(() => {
      this.plot.setData(data, false)
      this.plot.setScale('x', x)
      this.plot.setScale('y', y)
    })
  }

  /** Where the lines are, CSS pixels inside the element. */
  plotCss(): { left: number; top: number; width: number; height: number } {
    const { left, top, width, height } = this.plot.bbox
    const { scale } = this
    return { left: left / scale, top: top / scale, width: width / scale, height: height / scale }
  }

  /** Canvas pixels a CSS pixel. */
  get scale(): number {
    return this.plot.ctx.canvas.width / Math.max(1, this.plot.width)
  }

  /** On the chart's own canvas: the unit of the vertical axis right of it, that of the horizontal one at its end. */
  paintUnits(vertical: string, horizontal: string, theme: PaneTheme): void {
    const { ctx: context, bbox } = this.plot
    const { scale } = this
    context.save()
    context.font = `${11 * scale}px ${theme.fontFamily}`
    context.fillStyle = theme.text
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    // Beyond the last tick, whose label is centred on the edge.
    context.fillText(horizontal, bbox.left + bbox.width + 24 * scale, bbox.top + bbox.height + 13 * scale)
    context.translate(bbox.left + bbox.width + 14 * scale, bbox.top + bbox.height / 2)
    context.rotate(-Math.PI / 2)
    context.textAlign = 'center'
    context.fillText(vertical, 0, 0, bbox.height)
    context.restore()
  }

  dispose(): void {
    this.plot.destroy()
  }
}
