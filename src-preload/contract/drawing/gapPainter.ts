import type { DrawingContext, MakeDrawingCanvas } from './drawingContext.ts'
import { HatchPattern } from './hatchPattern.ts'
import { pixelFromSlot, type PictureView } from './pictureView.ts'
import type { TileGeometry } from './tileGeometry.ts'
import type { TileTheme } from './tileTheme.ts'

export interface PictureGap {
  firstRow: number
  rowCount: number
  missingMs: number
  reason: string
  /** Ready for drawing: `gap 1.8 s · backend restarted`. */
  label: string
}

const labelText = '#e8edf4'
const labelGround = 'rgba(10, 13, 18, 0.88)'
/** A gap is never thinner than this, CSS pixels: it must be seen however far the picture is zoomed out. */
const thinnest = 3
const labelHeight = 16

/** Paints gaps over the picture: hatched bands with what is missing and why. The same in both themes, as the picture is. */
export class GapPainter {
  private readonly context: DrawingContext
  private readonly hatch: HatchPattern

  constructor(context: DrawingContext, makeCanvas: MakeDrawingCanvas) {
    this.context = context
    this.hatch = new HatchPattern(makeCanvas)
  }

  paint(
    gaps: readonly PictureGap[],
    rowsPerSlot: number,
    view: PictureView,
    geometry: TileGeometry,
    theme: TileTheme
  ): void {
    if (gaps.length === 0) return
    const { context } = this
    const { scale, left, top } = geometry
    context.save()
    context.beginPath()
    context.rect(left, top, view.width, view.height)
    context.clip()
    context.font = `${11 * scale}px ${theme.fontFamily}`
    context.textBaseline = 'middle'
    context.textAlign = 'center'
    context.fillStyle = this.hatch.styleFor(context, scale)
    for (const gap of gaps) {
      const middle = this.middleOf(gap, rowsPerSlot, view)
      const height = this.heightOf(gap, rowsPerSlot, view, scale)
      if (middle + height / 2 < 0 || middle - height / 2 > view.height) continue
      context.fillRect(left, Math.round(top + middle - height / 2), view.width, Math.round(height))
    }
    const half = (labelHeight / 2) * scale
    let previousY = -Infinity
    for (const gap of gaps) {
      const middle = this.middleOf(gap, rowsPerSlot, view)
      const height = this.heightOf(gap, rowsPerSlot, view, scale)
      if (middle + height / 2 < 0 || middle - height / 2 > view.height) continue
      const y = top + Math.min(Math.max(middle, half), view.height - half)
      if (Math.abs(y - previousY) < labelHeight * scale) continue
      this.label(gap.label, left + view.width / 2, Math.round(y), scale)
      previousY = y
    }
    context.restore()
  }

  private middleOf(gap: PictureGap, rowsPerSlot: number, view: PictureView): number {
    return pixelFromSlot(view, (gap.firstRow + gap.rowCount / 2) / rowsPerSlot)
  }

  private heightOf(gap: PictureGap, rowsPerSlot: number, view: PictureView, scale: number): number {
    return Math.max(gap.rowCount / rowsPerSlot / Math.abs(view.slotsPerPixel), thinnest * scale)
  }

  private label(text: string, x: number, y: number, scale: number): void {
    const { context } = this
    const width = Math.ceil(context.measureText(text).width + 16 * scale)
    const height = Math.round(labelHeight * scale)
    context.fillStyle = labelGround
    context.fillRect(Math.round(x - width / 2), Math.round(y - height / 2), width, height)
    context.fillStyle = labelText
    context.fillText(text, x, y)
  }
}
