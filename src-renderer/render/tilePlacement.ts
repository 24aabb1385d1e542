import type { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'

/** Lays the canvas of a picture where the geometry has it. */
export function placeCanvas(
  canvas: HTMLCanvasElement,
  geometry: Pick<TileGeometry, 'scale' | 'left' | 'top' | 'pictureWidth' | 'pictureHeight'>
): void {
  const { scale, left, top, pictureWidth, pictureHeight } = geometry
  // Setting a size clears the canvas, also where it is the same.
  if (canvas.width !== pictureWidth) canvas.width = pictureWidth
  if (canvas.height !== pictureHeight) canvas.height = pictureHeight
  const { style } = canvas
  style.left = `${left / scale}px`
  style.top = `${top / scale}px`
  style.width = `${pictureWidth / scale}px`
  style.height = `${pictureHeight / scale}px`
}

/** Tells when the window's scale changes (zoom, another screen); the returned function stops it. */
export function watchScale(changed: () => void): () => void {
  let query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`)
  const told = (): void => {
    query.removeEventListener('change', told)
    query = window.matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`)
    query.addEventListener('change', told)
    changed()
  }
  query.addEventListener('change', told)
  return () => query.removeEventListener('change', told)
}
