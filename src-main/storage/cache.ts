import type { CacheReading } from '../../src-preload/contract/schemas.ts'
import type { Clock } from '../clock.ts'

export interface CacheOptions<Value> {
  name: string
  entriesMax: number
  bytesMax: number
  /** An entry is not used any more so long after it was computed. */
  ttlMs: number
  /** Memory that a value holds, bytes. */
  sizeOf(value: Value): number
  /** False: the value is given to who asked and not kept (a failure that may pass). Default: all are kept. */
  keeps?(value: Value): boolean
}

/** Computed values by key: the least recently used go first, old ones are not used, equal requests at once compute once. */
export interface Cache<Value> {
  readonly name: string
  /** The kept value, or what `compute` gives. Rejects as `compute` does; then nothing is kept. */
  load(key: string, compute: () => Promise<Value>): Promise<Value>
  /** What it was computed from has changed. A computation that runs already is not kept either. */
  delete(key: string): void
  clear(): void
  reading(): CacheReading
}

interface Running<Value> {
  value: Promise<Value> | null
}

interface Entry<Value> {
  value: Value
  bytes: number
  computedAtMs: number
  computeMs: number
}

export function createCache<Value>(options: CacheOptions<Value>, clock: Clock): Cache<Value> {
  const { entriesMax, bytesMax, ttlMs } = options
  // A map keeps the order of insertion: the first is the one that was not used for longest.
  const entries = new Map<string, Entry<Value>>()
  const running = new Map<string, Running<Value>>()
  let bytes = 0
  const counts = { hits: 0, misses: 0, joined: 0, evictions: 0, expirations: 0, tooLarge: 0, savedMs: 0 }

  const remove = (key: string): void => {
    const entry = entries.get(key)
    if (!entry) return
    entries.delete(key)
    bytes -= entry.bytes
  }

  const store = (key: string, entry: Entry<Value>): void => {
    remove(key)
    if (entry.bytes > bytesMax || entriesMax < 1) {
      counts.tooLarge++
      return
    }
    entries.set(key, entry)
    bytes += entry.bytes
    while (bytes > bytesMax || entries.size > entriesMax) {
      remove(entries.keys().next().value!)
      counts.evictions++
    }
  }

  const kept = (key: string): Entry<Value> | null => {
    const entry = entries.get(key)
    if (!entry) return null
    if (clock.monotonicMs() - entry.computedAtMs < ttlMs) {
      entries.delete(key)
      entries.set(key, entry)
      return entry
    }
    remove(key)
    counts.expirations++
    return null
  }

  const run = async (key: string, started: Running<Value>, compute: () => Promise<Value>): Promise<Value> => {
    const startedMs = clock.monotonicMs()
    try {
      const value = await compute()
      const computedAtMs = clock.monotonicMs()
      // Taken away meanwhile: what it was computed from may have changed.
      if (running.get(key) === started && (options.keeps?.(value) ?? true))
        store(key, { value, bytes: options.sizeOf(value), computedAtMs, computeMs: computedAtMs - startedMs })
      return value
    } finally {
      if (running.get(key) === started) running.delete(key)
    }
  }

  return {
    name: options.name,
    load(key, compute) {
      const entry = kept(key)
      if (entry) {
        counts.hits++
        counts.savedMs += entry.computeMs
        return Promise.resolve(entry.value)
      }
      const other = running.get(key)
      if (other?.value) {
        counts.joined++
        return other.value
      }
      counts.misses++
      const started: Running<Value> = { value: null }
      running.set(key, started)
      started.value = run(key, started, compute)
      return started.value
    },
    delete(key) {
      remove(key)
      running.delete(key)
    },
    clear() {
      entries.clear()
      running.clear()
      bytes = 0
    },
    reading: () => ({ name: options.name, entries: entries.size, entriesMax, bytes, bytesMax, ttlMs, ...counts })
  }
}

/** All caches of a program, so that health can read them and an emergency drop them. Composed at the root. */
export interface Caches {
  create<Value>(options: CacheOptions<Value>): Cache<Value>
  readings(): CacheReading[]
  clear(): void
}

export function createCaches(clock: Clock): Caches {
  const caches: Pick<Cache<unknown>, 'name' | 'reading' | 'clear'>[] = []
  return {
    create(options) {
      if (caches.some(({ name }) => name === options.name))
        throw new Error(`There are two caches named ${options.name}.`)
      const cache = createCache(options, clock)
      caches.push(cache)
      return cache
    },
    readings: () => caches.map((cache) => cache.reading()),
    clear() {
      for (const cache of caches) cache.clear()
    }
  }
}
