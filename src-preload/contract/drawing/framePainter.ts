import type { CellSource } from './cellPainter.ts'
import { CellPainter } from './cellPainter.ts'
import type { ColourMap } from './colourMaps.ts'
import type { DrawingContext, MakeDrawingCanvas } from './drawingContext.ts'
import type { PictureView } from './pictureView.ts'
import type { TileGeometry } from './tileGeometry.ts'
import type { TileTheme } from './tileTheme.ts'

/** Height of the line that says what a picture shows, CSS pixels. */
export const titleHeight = 30

/** Ground and title of a picture that stands alone; what follows is drawn below the title. */
export function paintTitle(
  context: DrawingContext,
  title: { name: string; details: string },
  size: { width: number; height: number; scale: number },
  theme: TileTheme
): void {
  const { width, height, scale } = size
  context.fillStyle = theme.ground
  context.fillRect(0, 0, width, height)
  const margin = 12 * scale
  const y = Math.round((titleHeight * scale) / 2) + 1
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  context.font = `600 ${13 * scale}px ${theme.fontFamily}`
  context.fillStyle = theme.textStrong
  const name = fitted(context, title.name, (width - 2 * margin) * 0.6)
  context.fillText(name, margin, y)
  const nameEnd = margin + context.measureText(name).width + margin
  context.font = `${12 * scale}px ${theme.fontFamily}`
  context.fillStyle = theme.text
  context.fillText(fitted(context, title.details, width - margin - nameEnd), nameEnd, y)
}

/** As much of a text as there is room for. */
export function fitted(context: DrawingContext, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text
  let characters = [...text]
  while (characters.length > 0 && context.measureText(`${characters.join('')}…`).width > room)
    characters = characters.slice(0, Math.min(characters.length - 1, Math.floor(characters.length * 0.95)))
  return characters.length === 0 ? '' : `${characters.join('')}…`
}

/** Paints cells where the geometry has the picture. */
export function paintCells(
  context: DrawingContext,
  makeCanvas: MakeDrawingCanvas,
  cells: { source: CellSource; view: PictureView; map: ColourMap },
  geometry: TileGeometry,
  theme: TileTheme
): void {
  const { source, view, map } = cells
  const canvas = makeCanvas(view.width, view.height)
  if (!canvas) return
  const painter = new CellPainter()
  painter.setColourMap(map.rgba)
  painter.setColours(theme.picture)
  const image = canvas.context.createImageData(view.width, view.height)
  const pixels = new Uint32Array(image.data.buffer, image.data.byteOffset, view.width * view.height)
  painter.paintLines(pixels, source, view, { first: 0, end: view.height })
  canvas.context.putImageData(image, 0, 0)
  context.imageSmoothingEnabled = false
  context.drawImage(canvas.image, geometry.left, geometry.top, view.width, view.height)
  context.imageSmoothingEnabled = true
}
