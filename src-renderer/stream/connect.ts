import type { CoreConnection } from '../../src-preload/contract/transport.ts'
import { connectDesktop } from './desktopConnection.ts'
import { connectWebSocket } from './webSocketConnection.ts'

const tokenKey = 'wavefall.token'
const windowKey = 'wavefall.window'

/** The token comes in the address once and survives a reload in this tab alone; it does not stay in the address bar. */
function takeToken(): string {
  const given = new URLSearchParams(window.location.hash.slice(1)).get('token')
  if (given !== null) {
    sessionStorage.setItem(tokenKey, given)
    history.replaceState(null, '', window.location.pathname + window.location.search)
  }
  return sessionStorage.getItem(tokenKey) ?? ''
}

function windowId(): string {
  const kept = sessionStorage.getItem(windowKey)
  if (kept !== null) return kept
  const fresh = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0')
  ).join('')
  sessionStorage.setItem(windowKey, fresh)
  return fresh
}

/** The menu belongs to the shell of this machine, whichever machine the core runs on. */
function withShellCommands(core: CoreConnection, shell: CoreConnection): CoreConnection {
  return {
    ...core,
    on: (name, listener) => (name === 'window.command' || name === 'window.placed' ? shell : core).on(name, listener),
    dispose() {
      core.dispose()
      shell.dispose()
    }
  }
}

/** Desktop bridge, another machine's core, or the server of this page: whichever this window was opened for. */
export function connect(): CoreConnection {
  const bridge = window.wavefall
  if (bridge?.remote) {
    return withShellCommands(
      connectWebSocket(bridge.remote.url, bridge.remote.token, bridge.windowId),
      connectDesktop(bridge)
    )
  }
  if (bridge) return connectDesktop(bridge)
  return connectWebSocket(window.location.origin, takeToken(), windowId())
}
