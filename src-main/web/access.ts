import type { IncomingMessage } from 'node:http'
import { desktopOrigin } from '../../src-preload/contract/security.ts'
import { webSocketPath, webSocketProtocol, webSocketTokenPrefix } from '../../src-preload/contract/transport.ts'
import { tokenMatches } from './token.ts'

export type Access = { allowed: true } | { allowed: false; status: number; reason: string }

const refused = (status: number, reason: string): Access => ({ allowed: false, status, reason })

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

/**
 * Whether a web socket may be opened: path, protocol, Origin (a page of another site cannot even try), then the token,
 * which travels as a subprotocol because browsers can set no other header here.
 */
export function checkUpgrade(request: IncomingMessage, token: string): Access {
  const path = (request.url ?? '').split('?')[0]
  if (path !== webSocketPath) return refused(404, 'there is no web socket here')
  if (!isKnownOrigin(request.headers.origin, request.headers.host)) return refused(403, 'this page may not connect')
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  const offered = protocols.find((name) => name.startsWith(webSocketTokenPrefix))
  if (!tokenMatches(offered?.slice(webSocketTokenPrefix.length) ?? null, token))
    return refused(401, 'the token is missing or wrong')
  if (!protocols.includes(webSocketProtocol)) return refused(400, `speak ${webSocketProtocol}`)
  return { allowed: true }
}

export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? null
}
