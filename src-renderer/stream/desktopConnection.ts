import {
  desktopPortMessage,
  type ConnectionState,
  type CoreConnection,
  type DesktopBridge,
  type ServerMessage
} from '../../src-preload/contract/transport.ts'
import { createCallTable } from './callTable.ts'
import { createListeners } from './listeners.ts'

/**
 * The core of this very program. Calls go over the bridge, where the shell checks who asks; answers, events and row frames
 * come on one port, in the order in which the core sent them and without a copy through the preload.
 */
export function connectDesktop(bridge: DesktopBridge): CoreConnection {
  const rows = createListeners<[frame: ArrayBuffer]>()
  const states = createListeners<[state: ConnectionState, reason: string]>()
  let current: [ConnectionState, string] = ['connecting', 'The program is starting.']
  let port: MessagePort | null = null
  const table = createCallTable((message) => {
    bridge.send(message)
    return true
  })

  function takePort(event: MessageEvent<unknown>): void {
    const given = event.ports[0]
    if (event.source !== window || event.data !== desktopPortMessage || !given) return
    port?.close()
    port = given
    given.onmessage = ({ data }: MessageEvent<ArrayBuffer | ServerMessage>) => {
      if (data instanceof ArrayBuffer) rows.emit(data)
      else table.receive(data)
    }
    current = ['open', 'Connected.']
    states.emit(...current)
  }

  window.addEventListener('message', takePort)
  bridge.connect()
  return {
    windowId: bridge.windowId,
    call: (name, args) => table.call(name, args),
    on: (name, listener) => table.on(name, listener),
    onRows: (listener) => rows.add(listener),
    onState(listener) {
      listener(...current)
      return states.add(listener)
    },
    dispose() {
      window.removeEventListener('message', takePort)
      port?.close()
      table.abandon('The window closes.')
    }
  }
}
