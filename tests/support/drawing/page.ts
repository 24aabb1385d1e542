import { ColourBarPainter } from '../../../src-preload/contract/drawing/colourBarPainter.ts'
import { colourMapFromName } from '../../../src-preload/contract/drawing/colourMaps.ts'
import { TileGeometry } from '../../../src-preload/contract/drawing/tileGeometry.ts'
import { Canvas2dSurface } from '../../../src-renderer/render/canvas2dSurface.ts'
import { makeDrawingCanvas } from '../../../src-renderer/render/makeDrawingCanvas.ts'
import { PictureBands } from '../../../src-renderer/render/pictureBands.ts'
import { RowRing } from '../../../src-renderer/render/rowRing.ts'
import { isInvalid, isMissing } from '../../../src-preload/contract/drawing/cellValues.ts'
import { colourMapName, columns, rows, theme, valueAt, views } from './field.ts'

/** What the window's own Canvas 2D draws of the known field. */
declare global {
  interface Window {
    drawn?: { pixels: number[][]; bar: number[] }
  }
}

const map = colourMapFromName(colourMapName)
const ring = new RowRing({ columns, capacity: rows, rowsPerSlot: 1 })
for (let row = 0; row < rows; row++) {
  const values = Float32Array.from({ length: columns }, (_, column) => {
    const value = valueAt(row, column)
    return isInvalid(value) ? NaN : value
  })
  if (!isMissing(values[0]!)) ring.writeRow(row, values, 0)
}

const bytesOf = (canvas: HTMLCanvasElement): number[] => [
  ...canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data
]

const pixels = views.map((view) => {
  const canvas = document.createElement('canvas')
  canvas.width = view.width
  canvas.height = view.height
  const surface = new Canvas2dSurface(canvas)
  surface.setColourMap(map.rgba)
  surface.setColours(theme.picture)
  const bands = new PictureBands()
  bands.arrange(view, [ring])
  surface.draw(view, bands)
  return bytesOf(canvas)
})

const canvas = document.createElement('canvas')
canvas.width = 400
canvas.height = 300
const geometry = new TileGeometry()
geometry.resize(400, 300, 1)
const bar = new ColourBarPainter(canvas.getContext('2d')!, makeDrawingCanvas)
bar.setColourMap(map)
bar.paint(-85, -30, 'dB', geometry, theme)
window.drawn = { pixels, bar: bytesOf(canvas) }
