import { basename } from 'node:path'
import { interpolateViridis } from 'd3-scale-chromatic'
import { isoFromNanoseconds } from '../../../../src-preload/contract/units.ts'
import type { ExportContent } from '../exportContent.ts'
import { ink, paintChannelAxis, paintTimeAxis } from './pictureAxes.ts'
import { type Colour, fittingText, PictureCanvas, textHeight, textWidth } from './pictureCanvas.ts'
import type { PictureLevels } from './pictureCells.ts'
import { largestSide, margins, type PictureLayout } from './pictureLayout.ts'
import { durationText, multiples, niceStep, numberText } from './pictureTicks.ts'

const ground = 0xffffff
/** As the program's pictures have them: not in the colour map, so that nothing is taken for a level. */
export const invalidDark = 0x4a4f57
export const invalidLight = 0x9aa1ab
export const gapDark = 0x171c25
export const gapLight = 0x39424f
const gapText = 0xe8edf4

const mapEntries = 256
const barLeft = 24
const barWidth = 20
/** A bar beside a small picture is still one to read. */
const leastBarHeight = 160

/** The program's first colour map, low levels first. */
export const viridis: readonly Colour[] = Array.from({ length: mapEntries }, (_, index) =>
  Number.parseInt(interpolateViridis(index / (mapEntries - 1)).slice(1), 16)
)

const hatched = (x: number, y: number): Colour => ((x + y) % 10 < 5 ? gapDark : gapLight)
const chequered = (x: number, y: number): Colour => (((x >> 2) + (y >> 2)) % 2 === 0 ? invalidDark : invalidLight)

/** Colour of a level, dB; a power of zero has the lowest one. */
export function colourOfLevel(levelDb: number, levels: PictureLevels | null): Colour {
  if (levels === null) return viridis[0]!
  const share = (levelDb - levels.lowDb) / (levels.highDb - levels.lowDb)
  return viridis[Math.max(0, Math.min(mapEntries - 1, Math.floor(share * mapEntries)))]!
}

function paintCells(
  canvas: PictureCanvas,
  layout: PictureLayout,
  cells: Float32Array,
  levels: PictureLevels | null
): void {
  const { left, top } = margins
  for (const stretch of layout.stretches) {
    if (stretch.kind === 'gap') {
      canvas.fill(left, top + stretch.line, layout.columns, stretch.lines, hatched)
      const text = `no data, ${durationText(stretch.durationNs)}`
      const width = textWidth(text)
      if (stretch.lines < textHeight + 4 || width + 16 > layout.columns) continue
      const x = left + ((layout.columns - width) >> 1)
      const y = top + stretch.line + ((stretch.lines - textHeight) >> 1)
      canvas.fill(x - 8, y - 2, width + 16, textHeight + 4, gapDark)
      canvas.text(text, x, y, gapText)
      continue
    }
    canvas.fill(left, top + stretch.line, layout.columns, stretch.lines, (x, y) => {
      const levelDb = cells[(y - top) * layout.columns + x - left]!
      return Number.isNaN(levelDb) ? chequered(x, y) : colourOfLevel(levelDb, levels)
    })
  }
  canvas.frame(left, top, layout.columns, layout.lines, ink)
}

function paintBar(
  canvas: PictureCanvas,
  content: ExportContent,
  layout: PictureLayout,
  levels: PictureLevels | null
): void {
  const { top } = margins
  const left = margins.left + layout.columns + barLeft
  const height = Math.max(layout.lines, leastBarHeight)
  const caption = levels === null ? 'no level' : `dB re ${content.unit ?? '1'}`
  const room = canvas.width - left
  canvas.text(fittingText(caption, room), left, top - textHeight - 14, ink)
  if (levels === null) return
  const { lowDb, highDb } = levels
  canvas.fill(left, top, barWidth, height, (_, y) => {
    const share = 1 - (y - top + 0.5) / height
    return colourOfLevel(lowDb + share * (highDb - lowDb), levels)
  })
  canvas.frame(left, top, barWidth, height, ink)
  const step = niceStep((highDb - lowDb) / Math.max(2, Math.floor(height / 80)))
  for (const tick of multiples(lowDb, highDb, step)) {
    const y = top + Math.round((1 - (tick - lowDb) / (highDb - lowDb)) * (height - 1))
    canvas.fill(left + barWidth + 1, y, 6, 1, ink)
    const text = fittingText(numberText(tick, step), room - barWidth - 14)
    canvas.text(text, left + barWidth + 12, y - (textHeight >> 1), ink)
  }
}

function title(content: ExportContent): string {
  const { source, bands } = content
  const parts = [
    basename(source.file),
    content.hasStartTime ? isoFromNanoseconds(content.startTimeNs).replace(/\.?0*Z$/, 'Z') : null,
    content.quantity,
    bands.length > 0 ? `${numberText(bands[0]!.lowHz, 0.1)}–${numberText(bands[0]!.highHz, 0.1)} Hz` : null
  ]
  return parts.filter((part) => part !== null && part !== '').join('  ')
}

/** Paints the cells with their axes and a colour bar. `levels` null: no cell has a level. */
export function paintPicture(
  content: ExportContent,
  layout: PictureLayout,
  cells: Float32Array,
  levels: PictureLevels | null
): PictureCanvas {
  const { left, top, right, bottom } = margins
  const words = title(content)
  const width = Math.min(largestSide, Math.max(left + layout.columns + right, textWidth(words) + 16))
  const height = top + Math.max(layout.lines, leastBarHeight) + bottom
  const canvas = new PictureCanvas(width, height, ground)
  canvas.text(fittingText(words, width - 16), 8, 8, ink)
  paintCells(canvas, layout, cells, levels)
  paintChannelAxis(canvas, content, layout)
  paintTimeAxis(canvas, content, layout)
  paintBar(canvas, content, layout, levels)
  return canvas
}
