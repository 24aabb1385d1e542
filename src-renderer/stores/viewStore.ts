import { createStore, type StoreApi } from 'zustand/vanilla'
import { displayAtFirst, type TileDisplay } from './tileDisplay.ts'
import type { TilePane, TilePicture } from './tilePicture.ts'

/** What the tile says of its picture; a copy of numbers, never samples. */
export interface ViewModel {
  hasPicture: boolean
  isFollowing: boolean
  behindMs: number
  areLevelsAutomatic: boolean
  lowDb: number
  highDb: number
  rowsPerPixel: number
  columnsPerPixel: number
  renderer: 'webgl2' | 'canvas2d' | null
  /** Why no rows come; null when they may. */
  problem: string | null
  /** Channels that the core averaged into one column, 1 = none. */
  channelsPerColumn: number
  /** Parts of the view that were left by zooming or jumping and can be gone back to. */
  backSteps: number
}

/** Something the view waits for or leaves out, in a few words: `loading 3 h at 4 s a row`. Null: nothing. */
export interface ViewProgress {
  loading: string | null
  /** Bytes that the window holds for this view: newest rows, and the part of the history that is in view. */
  ringBytes: number
  historyBytes: number
  /** Rows that one row of the picture stands for, and their time; 1 while it shows rows as they came. */
  rowsTogether: number
  rowMs: number
  /** How far back the core keeps rows, and what they take there, of all levels; 0 where that is not known. */
  keptMs: number
  coreBytes: number
  coreBytesMost: number
}

/** A place in a view. Times are milliseconds since the epoch, channels may be fractional between two of them. */
export interface ViewPlace {
  timeMs: number
  channel: number
}

/** A part of a view. `startMs` < `endMs`; channels are those at the edges, first < last or > where numbers fall. */
export interface ViewRange {
  startMs: number
  endMs: number
  firstChannel: number
  lastChannel: number
  /** The newest edge moves with the data. */
  isFollowing: boolean
}

export interface CursorReading {
  timeIso: string
  relative: string
  channel: string
  distance: string | null
  value: string
  hasValue: boolean
  unit: string
  /** What was done to the rows before they are shown: `mean of 4 rows`; null where the value is as it came. */
  processing: string | null
  /** The value as it came, with its unit; null where that is what is shown, or it is no more in memory. */
  raw: string | null
  /** `118.0 Hz`, in views that have frequencies. */
  frequency?: string | null
}

export interface CursorModel {
  reading: CursorReading | null
  /** Where the pointer of this tile is; what linked tiles follow. */
  at: ViewPlace | null
  /** Where the pointer of a linked tile is; drawn as thin lines. */
  linked: ViewPlace | null
}

/** Whole channels and rows that were picked, exactly. */
export interface TileSelection {
  jobId: string
  epoch: number
  channels: { first: number; last: number }
  distancesM: { first: number; last: number } | null
  /** Rows [firstRow, firstRow + rowCount) of the job's picture. */
  firstRow: number
  rowCount: number
  firstColumn: number
  columnCount: number
  /** From the beginning of the first row to the end of the last one, integer nanoseconds as text. */
  startNs: string
  endNs: string
}

/** What the pointer does on the picture. `zoom` and `select` are the picture's own, the others are what is added to it. */
export type TileTool = 'pan' | 'zoom' | 'select' | 'cursors' | 'point' | 'box' | 'line'

/** What a tile can be asked to do from outside (keys, menus, linked tiles); set while it is mounted. */
export interface TileActions {
  goLive(): void
  reset(): void
  zoomTime(factor: number): void
  zoomDistance(factor: number): void
  automaticLevels(): void
  /** Back to what was in view before the last zoom or jump. */
  back(): void
  /** Shows this part; what is left out stays. Tells nobody that it did: who links tiles would hear itself. */
  showRange(range: Partial<ViewRange>): void
  /** Of a view with frequencies: brings this band into view where it is not. */
  showBand?(lowHz: number, highHz: number): void
  /** Of a view of one channel: the next one, or the one before. */
  stepChannel?(by: number): void
}

/** The stores of one tile, for its panel and for those that speak about it. */
export interface TileStores {
  readonly tileId: string
  readonly view: StoreApi<ViewModel>
  readonly progress: StoreApi<ViewProgress>
  readonly cursor: StoreApi<CursorModel>
  /** What is in view, told as it changes by the operator's hand or as time goes on. */
  readonly range: StoreApi<{ range: ViewRange | null; isByHand: boolean }>
  readonly selection: StoreApi<{ selection: TileSelection | null }>
  /** Kept with the layout: plain values only. */
  readonly display: StoreApi<TileDisplay>
  readonly tool: StoreApi<{ tool: TileTool }>
  readonly actions: StoreApi<{ tile: TileActions | null }>
  /** For regions and their values; null while it is not mounted, and in views without a waterfall. */
  readonly picture: StoreApi<{ picture: TilePicture | null }>
  /** For what is measured and drawn: all that the view shows now. */
  readonly panes: StoreApi<{ panes: readonly TilePane[] }>
}

/** Says that a pane is there while it is mounted; the returned function takes it away. */
export function addPane({ panes }: TileStores, pane: TilePane): () => void {
  panes.setState(({ panes: before }) => ({ panes: [...before, pane] }))
  return () => panes.setState(({ panes: before }) => ({ panes: before.filter((one) => one !== pane) }))
}

export const viewAtFirst: ViewModel = {
  hasPicture: false,
  isFollowing: true,
  behindMs: 0,
  areLevelsAutomatic: true,
  lowDb: 0,
  highDb: 0,
  rowsPerPixel: 1,
  columnsPerPixel: 1,
  renderer: null,
  problem: null,
  channelsPerColumn: 1,
  backSteps: 0
}

const createTileStores = (tileId: string): TileStores => ({
  tileId,
  view: createStore<ViewModel>(() => viewAtFirst),
  progress: createStore<ViewProgress>(() => ({
    loading: null,
    ringBytes: 0,
    historyBytes: 0,
    rowsTogether: 1,
    rowMs: 0,
    keptMs: 0,
    coreBytes: 0,
    coreBytesMost: 0
  })),
  cursor: createStore<CursorModel>(() => ({ reading: null, at: null, linked: null })),
  range: createStore<{ range: ViewRange | null; isByHand: boolean }>(() => ({ range: null, isByHand: false })),
  selection: createStore<{ selection: TileSelection | null }>(() => ({ selection: null })),
  display: createStore<TileDisplay>(() => displayAtFirst),
  tool: createStore<{ tool: TileTool }>(() => ({ tool: 'pan' })),
  actions: createStore<{ tile: TileActions | null }>(() => ({ tile: null })),
  picture: createStore<{ picture: TilePicture | null }>(() => ({ picture: null })),
  panes: createStore<{ panes: readonly TilePane[] }>(() => ({ panes: [] }))
})

/** The stores of all tiles of a window, by tile. */
export interface ViewStores {
  /** The tile that keys and menus speak to; null while there is none. */
  readonly activeTileId: StoreApi<string | null>
  /** Made when first asked for; who shows the tile releases it. */
  of(tileId: string): TileStores
  release(tileId: string): void
  /** The active tile, else null. */
  active(): TileStores | null
}

export function createViewStores(): ViewStores {
  const tiles = new Map<string, TileStores>()
  const activeTileId = createStore<string | null>(() => null)
  return {
    activeTileId,
    of(tileId) {
      const known = tiles.get(tileId)
      if (known) return known
      const made = createTileStores(tileId)
      tiles.set(tileId, made)
      return made
    },
    release(tileId) {
      tiles.delete(tileId)
      if (activeTileId.getState() === tileId) activeTileId.setState(tiles.keys().next().value ?? null)
    },
    active() {
      const tileId = activeTileId.getState()
      return tileId === null ? null : (tiles.get(tileId) ?? null)
    }
  }
}
