/** A corner of a box that is drawn with the pointer, CSS pixels inside the tile. */
export interface BoxCorner {
  x: number
  y: number
}

/** Shorter drags are clicks, CSS pixels. */
const shortestDrag = 4

export interface BoxListener {
  /** Null: taken away. */
  drawn(from: BoxCorner | null, to: BoxCorner | null): void
  ended(from: BoxCorner, to: BoxCorner): void
  clicked(at: BoxCorner): void
}

/** Draws a box with the pointer: what it is for is the listener's. */
export class BoxTool {
  readonly cursor = 'crosshair'
  private readonly listener: BoxListener
  private from: BoxCorner | null = null
  private isBox = false

  constructor(listener: BoxListener) {
    this.listener = listener
  }

  begin(at: BoxCorner): boolean {
    this.from = { x: at.x, y: at.y }
    this.isBox = false
    return true
  }

  move(at: BoxCorner): void {
    const { from } = this
    if (!from) return
    this.isBox ||= Math.max(Math.abs(at.x - from.x), Math.abs(at.y - from.y)) >= shortestDrag
    if (this.isBox) this.listener.drawn(from, at)
  }

  end(at: BoxCorner): void {
    const { from } = this
    this.from = null
    this.listener.drawn(null, null)
    if (from && this.isBox) this.listener.ended(from, at)
    else if (from) this.listener.clicked(at)
  }

  cancel(): void {
    this.from = null
    this.listener.drawn(null, null)
  }
}
