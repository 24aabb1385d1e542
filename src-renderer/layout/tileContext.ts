import { createContext, useContext } from 'react'
import { useStore } from 'zustand'
import type { TileStores } from '../stores/viewStore.ts'
import { useWindow } from './windowContext.ts'

/** The tile that a panel is shown in; provided by whoever lays tiles out. */
export const TileContext = createContext<TileStores | null>(null)

export function useTile(): TileStores {
  const tile = useContext(TileContext)
  if (!tile) throw new Error('a view is shown outside a tile')
  return tile
}

/** The tile that has the operator's attention; null while there is none. */
export function useActiveTile(): TileStores | null {
  const { stores } = useWindow()
  const tileId = useStore(stores.views.activeTileId)
  return tileId === null ? null : stores.views.of(tileId)
}

/** Whether the operator can see the tile: not behind a page, and not beside a maximised one. */
export const TileShownContext = createContext(true)

/** False for a tile that cannot be seen: it wants no rows and draws nothing. A hidden window is another matter. */
export const useIsTileShown = (): boolean => useContext(TileShownContext)
