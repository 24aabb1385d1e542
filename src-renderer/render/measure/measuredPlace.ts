export type PaneKind = 'waterfall' | 'spectrogram' | 'trace' | 'spectrum'

/** What a cursor stands on: a whole cell, sample or bin, so that differences are exact. */
export interface MeasuredPoint {
  pane: PaneKind
  /** Exact time of the row or sample, integer nanoseconds as text. */
  timeNs: string
  timeMs: number
  channel: number
  distanceM: number | null
  /** Middle of the bin; null in panes without frequencies. */
  hertz: number | null
  /** As it came, in `unit`; null where there is none. */
  value: number | null
  unit: string
}

/** Where the pointer is in a pane: as finely as it points, and what a cursor would stand on. */
export interface MeasuredPlace {
  /** CSS pixels inside the element. */
  x: number
  y: number
  timeMs: number
  channel: number
  distanceM: number | null
  /** Null in panes without frequencies. */
  hertz: number | null
  /** Edges of the bin under the pointer, Hz. */
  bin: { lowHz: number; highHz: number } | null
  point: MeasuredPoint
  /** Of a spectrum: another point of it as it is now, so that two of them are of one time. Others come back as they are. */
  again?(other: MeasuredPoint): MeasuredPoint
}
