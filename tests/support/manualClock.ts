import type { Clock } from '../../src-main/clock.ts'

export interface ManualClock extends Clock {
  /** Moves time on, running what falls due in order; between two timers, promises settle. */
  advance(ms: number): Promise<void>
}

interface Timer {
  dueMs: number
  everyMs: number | null
  action: () => void
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A clock that only moves when told to. */
export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let nowMs = startMs
  const timers = new Set<Timer>()
  const add = (timer: Timer): (() => void) => {
    timers.add(timer)
    return () => timers.delete(timer)
  }
  return {
    nowNs: () => BigInt(Math.trunc(nowMs)) * 1_000_000n,
    nowMs: () => nowMs,
    monotonicMs: () => nowMs - startMs,
    after: (delayMs, action) => add({ dueMs: nowMs + delayMs, everyMs: null, action }),
    every: (intervalMs, action) => add({ dueMs: nowMs + intervalMs, everyMs: intervalMs, action }),
    async advance(ms) {
      const endMs = nowMs + ms
      for (;;) {
        await settle()
        const next = [...timers].filter((timer) => timer.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0]
        if (!next) break
        nowMs = Math.max(nowMs, next.dueMs)
        if (next.everyMs === null) timers.delete(next)
        else next.dueMs += next.everyMs
        next.action()
      }
      nowMs = endMs
      await settle()
    }
  }
}
