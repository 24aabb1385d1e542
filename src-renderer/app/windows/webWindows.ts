import type { WindowPlace } from '../../../src-preload/contract/workbench.ts'
import type { WindowMaker } from '../../stores/deskModel.ts'
import { createListeners } from '../../stream/listeners.ts'

/** A browser tells nobody that a window was closed or moved. */
const lookEveryMs = 500

const featuresOf = (place: WindowPlace | null): string => {
  const { x, y, width, height } = place?.bounds ?? { x: 80, y: 80, width: 900, height: 640 }
  return `popup,left=${x},top=${y},width=${width},height=${height}`
}

const ownPlace = (): WindowPlace => ({
  bounds: {
    x: Math.round(window.screenX),
    y: Math.round(window.screenY),
    width: Math.max(1, Math.round(window.innerWidth)),
    height: Math.max(1, Math.round(window.innerHeight))
  },
  display: null,
  maximised: false,
  fullScreen: document.fullscreenElement !== null
})

/**
 * Windows of the same origin in a browser. A page that this one opens shares its tab's storage, so the token travels in no
 * address; whoever opens the address elsewhere has none.
 */
export function createWebWindows(windowId: string, isMain: boolean): WindowMaker & { dispose(): void } {
  const handles = new Map<string, Window>()
  const listeners = createListeners<[windowId: string, change: 'closed' | WindowPlace]>()
  let last = JSON.stringify(ownPlace())

  function look(): void {
    for (const [id, handle] of handles) {
      if (!handle.closed) continue
      handles.delete(id)
      listeners.emit(id, 'closed')
    }
    const place = ownPlace()
    const text = JSON.stringify(place)
    if (isMain || text === last) return
    last = text
    listeners.emit(windowId, place)
  }
  const timer = window.setInterval(look, lookEveryMs)

  return {
    open(id, desk, place) {
      const query = new URLSearchParams(window.location.search)
      query.set('popout', id)
      query.set('desk', desk)
      const handle = window.open(`/?${query.toString()}`, `wavefall-${id}`, featuresOf(place))
      if (!handle) return false
      handles.set(id, handle)
      return true
    },
    close(id) {
      const handle = handles.get(id)
      handles.delete(id)
      handle?.close()
    },
    focus: (id) => handles.get(id)?.focus(),
    place: () => (isMain ? null : ownPlace()),
    moveTo: () => undefined,
    onChange: (listener) => listeners.add(listener),
    dispose: () => window.clearInterval(timer)
  }
}
