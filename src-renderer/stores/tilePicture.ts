import type { ViewPlace } from './viewStore.ts'

/** Which kind of picture a pane of a tile shows. */
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
export interface MeasuredPlace extends ViewPlace {
  /** CSS pixels inside the pane. */
  x: number
  y: number
  distanceM: number | null
  /** Null in panes without frequencies. */
  hertz: number | null
  /** Edges of the bin under the pointer, Hz. */
  bin: { lowHz: number; highHz: number } | null
  point: MeasuredPoint
  /** Of a spectrum: another point of it as it is now, so that two of them are of one time. Others come back as they are. */
  again?(other: MeasuredPoint): MeasuredPoint
}

/** Where the pointer is on the picture of a waterfall. */
export interface PointerPlace extends MeasuredPlace {
  /** The cell that is shown there: row of the job's picture, its exact time, and its column. */
  row: number
  rowTimeNs: string
  column: number
  /** As shown, and as it came; null where there is none. dB, or the unit of the view. */
  value: number | null
  rawValue: number | null
  hasShift: boolean
  hasCtrl: boolean
  hasAlt: boolean
}

/** What a pointer does on the picture instead of moving it. */
export interface PointerTool {
  /** A CSS cursor. */
  readonly cursor: string
  /** Two quick clicks are two clicks for it; else they show all. */
  readonly takesClicks?: boolean
  /** True: what follows until the button is released is the tool's; false: the picture is moved, as without it. */
  begin(place: MeasuredPlace): boolean
  move(place: MeasuredPlace): void
  end(place: MeasuredPlace): void
  /** The gesture was taken away. */
  cancel(): void
}

/** Something that is drawn over a pane and moves with it. Owned by who adds it. */
export interface TileLayer {
  /** Changes whenever it would be drawn differently; looked at before each frame. */
  readonly version: number
  readonly isEmpty: boolean
  /**
   * Draws in CSS pixels of the pane, clipped to its pictures. What the projection says beside its area is between the layer
   * and the panes: `render/measure`.
   */
  draw(
    context: CanvasRenderingContext2D,
    projection: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  ): void
}

/** A pane of a tile that can be measured and drawn upon. */
export interface TilePane {
  readonly kind: PaneKind
  /** The returned function takes it away. */
  addLayer(layer: TileLayer): () => void
  /** Null: drag moves the picture. */
  setTool(tool: PointerTool | null): void
  /** Asks for a frame, where a layer's version changed without one. */
  redraw(): void
}

/** The picture of a waterfall; null in the store while it is not mounted. */
export interface TilePicture extends TilePane {
  /** What is under a point of the tile, CSS pixels; the edge of the picture is the nearest there is. */
  placeAt(x: number, y: number, event: { shiftKey: boolean; ctrlKey: boolean; altKey: boolean }): PointerPlace | null
  /**
   * Values as shown (or as they came) of whole cells that are in memory, row by row; null where there is no picture or too
   * much of it. NaN: invalid, −∞: not there.
   */
  readCells(cells: CellBlock, isRaw?: boolean): Float32Array | null
  /** The picture with its axes and colour bar, as it is on the screen. */
  snapshot(): HTMLCanvasElement | null
}

/** Whole cells: rows [firstRow, firstRow + rowCount) and columns [firstColumn, firstColumn + columnCount). */
export interface CellBlock {
  firstRow: number
  rowCount: number
  firstColumn: number
  columnCount: number
}
