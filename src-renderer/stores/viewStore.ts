import { createStore, type StoreApi } from 'zustand/vanilla'

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
}

export interface CursorModel {
  reading: {
    timeIso: string
    relative: string
    channel: string
    distance: string | null
    value: string
    hasValue: boolean
    unit: string
  } | null
}

/** What a tile can be asked to do from outside (keys, menus); set while it is mounted. */
export interface TileActions {
  goLive(): void
  reset(): void
  zoomTime(factor: number): void
  zoomDistance(factor: number): void
  automaticLevels(): void
}

export interface ViewStores {
  view: StoreApi<ViewModel>
  cursor: StoreApi<CursorModel>
  actions: StoreApi<{ tile: TileActions | null }>
}

export const createViewStores = (): ViewStores => ({
  view: createStore<ViewModel>(() => ({
    hasPicture: false,
    isFollowing: true,
    behindMs: 0,
    areLevelsAutomatic: true,
    lowDb: 0,
    highDb: 0,
    rowsPerPixel: 1,
    columnsPerPixel: 1,
    renderer: null,
    problem: null
  })),
  cursor: createStore<CursorModel>(() => ({ reading: null })),
  actions: createStore<{ tile: TileActions | null }>(() => ({ tile: null }))
})
