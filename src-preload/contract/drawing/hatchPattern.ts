import type { DrawingContext, MakeDrawingCanvas } from './drawingContext.ts'

const dark = '#171c25'
const light = '#39424f'

/** The hatching of what was never there, made once for a scale. The same in both themes, as pictures are. */
export class HatchPattern {
  private readonly makeCanvas: MakeDrawingCanvas
  private pattern: object | null = null
  private scale = 0

  constructor(makeCanvas: MakeDrawingCanvas) {
    this.makeCanvas = makeCanvas
  }

  /** For `fillStyle` of this context. */
  styleFor(target: DrawingContext, scale: number): object | string {
    if (this.pattern && this.scale === scale) return this.pattern
    const size = Math.round(10 * scale)
    const canvas = this.makeCanvas(size, size)
    if (!canvas) return dark
    const { context } = canvas
    context.fillStyle = dark
    context.fillRect(0, 0, size, size)
    context.fillStyle = light
    // Two halves of one diagonal stripe, so that the tiles join.
    context.beginPath()
    context.moveTo(0, size)
    context.lineTo(0, size / 2)
    context.lineTo(size / 2, 0)
    context.lineTo(size, 0)
    context.closePath()
    context.moveTo(size, size)
    context.lineTo(size / 2, size)
    context.lineTo(size, size / 2)
    context.fill()
    this.pattern = target.createPattern(canvas.image, 'repeat')
    this.scale = scale
    return this.pattern ?? dark
  }
}
