import {
  sessionPath,
  webSocketPath,
  webSocketProtocol,
  webSocketTokenPrefix,
  webSocketWindowParameter,
  type ConnectionState,
  type CoreConnection,
  type ServerMessage
} from '../../src-preload/contract/transport.ts'
import { createCallTable } from './callTable.ts'
import { createListeners } from './listeners.ts'

const retryFirstMs = 500
const retryMaxMs = 10_000
const probeTimeoutMs = 5000

/** Close codes by which the core says that coming back is pointless. */
const finalCloseCodes: ReadonlySet<number> = new Set([1008])

/**
 * The core over a web socket: of the server that served this page, or of another machine's (`--connect`). Comes back by
 * itself, with growing, jittered waits; calls made meanwhile are answered `unavailable` at once.
 */
export function connectWebSocket(baseUrl: string, token: string, windowId: string): CoreConnection {
  const address = new URL(webSocketPath, baseUrl.replace(/^http/, 'ws'))
  address.searchParams.set(webSocketWindowParameter, windowId)
  const rows = createListeners<[frame: ArrayBuffer]>()
  const states = createListeners<[state: ConnectionState, reason: string]>()
  let socket: WebSocket | null = null
  let attempt = 0
  let disposed = false
  let retryTimer: ReturnType<typeof setTimeout> | undefined
  let current: [ConnectionState, string] = ['connecting', `Connecting to ${address.host}.`]

  function setState(state: ConnectionState, reason: string): void {
    current = [state, reason]
    states.emit(state, reason)
  }

  const table = createCallTable((message) => {
    if (socket?.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(message))
    return true
  })

  function onClose(event: CloseEvent): void {
    socket = null
    table.abandon('The connection to the core was lost.')
    if (disposed) return
    attempt += 1
    if (finalCloseCodes.has(event.code)) {
      setState('refused', `The core ended the connection: ${event.reason || `code ${event.code}`}. Reload the page.`)
      return
    }
    const waitMs = Math.min(retryMaxMs, retryFirstMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
    setState(
      'lost',
      `No connection to the core at ${address.host}${event.reason ? ` (${event.reason})` : ''}; trying again.`
    )
    retryTimer = setTimeout(() => void retry(), waitMs)
  }

  async function retry(): Promise<void> {
    if (await isRefused()) {
      setState(
        'refused',
        `The core at ${address.host} does not know this window's token. Open the address that it printed when it started.`
      )
    } else if (!disposed) open()
  }

  /** A refused web socket looks like a missing one to a page, so the core is asked over HTTP whether the token is right. */
  async function isRefused(): Promise<boolean> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), probeTimeoutMs)
    try {
      const headers = token ? { authorization: `Bearer ${token}` } : undefined
      const answer = await fetch(new URL(sessionPath, baseUrl), {
        signal: stop.signal,
        cache: 'no-store',
        ...(headers ? { headers } : {})
      })
      return answer.status === 401 || answer.status === 403
    } catch {
      return false
    } finally {
      clearTimeout(timer)
    }
  }

  function open(): void {
    socket = new WebSocket(address, [webSocketProtocol, ...(token ? [webSocketTokenPrefix + token] : [])])
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      attempt = 0
      setState('open', `Connected to ${address.host}.`)
    }
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (typeof data !== 'string') rows.emit(data)
      else table.receive(JSON.parse(data) as ServerMessage)
    }
    socket.onclose = onClose
  }

  open()
  return {
    windowId,
    call: (name, args) => table.call(name, args),
    on: (name, listener) => table.on(name, listener),
    onRows: (listener) => rows.add(listener),
    onState(listener) {
      listener(...current)
      return states.add(listener)
    },
    dispose() {
      disposed = true
      clearTimeout(retryTimer)
      socket?.close(1000)
      table.abandon('The window closes.')
    }
  }
}
