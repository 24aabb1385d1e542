import { BrowserWindow, screen } from 'electron'
import { desktopOrigin } from '../../src-preload/contract/security.ts'
import { freshSize, smallestSize, type WindowState, type WindowStateStore } from './windowState.ts'

export const mainPage = `${desktopOrigin}/`

const saveAfterMs = 500

export interface MainWindowOptions {
  preloadFile: string
  state: WindowStateStore
}

export const stateOf = (window: BrowserWindow): WindowState => ({
  bounds: window.getNormalBounds(),
  maximised: window.isMaximized(),
  fullScreen: window.isFullScreen()
})

/** Tells, a little later, that a window was moved or changed its size, and once more when it closes. */
export function followPlace(window: BrowserWindow, changed: () => void): void {
  let timer: NodeJS.Timeout | undefined
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(changed, saveAfterMs)
  }
  window.on('resize', soon)
  window.on('move', soon)
  window.on('maximize', soon)
  window.on('unmaximize', soon)
  window.on('enter-full-screen', soon)
  window.on('leave-full-screen', soon)
  window.on('close', changed)
  window.on('closed', () => clearTimeout(timer))
}

/** A window with the security floor, not shown yet. */
export function secureWindow(
  preloadFile: string,
  place: { x?: number; y?: number; width: number; height: number }
): BrowserWindow {
  return new BrowserWindow({
    ...place,
    minWidth: smallestSize.width,
    minHeight: smallestSize.height,
    show: false,
    backgroundColor: '#0a0d12',
    title: 'Wavefall',
    webPreferences: {
      preload: preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false
    }
  })
}

/** The main window, where it was last time; it is shown when there is something to see. */
export async function createMainWindow({ preloadFile, state }: MainWindowOptions): Promise<BrowserWindow> {
  const kept = await state.read(screen.getAllDisplays().map((display) => display.workArea))
  const window = secureWindow(preloadFile, kept.bounds ?? freshSize(screen.getPrimaryDisplay().workArea))
  if (kept.maximised) window.maximize()
  if (kept.fullScreen) window.setFullScreen(true)
  window.once('ready-to-show', () => window.show())
  followPlace(window, () => state.write(stateOf(window)))
  return window
}
