import type {
  Cross,
  DrawnCursor,
  DrawnPoint,
  DrawnShape,
  Figure,
  MarksArea,
  MarksProjection
} from './marksProjection.ts'

export interface DrawnMark extends DrawnShape {
  label: string
  colour: string
  isSelected: boolean
}

/** What is drawn over a picture besides its axes. */
export interface DrawnMarks {
  marks: readonly DrawnMark[]
  /** The two cursors, `A` and `B`. */
  cursors: readonly DrawnCursor[]
  picks: readonly DrawnPoint[]
  /** Two ends of the line through the picks. */
  fit: readonly [DrawnPoint, DrawnPoint] | null
  draft: DrawnShape | null
}

const under = 'rgba(0, 0, 0, 0.7)'
const over = '#ffffff'
const labelGround = 'rgba(10, 13, 18, 0.88)'
const labelText = '#e8edf4'
const pointRadius = 5
const labelHeight = 16

export const nothingDrawn: DrawnMarks = { marks: [], cursors: [], picks: [], fit: null, draft: null }

/**
 * Marks, cursors and picks over a pane. Every line is drawn twice, dark below light, so that it is seen on every colour
 * of every map, and on the grounds of charts. The same layer lies over all panes of a tile.
 */
export class MarksLayer {
  version = 0
  private drawn: DrawnMarks = nothingDrawn

  set(drawn: DrawnMarks): void {
    this.drawn = drawn
    this.version++
  }

  /** Nothing would be drawn, wherever. */
  get isEmpty(): boolean {
    const { marks, cursors, picks, fit, draft } = this.drawn
    return marks.length + cursors.length + picks.length === 0 && !fit && !draft
  }

  draw(context: CanvasRenderingContext2D, projection: MarksProjection): void {
    const { marks, cursors, picks, fit, draft } = this.drawn
    for (const mark of marks) this.drawMark(context, projection, mark)
    for (const shape of [draft, fit && { kind: 'line' as const, points: fit, band: null }]) {
      if (!shape) continue
      for (const figure of projection.figures(shape))
        within(context, figure.area, () => drawLine(context, figure, over, 1.5))
    }
    for (const pick of picks) {
      for (const figure of projection.figures({ kind: 'point', points: [pick], band: null })) drawPick(context, figure)
    }
    for (const cursor of cursors) {
      for (const cross of projection.crosses(cursor)) {
        within(context, cross.area, () => drawCross(context, cross, cursor.name))
      }
    }
  }

  private drawMark(context: CanvasRenderingContext2D, projection: MarksProjection, mark: DrawnMark): void {
    const { colour, isSelected } = mark
    // Once a pane, however many of its pictures show the mark.
    let label = mark.label
    for (const figure of projection.figures(mark)) {
      if (!isInView(figure)) continue
      within(context, figure.area, () => {
        if (figure.kind === 'dot') drawDot(context, figure, colour, isSelected)
        else drawLine(context, figure, colour, isSelected ? 3 : 2)
        if (label !== '') drawLabel(context, figure, label)
      })
      label = ''
    }
  }
}

/** A picture of a pane keeps what is drawn in it. */
function within(context: CanvasRenderingContext2D, { left, top, width, height }: MarksArea, draw: () => void): void {
  context.save()
  context.beginPath()
  context.rect(left, top, width, height)
  context.clip()
  draw()
  context.restore()
}

function extentOf(figure: Figure): { left: number; top: number; right: number; bottom: number } {
  if (figure.kind === 'box') return figure
  if (figure.kind === 'dot') return { left: figure.x, top: figure.y, right: figure.x, bottom: figure.y }
  const xs = figure.places.map(([x]) => x)
  const ys = figure.places.map(([, y]) => y)
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) }
}

function isInView(figure: Figure): boolean {
  const { left, top, width, height } = figure.area
  const extent = extentOf(figure)
  const near = pointRadius + 2
  return (
    extent.right >= left - near &&
    extent.left <= left + width + near &&
    extent.bottom >= top - near &&
    extent.top <= top + height + near
  )
}

function strokeTwice(context: CanvasRenderingContext2D, colour: string, width: number): void {
  context.lineWidth = width + 2
  context.strokeStyle = under
  context.stroke()
  context.lineWidth = width
  context.strokeStyle = colour
  context.stroke()
}

function drawDot(
  context: CanvasRenderingContext2D,
  { x, y }: { x: number; y: number },
  colour: string,
  isSelected: boolean
): void {
  context.beginPath()
  context.arc(x, y, pointRadius + (isSelected ? 2 : 0), 0, 2 * Math.PI)
  context.fillStyle = colour
  context.fill()
  context.lineWidth = 2
  context.strokeStyle = under
  context.stroke()
}

function drawLine(context: CanvasRenderingContext2D, figure: Figure, colour: string, width: number): void {
  context.beginPath()
  if (figure.kind === 'box') {
    const { left, top, right, bottom } = figure
    context.rect(left, top, right - left, bottom - top)
  } else if (figure.kind === 'path') {
    figure.places.forEach(([x, y], index) => (index === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
  }
  context.lineJoin = 'round'
  strokeTwice(context, colour, width)
}

function drawPick(context: CanvasRenderingContext2D, figure: Figure): void {
  if (figure.kind !== 'dot') return
  const { x, y } = figure
  context.beginPath()
  context.moveTo(x - 5, y)
  context.lineTo(x + 5, y)
  context.moveTo(x, y - 5)
  context.lineTo(x, y + 5)
  strokeTwice(context, over, 1.5)
}

function drawCross(context: CanvasRenderingContext2D, { area, x, y, isNamed }: Cross, name: string): void {
  const { left, top, width, height } = area
  context.beginPath()
  if (x !== null) {
    context.moveTo(x, top)
    context.lineTo(x, top + height)
  }
  if (y !== null) {
    context.moveTo(left, y)
    context.lineTo(left + width, y)
  }
  context.setLineDash(name === 'B' ? [6, 4] : [])
  strokeTwice(context, over, 1)
  context.setLineDash([])
  if (!isNamed) return
  // On both sides of their lines, so that two cursors at one time can be told apart.
  const beside = name === 'A' && x !== null ? -4 - textWidthOf(context, name) : 4
  drawText(context, area, (x ?? left) + beside, y === null ? top + 3 : y - labelHeight - 3, name)
}

function drawLabel(context: CanvasRenderingContext2D, figure: Figure, label: string): void {
  const { left, top } = extentOf(figure)
  // A line may go down to the left: its label stays at its upper end, not at a corner that it does not touch.
  const x = figure.kind === 'path' ? Math.min(...figure.places.filter(([, y]) => y === top).map(([at]) => at)) : left
  drawText(context, figure.area, x, top - labelHeight - pointRadius, label)
}

const textWidthOf = (context: CanvasRenderingContext2D, text: string): number => context.measureText(text).width + 10

function drawText(
  context: CanvasRenderingContext2D,
  { left, top, width, height }: MarksArea,
  x: number,
  y: number,
  text: string
): void {
  const textWidth = textWidthOf(context, text)
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
