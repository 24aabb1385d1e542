import { AxesPainter } from '../../src-preload/contract/drawing/axesPainter.ts'
import { ColourBarPainter } from '../../src-preload/contract/drawing/colourBarPainter.ts'
import type { ColourMap } from '../../src-preload/contract/drawing/colourMaps.ts'
import { GapPainter } from '../../src-preload/contract/drawing/gapPainter.ts'
import { makeDrawingCanvas } from './makeDrawingCanvas.ts'
import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import type { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'
import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'
import { TileProjection } from './tileProjection.ts'
import type { WaterfallModel } from './waterfallModel.ts'

/** Something that is drawn over a picture and moves with it. */
export interface OverlayLayer {
  /** Changes whenever it would be drawn differently. */
  readonly version: number
  /** Draws in CSS pixels of the tile, clipped to the picture. */
  draw(context: CanvasRenderingContext2D, projection: TileProjection): void
}

/** The transparent canvas over a picture: axes, gaps, colour bar, and layers that others add. */
export class TileOverlay {
  readonly canvas: HTMLCanvasElement
  private readonly context: CanvasRenderingContext2D
  private readonly axes: AxesPainter
  private readonly gaps: GapPainter
  private readonly colourBar: ColourBarPainter

  /** What the last painting showed. */
  private readonly painted = {
    theme: null as TileTheme | null,
    description: null as WaterfallModel['description'],
    width: 0,
    height: 0,
    slotAtTop: 0,
    slotsPerPixel: 0,
    columnAtLeft: 0,
    columnsPerPixel: 0,
    lowDb: 0,
    highDb: 0,
    isLinear: false,
    unit: '',
    gaps: 0,
    layers: 0
  }
  private readonly layers = new Set<OverlayLayer>()

  constructor(parent: HTMLElement) {
    this.canvas = document.createElement('canvas')
    this.canvas.className = 'waterfall-overlay'
    parent.append(this.canvas)
    const context = this.canvas.getContext('2d')
    if (!context) throw new Error('This browser has no 2D canvas.')
    this.context = context
    this.axes = new AxesPainter(context)
    this.gaps = new GapPainter(context, makeDrawingCanvas)
    this.colourBar = new ColourBarPainter(context, makeDrawingCanvas)
  }

  setColourMap(map: ColourMap): void {
    this.colourBar.setColourMap(map)
    this.invalidate()
  }

  resize(geometry: TileGeometry): void {
    this.invalidate()
    this.canvas.width = geometry.width
    this.canvas.height = geometry.height
    this.canvas.style.width = `${geometry.width / geometry.scale}px`
    this.canvas.style.height = `${geometry.height / geometry.scale}px`
  }

  /** Drawn in the order in which they were added; the returned function takes the layer away. */
  addLayer(layer: OverlayLayer): () => void {
    this.layers.add(layer)
    this.invalidate()
    return () => {
      this.layers.delete(layer)
      this.invalidate()
    }
  }

  /**
   * Paints only when something on it has moved: a frame of new rows alone leaves axes and gaps where they are.
   *
   * @param view in rows
   */
  draw(model: WaterfallModel, view: PictureView, geometry: TileGeometry, theme: TileTheme, unit: string): void {
    if (!this.hasChanged(model, view, geometry, theme, unit)) return
    this.context.clearRect(0, 0, geometry.width, geometry.height)
    const { axes, ring, description } = model
    if (!axes || !ring || !description) return
    this.axes.paint(view, axes, geometry, theme)
    this.gaps.paint(model.gaps, 1, view, geometry, theme)
    this.colourBar.paint(view.lowDb, view.highDb, unit, geometry, theme, view.isLinear)
    if (this.layers.size > 0) this.drawLayers(new TileProjection(view, geometry, axes), theme)
  }

  private drawLayers(projection: TileProjection, theme: TileTheme): void {
    const { context } = this
    context.save()
    context.scale(projection.scale, projection.scale)
    context.beginPath()
    context.rect(projection.left, projection.top, projection.width, projection.height)
    context.clip()
    for (const layer of this.layers) {
      context.save()
      context.font = `11px ${theme.fontFamily}`
      layer.draw(context, projection)
      context.restore()
    }
    context.restore()
  }

  /** Something that `draw` cannot see has changed: size, colours. */
  invalidate(): void {
    this.painted.theme = null
  }

  private hasChanged(
    model: WaterfallModel,
    view: PictureView,
    geometry: TileGeometry,
    theme: TileTheme,
    unit: string
  ): boolean {
    const { painted } = this
    const isLinear = view.isLinear ?? false
    let layers = 0
    for (const { version } of this.layers) layers += version
    const gaps = model.gaps.length + model.gapsDropped
    const isSame =
      painted.theme === theme &&
      painted.description === model.description &&
      painted.width === geometry.width &&
      painted.height === geometry.height &&
      painted.slotAtTop === view.slotAtTop &&
      painted.slotsPerPixel === view.slotsPerPixel &&
      painted.columnAtLeft === view.columnAtLeft &&
      painted.columnsPerPixel === view.columnsPerPixel &&
      painted.lowDb === view.lowDb &&
      painted.highDb === view.highDb &&
      painted.isLinear === isLinear &&
      painted.unit === unit &&
      painted.layers === layers &&
      painted.gaps === gaps
    if (isSame) return false
    painted.theme = theme
    painted.description = model.description
    painted.width = geometry.width
    painted.height = geometry.height
    painted.slotAtTop = view.slotAtTop
    painted.slotsPerPixel = view.slotsPerPixel
    painted.columnAtLeft = view.columnAtLeft
    painted.columnsPerPixel = view.columnsPerPixel
    painted.lowDb = view.lowDb
    painted.highDb = view.highDb
    painted.isLinear = isLinear
    painted.unit = unit
    painted.layers = layers
    painted.gaps = gaps
    return true
  }

  dispose(): void {
    this.canvas.remove()
  }
}
