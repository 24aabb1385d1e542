import { BrowserWindow, screen } from 'electron'
import type { EventPayload } from '../../src-preload/contract/events.ts'
import { popOutsMost, type WindowPlace, type WindowRequest } from '../../src-preload/contract/workbench.ts'
import type { Log } from '../storage/log.ts'
import { followPlace, mainPage, secureWindow } from './mainWindow.ts'
import type { WindowChannel } from './windowChannel.ts'
import { boundsFor } from './windowPlaces.ts'
import { freshSize } from './windowState.ts'

export interface PopOutsOptions {
  preloadFile: string
  /** Connects a window to the core as one of the main window's. */
  connect(window: BrowserWindow): WindowChannel
  /** To the main window's page. */
  tellMain(news: EventPayload<'window.placed'>): void
  main(): BrowserWindow | null
  log: Log
}

export interface PopOuts {
  /** What a page asked; `from` is its window. */
  asked(request: WindowRequest, from: BrowserWindow): void
  windows(): BrowserWindow[]
  /** Closes them all without a word: the main window goes. */
  closeAll(): void
}

interface PopOut {
  window: BrowserWindow
  channel: WindowChannel
}

/** Where a window is, and on which screen. */
export function placeOf(window: BrowserWindow): WindowPlace {
  const bounds = window.getNormalBounds()
  const display = screen.getDisplayMatching(bounds)
  return {
    bounds,
    display: { id: display.id, x: display.workArea.x, y: display.workArea.y },
    maximised: window.isMaximized(),
    fullScreen: window.isFullScreen()
  }
}

function moveTo(window: BrowserWindow, place: WindowPlace): void {
  const bounds = boundsFor(place, screen.getAllDisplays())
  if (window.isFullScreen() !== place.fullScreen) window.setFullScreen(place.fullScreen)
  if (bounds && !place.fullScreen) window.setBounds(bounds)
  if (place.maximised) window.maximize()
  else if (window.isMaximized()) window.unmaximize()
}

/** Windows of one tile each, beside the main one, with the same security floor. */
export function createPopOuts(options: PopOutsOptions): PopOuts {
  const { log } = options
  const open = new Map<string, PopOut>()
  let isClosingAll = false

  function create(windowId: string, desk: string, place: WindowPlace | null): void {
    if (open.has(windowId) || open.size >= popOutsMost) return
    const area = screen.getDisplayMatching(options.main()?.getBounds() ?? { x: 0, y: 0, width: 1, height: 1 }).workArea
    const fresh = freshSize(area)
    const bounds = place && boundsFor(place, screen.getAllDisplays())
    const window = secureWindow(options.preloadFile, {
      ...(bounds ?? { width: Math.round(fresh.width * 0.6), height: Math.round(fresh.height * 0.7) })
    })
    if (place?.maximised) window.maximize()
    if (place?.fullScreen) window.setFullScreen(true)
    window.once('ready-to-show', () => window.show())
    const channel = options.connect(window)
    open.set(windowId, { window, channel })
    followPlace(window, () => channel.sendEvent('window.placed', { windowId, isClosed: false, place: placeOf(window) }))
    window.on('closed', () => {
      channel.dispose()
      open.delete(windowId)
      if (!isClosingAll) options.tellMain({ windowId, isClosed: true, place: null })
    })
    const address = `${mainPage}?popout=${windowId}&desk=${desk}`
    window.loadURL(address).catch((error: unknown) => log.error('page_not_loaded', { reason: String(error) }))
  }

  return {
    asked(request, from) {
      if (request.kind === 'move') moveTo(from, request.place)
      else if (request.kind === 'open') create(request.windowId, request.desk, request.place)
      else {
        const window = open.get(request.windowId)?.window
        if (!window || window.isDestroyed()) return
        if (request.kind === 'close') window.close()
        else {
          if (window.isMinimized()) window.restore()
          window.focus()
        }
      }
    },
    windows: () => [...open.values()].map(({ window }) => window),
    closeAll() {
      isClosingAll = true
      for (const { window } of [...open.values()]) if (!window.isDestroyed()) window.destroy()
      isClosingAll = false
    }
  }
}
