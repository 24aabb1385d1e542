import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { desktopOrigin } from '../../src-preload/contract/security.ts'
import { webSocketTokenPrefix } from '../../src-preload/contract/transport.ts'

/** The page itself may come from this server (any name it is reached by), or from the desktop shell's own scheme. */
export function isKnownOrigin(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true // not a browser: the token decides
  if (origin === desktopOrigin) return true
  try {
    return host !== undefined && new URL(origin).host === host.toLowerCase()
  } catch {
    return false
  }
}

/** Subprotocols that a web socket asks for; among them its token, because browsers can set no other header here. */
export const subprotocols = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').flatMap((name) => name.trim() || [])

export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}

/** Of a web socket: as a subprotocol, or as a script sends it. */
export function socketToken(request: IncomingMessage): string | null {
  const offered = subprotocols(request).find((name) => name.startsWith(webSocketTokenPrefix))
  return offered?.slice(webSocketTokenPrefix.length) ?? bearerToken(request.headers.authorization)
}

export const pathOf = (url: string | undefined): string => (url ?? '/').split('?')[0]!

/** Answers a web socket that may not be opened, and ends the connection. */
export function refuseUpgrade(socket: Duplex, status: number, reason: string): void {
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${reason}\n`
  )
}
