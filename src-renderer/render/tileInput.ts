import type { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'

/** What a pointer or a key asks of a tile. Fractions are of the picture. */
export interface TileCommands<Place> {
  zoom(factors: { columns: number; rows: number }, at: { x: number; y: number }): void
  pan(right: number, down: number): void
  reset(): void
  /** CSS pixels inside the tile; null: the pointer left. */
  moveCursor(at: { x: number; y: number } | null): void
  /** Part of the range by which both levels (or one of them) move up. */
  moveLevels(low: number, high: number): void
  automaticLevels(): void
  /** What is under the pointer; null while there is no picture. */
  placeAt(x: number, y: number, event: MouseEvent): Place | null
  /** The tool for a drag that begins; null moves the picture. */
  toolFor(event: MouseEvent): DragTool<Place> | null
}

/** Takes over a drag on the picture. */
export interface DragTool<Place> {
  readonly cursor: string
  /** Two quick clicks are two clicks for it, not a wish to see all. */
  readonly takesClicks?: boolean
  begin(place: Place): boolean
  move(place: Place): void
  end(place: Place): void
  cancel(): void
}

/** Before a drag moves along an axis it must go this far, CSS pixels: a slanting sideways drag must not stop a live view. */
const dragThreshold = 4
const zoomPerWheelPixel = 0.0015

type DragKind = 'none' | 'picture' | 'tool' | 'low level' | 'high level' | 'both levels'

/** Pointer and wheel on a tile. Owns its listeners. */
export class TileInput<Place> {
  private readonly element: HTMLElement
  private readonly geometry: TileGeometry
  private readonly commands: TileCommands<Place>
  private readonly abort = new AbortController()
  private drag: DragKind = 'none'
  private tool: DragTool<Place> | null = null
  private lastX = 0
  private lastY = 0
  private startX = 0
  private startY = 0
  private movesX = false
  private movesY = false

  constructor(element: HTMLElement, geometry: TileGeometry, commands: TileCommands<Place>) {
    this.element = element
    this.geometry = geometry
    this.commands = commands
    const { signal } = this.abort
    element.addEventListener('wheel', this.wheel, { signal, passive: false })
    element.addEventListener('pointerdown', this.down, { signal })
    element.addEventListener('pointermove', this.move, { signal })
    element.addEventListener('pointerup', this.up, { signal })
    element.addEventListener('pointercancel', this.cancel, { signal })
    element.addEventListener('pointerleave', this.leave, { signal })
    element.addEventListener('dblclick', this.doubleClick, { signal })
    // A menu that opens would be read through the box of the cursor.
    element.addEventListener('contextmenu', this.leave, { signal })
  }

  dispose(): void {
    this.abort.abort()
    this.tool?.cancel()
    this.tool = null
  }

  private localX(event: MouseEvent): number {
    return event.clientX - this.element.getBoundingClientRect().left
  }

  private localY(event: MouseEvent): number {
    return event.clientY - this.element.getBoundingClientRect().top
  }

  /** Wheel: time. Shift: distance. Ctrl, which is what a pinch on a touchpad sends: both. */
  private readonly wheel = (event: WheelEvent): void => {
    const x = this.localX(event)
    const y = this.localY(event)
    if (!this.geometry.isInPicture(x, y)) return
    event.preventDefault()
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
    const amount = Math.max(-200, Math.min(200, (event.deltaY || event.deltaX) * lines))
    const factor = Math.exp(amount * zoomPerWheelPixel)
    const { geometry } = this
    this.commands.zoom(
      { columns: event.shiftKey || event.ctrlKey ? factor : 1, rows: event.shiftKey ? 1 : factor },
      { x: geometry.pictureX(x) / geometry.pictureWidth, y: geometry.pictureY(y) / geometry.pictureHeight }
    )
  }

  private readonly down = (event: PointerEvent): void => {
    if (event.button !== 0 || this.drag !== 'none' || (event.target as Element | null)?.closest('button')) return
    const x = this.localX(event)
    const y = this.localY(event)
    if (this.geometry.isInPicture(x, y)) this.drag = this.beginTool(x, y, event) ? 'tool' : 'picture'
    else if (this.geometry.isOnBar(x, y)) {
      const fraction = this.geometry.pictureY(y) / this.geometry.pictureHeight
      this.drag = fraction < 1 / 3 ? 'high level' : fraction > 2 / 3 ? 'low level' : 'both levels'
    } else return
    this.element.setPointerCapture(event.pointerId)
    this.lastX = this.startX = x
    this.lastY = this.startY = y
    this.movesX = false
    this.movesY = false
  }

  private beginTool(x: number, y: number, event: PointerEvent): boolean {
    const tool = this.commands.toolFor(event)
    const place = tool && this.commands.placeAt(x, y, event)
    if (!tool || !place || !tool.begin(place)) return false
    this.tool = tool
    return true
  }

  private readonly move = (event: PointerEvent): void => {
    const x = this.localX(event)
    const y = this.localY(event)
    const { geometry } = this
    this.showPointer(x, y, event)
    this.commands.moveCursor(geometry.isInPicture(x, y) ? { x, y } : null)
    if (this.drag === 'none') return
    if (this.drag === 'tool') {
      const place = this.commands.placeAt(x, y, event)
      if (place) this.tool?.move(place)
    } else if (this.drag === 'picture') this.dragPicture(x, y)
    else this.dragLevels(y)
  }

  private showPointer(x: number, y: number, event: PointerEvent): void {
    const { dataset, style } = this.element
    const where = this.geometry.isOnBar(x, y) ? 'levels' : this.geometry.isInPicture(x, y) ? 'picture' : 'none'
    if (dataset.cursor !== where) dataset.cursor = where
    const tool = this.tool ?? this.commands.toolFor(event)
    const cursor = where === 'picture' ? (tool?.cursor ?? '') : ''
    if (style.cursor !== cursor) style.cursor = cursor
  }

  private dragPicture(x: number, y: number): void {
    this.movesX ||= Math.abs(x - this.startX) >= dragThreshold
    this.movesY ||= Math.abs(y - this.startY) >= dragThreshold
    const { scale, pictureWidth, pictureHeight } = this.geometry
    const right = this.movesX ? ((x - this.lastX) * scale) / pictureWidth : 0
    const down = this.movesY ? ((y - this.lastY) * scale) / pictureHeight : 0
    if (this.movesX) this.lastX = x
    if (this.movesY) this.lastY = y
    if (right !== 0 || down !== 0) this.commands.pan(right, down)
  }

  private dragLevels(y: number): void {
    const up = ((this.lastY - y) * this.geometry.scale) / this.geometry.pictureHeight
    this.lastY = y
    if (up === 0) return
    this.commands.moveLevels(this.drag === 'high level' ? 0 : up, this.drag === 'low level' ? 0 : up)
  }

  private readonly up = (event: PointerEvent): void => {
    const { drag, tool } = this
    if (drag === 'none') return
    this.stopDrag(event)
    if (drag !== 'tool' || !tool) return
    const place = this.commands.placeAt(this.localX(event), this.localY(event), event)
    if (place) tool.end(place)
    else tool.cancel()
  }

  private readonly cancel = (event: PointerEvent): void => {
    const { tool } = this
    if (this.drag === 'none') return
    this.stopDrag(event)
    tool?.cancel()
  }

  private stopDrag(event: PointerEvent): void {
    if (this.element.hasPointerCapture(event.pointerId)) this.element.releasePointerCapture(event.pointerId)
    this.drag = 'none'
    this.tool = null
  }

  private readonly leave = (): void => {
    this.commands.moveCursor(null)
  }

  private readonly doubleClick = (event: MouseEvent): void => {
    const x = this.localX(event)
    const y = this.localY(event)
    if (this.geometry.isOnBar(x, y)) this.commands.automaticLevels()
    else if (this.geometry.isInPicture(x, y) && !this.commands.toolFor(event)?.takesClicks) this.commands.reset()
  }
}
