import { createRoot } from 'react-dom/client'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { WindowContext, type WindowServices } from '../layout/windowContext.ts'
import { FrameScheduler, windowFrameClock } from '../render/frameScheduler.ts'
import type { RendererChoice } from '../render/rendererChoice.ts'
import { createActions } from '../stores/actions.ts'
import { createStores, followCore } from '../stores/stores.ts'
import { CoreClock } from '../stream/coreClock.ts'
import { FrameRouter } from '../stream/frameRouter.ts'
import { App } from './App.tsx'
import { listenToKeys } from './keyboard.ts'
import { followDrops, followShell } from './shellCommands.ts'
import './styles/tokens.css'
import './styles/base.css'
import './styles/window.css'
import { followTheme } from './theme.ts'

/** Builds a window on a connection. The returned function takes it down, connection included. */
export function startWindow(root: HTMLElement, connection: CoreConnection, renderer: RendererChoice): () => void {
  const clock = new CoreClock(connection)
  const router = new FrameRouter(connection)
  const scheduler = new FrameScheduler(windowFrameClock())
  const stores = createStores(connection)
  const actions = createActions(connection, stores, clock)
  const services: WindowServices = { connection, router, clock, scheduler, stores, actions, renderer }
  const stops = [
    followTheme(stores.core),
    followCore(connection, stores, clock),
    followShell(connection, stores, actions),
    followDrops(actions),
    listenToKeys(stores, actions)
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
    scheduler.dispose()
    router.dispose()
    clock.dispose()
    connection.dispose()
  }
}
