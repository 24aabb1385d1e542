import type { WindowPlace } from '../../src-preload/contract/workbench.ts'
import { boundsOnDisplays, type Bounds } from './windowState.ts'

export interface DisplayArea {
  id: number
  /** What windows may use of it. */
  workArea: Bounds
}

/**
 * Where a kept window goes on the screens that there are now: on its own screen, also where that stands elsewhere on the
 * desktop meanwhile; where its screen is gone, onto one that shows it, else onto the first. Null: no screen at all.
 */
export function boundsFor(place: WindowPlace, displays: readonly DisplayArea[]): Bounds | null {
  const areas = displays.map(({ workArea }) => workArea)
  const own = displays.find(({ id }) => id === place.display?.id)
  if (own && place.display) {
    const moved = {
      ...place.bounds,
      x: place.bounds.x + own.workArea.x - place.display.x,
      y: place.bounds.y + own.workArea.y - place.display.y
    }
    const there = boundsOnDisplays(moved, [own.workArea])
    if (there) return there
  }
  const shown = boundsOnDisplays(place.bounds, areas)
  if (shown) return shown
  const [first] = areas
  if (!first) return null
  const width = Math.min(place.bounds.width, first.width)
  const height = Math.min(place.bounds.height, first.height)
  return {
    x: first.x + Math.floor((first.width - width) / 2),
    y: first.y + Math.floor((first.height - height) / 2),
    width,
    height
  }
}
