import type { Clock } from '../clock.ts'

/** Runs the collection of readings in its interval, watches what it costs, and is watched itself. */
export interface Collector {
  readonly intervalMs: number
  reading(): {
    active: boolean
    intervalMs: number
    isWidened: boolean
    note: string
    /** Percent of one core, over the last half minute. */
    cpuPercent: number
    abandonedChecks: number
    restarts: number
    availabilityPercent: number
  }
  /** Collects now, beside the interval. */
  collectNow(): Promise<void>
  dispose(): void
}

export interface CollectorOptions {
  clock: Clock
  intervalMs(): number
  /** What it does itself is measured; what it waits for (a disk that is away) may take until the check is abandoned. */
  collect(): Promise<void> | void
  checked(seconds: number): void
  /** It was silent for three intervals, or is heard again. */
  silent(isSilent: boolean, note: string): void
  failed(error: unknown): void
  /** Default 2 000. */
  abandonAfterMs?: number
  /** CPU of this thread in ms; for tests. */
  cpuMs?: () => number
}

const costMostPercent = 5
const costLowPercent = 1
const widenMost = 16
const costWindowMs = 30_000
const silentIntervals = 3

/** Of this thread, where the runtime tells: on a busy machine the time on the wall is mostly that of others. */
function threadCpuMs(): number {
  const { threadCpuUsage } = process as { threadCpuUsage?: () => { user: number; system: number } }
  if (!threadCpuUsage) return performance.now()
  const { user, system } = threadCpuUsage.call(process)
  return (user + system) / 1000
}

export function createCollector(options: CollectorOptions): Collector {
  const { clock, abandonAfterMs = 2000, cpuMs = threadCpuMs } = options
  const startedMs = clock.monotonicMs()
  let widening = 1
  let cancel: (() => void) | null = null
  let generation = 0
  let lastDoneMs = startedMs
  let dueMs = startedMs
  let lastBegunMs = startedMs
  let lastWatchMs = startedMs
  let silentSinceMs: number | null = null
  let silentTotalMs = 0
  let abandonedChecks = 0
  let restarts = 0
  let note = ''
  let isDisposed = false
  const costs: { atMs: number; ms: number }[] = []

  const intervalMs = (): number => options.intervalMs() * widening

  function cost(): number {
    const nowMs = clock.monotonicMs()
    while (costs.length > 1 && nowMs - costs[0]!.atMs > costWindowMs) costs.shift()
    const first = costs[0]
    if (!first || costs.length < 2) return 0
    const spent = costs.slice(1).reduce((sum, { ms }) => sum + ms, 0)
    return (100 * spent) / Math.max(1, nowMs - first.atMs)
  }

  function adapt(): void {
    const percent = cost()
    if (percent > costMostPercent && widening < widenMost && costs.length >= 5) {
      widening *= 2
      note = `Monitoring took ${percent.toFixed(1)} % of a processor: readings are collected every ${(intervalMs() / 1000).toFixed(1)} s now.`
      costs.length = 0
    } else if (percent < costLowPercent && widening > 1 && costs.length >= 10) {
      widening /= 2
      note = widening > 1 ? note : ''
      costs.length = 0
    }
  }

  function heard(): void {
    lastDoneMs = clock.monotonicMs()
    if (silentSinceMs === null) return
    silentTotalMs += lastDoneMs - silentSinceMs
    silentSinceMs = null
    note = ''
    options.silent(false, '')
  }

  /** The part that computes is measured; a promise that does not settle in time is left alone. */
  async function check(own: number): Promise<void> {
    const startMs = clock.monotonicMs()
    const cpuBefore = cpuMs()
    let cancelTimeout: (() => void) | null = null
    const timeout = new Promise<'late'>((resolve) => {
      cancelTimeout = clock.after(abandonAfterMs, () => resolve('late'))
    })
    let running: Promise<void> | void
    try {
      running = options.collect()
    } catch (error) {
      running = Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
    costs.push({ atMs: startMs, ms: Math.max(0, cpuMs() - cpuBefore) })
    const outcome = await Promise.race([
      Promise.resolve(running).then(
        () => 'done' as const,
        (error: unknown) => {
          options.failed(error)
          return 'failed' as const
        }
      ),
      timeout
    ])
    cancelTimeout!()
    if (own !== generation || isDisposed) return
    const tookMs = clock.monotonicMs() - startMs
    if (outcome === 'late' || tookMs > abandonAfterMs) abandonedChecks++
    if (outcome !== 'late') options.checked(tookMs / 1000)
    if (outcome === 'done') heard()
    adapt()
  }

  function schedule(own: number): void {
    if (isDisposed) return
    dueMs = clock.monotonicMs() + intervalMs()
    cancel = clock.after(intervalMs(), () => {
      void check(own).then(() => {
        if (own !== generation) return
        schedule(own)
      })
    })
  }

  function restart(): void {
    generation++
    lastBegunMs = clock.monotonicMs()
    cancel?.()
    restarts++
    schedule(generation)
  }

  const stopWatching = clock.every(Math.max(250, options.intervalMs()), () => {
    const nowMs = clock.monotonicMs()
    // Where this timer is late itself the whole thread stood still, and the collection comes as soon as it can.
    const wasHeldUp = nowMs - lastWatchMs > 2 * Math.max(250, intervalMs())
    lastWatchMs = nowMs
    // A shorter interval counts at once.
    if (dueMs - nowMs > intervalMs()) {
      cancel?.()
      schedule(generation)
    }
    if (wasHeldUp || nowMs - Math.max(lastDoneMs, lastBegunMs) <= silentIntervals * intervalMs()) return
    silentSinceMs ??= lastDoneMs
    note = `No readings for ${((nowMs - lastDoneMs) / 1000).toFixed(1)} s: the collection was begun anew.`
    options.silent(true, note)
    restart()
  })
  schedule(generation)

  return {
    get intervalMs() {
      return intervalMs()
    },
    reading() {
      const nowMs = clock.monotonicMs()
      const silentMs = silentTotalMs + (silentSinceMs === null ? 0 : nowMs - silentSinceMs)
      return {
        active: silentSinceMs === null,
        intervalMs: intervalMs(),
        isWidened: widening > 1,
        note,
        cpuPercent: cost(),
        abandonedChecks,
        restarts,
        availabilityPercent: nowMs > startedMs ? 100 * (1 - silentMs / (nowMs - startedMs)) : 100
      }
    },
    collectNow: () => check(generation),
    dispose() {
      isDisposed = true
      cancel?.()
      stopWatching()
    }
  }
}
