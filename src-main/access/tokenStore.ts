import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { roleName, type RoleName, type TokenRecord } from '../../src-preload/contract/access.ts'
import type { Clock } from '../clock.ts'
import { createSerialWriter, readVersionedJson } from '../storage/atomicFile.ts'

export interface TokenMatch {
  state: 'valid' | 'expired' | 'revoked'
  record: TokenRecord
}

export interface TokenStore {
  list(): TokenRecord[]
  /** Null where there is no room for another one. */
  create(given: {
    name: string
    role: RoleName
    validForMs: number | null
    createdBy: string
  }): { token: string; record: TokenRecord } | null
  /** By id, or by name where only one valid token has it. */
  find(idOrName: string): TokenRecord | null
  /** Null where there is none with this id, or none that could still be used. */
  revoke(id: string): TokenRecord | null
  /** A token of this start alone: an administrator's, kept nowhere. */
  addStart(token: string): void
  /** Compares with every token there is, whatever matched before, so that the time taken tells nothing. */
  match(token: string): TokenMatch | null
  /** A token can no longer be used: it was revoked, or its time is over. */
  onEnded(listener: (tokenId: string, why: 'revoked' | 'expired') => void): () => void
  settled(): Promise<void>
  dispose(): Promise<void>
}

const tokensMax = 500
/** The time of last use is for people: written at most so often. */
const usedWrittenEveryMs = 60_000
const sweepEveryMs = 1000
const tokenStart = 'wf_'

const storedToken = z.object({
  id: z.string().min(1),
  name: z.string(),
  role: roleName,
  /** SHA-256 of the token, hex. The token is 256 random bits: there is no dictionary to slow down. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  createdAtMs: z.number(),
  createdBy: z.string(),
  expiresAtMs: z.number().nullable(),
  lastUsedAtMs: z.number().nullable(),
  revokedAtMs: z.number().nullable()
})

interface Held extends Omit<z.infer<typeof storedToken>, 'hash'> {
  kind: 'start' | 'kept'
  digest: Buffer
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

export interface TokenStoreOptions {
  file: string
  clock: Clock
  onWriteError(error: unknown): void
  /** The file is there and cannot be read: no token of it is believed. */
  onDamaged(reason: string): void
}

export async function openTokenStore({ file, clock, onWriteError, onDamaged }: TokenStoreOptions): Promise<TokenStore> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const read = await readVersionedJson(file, 1)
  let held: Held[] = []
  if (read.state === 'damaged') onDamaged(read.reason)
  if (read.state === 'read') {
    const listed = z.array(z.unknown()).safeParse((read.value as { tokens?: unknown }).tokens)
    for (const entry of listed.success ? listed.data : []) {
      const parsed = storedToken.safeParse(entry)
      if (!parsed.success) {
        onDamaged('has an entry that is no token')
        continue
      }
      const { hash, ...rest } = parsed.data
      held.push({ ...rest, kind: 'kept', digest: Buffer.from(hash, 'hex') })
    }
  }
  const writer = createSerialWriter(file, 1, onWriteError)
  const listeners = new Set<(tokenId: string, why: 'revoked' | 'expired') => void>()
  const endedAlready = new Set<string>()
  let usedWrittenMs = 0

  const write = (): void => {
    const tokens = held
      .filter(({ kind }) => kind === 'kept')
      .map(({ kind: _kind, digest, ...rest }) => ({ ...rest, hash: digest.toString('hex') }))
    void writer.write({ tokens })
  }
  const stateOf = ({ revokedAtMs, expiresAtMs }: Held): TokenRecord['state'] =>
    revokedAtMs !== null ? 'revoked' : expiresAtMs !== null && expiresAtMs <= clock.nowMs() ? 'expired' : 'valid'
  const recordOf = (token: Held): TokenRecord => {
    const { digest: _digest, ...rest } = token
    return { ...rest, state: stateOf(token) }
  }
  const ended = (id: string, why: 'revoked' | 'expired'): void => {
    if (endedAlready.has(id)) return
    endedAlready.add(id)
    for (const listener of listeners) listener(id, why)
  }
  const sweep = (): void => {
    for (const token of held) if (stateOf(token) === 'expired') ended(token.id, 'expired')
  }
  /** Where the list is full, what cannot be used any more makes room. */
  const makeRoom = (): boolean => {
    if (held.length < tokensMax) return true
    const oldest = held.filter((token) => stateOf(token) !== 'valid').sort((a, b) => a.createdAtMs - b.createdAtMs)[0]
    held = held.filter((token) => token !== oldest)
    return held.length < tokensMax
  }
  const add = (token: string, more: Omit<Held, 'digest' | 'lastUsedAtMs' | 'revokedAtMs'>): Held => {
    const made: Held = {
      ...more,
      digest: digestOf(token),
      lastUsedAtMs: null,
      revokedAtMs: null
    }
    held.push(made)
    return made
  }
  const cancelSweep = clock.every(sweepEveryMs, sweep)

  return {
    list: () => held.map(recordOf),
    create({ name, role, validForMs, createdBy }) {
      if (!makeRoom()) return null
      const token = tokenStart + randomBytes(32).toString('base64url')
      // One reading of the clock for both: a token is valid for exactly as long as was asked for.
      const createdAtMs = clock.nowMs()
      const expiresAtMs = validForMs === null ? null : createdAtMs + validForMs
      const id = randomBytes(6).toString('hex')
      const made = add(token, { id, name, role, kind: 'kept', createdBy, createdAtMs, expiresAtMs })
      write()
      return { token, record: recordOf(made) }
    },
    find(idOrName) {
      const byId = held.find(({ id }) => id === idOrName)
      if (byId) return recordOf(byId)
      const named = held.filter((token) => token.name === idOrName && stateOf(token) === 'valid')
      return named.length === 1 ? recordOf(named[0]!) : null
    },
    revoke(id) {
      const token = held.find((one) => one.id === id)
      if (!token || stateOf(token) !== 'valid') return null
      token.revokedAtMs = clock.nowMs()
      write()
      ended(id, 'revoked')
      return recordOf(token)
    },
    addStart(token) {
      add(token, {
        id: 'start',
        name: 'start token',
        role: 'admin',
        kind: 'start',
        createdBy: 'start',
        createdAtMs: clock.nowMs(),
        expiresAtMs: null
      })
    },
    match(token) {
      const digest = digestOf(token)
      let found: Held | null = null
      for (const one of held) if (timingSafeEqual(one.digest, digest)) found = one
      if (!found) return null
      const state = stateOf(found)
      if (state === 'valid') {
        found.lastUsedAtMs = clock.nowMs()
        if (found.kind === 'kept' && clock.monotonicMs() - usedWrittenMs > usedWrittenEveryMs) {
          usedWrittenMs = clock.monotonicMs()
          write()
        }
      }
      return { state, record: recordOf(found) }
    },
    onEnded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    settled: () => writer.settled(),
    dispose() {
      cancelSweep()
      if (held.some(({ kind, lastUsedAtMs }) => kind === 'kept' && lastUsedAtMs !== null)) write()
      return writer.settled()
    }
  }
}
