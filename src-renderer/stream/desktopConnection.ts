import type { CoreConnection, DesktopBridge } from '../../src-preload/contract/transport.ts'
import { createCallTable } from './callTable.ts'
import { createListeners } from './listeners.ts'

/** The core of this very program, over the bridge of the desktop shell. It lives as long as the window does. */
export function connectDesktop(bridge: DesktopBridge): CoreConnection {
  const rows = createListeners<[frame: ArrayBuffer]>()
  const table = createCallTable((message) => {
    bridge.send(message)
    return true
  })
  bridge.onMessage((message) => table.receive(message))
  bridge.onRows((frame) => rows.emit(frame))
  return {
    windowId: bridge.windowId,
    call: (name, args) => table.call(name, args),
    on: (name, listener) => table.on(name, listener),
    onRows: (listener) => rows.add(listener),
    onState(listener) {
      listener('open', 'Connected.')
      return () => undefined
    },
    dispose: () => table.abandon('The window closes.')
  }
}
