import type { Nanoseconds } from '../src-preload/contract/units.ts'

/** Time and timers, injected so that 60 s circuits and 30 min clean-ups can be tested without waiting for them. */
export interface Clock {
  /** UTC, for what is stored or shown. */
  nowNs(): Nanoseconds
  nowMs(): number
  /** Never goes back, for durations. */
  monotonicMs(): number
  /** Runs once; the returned function cancels. */
  after(delayMs: number, action: () => void): () => void
  every(intervalMs: number, action: () => void): () => void
}

/** Timers keep no process alive: what must run on is owned and disposed by someone. */
export function systemClock(): Clock {
  return {
    nowNs: () => BigInt(Date.now()) * 1_000_000n,
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    after(delayMs, action) {
      const timer = setTimeout(action, delayMs)
      timer.unref()
      return () => clearTimeout(timer)
    },
    every(intervalMs, action) {
      const timer = setInterval(action, intervalMs)
      timer.unref()
      return () => clearInterval(timer)
    }
  }
}

/** Resolves after a time, or as soon as the signal aborts; `false` says that it aborted. */
export function delay(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve(false)
    const onAbort = (): void => {
      cancel()
      resolve(false)
    }
    const cancel = clock.after(delayMs, () => {
      signal?.removeEventListener('abort', onAbort)
      resolve(true)
    })
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
