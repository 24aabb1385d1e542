import type { PicturePlace } from './spectraSurface.ts'

/** Space around the pictures, CSS pixels: frequency axis; time axis; colour bar with ticks and unit. */
export const spectraMargins = { left: 60, top: 8, right: 74, bottom: 22 }
const gapBetween = 4
const barGap = 8
const barWidth = 10
const smallest = 16
/** A drag that goes over the edge of a picture ends so far inside it, device pixels. */
const edge = 0.01
/** A picture is never smaller than this, CSS pixels; what does not fit goes to the next page. */
const leastWidth = 150
const leastHeight = 72

/** Most pictures that fit into a tile of this size, CSS pixels. */
export function picturesThatFit(width: number, height: number): number {
  const columns = Math.max(1, Math.floor((width - spectraMargins.left - spectraMargins.right) / leastWidth))
  const rows = Math.max(1, Math.floor((height - spectraMargins.top - spectraMargins.bottom) / leastHeight))
  return columns * rows
}

/** Columns (of at most `columnsMost`) of a grid of `count` pictures that are about two and a half times as wide as high. */
export function gridColumns(count: number, width: number, height: number, columnsMost = Infinity): number {
  let best = 1
  let leastOff = Infinity
  for (let columns = 1; columns <= Math.min(count, Math.max(1, columnsMost)); columns++) {
    const rows = Math.ceil(count / columns)
    const aspect = width / columns / Math.max(1, height / rows)
    const empty = columns * rows - count
    const isNarrow = columns > 1 && width / columns < leastWidth
    const off = Math.abs(Math.log(aspect / 2.5)) + 0.35 * empty + (isNarrow ? 10 : 0)
    if (off >= leastOff) continue
    leastOff = off
    best = columns
  }
  return best
}

/** Where the pictures of a tile are, device pixels, so that lines and cells fall on whole pixels at any scale. */
export class SpectraTileGeometry {
  scale = 1
  /** Of the element. */
  width = smallest
  height = smallest
  /** Of the canvas of the pictures, and where it begins. */
  left = 0
  top = 0
  innerWidth = smallest
  innerHeight = smallest
  /** Of one picture. */
  pictureWidth = smallest
  pictureHeight = smallest
  columns = 1
  rows = 1
  barLeft = 0
  barWidth = 0
  /** On the canvas of the pictures. */
  readonly places: PicturePlace[] = []
  /** Lines of all pictures together that a texture has room for. */
  linesMost = Infinity
  private count = 1

  resize(width: number, height: number, scale: number): void {
    this.scale = scale
    this.width = Math.max(smallest, Math.round(width))
    this.height = Math.max(smallest, Math.round(height))
    this.left = Math.round(spectraMargins.left * scale)
    this.top = Math.round(spectraMargins.top * scale)
    this.innerWidth = Math.max(smallest, this.width - this.left - Math.round(spectraMargins.right * scale))
    this.innerHeight = Math.max(smallest, this.height - this.top - Math.round(spectraMargins.bottom * scale))
    this.barLeft = this.left + this.innerWidth + Math.round(barGap * scale)
    this.barWidth = Math.round(barWidth * scale)
    this.arrange(this.count)
  }

  arrange(count: number): void {
    this.count = Math.max(1, count)
    const columnsMost = Math.floor(this.linesMost / this.innerHeight)
    this.columns = gridColumns(this.count, this.innerWidth / this.scale, this.innerHeight / this.scale, columnsMost)
    this.rows = Math.ceil(this.count / this.columns)
    const gap = Math.round(gapBetween * this.scale)
    this.pictureWidth = Math.max(smallest, Math.floor((this.innerWidth - gap * (this.columns - 1)) / this.columns))
    this.pictureHeight = Math.max(smallest, Math.floor((this.innerHeight - gap * (this.rows - 1)) / this.rows))
    this.places.length = 0
    for (let index = 0; index < this.count; index++) {
      this.places.push({
        left: (index % this.columns) * (this.pictureWidth + gap),
        top: Math.floor(index / this.columns) * (this.pictureHeight + gap)
      })
    }
  }

  /** The picture under a point of the element (CSS pixels) and where in it, device pixels; null between them. */
  pictureAt(cssX: number, cssY: number): { index: number; x: number; y: number } | null {
    for (let index = 0; index < this.places.length; index++) {
      const x = cssX * this.scale - this.left - this.places[index]!.left
      const y = cssY * this.scale - this.top - this.places[index]!.top
      if (x >= 0 && y >= 0 && x < this.pictureWidth && y < this.pictureHeight) return { index, x, y }
    }
    return null
  }

  /** The point of a picture that is nearest to a point of the element; null where there is no such picture. */
  insideOf(index: number, cssX: number, cssY: number): { x: number; y: number; cssX: number; cssY: number } | null {
    const place = this.places[index]
    if (!place) return null
    const [left, top] = [this.left + place.left, this.top + place.top]
    const x = Math.min(Math.max(cssX * this.scale - left, edge), this.pictureWidth - edge)
    const y = Math.min(Math.max(cssY * this.scale - top, edge), this.pictureHeight - edge)
    return { x, y, cssX: (x + left) / this.scale, cssY: (y + top) / this.scale }
  }

  isOnBar(cssX: number, cssY: number): boolean {
    const x = cssX * this.scale
    const y = cssY * this.scale - this.top
    return x >= this.barLeft - 4 * this.scale && x < this.width && y >= 0 && y < this.innerHeight
  }
}
