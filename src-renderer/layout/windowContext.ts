import { createContext, useContext } from 'react'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { FrameScheduler } from '../render/frameScheduler.ts'
import type { RendererChoice } from '../render/rendererChoice.ts'
import type { Actions } from '../stores/actions.ts'
import type { Stores } from '../stores/stores.ts'
import type { CoreClock } from '../stream/coreClock.ts'
import type { FrameRouter } from '../stream/frameRouter.ts'

/** What the panels of one window share; built once by the app. */
export interface WindowServices {
  connection: CoreConnection
  router: FrameRouter
  clock: CoreClock
  scheduler: FrameScheduler
  stores: Stores
  actions: Actions
  renderer: RendererChoice
}

export const WindowContext = createContext<WindowServices | null>(null)

export function useWindow(): WindowServices {
  const services = useContext(WindowContext)
  if (!services) throw new Error('a panel is shown outside a window')
  return services
}
