/** Where the pointer is on a picture, as far as these tools need it. */
export interface ToolPlace {
  x: number
  y: number
  timeMs: number
  channel: number
}

/** Shorter drags are clicks, CSS pixels. */
const shortestDrag = 4

/** What every tool here is: a cross hair that takes the whole gesture. */
abstract class CrossTool<Place extends ToolPlace> {
  readonly cursor = 'crosshair'
  readonly takesClicks = true
  abstract begin(place: Place): boolean
  move(_place: Place): void {
    // Tools that end with a click follow no drag.
  }
  abstract end(place: Place): void
  cancel(): void {
    // Nothing was begun that would have to go.
  }
}

/** A click. */
export class ClickTool<Place extends ToolPlace> extends CrossTool<Place> {
  private readonly clicked: (place: Place) => void

  constructor(clicked: (place: Place) => void) {
    super()
    this.clicked = clicked
  }

  begin(): boolean {
    return true
  }

  end(place: Place): void {
    this.clicked(place)
  }
}

/** A drag from one place to another; a click alone is one place, and the next click the other. */
export class TwoPlacesTool<Place extends ToolPlace> extends CrossTool<Place> {
  private readonly listener: {
    first(place: Place): void
    second(place: Place): void
    hasFirstAlone(): boolean
  }
  private from: Place | null = null
  private isSecond = false

  constructor(listener: TwoPlacesTool<Place>['listener']) {
    super()
    this.listener = listener
  }

  begin(place: Place): boolean {
    this.isSecond = this.listener.hasFirstAlone()
    if (this.isSecond) this.listener.second(place)
    else this.listener.first(place)
    this.from = place
    return true
  }

  override move(place: Place): void {
    const { from } = this
    if (!from) return
    if (this.isSecond || distance(from, place) >= shortestDrag) this.listener.second(place)
  }

  end(place: Place): void {
    this.move(place)
    this.from = null
  }

  override cancel(): void {
    this.from = null
  }
}

/** A box from corner to corner; a click draws none. */
export class BoxMarkTool<Place extends ToolPlace> extends CrossTool<Place> {
  private readonly listener: { drawn(from: Place, to: Place): void; ended(from: Place, to: Place): void; left(): void }
  private from: Place | null = null
  private isBox = false

  constructor(listener: BoxMarkTool<Place>['listener']) {
    super()
    this.listener = listener
  }

  begin(place: Place): boolean {
    this.from = place
    this.isBox = false
    return true
  }

  override move(place: Place): void {
    const { from } = this
    if (!from) return
    this.isBox ||= distance(from, place) >= shortestDrag
    if (this.isBox) this.listener.drawn(from, place)
  }

  end(place: Place): void {
    const { from, isBox } = this
    this.from = null
    if (from && isBox) this.listener.ended(from, place)
    else this.listener.left()
  }

  override cancel(): void {
    this.from = null
    this.listener.left()
  }
}

const distance = (a: ToolPlace, b: ToolPlace): number => Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y))
