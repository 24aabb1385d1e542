import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How late the event loop of this thread comes to what is due, since it was last asked. */
export interface LoopDelay {
  /** Milliseconds; 0 while it is not watched. Begins anew. */
  take(): { p50: number; p99: number }
  /** Watching costs a third of a percent of a core: a thread that has nothing to do need not be watched. */
  watch(isWatched: boolean): void
}

/** Half of it would cost twice as much, and a delay that is worth knowing is longer. */
const resolutionMs = 20

export function createLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  // It holds the time between two ticks of its own timer: what is above that is delay.
  const beyond = (percentile: number): number =>
    Math.max(0, Math.round((histogram.percentile(percentile) / 1e6 - resolutionMs) * 100) / 100)
  return {
    take() {
      const delay = { p50: beyond(50), p99: beyond(99) }
      histogram.reset()
      return delay
    },
    watch(isWatched) {
      if (isWatched) histogram.enable()
      else histogram.disable()
    }
  }
}
