import type { TileGeometry } from '../../src-preload/contract/drawing/tileGeometry.ts'
import type { TileTheme } from '../../src-preload/contract/drawing/tileTheme.ts'

/**
 * A picture with its axes and colour bar on one canvas, as it is on the screen. `draw` puts the picture on its canvas once
 * more: a graphics processor throws its own away after it was shown.
 */
export function snapshotOf(
  geometry: TileGeometry,
  theme: TileTheme,
  overlay: HTMLCanvasElement,
  picture: HTMLCanvasElement,
  draw: () => void
): HTMLCanvasElement | null {
  const canvas = document.createElement('canvas')
  canvas.width = geometry.width
  canvas.height = geometry.height
  const context = canvas.getContext('2d')
  if (!context) return null
  context.fillStyle = theme.ground
  context.fillRect(0, 0, canvas.width, canvas.height)
  draw()
  context.drawImage(picture, geometry.left, geometry.top)
  context.drawImage(overlay, 0, 0)
  return canvas
}
