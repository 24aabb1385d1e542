import { createStore, type StoreApi } from 'zustand/vanilla'
import type { MeasuredPoint } from './tilePicture.ts'

/** What a cursor stands on. */
export type CursorMark = MeasuredPoint

/** A place that was picked on an arrival: between rows and channels, as finely as the pointer. */
export interface Pick {
  timeMs: number
  channel: number
  distanceM: number | null
}

export interface MeasureModel {
  first: CursorMark | null
  second: CursorMark | null
  picks: readonly Pick[]
  /** A box or line that is being drawn; null otherwise. */
  draft: {
    kind: 'box' | 'line'
    points: readonly { timeMs: number; channel: number }[]
    band: { lowHz: number; highHz: number } | null
  } | null
}

export type MeasureStore = StoreApi<MeasureModel>

export const nothingMeasured: MeasureModel = { first: null, second: null, picks: [], draft: null }

/** More picks than a hand makes; the oldest go. */
export const picksMost = 500

/** What is measured on each tile. */
export interface MeasureStores {
  of(tileId: string): MeasureStore
  /** Lets go what was begun and not kept: a box that is drawn, picks of a line. False where there was nothing. */
  leave(tileId: string): boolean
  release(tileId: string): void
}

export function createMeasureStores(): MeasureStores {
  const tiles = new Map<string, MeasureStore>()
  return {
    of(tileId) {
      const known = tiles.get(tileId)
      if (known) return known
      const made = createStore<MeasureModel>(() => nothingMeasured)
      tiles.set(tileId, made)
      return made
    },
    leave(tileId) {
      const store = tiles.get(tileId)
      if (!store) return false
      const { draft, picks } = store.getState()
      if (!draft && picks.length === 0) return false
      store.setState(draft ? { draft: null } : { picks: [] })
      return true
    },
    release: (tileId) => void tiles.delete(tileId)
  }
}
