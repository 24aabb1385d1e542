import { Canvas2dSurface } from './canvas2dSurface.ts'
import type { PictureSurface } from './pictureSurface.ts'
import type { RendererChoice } from './rendererChoice.ts'
import { SurfaceHost, type SurfaceEvent, type SurfaceMakers } from './surfaceHost.ts'
import { WebGl2Surface } from './webgl2Surface.ts'

export type { SurfaceEvent } from './surfaceHost.ts'

/** Texture size assumed where there is no texture. */
const canvas2dSlotsMost = 8192

const makers: SurfaceMakers<PictureSurface> = {
  webgl2: (canvas, isWanted) => WebGl2Surface.create(canvas, isWanted),
  canvas2d: (canvas) => new Canvas2dSurface(canvas),
  testId: 'waterfall-canvas'
}

/** The canvas of a waterfall and what draws on it. */
export class PictureHost extends SurfaceHost<PictureSurface> {
  constructor(parent: HTMLElement, choice: RendererChoice, listener: (event: SurfaceEvent) => void) {
    super(parent, choice, makers, listener)
  }

  get slotsMost(): number {
    return this.maxTextureSize ?? canvas2dSlotsMost
  }
}
