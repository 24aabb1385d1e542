import type { PictureColours } from '../../src-preload/contract/drawing/pictureView.ts'
import type { SpectraPlane } from './spectraPlane.ts'
import { SpectraCanvasSurface } from './spectraCanvasSurface.ts'
import { SpectraWebGlSurface } from './spectraWebGlSurface.ts'
import type { HostedSurface, SurfaceMakers } from './surfaceHost.ts'

/** Where a picture of the plane stands on the canvas, device pixels from the canvas's top left corner. */
export interface PicturePlace {
  left: number
  top: number
}

/** What is drawn: picture k of the plane at `places[k]`. */
export interface SpectraView {
  width: number
  height: number
  places: readonly PicturePlace[]
  pixelAtLeft: number
  lowDb: number
  highDb: number
}

/** Colours a plane. */
export interface SpectraSurface extends HostedSurface {
  /** False while the context is lost: nothing can be drawn. */
  readonly isUsable: boolean
  setColourMap(rgba: Uint8Array): void
  setColours(colours: PictureColours): void
  /** Uploads what changed of the plane and draws all pictures. */
  draw(plane: SpectraPlane, view: SpectraView): void
}

export const spectraSurfaceMakers: SurfaceMakers<SpectraSurface> = {
  webgl2: (canvas, isWanted) => SpectraWebGlSurface.create(canvas, isWanted),
  canvas2d: (canvas) => new SpectraCanvasSurface(canvas),
  testId: 'spectra-canvas'
}
