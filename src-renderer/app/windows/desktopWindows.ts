import type { CoreConnection, DesktopBridge } from '../../../src-preload/contract/transport.ts'
import type { WindowPlace } from '../../../src-preload/contract/workbench.ts'
import type { WindowMaker } from '../../stores/deskModel.ts'
import { createListeners } from '../../stream/listeners.ts'

/** Windows of the desktop program: its shell makes them, with the same security floor, and says where they are. */
export function createDesktopWindows(
  bridge: DesktopBridge,
  connection: CoreConnection,
  windowId: string
): WindowMaker & { dispose(): void } {
  const listeners = createListeners<[windowId: string, change: 'closed' | WindowPlace]>()
  let own: WindowPlace | null = null
  const stop = connection.on('window.placed', ({ windowId: id, isClosed, place }) => {
    if (id === windowId && place) own = place
    if (isClosed) listeners.emit(id, 'closed')
    else if (place) listeners.emit(id, place)
  })
  return {
    open(id, desk, place) {
      bridge.windows({ kind: 'open', windowId: id, desk, place })
      return true
    },
    close: (id) => bridge.windows({ kind: 'close', windowId: id }),
    focus: (id) => bridge.windows({ kind: 'focus', windowId: id }),
    place: () => own,
    moveTo(place) {
      own = place
      bridge.windows({ kind: 'move', place })
    },
    onChange: (listener) => listeners.add(listener),
    dispose: stop
  }
}
