import type { CursorReading } from './cursorReading.ts'
import type { FrameScheduler } from './frameScheduler.ts'
import type { HistorySource } from './historyPicture.ts'
import type { SurfaceEvent } from './pictureHost.ts'
import type { PictureRange } from './pictureNavigation.ts'
import type { Selection } from './pictureSelection.ts'
import type { RendererChoice } from './rendererChoice.ts'
import type { RowProcessing } from './shownRows.ts'

/** What the tile around the picture shows of it; sent when it changes, at most four times a second. */
export interface WaterfallStatus {
  hasPicture: boolean
  isFollowing: boolean
  /** Milliseconds between the newest edge in view and the newest edge there is. */
  behindMs: number
  areLevelsAutomatic: boolean
  lowDb: number
  highDb: number
  /** Rows and columns that share a pixel, of which the greatest is shown. */
  rowsPerPixel: number
  columnsPerPixel: number
  renderer: 'webgl2' | 'canvas2d'
  channelsPerColumn: number
  backSteps: number
}

export interface WaterfallProgress {
  loading: string | null
  ringBytes: number
  historyBytes: number
  rowsTogether: number
  rowMs: number
  /** How far back the core keeps rows, and what they take there; 0 where that is not known. */
  keptMs: number
  coreBytes: number
  coreBytesMost: number
}

export interface WaterfallListener {
  status(status: WaterfallStatus): void
  progress(progress: WaterfallProgress): void
  cursor(reading: CursorReading | null, at: { timeMs: number; channel: number } | null): void
  /** What is in view; `isByHand`: the operator moved it, not time. */
  range(range: PictureRange | null, isByHand: boolean): void
  selection(selection: Selection | null): void
  /** Levels that were set on the colour bar; null: automatic again. */
  levels(levels: { lowDb: number; highDb: number } | null): void
  /** The frames handed over so far are on the screen. */
  drawn(): void
  surface(event: SurfaceEvent): void
}

/** How values are shown. */
export interface WaterfallDisplay extends RowProcessing {
  colourMap: string
  newestAt: 'top' | 'bottom'
  levels: { lowDb: number; highDb: number } | null
  scale: 'dB' | 'linear'
}

export interface WaterfallOptions {
  scheduler: FrameScheduler
  renderer: RendererChoice
  listener: WaterfallListener
  history: HistorySource
  /** Now by the core's clock, milliseconds since the epoch. */
  coreNowMs: () => number
}
