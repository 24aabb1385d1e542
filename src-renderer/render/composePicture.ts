/** Text above a picture that is saved. */
export interface PictureHead {
  title: string
  /** At the right end. */
  note: string
}

const headHeight = 34
const padding = 10

const colourOf = (element: Element, name: string, otherwise: string): string =>
  getComputedStyle(element).getPropertyValue(name).trim() || otherwise

function drawText(context: CanvasRenderingContext2D, element: HTMLElement, origin: DOMRect): void {
  const box = element.getBoundingClientRect()
  const style = getComputedStyle(element)
  const text = element.textContent.trim()
  if (text === '' || box.width === 0 || style.visibility === 'hidden') return
  const at = { x: box.left - origin.left, y: box.top - origin.top }
  if (style.backgroundColor !== 'rgba(0, 0, 0, 0)') {
    context.fillStyle = style.backgroundColor
    context.fillRect(at.x, at.y, box.width, box.height)
  }
  context.fillStyle = style.color
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
  context.textBaseline = 'middle'
  context.fillText(text, at.x + parseFloat(style.paddingLeft), at.y + box.height / 2, box.width)
}

/**
 * Canvases in the order in which they lie over each other, without those that only serve to move about
 * (`data-not-in-picture`), then the words that say so with `data-in-picture`.
 */
function drawContent(context: CanvasRenderingContext2D, element: Element): void {
  const origin = element.getBoundingClientRect()
  for (const canvas of element.querySelectorAll<HTMLCanvasElement>('canvas:not([data-not-in-picture])')) {
    const box = canvas.getBoundingClientRect()
    if (box.width === 0 || canvas.width === 0 || getComputedStyle(canvas).visibility === 'hidden') continue
    context.drawImage(canvas, box.left - origin.left, box.top - origin.top, box.width, box.height)
  }
  for (const words of element.querySelectorAll<HTMLElement>('[data-in-picture]')) drawText(context, words, origin)
}

/**
 * One picture of what is drawn in an element: every canvas where it is on the screen, at the screen's own resolution, below
 * a line with a title. Must run in the animation frame in which WebGL was drawn: its pixels are gone afterwards.
 */
export function composePicture(element: Element, head: PictureHead): HTMLCanvasElement {
  const box = element.getBoundingClientRect()
  const scale = window.devicePixelRatio || 1
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(box.width * scale))
  canvas.height = Math.max(1, Math.round((box.height + headHeight) * scale))
  const context = canvas.getContext('2d')
  if (!context) return canvas
  const root = document.documentElement
  context.scale(scale, scale)
  context.fillStyle = colourOf(root, '--panel', '#10141b')
  context.fillRect(0, 0, box.width, box.height + headHeight)
  const family = getComputedStyle(document.body).fontFamily
  context.textBaseline = 'middle'
  context.fillStyle = colourOf(root, '--text-2', '#a3aebd')
  context.font = `12px ${family}`
  context.textAlign = 'right'
  context.fillText(head.note, box.width - padding, headHeight / 2)
  const noteWidth = context.measureText(head.note).width
  context.textAlign = 'left'
  context.fillStyle = colourOf(root, '--text-1', '#e8edf4')
  context.font = `600 13px ${family}`
  context.fillText(head.title, padding, headHeight / 2, Math.max(40, box.width - noteWidth - 3 * padding))
  context.translate(0, headHeight)
  drawContent(context, element)
  return canvas
}

export const pngOf = (canvas: HTMLCanvasElement): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
