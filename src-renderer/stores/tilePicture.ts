import type { ViewPlace } from './viewStore.ts'

/** Where times and channels lie in a picture: CSS pixels inside the tile. Valid until the next frame. */
export interface TileProjection {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Device pixels per CSS pixel. */
  readonly scale: number
  xFromChannel(channel: number): number
  yFromTime(timeMs: number): number
  channelFromX(x: number): number
  timeFromY(y: number): number
  /** Null where the source knows no distances. */
  distanceFromChannel(channel: number): number | null
  channelFromDistance(metres: number): number | null
}

/** Something that is drawn over a picture and moves with it. Owned by who adds it. */
export interface TileLayer {
  /** Changes whenever it would be drawn differently; looked at before each frame. */
  readonly version: number
  /** Draws in CSS pixels of the tile, clipped to the picture. */
  draw(context: CanvasRenderingContext2D, projection: TileProjection): void
}

/** Where the pointer is on a picture. */
export interface PointerPlace extends ViewPlace {
  /** CSS pixels inside the tile. */
  x: number
  y: number
  /** The cell that is shown there: row of the job's picture, its exact time, and its column. */
  row: number
  rowTimeNs: string
  column: number
  distanceM: number | null
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
  begin(place: PointerPlace): boolean
  move(place: PointerPlace): void
  end(place: PointerPlace): void
  /** The gesture was taken away. */
  cancel(): void
}

/** A picture that can be drawn upon and pointed at; null in the store while it is not mounted. */
export interface TilePicture {
  /** The returned function takes it away. */
  addLayer(layer: TileLayer): () => void
  /** Null: drag moves the picture, Shift selects, Ctrl zooms. */
  setTool(tool: PointerTool | null): void
  /** What is under a point of the tile, CSS pixels; the edge of the picture is the nearest there is. */
  placeAt(x: number, y: number, event: { shiftKey: boolean; ctrlKey: boolean; altKey: boolean }): PointerPlace | null
  /** Null while nothing is shown. */
  projection(): TileProjection | null
  /** Asks for a frame, where a layer's version changed without one. */
  redraw(): void
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
