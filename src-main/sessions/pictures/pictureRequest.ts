import type { ThemeName } from '../../../src-preload/contract/drawing/themes.ts'

export const pictureViews = ['waterfall', 'traces', 'spectrogram'] as const
export type PictureViewName = (typeof pictureViews)[number]

export interface PictureRequest {
  view: PictureViewName
  /** Hz, both ends in. Null: all but the lowest frequencies (waterfall), all (the others). */
  band: { lowHz: number; highHz: number | null } | null
  /** In the unit of the picture: dB, or that of the samples for traces. Null: automatic. */
  levels: { low: number; high: number } | null
  /** Samples of a frame; null: what suits. */
  nfft: number | null
  colourMap: string
  theme: ThemeName
  /** Pixels. */
  width: number
  height: number
}

export const defaultPictureRequest: PictureRequest = {
  view: 'waterfall',
  band: null,
  levels: null,
  nfft: null,
  colourMap: 'viridis',
  theme: 'dark',
  width: 1280,
  height: 800
}

export const leastPictureSize = { width: 320, height: 200 }
export const greatestPictureSide = 8192

/** What was painted, for who wants to read values out of the picture. */
export interface PictureDocument {
  view: PictureViewName
  width: number
  height: number
  /** Where the picture is inside its axes, pixels. */
  plot: { left: number; top: number; width: number; height: number }
  /** Rows (waterfall) or columns (spectrogram) of cells, or traces. */
  cells: { rows: number; columns: number }
  unit: string
  quantity: string | null
  bandHz: { low: number; high: number } | null
  levels: { low: number; high: number } | null
  colourMap: string
  nfft: number | null
  hop: number | null
  /** Times of the picture's edges; null where they are not known. */
  startTimeNs: string | null
  endTimeNs: string | null
  channels: { first: number; last: number; count: number }
  gaps: number
  warnings: string[]
}

export interface RenderedPicture {
  png: Buffer
  document: PictureDocument
}
