import type { CursorReading } from './cursorReading.ts'
import { ReadoutBox } from './readoutBox.ts'
import type { TileProjection } from './tileProjection.ts'

function addLine(parent: HTMLElement, className: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  element.hidden = true
  parent.append(element)
  return element
}

function setHidden(element: HTMLElement, isHidden: boolean): void {
  if (element.hidden !== isHidden) element.hidden = isHidden
}

/** Two lines across the picture that meet at a point; elements that are made once and moved. */
class CrossHair {
  private readonly vertical: HTMLElement
  private readonly horizontal: HTMLElement
  private width = 0
  private height = 0

  constructor(parent: HTMLElement, className: string) {
    this.vertical = addLine(parent, className)
    this.horizontal = addLine(parent, className)
  }

  hide(): void {
    setHidden(this.vertical, true)
    setHidden(this.horizontal, true)
  }

  /** `x`, `y`: CSS pixels inside the tile; a line that would lie outside the picture is left out. */
  show(x: number, y: number, { left, top, width, height }: TileProjection): void {
    setHidden(this.vertical, x < left || x >= left + width)
    setHidden(this.horizontal, y < top || y >= top + height)
    // A line that only moves costs no layout.
    if (width !== this.width || height !== this.height) {
      this.width = width
      this.height = height
      this.vertical.style.cssText = `width: 1px; height: ${height}px`
      this.horizontal.style.cssText = `width: ${width}px; height: 1px`
    }
    this.vertical.style.transform = `translate(${x}px, ${top}px)`
    this.horizontal.style.transform = `translate(${left}px, ${y}px)`
  }

  dispose(): void {
    this.vertical.remove()
    this.horizontal.remove()
  }
}

/** Cross hair and the box that says what is under it; and thin lines where the pointer of a linked tile is. */
export class CursorOverlay {
  private readonly own: CrossHair
  private readonly linked: CrossHair
  private readonly box: ReadoutBox

  constructor(parent: HTMLElement) {
    this.linked = new CrossHair(parent, 'cursor-line cursor-line-linked')
    this.own = new CrossHair(parent, 'cursor-line')
    this.box = new ReadoutBox(parent)
  }

  hide(): void {
    this.own.hide()
    this.box.hide()
  }

  /** `x`, `y`: CSS pixels inside the tile. */
  show(x: number, y: number, reading: CursorReading, projection: TileProjection): void {
    this.own.show(x, y, projection)
    const { left, top, width, height } = projection
    this.box.show(x, y, left + width, top + height, {
      time: `${reading.timeIso.slice(11, 23)} UTC · ${reading.relative}`,
      place: `channel ${reading.channel}${reading.distance ? ` · ${reading.distance}` : ''}`,
      value: reading.hasValue ? `${reading.value} ${reading.unit}` : reading.value,
      note: [reading.processing, reading.raw && `as it came ${reading.raw}`].filter(Boolean).join(' · ')
    })
  }

  showLinked(at: { timeMs: number; channel: number } | null, projection: TileProjection | null): void {
    if (at && projection)
      this.linked.show(projection.xFromChannel(at.channel), projection.yFromTime(at.timeMs), projection)
    else this.linked.hide()
  }

  dispose(): void {
    this.own.dispose()
    this.linked.dispose()
    this.box.dispose()
  }
}
