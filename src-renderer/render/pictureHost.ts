import { Canvas2dSurface } from './canvas2dSurface.ts'
import type { PictureSurface } from './pictureSurface.ts'
import { isSoftwareRenderer, type RendererChoice } from './rendererChoice.ts'
import { WebGl2Surface } from './webgl2Surface.ts'

export type SurfaceEvent = 'lost' | 'restored' | 'replaced'

/** How long a lost context may stay away before the picture is drawn without WebGL, milliseconds. */
const restoreWithinMs = 5000
/** Texture size assumed where there is no texture. */
const canvas2dSlotsMost = 8192

const isFast = (gl: WebGL2RenderingContext): boolean => !isSoftwareRenderer(gl)

/**
 * Owns the canvas of a picture and what draws on it: WebGL2 where a graphics processor is behind it, else Canvas 2D. A lost context is restored,
 * or replaced by Canvas 2D when it does not come back; the listener hears of both and hands over ring and colours again.
 */
export class PictureHost {
  canvas: HTMLCanvasElement
  surface: PictureSurface
  private readonly parent: HTMLElement
  private readonly listener: (event: SurfaceEvent) => void
  private webgl: WebGl2Surface | null = null
  private timer = 0

  constructor(parent: HTMLElement, choice: RendererChoice, listener: (event: SurfaceEvent) => void) {
    this.parent = parent
    this.listener = listener
    this.canvas = this.addCanvas()
    this.webgl = choice === 'canvas2d' ? null : this.tryWebGl(choice)
    this.surface = this.webgl ?? new Canvas2dSurface(this.canvas)
    this.watch()
  }

  get slotsMost(): number {
    return this.webgl?.maxTextureSize ?? canvas2dSlotsMost
  }

  dispose(): void {
    window.clearTimeout(this.timer)
    this.unwatch()
    this.surface.dispose()
    this.canvas.remove()
  }

  private tryWebGl(choice: RendererChoice): WebGl2Surface | null {
    try {
      const surface = WebGl2Surface.create(this.canvas, choice === 'webgl2' ? () => true : isFast)
      if (surface) return surface
    } catch {
      // A driver that refuses the shader: a canvas keeps its first kind of context, so another one is needed.
    }
    this.canvas.remove()
    this.canvas = this.addCanvas()
    return null
  }

  private addCanvas(): HTMLCanvasElement {
    const canvas = document.createElement('canvas')
    canvas.className = 'waterfall-picture'
    canvas.dataset.testid = 'waterfall-canvas'
    this.parent.prepend(canvas)
    return canvas
  }

  private watch(): void {
    this.canvas.addEventListener('webglcontextlost', this.contextLost)
    this.canvas.addEventListener('webglcontextrestored', this.contextRestored)
  }

  private unwatch(): void {
    this.canvas.removeEventListener('webglcontextlost', this.contextLost)
    this.canvas.removeEventListener('webglcontextrestored', this.contextRestored)
  }

  private readonly contextLost = (event: Event): void => {
    event.preventDefault()
    this.webgl?.forget()
    this.listener('lost')
    this.timer = window.setTimeout(this.replace, restoreWithinMs)
  }

  private readonly contextRestored = (): void => {
    window.clearTimeout(this.timer)
    this.webgl?.restore()
    this.listener('restored')
  }

  private readonly replace = (): void => {
    this.unwatch()
    this.surface.dispose()
    this.webgl = null
    const previous = this.canvas
    this.canvas = this.addCanvas()
    this.canvas.width = previous.width
    this.canvas.height = previous.height
    this.canvas.style.cssText = previous.style.cssText
    previous.remove()
    this.surface = new Canvas2dSurface(this.canvas)
    this.watch()
    this.listener('replaced')
  }
}
