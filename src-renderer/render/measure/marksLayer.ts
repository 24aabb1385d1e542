/** Where times and channels lie on a picture, CSS pixels. */
export interface MarksProjection {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  xFromChannel(channel: number): number
  yFromTime(timeMs: number): number
}

export interface DrawnPoint {
  timeMs: number
  channel: number
}

export interface DrawnMark {
  kind: 'point' | 'box' | 'line'
  points: readonly DrawnPoint[]
  label: string
  colour: string
  isSelected: boolean
}

/** What is drawn over a picture besides its axes. */
export interface DrawnMarks {
  marks: readonly DrawnMark[]
  /** The two cursors, `A` and `B`. */
  cursors: readonly { name: string; at: DrawnPoint }[]
  picks: readonly DrawnPoint[]
  /** Two ends of the line through the picks. */
  fit: readonly [DrawnPoint, DrawnPoint] | null
  draft: { kind: 'box' | 'line'; points: readonly DrawnPoint[] } | null
}

const under = 'rgba(0, 0, 0, 0.7)'
const over = '#ffffff'
const labelGround = 'rgba(10, 13, 18, 0.88)'
const labelText = '#e8edf4'
const pointRadius = 5
const labelHeight = 16

export const nothingDrawn: DrawnMarks = { marks: [], cursors: [], picks: [], fit: null, draft: null }

/**
 * Marks, cursors and picks over a picture. Every line is drawn twice, dark below light, so that it is seen on every colour
 * of every map.
 */
export class MarksLayer {
  version = 0
  private drawn: DrawnMarks = nothingDrawn

  set(drawn: DrawnMarks): void {
    this.drawn = drawn
    this.version++
  }

  draw(context: CanvasRenderingContext2D, projection: MarksProjection): void {
    const { marks, cursors, picks, fit, draft } = this.drawn
    for (const mark of marks) if (this.isInView(mark, projection)) this.drawMark(context, projection, mark)
    if (draft) this.drawShape(context, projection, draft.kind, draft.points, over, 1.5)
    if (fit) this.drawShape(context, projection, 'line', fit, over, 1.5)
    for (const pick of picks) this.drawPick(context, projection, pick)
    for (const cursor of cursors) this.drawCursor(context, projection, cursor)
  }

  private isInView({ points }: DrawnMark, projection: MarksProjection): boolean {
    const { left, top, width, height } = projection
    const xs = points.map(({ channel }) => projection.xFromChannel(channel))
    const ys = points.map(({ timeMs }) => projection.yFromTime(timeMs))
    const near = pointRadius + 2
    return (
      Math.max(...xs) >= left - near &&
      Math.min(...xs) <= left + width + near &&
      Math.max(...ys) >= top - near &&
      Math.min(...ys) <= top + height + near
    )
  }

  private drawMark(context: CanvasRenderingContext2D, projection: MarksProjection, mark: DrawnMark): void {
    const { kind, points, colour, isSelected, label } = mark
    const width = isSelected ? 3 : 2
    if (kind === 'point') this.drawDot(context, projection, points[0]!, colour, isSelected)
    else this.drawShape(context, projection, kind, points, colour, width)
    if (label !== '') this.drawLabel(context, projection, mark)
  }

  private drawDot(
    context: CanvasRenderingContext2D,
    projection: MarksProjection,
    { timeMs, channel }: DrawnPoint,
    colour: string,
    isSelected: boolean
  ): void {
    context.beginPath()
    context.arc(
      projection.xFromChannel(channel),
      projection.yFromTime(timeMs),
      pointRadius + (isSelected ? 2 : 0),
      0,
      2 * Math.PI
    )
    context.fillStyle = colour
    context.fill()
    context.lineWidth = 2
    context.strokeStyle = under
    context.stroke()
  }

  private drawShape(
    context: CanvasRenderingContext2D,
    projection: MarksProjection,
    kind: 'box' | 'line',
    points: readonly DrawnPoint[],
    colour: string,
    width: number
  ): void {
    if (points.length < 2) return
    const places = points.map(({ timeMs, channel }) => [
      projection.xFromChannel(channel),
      projection.yFromTime(timeMs)
    ]) as [number, number][]
    context.beginPath()
    if (kind === 'box') {
      const [[xA, yA], [xB, yB]] = [places[0]!, places.at(-1)!]
      context.rect(Math.min(xA, xB), Math.min(yA, yB), Math.abs(xB - xA), Math.abs(yB - yA))
    } else places.forEach(([x, y], k) => (k === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
    context.lineJoin = 'round'
    context.lineWidth = width + 2
    context.strokeStyle = under
    context.stroke()
    context.lineWidth = width
    context.strokeStyle = colour
    context.stroke()
  }

  private drawPick(context: CanvasRenderingContext2D, projection: MarksProjection, at: DrawnPoint): void {
    const x = projection.xFromChannel(at.channel)
    const y = projection.yFromTime(at.timeMs)
    context.beginPath()
    context.moveTo(x - 5, y)
    context.lineTo(x + 5, y)
    context.moveTo(x, y - 5)
    context.lineTo(x, y + 5)
    context.lineWidth = 4
    context.strokeStyle = under
    context.stroke()
    context.lineWidth = 1.5
    context.strokeStyle = over
    context.stroke()
  }

  private drawCursor(
    context: CanvasRenderingContext2D,
    projection: MarksProjection,
    { name, at }: { name: string; at: DrawnPoint }
  ): void {
    const { left, top, width, height } = projection
    const x = projection.xFromChannel(at.channel)
    const y = projection.yFromTime(at.timeMs)
    for (const [lineWidth, colour] of [
      [3, under],
      [1, over]
    ] as const) {
      context.beginPath()
      context.moveTo(x, top)
      context.lineTo(x, top + height)
      context.moveTo(left, y)
      context.lineTo(left + width, y)
      context.setLineDash(name === 'B' ? [6, 4] : [])
      context.lineWidth = lineWidth
      context.strokeStyle = colour
      context.stroke()
    }
    context.setLineDash([])
    this.drawText(context, projection, x + 4, y - labelHeight - 3, name)
  }

  private drawLabel(
    context: CanvasRenderingContext2D,
    projection: MarksProjection,
    { kind, points, label }: DrawnMark
  ): void {
    const places = points.map(({ channel, timeMs }) => ({
      x: projection.xFromChannel(channel),
      y: projection.yFromTime(timeMs)
    }))
    const y = Math.min(...places.map((place) => place.y))
    // A line may go down to the left: its label stays at its upper end, not at a corner that it does not touch.
    const upper = kind === 'line' ? places.filter((place) => place.y === y) : places
    const x = Math.min(...upper.map((place) => place.x))
    this.drawText(context, projection, x, y - labelHeight - pointRadius, label)
  }

  private drawText(
    context: CanvasRenderingContext2D,
    { left, top, width, height }: MarksProjection,
    x: number,
    y: number,
    text: string
  ): void {
    const textWidth = context.measureText(text).width + 10
    // A label of what lies outside must not stick to the edge.
    if (x > left + width || y > top + height || x + textWidth < left || y + labelHeight < top - labelHeight) return
    const atX = Math.min(Math.max(x, left), left + width - textWidth)
    const atY = Math.max(y, top)
    context.fillStyle = labelGround
    context.fillRect(atX, atY, textWidth, labelHeight)
    context.fillStyle = labelText
    context.textAlign = 'left'
    context.textBaseline = 'middle'
    context.fillText(text, atX + 5, atY + labelHeight / 2 + 0.5)
  }
}
