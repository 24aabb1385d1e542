import type { PaneMeasuring } from './measure/paneMeasuring.ts'

/** A place in a pane: fractions of the picture under it, 0 at the left and at the top. */
export interface PanePlace {
  /** CSS pixels inside the element. */
  cssX: number
  cssY: number
  /** Of the width. */
  x: number
  y: number
  /** Which of the pictures. */
  picture: number
}

/** What a pointer asks of a pane whose horizontal axis is time (or frequency) and whose vertical axis is something else. */
export interface PaneCommands {
  /** Takes the gestures of a tool. */
  readonly measuring: PaneMeasuring
  /** Where a point of the element is; null outside the pictures. */
  placeAt(cssX: number, cssY: number): PanePlace | null
  /** Whether the point is on the colour bar. */
  isOnBar(cssX: number, cssY: number): boolean
  zoom(factors: { across: number; up: number }, at: PanePlace): void
  /** Fractions of a picture; positive: what is shown moves right and down. */
  pan(right: number, down: number): void
  moveCursor(at: PanePlace | null): void
  click(at: PanePlace): void
  reset(): void
  /** Part of the range by which both levels (or one of them) move up. */
  moveLevels(low: number, high: number): void
  automaticLevels(): void
  /** Size of a picture, CSS pixels. */
  pictureSize(): { width: number; height: number }
  /** Of the colour bar, CSS pixels from the top. */
  barFraction(cssY: number): number
}

const dragThreshold = 4
const zoomPerWheelPixel = 0.0015

type DragKind = 'none' | 'picture' | 'tool' | 'low level' | 'high level' | 'both levels'

/** Pointer and wheel on a pane. Owns its listeners. */
export class SpectraInput {
  private readonly element: HTMLElement
  private readonly commands: PaneCommands
  private readonly abort = new AbortController()
  private drag: DragKind = 'none'
  private last = { x: 0, y: 0 }
  private start = { x: 0, y: 0 }
  private movesX = false
  private movesY = false

  constructor(element: HTMLElement, commands: PaneCommands) {
    this.element = element
    this.commands = commands
    const { signal } = this.abort
    element.addEventListener('wheel', this.wheel, { signal, passive: false })
    element.addEventListener('pointerdown', this.down, { signal })
    element.addEventListener('pointermove', this.move, { signal })
    element.addEventListener('pointerup', this.up, { signal })
    element.addEventListener('pointercancel', this.up, { signal })
    element.addEventListener('pointerleave', () => this.commands.moveCursor(null), { signal })
    element.addEventListener('dblclick', this.doubleClick, { signal })
  }

  dispose(): void {
    this.abort.abort()
    if (this.drag === 'tool') this.commands.measuring.end(0, 0, false)
    this.drag = 'none'
  }

  private local(event: MouseEvent): { x: number; y: number } {
    const { left, top } = this.element.getBoundingClientRect()
    return { x: event.clientX - left, y: event.clientY - top }
  }

  private readonly wheel = (event: WheelEvent): void => {
    const { x, y } = this.local(event)
    const at = this.commands.placeAt(x, y)
    if (!at) return
    event.preventDefault()
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    const amount = Math.max(-200, Math.min(200, (event.deltaY || event.deltaX) * lines))
    const factor = Math.exp(amount * zoomPerWheelPixel)
    // As in a waterfall, where Shift is the axis across and Alt is time: here time is across. Shift: the other axis alone.
    const isOther = event.shiftKey
    this.commands.zoom({ across: isOther ? 1 : factor, up: isOther ? factor : 1 }, at)
  }

  private readonly down = (event: PointerEvent): void => {
    if (event.button !== 0 || this.drag !== 'none' || (event.target as Element | null)?.closest('button')) return
    const { x, y } = this.local(event)
    const at = this.commands.placeAt(x, y)
    if (at) this.drag = this.commands.measuring.begin(x, y, at.picture) ? 'tool' : 'picture'
    else if (this.commands.isOnBar(x, y)) {
      const fraction = this.commands.barFraction(y)
      this.drag = fraction < 1 / 3 ? 'high level' : fraction > 2 / 3 ? 'low level' : 'both levels'
    } else return
    this.element.setPointerCapture(event.pointerId)
    this.last = { x, y }
    this.start = { x, y }
    this.movesX = false
    this.movesY = false
  }

  private readonly move = (event: PointerEvent): void => {
    const { x, y } = this.local(event)
    const at = this.commands.placeAt(x, y)
    this.element.dataset.cursor = at ? 'picture' : this.commands.isOnBar(x, y) ? 'levels' : 'none'
    this.commands.moveCursor(at)
    if (this.drag === 'none') return
    if (this.drag === 'tool') {
      this.commands.measuring.move(x, y)
      return
    }
    if (this.drag !== 'picture') {
      const up = this.commands.barFraction(this.last.y) - this.commands.barFraction(y)
      this.last.y = y
      if (up !== 0) this.commands.moveLevels(this.drag === 'high level' ? 0 : up, this.drag === 'low level' ? 0 : up)
      return
    }
    this.movesX ||= Math.abs(x - this.start.x) >= dragThreshold
    this.movesY ||= Math.abs(y - this.start.y) >= dragThreshold
    const { width, height } = this.commands.pictureSize()
    const right = this.movesX ? (x - this.last.x) / width : 0
    const down = this.movesY ? (y - this.last.y) / height : 0
    if (this.movesX) this.last.x = x
    if (this.movesY) this.last.y = y
    if (right !== 0 || down !== 0) this.commands.pan(right, down)
  }

  private readonly up = (event: PointerEvent): void => {
    const wasClick = this.drag === 'picture' && !this.movesX && !this.movesY && event.type === 'pointerup'
    const { drag } = this
    if (drag !== 'none' && this.element.hasPointerCapture(event.pointerId)) {
      this.element.releasePointerCapture(event.pointerId)
    }
    this.drag = 'none'
    const { x, y } = this.local(event)
    if (drag === 'tool') this.commands.measuring.end(x, y, event.type === 'pointerup')
    if (!wasClick) return
    const at = this.commands.placeAt(x, y)
    if (at) this.commands.click(at)
  }

  private readonly doubleClick = (event: MouseEvent): void => {
    const { x, y } = this.local(event)
    if (this.commands.isOnBar(x, y)) this.commands.automaticLevels()
    else if (this.commands.placeAt(x, y) && !this.commands.measuring.takesClicks) this.commands.reset()
  }
}
