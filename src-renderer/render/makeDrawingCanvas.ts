import type { DrawingCanvas } from '../../src-preload/contract/drawing/drawingContext.ts'

/** A canvas of the browser for the drawing code; not in the page. */
export function makeDrawingCanvas(width: number, height: number): DrawingCanvas | null {
  const image = document.createElement('canvas')
  image.width = width
  image.height = height
  const context = image.getContext('2d')
  return context ? { image, context } : null
}
