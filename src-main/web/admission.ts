import type { IncomingMessage } from 'node:http'
import { desktopOrigin } from '../../src-preload/contract/security.ts'
import {
  webSocketPath,
  webSocketProtocol,
  webSocketTokenPrefix,
  webSocketWindowParameter,
  windowIdPattern
} from '../../src-preload/contract/transport.ts'
import { tokenMatches } from './token.ts'

export type Admission =
  | { admitted: true; windowId: string | null }
  | { admitted: false; status: 400 | 401 | 403 | 404; reason: string }

const refuse = (status: 400 | 401 | 403 | 404, reason: string): Admission => ({ admitted: false, status, reason })

/**
 * Pages of other hosts may not connect, whatever they know. Programs that are no browser send no Origin and have the token
 * alone; our desktop windows come from their own scheme.
 */
export function originAllowed(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true
  if (origin === desktopOrigin) return true
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase()
}

export function bearerToken(authorization: string | undefined): string | null {
  const match = /^Bearer (\S+)$/i.exec(authorization ?? '')
  return match ? match[1]! : null
}

const offeredProtocols = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())

/** Decides on a web socket before it is upgraded. */
export function admit(request: IncomingMessage, token: string): Admission {
  const url = new URL(request.url ?? '/', 'http://core')
  if (url.pathname !== webSocketPath) return refuse(404, `There is no web socket at ${url.pathname}.`)
  if (!originAllowed(request.headers.origin, request.headers.host))
    return refuse(403, 'Pages of another host may not connect to this core.')
  const protocols = offeredProtocols(request)
  const offered = protocols.find((name) => name.startsWith(webSocketTokenPrefix))
  if (!tokenMatches(offered?.slice(webSocketTokenPrefix.length) ?? null, token))
    return refuse(401, 'The token is missing or wrong. Open the address that the core printed when it started.')
  if (!protocols.includes(webSocketProtocol))
    return refuse(400, `This core speaks ${webSocketProtocol}; the client did not offer it.`)
  const windowId = url.searchParams.get(webSocketWindowParameter)
  if (windowId !== null && !windowIdPattern.test(windowId))
    return refuse(400, 'The window id may have 8 to 64 letters, digits and hyphens.')
  return { admitted: true, windowId }
}
