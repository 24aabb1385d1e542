import { readVersionedJson, createSerialWriter } from '../storage/atomicFile.ts'
import type { Log } from '../storage/log.ts'

/** Device-independent pixels of the whole desktop. */
export interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

export interface WindowState {
  /** Null: nothing kept, or nothing of it is on a display any more; the window is centred. */
  bounds: Bounds | null
  maximised: boolean
  fullScreen: boolean
}

const defaultSize = { width: 1440, height: 900 }
export const smallestSize = { width: 640, height: 400 }
const version = 1

/** As much of the title bar must be on a display for a hand to take hold of it. */
const graspable = { width: 120, height: 32 }

const overlap = (start: number, length: number, otherStart: number, otherLength: number): number =>
  Math.min(start + length, otherStart + otherLength) - Math.max(start, otherStart)

const within = (value: number, lowest: number, highest: number): number => Math.max(lowest, Math.min(value, highest))

/** The kept bounds, cut to the display that shows most of them; null when no display shows their title bar. */
export function boundsOnDisplays(bounds: Bounds, workAreas: readonly Bounds[]): Bounds | null {
  const shown = workAreas
    .map((area) => ({
      area,
      across: overlap(bounds.x, bounds.width, area.x, area.width),
      titleDown: overlap(bounds.y, graspable.height, area.y, area.height),
      down: overlap(bounds.y, bounds.height, area.y, area.height)
    }))
    .filter(({ across, titleDown }) => across >= graspable.width && titleDown >= graspable.height / 2)
    .sort((first, second) => second.across * second.down - first.across * first.down)
  const best = shown[0]?.area
  if (!best) return null
  const width = within(bounds.width, Math.min(smallestSize.width, best.width), best.width)
  const height = within(bounds.height, Math.min(smallestSize.height, best.height), best.height)
  return {
    x: within(bounds.x, best.x, best.x + best.width - width),
    y: within(bounds.y, best.y, best.y + best.height - height),
    width,
    height
  }
}

/** The size of a window that has no place yet: as designed, or as much as the display has. */
export const freshSize = (workArea: Bounds): { width: number; height: number } => ({
  width: Math.min(defaultSize.width, workArea.width),
  height: Math.min(defaultSize.height, workArea.height)
})

const isPixel = (value: unknown): value is number => Number.isInteger(value) && Math.abs(value as number) < 100_000

/** Null: not what this program wrote. */
export function parseWindowState(value: unknown): WindowState | null {
  if (typeof value !== 'object' || value === null) return null
  const { bounds, maximised, fullScreen } = value as Record<string, unknown>
  if (typeof maximised !== 'boolean' || typeof fullScreen !== 'boolean') return null
  if (typeof bounds !== 'object' || bounds === null) return null
  const { x, y, width, height } = bounds as Record<string, unknown>
  if (![x, y, width, height].every(isPixel) || (width as number) <= 0 || (height as number) <= 0) return null
  return { bounds: { x, y, width, height } as Bounds, maximised, fullScreen }
}

export interface WindowStateStore {
  read(workAreas: readonly Bounds[]): Promise<WindowState>
  write(state: WindowState): void
  settled(): Promise<void>
}

/** A damaged file costs the position of a window, no more: the defaults are used and the log says so. */
export function createWindowStateStore(file: string, log: Log): WindowStateStore {
  const fresh: WindowState = { bounds: null, maximised: false, fullScreen: false }
  const writer = createSerialWriter(file, version, (error) =>
    log.warning('window_state_not_written', { reason: String(error) })
  )
  return {
    async read(workAreas) {
      const kept = await readVersionedJson(file, version)
      if (kept.state === 'absent') return fresh
      const state = kept.state === 'read' ? parseWindowState(kept.value) : null
      if (state?.bounds) return { ...state, bounds: boundsOnDisplays(state.bounds, workAreas) }
      log.warning('window_state_damaged', { reason: kept.state === 'damaged' ? kept.reason : 'has other fields' })
      return fresh
    },
    write(state) {
      void writer.write(state)
    },
    settled: () => writer.settled()
  }
}
