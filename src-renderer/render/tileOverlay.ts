import { AxesPainter } from './axesPainter.ts'
import { ColourBarPainter } from './colourBarPainter.ts'
import type { ColourMap } from './colourMaps.ts'
import { GapPainter } from './gapPainter.ts'
import type { PictureView } from './pictureView.ts'
import type { TileGeometry } from './tileGeometry.ts'
import type { TileTheme } from './tileTheme.ts'
import type { WaterfallModel } from './waterfallModel.ts'

/** The transparent canvas over a picture: axes, gaps, colour bar. */
export class TileOverlay {
  private readonly canvas: HTMLCanvasElement
  private readonly context: CanvasRenderingContext2D
  private readonly axes: AxesPainter
  private readonly gaps: GapPainter
  private readonly colourBar: ColourBarPainter

  constructor(parent: HTMLElement) {
    this.canvas = document.createElement('canvas')
    this.canvas.className = 'waterfall-overlay'
    parent.append(this.canvas)
    const context = this.canvas.getContext('2d')
    if (!context) throw new Error('This browser has no 2D canvas.')
    this.context = context
    this.axes = new AxesPainter(context)
    this.gaps = new GapPainter(context)
    this.colourBar = new ColourBarPainter(context)
  }

  setColourMap(map: ColourMap): void {
    this.colourBar.setColourMap(map)
  }

  resize(geometry: TileGeometry): void {
    this.canvas.width = geometry.width
    this.canvas.height = geometry.height
    this.canvas.style.width = `${geometry.width / geometry.scale}px`
    this.canvas.style.height = `${geometry.height / geometry.scale}px`
  }

  draw(model: WaterfallModel, view: PictureView, geometry: TileGeometry, theme: TileTheme): void {
    this.context.clearRect(0, 0, geometry.width, geometry.height)
    const { axes, ring, description } = model
    if (!axes || !ring || !description) return
    this.axes.paint(view, axes, geometry, theme)
    this.gaps.paint(model.gaps, ring.rowsPerSlot, view, geometry, theme)
    this.colourBar.paint(view.lowDb, view.highDb, description.value.unit, geometry, theme)
  }

  dispose(): void {
    this.canvas.remove()
  }
}
