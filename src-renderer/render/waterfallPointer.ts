import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import type { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'
import { millisecondsFromNanoseconds } from '../../src-preload/contract/units.ts'
import { BoxTool } from './boxTool.ts'
import { CursorOverlay } from './cursorOverlay.ts'
import { readCursor, type CursorReading, type PointedCell } from './cursorReading.ts'
import type { MeasuredPlace, MeasuredPoint } from './measure/measuredPlace.ts'
import { cellsBetween, PictureSelection, type SelectedCells } from './pictureSelection.ts'
import type { ShownRows } from './shownRows.ts'
import type { DragTool } from './tileInput.ts'
import { TileProjection } from './tileProjection.ts'
import type { WaterfallModel } from './waterfallModel.ts'

/** Where the pointer is on the picture, and what is there. */
export interface PicturePlace extends MeasuredPlace {
  row: number
  rowTimeNs: string
  column: number
  value: number | null
  rawValue: number | null
  hasShift: boolean
  hasCtrl: boolean
  hasAlt: boolean
}

export type PictureTool = DragTool<PicturePlace>

export interface PointerListener {
  cursor(reading: CursorReading | null, at: { timeMs: number; channel: number } | null): void
  selected(): void
  /** A box was drawn to zoom into. */
  zoomTo(cells: SelectedCells): void
  redraw(): void
}

interface Parts {
  model: WaterfallModel
  shown: ShownRows
  /** In rows. */
  view: PictureView
  geometry: TileGeometry
  coreNowMs: () => number
}

/** Cursor, tools and selection of a waterfall: what the pointer means on its picture. */
export class WaterfallPointer {
  readonly selection: PictureSelection
  /** What a drag does; null moves the picture. */
  tool: PictureTool | null = null
  private readonly parts: Parts
  private readonly listener: PointerListener
  private readonly overlay: CursorOverlay
  private readonly box: HTMLElement
  private readonly zoomTool: BoxTool
  private readonly selectTool: BoxTool
  private cursorAt: { x: number; y: number } | null = null
  private linkedAt: { timeMs: number; channel: number } | null = null
  private hasReading = false

  constructor(element: HTMLElement, parts: Parts, listener: PointerListener) {
    this.parts = parts
    this.listener = listener
    this.selection = new PictureSelection(parts.model)
    this.overlay = new CursorOverlay(element)
    this.box = document.createElement('div')
    this.box.className = 'drag-box'
    this.box.hidden = true
    element.append(this.box)
    this.zoomTool = new BoxTool({
      drawn: (from, to) => this.showBox(from, to),
      ended: (from, to) => {
        const cells = this.cellsBetween(from, to)
        if (cells) listener.zoomTo(cells)
      },
      clicked: () => undefined
    })
    this.selectTool = new BoxTool({
      drawn: (from, to) => {
        if (from && to) this.select(this.cellsBetween(from, to))
      },
      ended: (from, to) => this.select(this.cellsBetween(from, to)),
      clicked: () => this.select(null)
    })
  }

  dispose(): void {
    this.overlay.dispose()
    this.box.remove()
  }

  /** The tool that comes with the tile, by name. */
  named(name: 'zoom' | 'select'): PictureTool {
    return name === 'zoom' ? this.zoomTool : this.selectTool
  }

  toolFor(event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): PictureTool | null {
    if (event.shiftKey) return this.selectTool
    return event.ctrlKey || event.metaKey ? this.zoomTool : this.tool
  }

  /** Null while there is no picture. */
  projection(): TileProjection | null {
    const { model, view, geometry } = this.parts
    return model.axes ? new TileProjection(view, geometry, model.axes) : null
  }

  placeAt(x: number, y: number, event: { shiftKey: boolean; ctrlKey: boolean; altKey: boolean }): PicturePlace | null {
    const { geometry } = this.parts
    const margin = 0.01
    // A drag that goes over the edge ends at the edge.
    const insideX = Math.min(Math.max(geometry.pictureX(x), margin), geometry.pictureWidth - margin)
    const insideY = Math.min(Math.max(geometry.pictureY(y), margin), geometry.pictureHeight - margin)
    const cell = this.read(insideX, insideY)
    if (!cell) return null
    const { timeMs, channel, distanceM, row, rowTimeNs, column, value, rawValue } = cell
    return {
      x: (insideX + geometry.left) / geometry.scale,
      y: (insideY + geometry.top) / geometry.scale,
      timeMs,
      channel,
      distanceM,
      hertz: null,
      bin: null,
      point: this.pointOf(cell),
      row,
      rowTimeNs: String(rowTimeNs),
      column,
      value,
      rawValue,
      hasShift: event.shiftKey,
      hasCtrl: event.ctrlKey,
      hasAlt: event.altKey
    }
  }

  /** On the row and the channel, not between them. */
  private pointOf({ rowTimeNs, channel, value, rawValue }: PointedCell): MeasuredPoint {
    const whole = Math.round(channel)
    return {
      pane: 'waterfall',
      timeNs: String(rowTimeNs),
      timeMs: millisecondsFromNanoseconds(rowTimeNs),
      channel: whole,
      distanceM: this.projection()?.distanceFromChannel(whole) ?? null,
      hertz: null,
      value: rawValue ?? value,
      unit: this.parts.model.description?.value.unit ?? ''
    }
  }

  moveCursor(at: { x: number; y: number } | null): void {
    this.cursorAt = at
    this.listener.redraw()
  }

  setLinked(at: { timeMs: number; channel: number } | null): void {
    if (at === this.linkedAt) return
    this.linkedAt = at
    this.listener.redraw()
  }

  select(cells: SelectedCells | null): void {
    if (!cells && !this.selection.cells) return
    this.selection.set(cells)
    this.listener.selected()
    this.listener.redraw()
  }

  /** Once a frame, after the picture. */
  draw(): void {
    const at = this.cursorAt
    const { geometry } = this.parts
    const cell = at ? this.read(geometry.pictureX(at.x), geometry.pictureY(at.y)) : null
    const projection = at || this.linkedAt ? this.projection() : null
    if (at && cell && projection) this.overlay.show(at.x, at.y, cell.reading, projection)
    else this.overlay.hide()
    this.overlay.showLinked(this.linkedAt, projection)
    if (cell || this.hasReading) {
      this.listener.cursor(cell?.reading ?? null, cell && { timeMs: cell.timeMs, channel: cell.channel })
    }
    this.hasReading = cell !== null
  }

  private read(x: number, y: number): PointedCell | null {
    const { model, shown, view, coreNowMs } = this.parts
    return readCursor(model, shown, view, x, y, coreNowMs())
  }

  private cellsBetween(from: { x: number; y: number }, to: { x: number; y: number }): SelectedCells | null {
    const projection = this.projection()
    const { ring } = this.parts.model
    return projection && ring && cellsBetween(projection, from, to, ring.columns)
  }

  private showBox(from: { x: number; y: number } | null, to: { x: number; y: number } | null): void {
    this.box.hidden = !from || !to
    if (!from || !to) return
    const { style } = this.box
    style.transform = `translate(${Math.min(from.x, to.x)}px, ${Math.min(from.y, to.y)}px)`
    style.width = `${Math.abs(to.x - from.x)}px`
    style.height = `${Math.abs(to.y - from.y)}px`
  }
}
