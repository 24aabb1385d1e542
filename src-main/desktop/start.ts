import { app, Menu, session, shell, type BrowserWindow } from 'electron'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { connectOrigins } from '../../src-preload/contract/security.ts'
import { mainWindowId } from '../../src-preload/contract/workbench.ts'
import type { Core } from '../coreInterface.ts'
import type { Log } from '../storage/log.ts'
import { serveAssets } from './assetProtocol.ts'
import { recoverFromCrashes } from './crashRecovery.ts'
import type { RemoteCore } from './desktopArguments.ts'
import { licenceAddress } from './externalLinks.ts'
import { chooseExportTarget, chooseRecordings, showFailures } from './fileOpening.ts'
import { denyPermissions, openExternalPage } from './hardening.ts'
import { createIpcRouter } from './ipcRouter.ts'
import { keepPictureFor } from './keptPictures.ts'
import { createMainWindow, followPlace, mainPage, stateOf } from './mainWindow.ts'
import { menuTemplate, type WindowCommand } from './menu.ts'
import { createPopOuts, placeOf } from './popOuts.ts'
import { createWindowChannel, type OpenedFiles, type WindowChannel } from './windowChannel.ts'
import { createWindowStateStore } from './windowState.ts'

export interface DesktopOptions {
  remote: RemoteCore | null
  dataFolder: string
  /** The built windows, and what is loaded into them. */
  rendererFolder: string
  preloadFile: string
  developing: boolean
  /** Null with a remote core. It starts while the window loads. */
  core: Promise<Core> | null
  log: Log
}

export interface Desktop {
  /** Brings the window to the front, makes one where there is none (macOS). */
  show(): Promise<void>
  openFiles(paths: string[]): Promise<void>
  /** Asks the operator for recordings; empty when the dialog was cancelled. */
  chooseFiles(): Promise<string[]>
  /** Asks the operator where an export goes; null when the dialog was closed. */
  chooseTarget(suggestedName: string): Promise<string | null>
  /** Told to whoever looks while streams and jobs are ended. */
  sayStopping(): void
  dispose(): Promise<void>
}

interface OpenWindow {
  window: BrowserWindow
  channel: WindowChannel
  windowId: string
}

const remoteFilesSentence =
  'This window shows the core of another machine, which cannot read files of this one. Put them into the folder that it serves.'

/** The desktop shell over a core, once Electron is ready. */
export async function startDesktop(options: DesktopOptions): Promise<Desktop> {
  const { remote, core, dataFolder, log } = options
  const state = createWindowStateStore(join(dataFolder, 'desktop', 'window.json'), log)
  let open: OpenWindow | null = null
  let opening: Promise<OpenWindow> | null = null
  const router = createIpcRouter(log)
  /** One id for the main window and its pop-outs: the jobs of one are those of the other. */
  const windowId = randomUUID()
  const popOuts = createPopOuts({
    preloadFile: options.preloadFile,
    connect: (window) => connectWindow(window),
    tellMain: (news) => open?.channel.sendEvent('window.placed', news),
    main: () => open?.window ?? null,
    log
  })

  serveAssets(session.defaultSession, options.rendererFolder, (remote && connectOrigins(remote.url)) ?? [])
  denyPermissions(session.defaultSession, log)

  async function openPaths(paths: string[], windowId: string | null): Promise<OpenedFiles> {
    if (!core) return { jobIds: [], failures: [remoteFilesSentence] }
    return (await core).openFiles(paths, windowId)
  }

  /** Files that came from outside the page: the page is told which job to show, the operator what failed. */
  async function openAndShow(paths: string[], windowId: string | null): Promise<OpenedFiles> {
    if (paths.length === 0) return { jobIds: [], failures: [] }
    const opened = await openPaths(paths, windowId)
    const first = opened.jobIds[0]
    if (first !== undefined) open?.channel.sendEvent('window.command', { command: 'show-job', jobId: first })
    void showFailures(open?.window ?? null, opened.failures)
    return opened
  }

  function connectWindow(window: BrowserWindow): WindowChannel {
    const channel = createWindowChannel({
      router,
      contents: window.webContents,
      windowId,
      remote,
      core,
      openFiles: (paths) => openAndShow(paths, windowId),
      windows: (request) => popOuts.asked(request, window),
      keepPicture: keepPictureFor(window),
      log
    })
    recoverFromCrashes(window, log, () => channel.pageGone())
    return channel
  }

  async function createWindow(): Promise<OpenWindow> {
    const window = await createMainWindow({ preloadFile: options.preloadFile, state })
    const channel = connectWindow(window)
    followPlace(window, () =>
      channel.sendEvent('window.placed', { windowId: mainWindowId, isClosed: false, place: placeOf(window) })
    )
    window.on('closed', () => {
      channel.dispose()
      if (open?.window === window) open = null
      // They are windows of this one; the layout brings them back with it.
      popOuts.closeAll()
    })
    open = { window, channel, windowId }
    await window.loadURL(mainPage).catch((error: unknown) => log.error('page_not_loaded', { reason: String(error) }))
    return open
  }

  async function ensureWindow(): Promise<OpenWindow> {
    if (open) return open
    opening ??= createWindow().finally(() => {
      opening = null
    })
    return opening
  }

  async function show(): Promise<void> {
    const { window } = await ensureWindow()
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }

  const run = (action: () => Promise<unknown>): void => {
    action().catch((error: unknown) => log.error('menu_action_failed', { error: String(error) }))
  }

  const command = (name: WindowCommand): void =>
    run(async () => {
      await show()
      open?.channel.sendEvent('window.command', { command: name, jobId: null })
    })

  const openRecordings = (): void =>
    run(async () => {
      const { window, windowId } = await ensureWindow()
      await openAndShow(await chooseRecordings(window), windowId)
    })

  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      menuTemplate(
        {
          command,
          openRecordings: core ? openRecordings : null,
          showDataFolder: core ? () => run(() => shell.openPath(dataFolder)) : null,
          showLicence: () => openExternalPage(licenceAddress, log)
        },
        { mac: process.platform === 'darwin', developing: options.developing }
      )
    )
  )
  const onActivate = (): void => run(show)
  app.on('activate', onActivate)
  await ensureWindow()

  return {
    show,
    async openFiles(paths) {
      await show()
      await openAndShow(paths, null)
    },
    chooseFiles: () => chooseRecordings(open?.window ?? null),
    chooseTarget: (suggestedName) => chooseExportTarget(open?.window ?? null, suggestedName),
    sayStopping() {
      for (const window of [open?.window, ...popOuts.windows()]) window?.setTitle('Wavefall: ending streams and jobs …')
    },
    async dispose() {
      app.off('activate', onActivate)
      if (open) state.write(stateOf(open.window))
      await state.settled()
      popOuts.closeAll()
      router.dispose()
    }
  }
}
