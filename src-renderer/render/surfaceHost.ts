import { isSoftwareRenderer, type RendererChoice } from './rendererChoice.ts'

export type SurfaceEvent = 'lost' | 'restored' | 'replaced'

/** What draws on a canvas and owns what it allocates there. */
export interface HostedSurface {
  readonly kind: 'webgl2' | 'canvas2d'
  dispose(): void
}

export interface HostedWebGl {
  readonly maxTextureSize: number
  /** The context is gone: names of its resources mean nothing any more. */
  forget(): void
  /** Makes everything anew. */
  restore(): void
}

export interface SurfaceMakers<Surface extends HostedSurface> {
  /** Null where the browser has no WebGL2, or none that is wanted. */
  webgl2(canvas: HTMLCanvasElement, isWanted: (gl: WebGL2RenderingContext) => boolean): (Surface & HostedWebGl) | null
  canvas2d(canvas: HTMLCanvasElement): Surface
  /** `data-testid` of the canvas. */
  testId: string
}

/** How long a lost context may stay away before the picture is drawn without WebGL, milliseconds. */
const restoreWithinMs = 5000

const isFast = (gl: WebGL2RenderingContext): boolean => !isSoftwareRenderer(gl)

/**
 * Owns a canvas and what draws on it: WebGL2 where a graphics processor is behind it, else Canvas 2D. A lost context is
 * restored, or replaced by Canvas 2D when it does not come back; the listener hears of both and hands over what is drawn again.
 */
export class SurfaceHost<Surface extends HostedSurface> {
  canvas: HTMLCanvasElement
  surface: Surface
  protected webgl: (Surface & HostedWebGl) | null = null
  private readonly parent: HTMLElement
  private readonly makers: SurfaceMakers<Surface>
  private readonly listener: (event: SurfaceEvent) => void
  private timer = 0

  constructor(
    parent: HTMLElement,
    choice: RendererChoice,
    makers: SurfaceMakers<Surface>,
    listener: (event: SurfaceEvent) => void
  ) {
    this.parent = parent
    this.makers = makers
    this.listener = listener
    this.canvas = this.addCanvas()
    this.webgl = choice === 'canvas2d' ? null : this.tryWebGl(choice)
    this.surface = this.webgl ?? makers.canvas2d(this.canvas)
    this.watch()
  }

  /** Largest texture there is; null where nothing is drawn from textures. */
  get maxTextureSize(): number | null {
    return this.webgl?.maxTextureSize ?? null
  }

  dispose(): void {
    window.clearTimeout(this.timer)
    this.unwatch()
    this.surface.dispose()
    this.canvas.remove()
  }

  private tryWebGl(choice: RendererChoice): (Surface & HostedWebGl) | null {
    try {
      const surface = this.makers.webgl2(this.canvas, choice === 'webgl2' ? () => true : isFast)
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
    canvas.dataset.testid = this.makers.testId
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
    this.surface = this.makers.canvas2d(this.canvas)
    this.watch()
    this.listener('replaced')
  }
}
