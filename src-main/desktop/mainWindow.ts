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

/** Keeps the place up to date while the window moves, and once more when it closes. */
function followPlace(window: BrowserWindow, store: WindowStateStore): void {
  let timer: NodeJS.Timeout | undefined
  const saveSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => store.write(stateOf(window)), saveAfterMs)
  }
  window.on('resize', saveSoon)
  window.on('move', saveSoon)
  window.on('maximize', saveSoon)
  window.on('unmaximize', saveSoon)
  window.on('close', () => store.write(stateOf(window)))
  window.on('closed', () => clearTimeout(timer))
}

/** A window with the security floor, where it was last time; it is shown when there is something to see. */
export async function createMainWindow({ preloadFile, state }: MainWindowOptions): Promise<BrowserWindow> {
  const kept = await state.read(screen.getAllDisplays().map((display) => display.workArea))
  const window = new BrowserWindow({
    ...(kept.bounds ?? freshSize(screen.getPrimaryDisplay().workArea)),
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
  if (kept.maximised) window.maximize()
  if (kept.fullScreen) window.setFullScreen(true)
  window.once('ready-to-show', () => window.show())
  followPlace(window, state)
  return window
}
