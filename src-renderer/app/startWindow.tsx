import { createRoot } from 'react-dom/client'
import type { CommandId } from '../../src-preload/contract/commands.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { mainWindowId } from '../../src-preload/contract/workbench.ts'
import { WindowContext, type WindowServices } from '../layout/windowContext.ts'
import { FrameScheduler, windowFrameClock } from '../render/frameScheduler.ts'
import type { RendererChoice } from '../render/rendererChoice.ts'
import { createActions } from '../stores/actions.ts'
import { displayBeforeSettings } from '../stores/coreStore.ts'
import { createDesk } from '../stores/desk.ts'
import { openDeskChannel } from '../stores/deskChannel.ts'
import { followLinks } from '../stores/links.ts'
import { createStores, followCore } from '../stores/stores.ts'
import { createWorkbench } from '../stores/workbenchStore.ts'
import { CoreClock } from '../stream/coreClock.ts'
import { FrameRouter } from '../stream/frameRouter.ts'
import { App } from './App.tsx'
import { followBattery } from './battery.ts'
import { keyTextOf } from './commands/keys.ts'
import { createCommands } from './commands/runCommands.ts'
import { listenToKeys } from './keyboard.ts'
import { createPictureTaker } from './pictures.ts'
import { followDrops, followShell } from './shellCommands.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/window.css'
import { followTheme } from './theme.ts'
import { reportVitals } from './windowVitals.ts'
import { createDesktopWindows } from './windows/desktopWindows.ts'
import { createWebWindows } from './windows/webWindows.ts'
import { rememberDesk, type WindowRole } from './windows/windowRole.ts'

const freshWindowId = (): string =>
  `popout-${Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`

/** Builds a window on a connection. The returned function takes it down, connection included. */
export function startWindow(
  root: HTMLElement,
  connection: CoreConnection,
  renderer: RendererChoice,
  role: WindowRole = { windowId: mainWindowId, desk: null }
): () => void {
  const clock = new CoreClock(connection)
  const router = new FrameRouter(connection)
  const scheduler = new FrameScheduler(windowFrameClock())
  const stores = createStores(connection)
  const actions = createActions(connection, stores, clock)
  const bridge = window.wavefall
  const maker = bridge
    ? createDesktopWindows(bridge, connection, role.windowId)
    : createWebWindows(role.windowId, role.windowId === mainWindowId)
  const channel = openDeskChannel(() => desk.getState().desk)
  const desk = createDesk({
    ...role,
    connection,
    tiles: stores.tiles,
    views: stores.views,
    jobs: stores.jobs,
    isBackendUp: () => stores.core.getState().backend?.state === 'up',
    onBackend: (listener) =>
      stores.core.subscribe((now, before) => {
        if (now.backend?.state !== before.backend?.state) listener()
      }),
    popOutCloses: () => (stores.core.getState().settings?.display ?? displayBeforeSettings).popOutCloses,
    maker,
    channel,
    rememberDesk,
    notify: actions.notify,
    freshId: freshWindowId,
    closeSelf: () => window.close()
  })
  const table = createCommands({
    stores,
    nowMs: clock.nowMs,
    actions,
    desk,
    takePicture: createPictureTaker({ stores, scheduler, clock, notify: actions.notify })
  })
  const commands = { ...table, keyText: (id: CommandId) => keyTextOf(id) }
  const workbench = createWorkbench(connection, desk, stores.jobs)
  const services: WindowServices = {
    connection,
    router,
    clock,
    scheduler,
    stores,
    actions,
    renderer,
    desk,
    workbench,
    commands
  }
  const stops = [
    followTheme(stores.core),
    followCore(connection, stores, clock),
    followShell(connection, stores, commands),
    followDrops(actions),
    followBattery(stores.core, scheduler),
    reportVitals(connection, scheduler, router, stores, desk),
    followLinks(stores.tiles, stores.views, channel),
    listenToKeys(stores, commands),
    // What an operator ends is not brought back by itself.
    actions.onJobClosed((jobId) => desk.jobClosed(jobId))
  ]
  clock.start()
  const react = createRoot(root)
  react.render(
    <WindowContext.Provider value={services}>
      <App />
    </WindowContext.Provider>
  )
  return () => {
    react.unmount()
    for (const stop of stops) stop()
    workbench.dispose()
    desk.dispose()
    channel.dispose()
    maker.dispose()
    scheduler.dispose()
    router.dispose()
    clock.dispose()
    connection.dispose()
  }
}
