import { join } from 'node:path'
import type { AccessCounters, ListenerState } from '../../src-preload/contract/access.ts'
import type { Clock } from '../clock.ts'
import { createRateLimit } from '../rateLimit.ts'
import type { Log } from '../storage/log.ts'
import { openAuditLog, type AuditEvent, type AuditLog } from './auditLog.ts'
import type { Identity } from './identity.ts'
import { openTokenStore, type TokenStore } from './tokenStore.ts'

export type Admission =
  | { allowed: true; identity: Identity }
  | { allowed: false; status: 401 | 429; reason: string; retryAfterS: number | null }

/** Tokens, audit and the gate that every port of the program asks. */
export interface Access {
  readonly tokens: TokenStore
  readonly audit: AuditLog
  /** Whose token this is. A refusal is counted, logged and audited here; `what` is the path, without its query. */
  admit(token: string | null, address: string | null, what: string): Admission
  /** The token was right and its role too low; gives the sentence back. */
  refuse(identity: Identity, action: string, reason: string): string
  /** An action that was allowed, and how it ended. */
  acted(identity: Identity, action: string, subject: string, failure: string | null): void
  counters(): AccessCounters
  /** A port that is open from now on; the returned function says that it is closed. */
  listens(listener: () => ListenerState): () => void
  listeners(): ListenerState[]
  dispose(): Promise<void>
}

/** Wrong tokens that one address may try before it is told to wait. A right token always passes. */
const failuresPerSecond = 1
const failuresBurst = 20
const nobody = { name: 'nobody', tokenId: null, role: null } as const

type Refused = 'missing' | 'wrong' | 'expired' | 'revoked'
const sentences: Record<Refused, string> = {
  missing: 'A token is needed: send it as "Authorization: Bearer TOKEN".',
  wrong: 'The token is wrong: take the one that the program printed, or have one made with "wavefall tokens create".',
  expired: 'The token has expired: have a new one made with "wavefall tokens create".',
  revoked: 'The token was revoked: have a new one made with "wavefall tokens create".'
}

/** Tokens and audit log of a data folder. */
export const accessFolder = (dataFolder: string): string => join(dataFolder, 'access')

export async function openAccess(options: { dataFolder: string; clock: Clock; log: Log }): Promise<Access> {
  const { clock, log } = options
  const folder = accessFolder(options.dataFolder)
  const failed = (what: string) => (error: unknown) =>
    log.error('write_failed', { what, reason: error instanceof Error ? error.message : String(error) })
  const audit = await openAuditLog({ folder, clock, onError: failed('audit log') })
  const tokens = await openTokenStore({
    file: join(folder, 'tokens.json'),
    clock,
    onWriteError: failed('tokens'),
    onDamaged: (reason) => log.error('tokens_damaged', { file: 'access/tokens.json', reason })
  })
  const counters: AccessCounters = {
    admitted: 0,
    missing: 0,
    wrong: 0,
    expired: 0,
    revoked: 0,
    forbidden: 0,
    limited: 0
  }
  const failures = createRateLimit(clock, failuresPerSecond, failuresBurst)
  const listeners = new Set<() => ListenerState>()

  const refusal = (
    why: Refused,
    identity: AuditEvent['identity'],
    what: string
  ): Extract<Admission, { allowed: false }> => {
    counters[why] += 1
    const waitS = failures.take(identity.address ?? '')
    if (waitS > 0) {
      counters.limited += 1
      const reason = `Too many wrong tokens from this address: wait ${waitS} s.`
      return { allowed: false, status: 429, reason, retryAfterS: waitS }
    }
    log.warning('access_refused', { why, what, address: identity.address, token: identity.tokenId })
    audit.note({ identity, action: what, subject: '', outcome: 'refused', reason: sentences[why] })
    return { allowed: false, status: 401, reason: sentences[why], retryAfterS: null }
  }

  return {
    tokens,
    audit,
    admit(token, address, what) {
      const match = token === null ? null : tokens.match(token)
      if (match?.state === 'valid') {
        counters.admitted += 1
        const { id, name, role } = match.record
        return { allowed: true, identity: { tokenId: id, name, role, address } }
      }
      const known = match ? { name: match.record.name, tokenId: match.record.id, role: match.record.role } : nobody
      const why: Refused = match?.state === 'expired' || match?.state === 'revoked' ? match.state : 'wrong'
      return refusal(token === null ? 'missing' : why, { ...known, address }, what)
    },
    refuse(identity, action, reason) {
      counters.forbidden += 1
      log.warning('access_forbidden', { action, token: identity.tokenId, role: identity.role })
      audit.note({ identity, action, subject: '', outcome: 'refused', reason })
      return reason
    },
    acted(identity, action, subject, failure) {
      audit.note({ identity, action, subject, outcome: failure === null ? 'done' : 'failed', reason: failure ?? '' })
    },
    counters: () => ({ ...counters }),
    listens(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    listeners: () => [...listeners].map((listener) => listener()),
    async dispose() {
      await Promise.all([tokens.dispose(), audit.dispose()])
    }
  }
}
