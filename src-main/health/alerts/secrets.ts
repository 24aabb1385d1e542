import { join } from 'node:path'
import { z } from 'zod'
import type { SecretState } from '../../../src-preload/contract/alertChannels.ts'
import { failure, ok, type Result } from '../../../src-preload/contract/errors.ts'
import type { Clock } from '../../clock.ts'
import { openKeptLists } from './keptList.ts'

/** The key store of the operating system, as the desktop shell reaches it. */
export interface KeyStore {
  /** False where the system has none that a person's login protects. */
  isAvailable(): boolean
  encrypt(text: string): Uint8Array
  /** Throws where the key is not that of the one who wrote it. */
  decrypt(bytes: Uint8Array): string
}

export interface Secrets {
  readonly problem: string
  /** Null where it is not set or cannot be read. Never to be logged, listed or answered. */
  get(owner: string, name: string): string | null
  state(owner: string, name: string): SecretState
  /** The environment variable that goes before what is kept. */
  variable(owner: string, name: string): string
  /** Null takes it away. */
  set(owner: string, name: string, value: string | null): Promise<Result<SecretState>>
  /** All of an owner that is no more. */
  forget(owner: string): Promise<void>
  settled(): Promise<void>
}

const keptSecret = z.object({ owner: z.string(), name: z.string(), encrypted: z.base64() })
type KeptSecret = z.infer<typeof keptSecret>

const keyOf = (owner: string, name: string): string => `${owner}/${name}`

/**
 * Secrets of channels: from the environment, else encrypted by the system's key store, else (no key store: a machine without
 * a desktop) in memory until the program ends. Nothing is ever written that is not encrypted by the system.
 */
export async function openSecrets(
  folder: string,
  keyStore: KeyStore | null,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  onWriteError: (error: unknown) => void
): Promise<Secrets> {
  const kept = await openKeptLists<{ secrets: KeptSecret[] }>(
    join(folder, 'secrets.json'),
    { secrets: keptSecret },
    clock,
    onWriteError
  )
  const encrypted = new Map(kept.lists.secrets.map((secret) => [keyOf(secret.owner, secret.name), secret]))
  const ofThisRun = new Map<string, string>()

  const variable = (owner: string, name: string): string =>
    `WAVEFALL_SECRET_${owner}_${name}`.toUpperCase().replace(/[^A-Z0-9]/g, '_')
  const ofEnvironment = (owner: string, name: string): string | null => {
    const value = environment[variable(owner, name)]
    return value === undefined || value === '' ? null : value
  }
  const decrypted = ({ encrypted: text }: KeptSecret): string | null => {
    try {
      return keyStore?.isAvailable() ? keyStore.decrypt(Buffer.from(text, 'base64')) : null
    } catch {
      return null
    }
  }
  const write = (): Promise<void> => kept.save({ secrets: [...encrypted.values()] })

  return {
    problem: kept.problem,
    get(owner, name) {
      const key = keyOf(owner, name)
      const stored = encrypted.get(key)
      return ofEnvironment(owner, name) ?? ofThisRun.get(key) ?? (stored ? decrypted(stored) : null)
    },
    state(owner, name) {
      const key = keyOf(owner, name)
      if (ofEnvironment(owner, name) !== null) return 'environment'
      if (ofThisRun.has(key)) return 'this run'
      const stored = encrypted.get(key)
      if (!stored) return 'not set'
      return decrypted(stored) === null ? 'unreadable' : 'key store'
    },
    variable,
    async set(owner, name, value) {
      const key = keyOf(owner, name)
      const wasKept = encrypted.delete(key)
      ofThisRun.delete(key)
      if (value === null) {
        if (wasKept) await write()
        return ok('not set')
      }
      if (!keyStore?.isAvailable()) {
        ofThisRun.set(key, value)
        if (wasKept) await write()
        return ok('this run')
      }
      try {
        const bytes = keyStore.encrypt(value)
        encrypted.set(key, { owner, name, encrypted: Buffer.from(bytes).toString('base64') })
      } catch {
        return failure(
          'failed',
          `The key store of this machine refused the secret: set ${variable(owner, name)} in the environment instead.`
        )
      }
      await write()
      return ok('key store')
    },
    async forget(owner) {
      const isOwn = (key: string): boolean => key.startsWith(`${owner}/`)
      for (const key of [...ofThisRun.keys()]) if (isOwn(key)) ofThisRun.delete(key)
      const gone = [...encrypted.keys()].filter(isOwn)
      for (const key of gone) encrypted.delete(key)
      if (gone.length > 0) await write()
    },
    settled: () => kept.settled()
  }
}
