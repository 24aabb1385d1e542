import type { DragTool } from '../tileInput.ts'
import type { MarksProjection } from './marksProjection.ts'
import type { MeasuredPlace, PaneKind } from './measuredPlace.ts'

/** Something that is drawn over a pane and moves with it. */
export interface PaneLayer {
  /** Changes whenever it would be drawn differently. */
  readonly version: number
  readonly isEmpty: boolean
  /** Draws in CSS pixels of the element, clipped to the pictures. */
  draw(context: CanvasRenderingContext2D, projection: MarksProjection): void
}

export interface PaneMeasuringParts {
  /**
   * What is under a point of the element, CSS pixels; at the edge for a point outside. `picture`: which of the pane's
   * pictures a drag began in and stays in. Null while there is nothing.
   */
  placeAt(cssX: number, cssY: number, picture: number): MeasuredPlace | null
  /** Asks for a frame. */
  request(): void
}

/** Tools and marks of a pane of a tile with a time axis: what is measured on it, and what is drawn over it. */
export class PaneMeasuring {
  readonly kind: PaneKind
  private readonly parts: PaneMeasuringParts
  private readonly canvas = document.createElement('canvas')
  private readonly context: CanvasRenderingContext2D
  private readonly layers = new Set<PaneLayer>()
  private chosen: DragTool<MeasuredPlace> | null = null
  /** Has the drag that is going on. */
  private active: DragTool<MeasuredPlace> | null = null
  private picture = 0
  private size = { width: 0, height: 0, scale: 1 }
  private painted = ''
  private isDrawnUpon = false

  constructor(element: HTMLElement, kind: PaneKind, parts: PaneMeasuringParts) {
    this.kind = kind
    this.parts = parts
    this.canvas.className = 'waterfall-overlay'
    this.canvas.dataset.testid = `${kind}-marks`
    // No memory before there is something to draw.
    this.canvas.width = 0
    this.canvas.height = 0
    const context = this.canvas.getContext('2d')
    if (!context) throw new Error('This browser has no 2D canvas.')
    this.context = context
    element.append(this.canvas)
  }

  dispose(): void {
    this.active?.cancel()
    this.active = null
    this.canvas.remove()
  }

  /** The returned function takes it away. */
  addLayer(layer: PaneLayer): () => void {
    this.layers.add(layer)
    this.redraw()
    return () => {
      this.layers.delete(layer)
      this.painted = ''
      this.redraw()
    }
  }

  /** Null: a drag moves the picture, a click chooses a time. */
  setTool(tool: DragTool<MeasuredPlace> | null): void {
    this.chosen = tool
  }

  get takesClicks(): boolean {
    return this.chosen?.takesClicks ?? false
  }

  redraw(): void {
    this.parts.request()
  }

  /** False: the gesture is the picture's own. */
  begin(cssX: number, cssY: number, picture: number): boolean {
    const place = this.chosen && this.parts.placeAt(cssX, cssY, picture)
    if (!this.chosen || !place || !this.chosen.begin(place)) return false
    this.active = this.chosen
    this.picture = picture
    return true
  }

  move(cssX: number, cssY: number): void {
    const place = this.active && this.parts.placeAt(cssX, cssY, this.picture)
    if (place) this.active?.move(place)
  }

  /** `isWhole`: the button was released; else the gesture was taken away. */
  end(cssX: number, cssY: number, isWhole: boolean): void {
    const { active } = this
    this.active = null
    const place = isWhole ? this.parts.placeAt(cssX, cssY, this.picture) : null
    if (place) active?.end(place)
    else active?.cancel()
  }

  /** Of the element, device pixels. */
  resize(width: number, height: number, scale: number): void {
    this.size = { width: Math.round(width), height: Math.round(height), scale }
    this.painted = ''
  }

  /**
   * Once a frame. Paints only when something has moved. `place`: changes with what is in view; both are asked for only where
   * there is something to draw.
   */
  draw(place: () => string, projection: () => MarksProjection | null, fontFamily: string): void {
    let version = 0
    let isEmpty = true
    for (const layer of this.layers) {
      version += layer.version
      isEmpty &&= layer.isEmpty
    }
    if (isEmpty && !this.isDrawnUpon) return
    const key = isEmpty ? '' : `${version} ${place()}`
    if (key === this.painted) return
    this.painted = key
    const { canvas, context } = this
    const { scale } = this.size
    const { width, height } = isEmpty ? { width: 0, height: 0 } : this.size
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width
      canvas.height = height
      canvas.style.width = `${width / scale}px`
      canvas.style.height = `${height / scale}px`
    } else context.clearRect(0, 0, width, height)
    const made = isEmpty ? null : projection()
    this.isDrawnUpon = made !== null
    if (!made) return
    context.save()
    context.scale(scale, scale)
    context.font = `11px ${fontFamily}`
    for (const layer of this.layers) layer.draw(context, made)
    context.restore()
  }
}
