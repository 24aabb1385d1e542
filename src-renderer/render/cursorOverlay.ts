import type { CursorReading } from './cursorReading.ts'
import type { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'

function add(parent: HTMLElement, className: string, testId?: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  if (testId) element.dataset.testid = testId
  parent.append(element)
  return element
}

/** Writes only when it differs: setting the same text makes the browser lay out again. */
function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Cross hair and the box that says what is under it; elements that are made once and moved. */
export class CursorOverlay {
  private readonly vertical: HTMLElement
  private readonly horizontal: HTMLElement
  private readonly box: HTMLElement
  private readonly time: HTMLElement
  private readonly place: HTMLElement
  private readonly value: HTMLElement

  constructor(parent: HTMLElement) {
    this.vertical = add(parent, 'cursor-line')
    this.horizontal = add(parent, 'cursor-line')
    this.box = add(parent, 'cursor-box', 'cursor-box')
    this.time = add(this.box, 'cursor-box-time')
    this.place = add(this.box, 'cursor-box-place')
    this.value = add(this.box, 'cursor-box-value')
    for (const element of [this.vertical, this.horizontal, this.box]) element.hidden = true
  }

  hide(): void {
    if (this.box.hidden) return
    for (const element of [this.vertical, this.horizontal, this.box]) element.hidden = true
  }

  /** `x`, `y`: CSS pixels inside the tile. */
  show(x: number, y: number, reading: CursorReading, geometry: TileGeometry): void {
    const { scale } = geometry
    const left = geometry.left / scale
    const top = geometry.top / scale
    const width = geometry.pictureWidth / scale
    const height = geometry.pictureHeight / scale
    for (const element of [this.vertical, this.horizontal, this.box]) element.hidden = false
    this.vertical.style.cssText = `transform: translate(${x}px, ${top}px); width: 1px; height: ${height}px`
    this.horizontal.style.cssText = `transform: translate(${left}px, ${y}px); width: ${width}px; height: 1px`
    setText(this.time, `${reading.timeIso.slice(11, 23)} UTC · ${reading.relative}`)
    setText(this.place, `channel ${reading.channel}${reading.distance ? ` · ${reading.distance}` : ''}`)
    setText(this.value, reading.hasValue ? `${reading.value} ${reading.unit}` : reading.value)
    const boxWidth = this.box.offsetWidth
    const boxHeight = this.box.offsetHeight
    const boxX = x + 12 + boxWidth > left + width ? x - 12 - boxWidth : x + 12
    const boxY = y + 12 + boxHeight > top + height ? y - 12 - boxHeight : y + 12
    this.box.style.transform = `translate(${Math.round(boxX)}px, ${Math.round(boxY)}px)`
  }

  dispose(): void {
    for (const element of [this.vertical, this.horizontal, this.box]) element.remove()
  }
}
