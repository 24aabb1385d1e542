import type { FrameScheduler } from './frameScheduler.ts'
import type { RendererChoice } from './rendererChoice.ts'
import type { SpectraReading } from './spectraReading.ts'
import type { SpectraTileModel, TileLayer } from './spectraTileModel.ts'
import type { SurfaceEvent } from './surfaceHost.ts'

/** What the tile around spectrograms shows of them; sent when it changes, at most four times a second. */
export interface SpectraStatus {
  areLevelsAutomatic: boolean
  lowDb: number
  highDb: number
  lowHz: number
  highHz: number
  /** Of the transform, all of them. */
  frequencies: { lowHz: number; highHz: number } | null
  rowsPerPixel: number
  binsPerPixel: number
  renderer: 'webgl2' | 'canvas2d'
  /** Pictures that fit. */
  fits: number
  isLoading: boolean
}

export interface SpectraOptions {
  scheduler: FrameScheduler
  renderer: RendererChoice
  model: SpectraTileModel
  layer: TileLayer
  /** Pictures carry the names of their channels. */
  hasLabels: boolean
  coreNowMs: () => number
  listener: {
    status(status: SpectraStatus): void
    reading(reading: SpectraReading | null): void
    /** Levels that the operator dragged; null: automatic again. */
    levels(levels: { lowDb: number; highDb: number } | null): void
    /** Rows handed over so far are on the screen. */
    drawn(): void
    surface(event: SurfaceEvent): void
  }
}
