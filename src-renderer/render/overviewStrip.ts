import { HatchPattern } from '../../src-preload/contract/drawing/hatchPattern.ts'
import type { PictureColours } from '../../src-preload/contract/drawing/pictureView.ts'
import { makeDrawingCanvas } from './makeDrawingCanvas.ts'
import { paintOverview, type OverviewPicture } from './overviewPicture.ts'

export interface StripMark {
  startNs: bigint
  endNs: bigint
  colour: string
  isSelected: boolean
}

export interface StripContent {
  startNs: bigint
  endNs: bigint
  picture: OverviewPicture | null
  /** 256 colours, RGBA bytes. */
  colourMap: Uint8Array
  colours: PictureColours
  marks: readonly StripMark[]
  /** Behind marks, and behind a recording without a picture. */
  ground: string
  plain: string
}

/** Lane of the marks above the picture, CSS pixels. */
const laneHeight = 6
/** Nothing is thinner than this, CSS pixels: gaps and marks must be seen however long the recording is. */
const leastWidth = 3

/** Draws a whole recording as a strip: picture, gaps, marks. What moves over it is not drawn here. */
export class OverviewStrip {
  private readonly hatch = new HatchPattern(makeDrawingCanvas)

  draw(canvas: HTMLCanvasElement, content: StripContent): void {
    const scale = window.devicePixelRatio || 1
    const width = Math.max(1, Math.round(canvas.clientWidth * scale))
    const height = Math.max(1, Math.round(canvas.clientHeight * scale))
    if (canvas.width !== width) canvas.width = width
    if (canvas.height !== height) canvas.height = height
    const context = canvas.getContext('2d')
    if (!context) return
    const lane = Math.round(laneHeight * scale)
    context.fillStyle = content.plain
    context.fillRect(0, 0, width, height)
    context.fillStyle = content.ground
    context.fillRect(0, 0, width, lane)
    const { picture } = content
    const spanNs = Number(content.endNs - content.startNs)
    const place = (startNs: bigint, endNs: bigint, least: number): { x: number; width: number } => {
      const from = (Number(startNs - content.startNs) / spanNs) * width
      const wide = Math.max(least, (Number(endNs - startNs) / spanNs) * width)
      return { x: from - Math.max(0, wide - (Number(endNs - startNs) / spanNs) * width) / 2, width: wide }
    }
    if (picture && height > lane) {
      const at = place(picture.startNs, picture.endNs, 1)
      const pixelsWide = Math.max(1, Math.round(at.width))
      const image = context.createImageData(pixelsWide, height - lane)
      const words = new Uint32Array(image.data.buffer)
      paintOverview(words, pixelsWide, height - lane, picture, content.colourMap, content.colours)
      context.putImageData(image, Math.round(at.x), lane)
      context.fillStyle = this.hatch.styleFor(context, scale) as CanvasPattern
      for (const gap of picture.gaps) {
        const hole = place(gap.startNs, gap.endNs, leastWidth * scale)
        context.fillRect(hole.x, lane, hole.width, height - lane)
      }
    }
    for (const mark of content.marks) {
      const there = place(mark.startNs, mark.endNs, leastWidth * scale)
      context.fillStyle = mark.colour
      context.fillRect(there.x, mark.isSelected ? 0 : scale, there.width, mark.isSelected ? lane : lane - scale)
      // The chosen one reaches down at its ends; what lies between is still to be seen.
      if (mark.isSelected) {
        const line = leastWidth * scale
        context.fillRect(there.x, lane, line, height - lane)
        context.fillRect(there.x + Math.max(0, there.width - line), lane, line, height - lane)
      }
    }
  }
}
