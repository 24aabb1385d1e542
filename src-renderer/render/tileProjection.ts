import type { PictureAxes } from '../../src-preload/contract/drawing/pictureAxes.ts'
import type { PictureView } from '../../src-preload/contract/drawing/pictureView.ts'
import type { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'
import {
  crossesOfChannelTime,
  figuresOfChannelTime,
  type Cross,
  type DrawnCursor,
  type DrawnShape,
  type Figure,
  type MarksProjection
} from './measure/marksProjection.ts'

/** Where times and channels lie in the picture of a tile, CSS pixels. Follows the view that it is made for. */
export class TileProjection implements MarksProjection {
  private readonly view: PictureView
  private readonly geometry: TileGeometry
  private readonly axes: PictureAxes

  /** @param view in rows */
  constructor(view: PictureView, geometry: TileGeometry, axes: PictureAxes) {
    this.view = view
    this.geometry = geometry
    this.axes = axes
  }

  get left(): number {
    return this.geometry.left / this.geometry.scale
  }

  get top(): number {
    return this.geometry.top / this.geometry.scale
  }

  get width(): number {
    return this.geometry.pictureWidth / this.geometry.scale
  }

  get height(): number {
    return this.geometry.pictureHeight / this.geometry.scale
  }

  get scale(): number {
    return this.geometry.scale
  }

  xFromColumn(column: number): number {
    const { view, geometry } = this
    return (geometry.left + (column - view.columnAtLeft) / view.columnsPerPixel) / geometry.scale
  }

  yFromRow(row: number): number {
    const { view, geometry } = this
    return (geometry.top + (row - view.slotAtTop) / view.slotsPerPixel) / geometry.scale
  }

  columnFromX(x: number): number {
    return this.view.columnAtLeft + this.geometry.pictureX(x) * this.view.columnsPerPixel
  }

  rowFromY(y: number): number {
    return this.view.slotAtTop + this.geometry.pictureY(y) * this.view.slotsPerPixel
  }

  xFromChannel(channel: number): number {
    return this.xFromColumn(this.axes.columnFromChannel(channel))
  }

  yFromTime(timeMs: number): number {
    return this.yFromRow(this.axes.slotFromTime(timeMs))
  }

  channelFromX(x: number): number {
    return this.axes.channelFromColumn(this.columnFromX(x))
  }

  timeFromY(y: number): number {
    return this.axes.timeFromSlot(this.rowFromY(y))
  }

  distanceFromChannel(channel: number): number | null {
    return this.axes.hasDistance ? this.axes.distanceFromColumn(this.axes.columnFromChannel(channel)) : null
  }

  channelFromDistance(metres: number): number | null {
    return this.axes.hasDistance ? this.axes.channelFromColumn(this.axes.columnFromDistance(metres)) : null
  }

  figures(shape: DrawnShape): readonly Figure[] {
    return figuresOfChannelTime(this, shape)
  }

  crosses(cursor: DrawnCursor): readonly Cross[] {
    return crossesOfChannelTime(this, cursor)
  }
}
