import type { PictureView } from './pictureView.ts'

/** Space around the picture, CSS pixels: time axis, distance axis, channel axis, colour bar with ticks and unit. */
const margins = { left: 80, top: 26, right: 86, bottom: 24 }
const barGap = 10
const barWidth = 10
const smallest = 16

/** Where things are in a tile, device pixels, so that lines and cells fall on whole pixels at any scale. */
export class TileGeometry {
  scale = 1
  width = smallest
  height = smallest
  left = 0
  top = 0
  pictureWidth = smallest
  pictureHeight = smallest
  barLeft = 0
  barWidth = 0

  /** `width` and `height` of the tile in device pixels. */
  resize(width: number, height: number, scale: number): void {
    this.scale = scale
    this.width = Math.max(smallest, Math.round(width))
    this.height = Math.max(smallest, Math.round(height))
    this.left = Math.round(margins.left * scale)
    this.top = Math.round(margins.top * scale)
    this.pictureWidth = Math.max(smallest, this.width - this.left - Math.round(margins.right * scale))
    this.pictureHeight = Math.max(smallest, this.height - this.top - Math.round(margins.bottom * scale))
    this.barLeft = this.left + this.pictureWidth + Math.round(barGap * scale)
    this.barWidth = Math.round(barWidth * scale)
  }

  applyTo(view: PictureView): void {
    view.width = this.pictureWidth
    view.height = this.pictureHeight
  }

  /** Device pixels inside the picture from CSS pixels inside the tile; may lie outside. */
  pictureX(cssX: number): number {
    return cssX * this.scale - this.left
  }

  pictureY(cssY: number): number {
    return cssY * this.scale - this.top
  }

  isInPicture(cssX: number, cssY: number): boolean {
    const x = this.pictureX(cssX)
    const y = this.pictureY(cssY)
    return x >= 0 && y >= 0 && x < this.pictureWidth && y < this.pictureHeight
  }

  /** The bar with its ticks: easier to hit than ten pixels. */
  isOnBar(cssX: number, cssY: number): boolean {
    const y = this.pictureY(cssY)
    const x = cssX * this.scale
    return x >= this.barLeft - 4 * this.scale && x < this.width && y >= 0 && y < this.pictureHeight
  }
}
