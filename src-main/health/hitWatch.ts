import type { CacheReading } from '../../src-preload/contract/schemas.ts'
import type { FindingSink } from './readings.ts'

/** Hits of the caches over the last minutes; one that answers too little is found. */
export interface HitWatch {
  look(caches: readonly CacheReading[], monotonicMs: number): void
  /** Percent of all requests to all caches that were answered by them; null where there were too few to tell. */
  hitPercent(): number | null
}

const windowMs = 300_000
/** So often a count is kept: sixty of a cache. */
const keepEveryMs = 5000
/** Fewer requests than this say nothing of a cache. */
const requestsLeast = 50
const warnBelowPercent = 30
/** Over when it answers so much again. */
const overFromPercent = 35
const ruleId = 'cache-hits'

interface Recent {
  hits: number
  asked: number
  /** The whole window was seen: a program that has just begun asks for everything once. */
  isFull: boolean
}

interface Count {
  atMs: number
  hits: number
  asked: number
}

export function createHitWatch(findings: FindingSink): HitWatch {
  const counts = new Map<string, Count[]>()
  const low = new Set<string>()
  let whole: { hits: number; asked: number } = { hits: 0, asked: 0 }

  /** What came since the oldest count of the window. */
  function since({ name, hits, joined, misses }: CacheReading, atMs: number): Recent {
    const now: Count = { atMs, hits: hits + joined, asked: hits + joined + misses }
    // A cache that is new had no requests before.
    const kept = counts.get(name) ?? [{ atMs, hits: 0, asked: 0 }]
    counts.set(name, kept)
    if (atMs - kept.at(-1)!.atMs >= keepEveryMs) kept.push(now)
    while (kept.length > 1 && atMs - kept[1]!.atMs >= windowMs) kept.shift()
    const [oldest] = kept
    return { hits: now.hits - oldest!.hits, asked: now.asked - oldest!.asked, isFull: atMs - oldest!.atMs >= windowMs }
  }

  function judge(name: string, { hits, asked, isFull }: Recent): void {
    const percent = asked < requestsLeast || !isFull ? null : (100 * hits) / asked
    if (percent !== null && percent < warnBelowPercent) {
      low.add(name)
      findings.raise({
        ruleId,
        component: name,
        severity: 'warning',
        title: `The cache "${name}" answers ${percent.toFixed(0)} % of its requests`,
        description: `${hits} of ${asked} requests of the last 5 min, ${warnBelowPercent} % are expected at least. What is asked for changes too quickly, or the cache is too small or forgets too soon: its limits are settings.`,
        value: percent,
        threshold: warnBelowPercent
      })
    } else if (low.has(name) && (percent === null || percent >= overFromPercent)) {
      low.delete(name)
      findings.resolve(ruleId, name)
    }
  }

  return {
    look(caches, monotonicMs) {
      whole = { hits: 0, asked: 0 }
      for (const cache of caches) {
        const recent = since(cache, monotonicMs)
        whole.hits += recent.hits
        whole.asked += recent.asked
        judge(cache.name, recent)
      }
      const names = new Set(caches.map(({ name }) => name))
      for (const name of counts.keys())
        if (!names.has(name)) {
          counts.delete(name)
          if (low.delete(name)) findings.resolve(ruleId, name)
        }
    },
    hitPercent: () => (whole.asked < requestsLeast ? null : (100 * whole.hits) / whole.asked)
  }
}
