import { failure, ok, type Result } from '../src-preload/contract/errors.ts'
import type { Clock } from './clock.ts'
import type { BackendProcess } from './embeddedProcess.ts'
import type { Log } from './storage/log.ts'
import type { ThreadVitals } from './threadVitals.ts'

/** Keeps the embedded Focus Server running: a process of its own, started again when it ends, like any site's server. */
export interface EmbeddedBackend {
  /** Null while it does not answer. */
  url(): string | null
  pid(): number | null
  /** What its process told of itself last, and how often it was started again. */
  vitals(): ThreadVitals | null
  restarts(): number
  /** Why it ended by itself last; empty where it did not. */
  lastLoss(): string
  /** Offers a recording; resolves with its names in the backend's list. */
  addRecording(path: string): Promise<Result<string[]>>
  dispose(): Promise<void>
}

export interface EmbeddedBackendOptions {
  spawn(): BackendProcess
  clock: Clock
  log: Log
  ready(url: string): void
  /** It ended by itself; it is started again after the delay. */
  lost(reason: string, againInMs: number): void
}

const readyWithinMs = 30_000
const addWithinMs = 60_000
/** How long jobs wait until a server that was started again has its files again. */
const givenAgainWithinMs = 10_000
const endWithinMs = 4000
/** One that lived so long was sound: the next start is at once. */
const soundAfterMs = 30_000
const restartDelaysMs = [0, 500, 1000, 2000, 5000, 10_000, 30_000]

interface Added {
  path: string
  recordings: string[]
  error?: string
}

function baseOf(line: string): string | null {
  try {
    const value = JSON.parse(line) as { ready?: unknown; base?: unknown } | null
    return value?.ready === true && typeof value.base === 'string' ? value.base : null
  } catch {
    return null
  }
}

const isVitals = (message: unknown): message is { type: 'vitals'; vitals: ThreadVitals } =>
  typeof message === 'object' &&
  message !== null &&
  (message as { type?: unknown }).type === 'vitals' &&
  Array.isArray((message as { vitals?: ThreadVitals }).vitals?.gc?.pausesMs)

const isAdded = (message: unknown): message is Added =>
  typeof message === 'object' &&
  message !== null &&
  (message as { type?: unknown }).type === 'added' &&
  typeof (message as Added).path === 'string' &&
  Array.isArray((message as Added).recordings)

export function createEmbeddedBackend({ spawn, clock, log, ready, lost }: EmbeddedBackendOptions): EmbeddedBackend {
  let running: BackendProcess | null = null
  let url: string | null = null
  let deaths = 0
  let restarts = 0
  let lastLoss = ''
  let vitals: ThreadVitals | null = null
  let disposed = false
  let cancelTimer: (() => void) | null = null
  /** Files that this process was given: a new one is given them again. */
  const given = new Set<string>()
  const waiting = new Map<string, ((result: Result<string[]>) => void)[]>()

  const settle = (path: string, result: Result<string[]>): void => {
    const resolvers = waiting.get(path) ?? []
    waiting.delete(path)
    for (const resolve of resolvers) resolve(result)
  }

  const start = (): void => {
    const startedAtMs = clock.monotonicMs()
    const started = spawn()
    running = started
    /** Files that it has not read again yet: jobs on them would not be found. */
    const missing = new Set(given)
    let isReady = false
    const beReady = (base: string): void => {
      if (isReady || running !== started) return
      isReady = true
      cancelTimer?.()
      ready(base)
    }
    cancelTimer = clock.after(readyWithinMs, () => {
      log.error('backend_not_ready', { afterMs: readyWithinMs })
      started.end(true)
    })
    started.onLine((line) => {
      const base = baseOf(line)
      if (base === null || running !== started) return
      cancelTimer?.()
      url = base
      log.info('backend_ready', { url: base, pid: started.pid })
      for (const path of given) started.send({ type: 'add-recording', path })
      if (missing.size === 0) beReady(base)
      else cancelTimer = clock.after(givenAgainWithinMs, () => beReady(base))
    })
    started.onMessage((message) => {
      if (isVitals(message)) vitals = message.vitals
      if (!isAdded(message)) return
      const { path, recordings, error } = message
      if (error === undefined) given.add(path)
      missing.delete(path)
      if (url !== null && missing.size === 0) beReady(url)
      settle(path, error === undefined ? ok(recordings.map(String)) : failure('unreadable', error))
    })
    started.onExit((reason) => {
      if (running !== started) return
      cancelTimer?.()
      running = null
      vitals = null
      url = null
      for (const path of [...waiting.keys()])
        settle(path, failure('unavailable', `The embedded server is gone: ${reason}.`))
      if (disposed) return
      if (clock.monotonicMs() - startedAtMs > soundAfterMs) deaths = 0
      const againInMs = restartDelaysMs[Math.min(deaths++, restartDelaysMs.length - 1)]!
      log.error('backend_ended', { reason, againInMs })
      lastLoss = reason
      lost(reason, againInMs)
      restarts++
      cancelTimer = clock.after(againInMs, start)
    })
  }
  start()

  return {
    url: () => url,
    pid: () => running?.pid ?? null,
    vitals: () => vitals,
    restarts: () => restarts,
    lastLoss: () => lastLoss,
    addRecording(path) {
      const target = running
      if (!target || url === null) return Promise.resolve(failure('unavailable', 'The embedded server is not running.'))
      return new Promise((resolve) => {
        const cancel = clock.after(addWithinMs, () =>
          settle(path, failure('timed-out', `${path} was not read in time.`))
        )
        const resolvers = waiting.get(path) ?? []
        waiting.set(path, [
          ...resolvers,
          (result) => {
            cancel()
            resolve(result)
          }
        ])
        if (resolvers.length === 0) target.send({ type: 'add-recording', path })
      })
    },
    async dispose() {
      disposed = true
      cancelTimer?.()
      const target = running
      if (!target) return
      await new Promise<void>((resolve) => {
        const cancel = clock.after(endWithinMs, () => target.end(true))
        target.onExit(() => {
          cancel()
          resolve()
        })
        target.end(false)
      })
    }
  }
}
