import type { IncomingHttpHeaders } from 'node:http'
import type { Right } from '../../../src-preload/contract/access.ts'
import type { Access } from '../../access/access.ts'
import type { Identity } from '../../access/identity.ts'
import { bearerToken, isKnownOrigin } from '../access.ts'

export type Identified =
  | { allowed: true; identity: Identity; isAnonymous: boolean }
  | { allowed: false; status: 401 | 403 | 429; error: string; reason: string; retryAfterS: number | null }

/** What may be read without a token on an open port. */
const openRights: ReadonlySet<Right> = new Set(['metrics', 'records'])

/** A page could point a name of its own at the loopback: only the loopback's own names are answered without a token. */
const isLoopbackName = (host: string | undefined): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i.test(host ?? '')

const forbidden = (reason: string): Identified => ({
  allowed: false,
  status: 403,
  error: 'forbidden',
  reason,
  retryAfterS: null
})

export interface Asked {
  headers: IncomingHttpHeaders
  ip: string | null
}

/** Who asks for a path of the API, or why it gets no answer. A token that is offered must be right, on an open port too. */
export function identify(
  { headers, ip }: Asked,
  access: Access,
  { isOpen, right, what, token }: { isOpen: boolean; right: Right; what: string; token?: string | null }
): Identified {
  if (!isKnownOrigin(headers.origin, headers.host)) return forbidden('This page may not ask here.')
  const isOffered = headers.authorization !== undefined || (token ?? null) !== null
  if (isOpen && !isOffered && openRights.has(right)) {
    if (!isLoopbackName(headers.host))
      return forbidden('Without a token only 127.0.0.1, ::1 and localhost are answered.')
    return {
      allowed: true,
      isAnonymous: true,
      identity: { tokenId: null, name: 'reader of this machine', role: 'service', address: ip }
    }
  }
  const offered = token ?? (headers.authorization === undefined ? null : (bearerToken(headers.authorization) ?? ''))
  const admission = access.admit(offered, ip, what)
  if (admission.allowed) return { allowed: true, identity: admission.identity, isAnonymous: false }
  const error = admission.status === 429 ? 'too-many' : 'unauthorized'
  return {
    allowed: false,
    status: admission.status,
    error,
    reason: admission.reason,
    retryAfterS: admission.retryAfterS
  }
}
