import { WebSocket } from 'ws'
import type { CallArguments, CallName, CallResult } from '../../src-preload/contract/calls.ts'
import { failure, type Result } from '../../src-preload/contract/errors.ts'
import { isEventName, type EventName } from '../../src-preload/contract/events.ts'
import {
  webSocketPath,
  webSocketProtocol,
  webSocketTokenPrefix,
  type ServerMessage
} from '../../src-preload/contract/transport.ts'

/** A script's connection to a running core. */
export interface CoreClient {
  call<Name extends CallName>(name: Name, args: CallArguments<Name>): Promise<Result<CallResult<Name>>>
  onEvent(listener: (name: EventName, payload: unknown) => void): void
  onRows(listener: (frame: ArrayBuffer) => void): void
  close(): void
}

const openTimeoutMs = 10_000
const callTimeoutMs = 60_000

/** `http://host:port/#token=…` or with the token given beside it. Null where it is no such address. */
export function parseCoreAddress(text: string, token: string | undefined): { url: string; token: string } | null {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return null
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  return { url: url.origin, token: new URLSearchParams(url.hash.slice(1)).get('token') ?? token ?? '' }
}

function describeRefusal(url: string, error: Error): string {
  if (/ 401/.test(error.message)) {
    return `${url} refuses the token. Give the one that the program printed, in WAVEFALL_TOKEN or behind #token= in the address.`
  }
  if (/ 403/.test(error.message)) return `${url} lets no window in with this token: its role reads metrics alone.`
  if (/ 429/.test(error.message)) return `${url} was asked with too many wrong tokens from here: wait a minute.`
  return `No core answers at ${url}: ${error.message}.`
}

/** Connects once; a core that goes away ends all calls with `unavailable`. */
export async function connectCore(url: string, token: string): Promise<Result<CoreClient>> {
  const address = new URL(webSocketPath, url.replace(/^http/, 'ws'))
  const socket = new WebSocket(address, [webSocketProtocol, webSocketTokenPrefix + token], {
    handshakeTimeout: openTimeoutMs
  })
  socket.binaryType = 'arraybuffer'
  const opened = await new Promise<Error | null>((resolve) => {
    socket.once('open', () => resolve(null))
    socket.once('error', resolve)
  })
  if (opened) return failure('unavailable', describeRefusal(url, opened))

  const pending = new Map<number, (result: Result<unknown>) => void>()
  let nextId = 1
  let onEvent: (name: EventName, payload: unknown) => void = () => undefined
  let onRows: (frame: ArrayBuffer) => void = () => undefined
  socket.on('message', (data, isBinary) => {
    if (isBinary) return onRows(data as ArrayBuffer)
    const message = JSON.parse(new TextDecoder().decode(data as ArrayBuffer)) as ServerMessage
    if (message.kind === 'answer') {
      pending.get(message.id)?.(message.result as Result<unknown>)
      pending.delete(message.id)
    } else if (isEventName(message.name)) onEvent(message.name, message.payload)
  })
  socket.on('error', () => undefined) // 'close' follows and says the rest
  socket.on('close', () => {
    for (const settle of pending.values()) settle(failure('unavailable', `The core at ${url} went away.`))
    pending.clear()
  })

  return {
    ok: true,
    value: {
      call(name, args) {
        return new Promise((resolve) => {
          if (socket.readyState !== WebSocket.OPEN)
            return resolve(failure('unavailable', `The core at ${url} went away.`))
          const id = nextId++
          const timer = setTimeout(() => {
            pending.delete(id)
            resolve(failure('timed-out', `${name} was not answered within ${callTimeoutMs / 1000} s.`))
          }, callTimeoutMs)
          pending.set(id, (result) => {
            clearTimeout(timer)
            resolve(result as never)
          })
          socket.send(JSON.stringify({ kind: 'call', id, name, arguments: args }))
        })
      },
      onEvent: (listener) => (onEvent = listener),
      onRows: (listener) => (onRows = listener),
      close: () => socket.close(1000)
    }
  }
}
