import { createContext, useContext } from 'react'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import type { FrameScheduler } from '../render/frameScheduler.ts'
import type { RendererChoice } from '../render/rendererChoice.ts'
import type { CommandId } from '../../src-preload/contract/commands.ts'
import type { Actions } from '../stores/actions.ts'
import type { Desk } from '../stores/deskModel.ts'
import type { Workbench } from '../stores/workbenchStore.ts'
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
  /** The windows that belong together with this one, and what each shows. */
  desk: Desk
  /** Layouts, presets, the history of jobs. */
  workbench: Workbench
  /** Everything that keys and palette can do, for buttons and menus. */
  commands: WindowCommands
}

export interface WindowCommands {
  run(id: CommandId): void
  isAvailable(id: CommandId): boolean
  /** As it is printed on the key; empty where it has none. */
  keyText(id: CommandId): string
}

export const WindowContext = createContext<WindowServices | null>(null)

export function useWindow(): WindowServices {
  const services = useContext(WindowContext)
  if (!services) throw new Error('a panel is shown outside a window')
  return services
}
