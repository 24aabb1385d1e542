import type { StoreApi } from 'zustand/vanilla'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { WindowLayout, WindowPlace } from '../../src-preload/contract/workbench.ts'
import type { DeskChannel } from './deskChannel.ts'
import type { OpeningJobs } from './deskJobs.ts'
import type { JobsStore } from './jobsStore.ts'
import type { TilesStore } from './tilesStore.ts'
import type { ViewStores } from './viewStore.ts'

/** How this shell makes windows; the desktop has its own, a browser opens pages of the same origin. */
export interface WindowMaker {
  /** False where it may not (a browser that blocks pop-ups). */
  open(windowId: string, desk: string, place: WindowPlace | null): boolean
  close(windowId: string): void
  focus(windowId: string): void
  /** Where this window is; null where it cannot be known. */
  place(): WindowPlace | null
  /** Puts this window somewhere, where the shell can. */
  moveTo(place: WindowPlace): void
  /** The operator closed a window, or moved it. */
  onChange(listener: (windowId: string, change: 'closed' | WindowPlace) => void): () => void
}

export interface DeskModel {
  readonly windowId: string
  desk: string | null
  /** The tiles are those that were kept, or there were none. */
  isReady: boolean
  /** Pop-outs of this main window. */
  popOuts: ReadonlyMap<string, WindowLayout>
  /** Pop-outs that could not be opened by themselves: they wait for a click. */
  waiting: readonly string[]
  /** Jobs of tiles that are being opened again, and why they could not be: by window and tile. */
  opening: OpeningJobs
}

export interface Desk extends StoreApi<DeskModel> {
  /** Takes a tile into a window of its own. */
  popOut(tileId: string): void
  /** Takes the view of a pop-out back into a tile, or lets it go. */
  endPopOut(windowId: string, what: 'return' | 'close'): void
  openWaiting(): void
  /** Of a pop-out: asks the main window to end it. */
  leave(what: 'return' | 'close'): void
  openAgain(tileId: string): Promise<void>
  jobClosed(jobId: string): void
  /** All windows, as they are now. */
  windows(): WindowLayout[]
  show(windows: readonly WindowLayout[]): void
  dispose(): void
}

export interface DeskOptions {
  windowId: string
  /** The desk of this page before it was loaded again; of a pop-out, its own. */
  desk: string | null
  connection: CoreConnection
  tiles: TilesStore
  views: ViewStores
  jobs: JobsStore
  isBackendUp(): boolean
  onBackend(listener: () => void): () => void
  popOutCloses(): 'return' | 'close'
  maker: WindowMaker
  channel: DeskChannel
  /** Kept with the tab. */
  rememberDesk(desk: string): void
  notify(severity: 'info' | 'warning', id: string, title: string, detail: string): void
  freshId(): string
  /** Of a pop-out whose main window ended it. */
  closeSelf(): void
}
