import type { Clock } from './clock.ts'

/** Requests that one address may send: `perSecond` for long, `burst` at once. */
export interface RateLimit {
  /** Seconds to wait, or 0 when the request may pass. */
  take(address: string): number
}

const addressesMax = 10_000

export function createRateLimit(clock: Clock, perSecond: number, burst: number): RateLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return {
    take(address) {
      const nowMs = clock.monotonicMs()
      const bucket = buckets.get(address) ?? { tokens: burst, atMs: nowMs }
      bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1000) * perSecond)
      bucket.atMs = nowMs
      if (buckets.size >= addressesMax && !buckets.has(address)) buckets.clear()
      buckets.set(address, bucket)
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond))
      bucket.tokens -= 1
      return 0
    }
  }
}
