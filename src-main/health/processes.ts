import type { ProcessHealth } from '../../src-preload/contract/health.ts'
import type { Clock } from '../clock.ts'
import { type ThreadVitals, watchVitals } from '../threadVitals.ts'
import { collectProcess, type ProcessFigures } from './collect.ts'
import { oldSpaceLimitBytes, oldSpacePercent } from './oldSpace.ts'
import { countHandles, createProcessMeter } from './processWatch.ts'
import type { ReadingStore } from './readingStore.ts'
import type { HealthSources } from './sources.ts'

/** The core, its threads, the embedded backend: what they take. */
export interface ProcessWatch {
  collect(store: ReadingStore): ProcessHealth[]
  /** What the core holds, measured now. */
  held(): { heldBytes: number; rssBytes: number; heapPercent: number }
  /** Of the core and its embedded backend, read now. */
  residentBytes(): number
  readonly virtualBytes: number | null
  /** Numbers of the program's own processes. */
  own(): ReadonlySet<number>
  dispose(): void
}

const handlesEveryMs = 5000
const pausesForMs = 60_000
const pausesMax = 3000

/** Pauses of the last minute, and collections in all. */
function createPauses(clock: Clock): { add(vitals: ThreadVitals): void; count(): number; p99(): number } {
  let total = 0
  let recent: { atMs: number; ms: number }[] = []
  return {
    add({ gc }) {
      total += gc.count
      const atMs = clock.monotonicMs()
      for (const ms of gc.pausesMs) recent.push({ atMs, ms })
      if (recent.length > pausesMax) recent = recent.slice(-pausesMax)
    },
    count: () => total,
    p99() {
      const nowMs = clock.monotonicMs()
      recent = recent.filter(({ atMs }) => nowMs - atMs <= pausesForMs)
      const sorted = recent.map(({ ms }) => ms).sort((a, b) => a - b)
      return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0
    }
  }
}

export function createProcesses(clock: Clock, sources: HealthSources): ProcessWatch {
  const vitals = watchVitals()
  vitals.watchLoop(true)
  const coreMeter = createProcessMeter(clock)
  /** Of its own: a meter of processor time must not be read in between. */
  const residentMeter = createProcessMeter(clock)
  const meters = new Map<string, ReturnType<typeof createProcessMeter>>()
  const pauses = new Map<string, ReturnType<typeof createPauses>>()
  const seenVitals = new Map<string, ThreadVitals>()
  const handles = new Map<string, { atMs: number; files: number | null }>()
  let cpuBefore = process.cpuUsage()
  let cpuBeforeMs = clock.monotonicMs()
  let virtualBytes: number | null = null
  const heapLimitBytes = oldSpaceLimitBytes()
  let pids = new Set<number>([process.pid])

  const pausesOf = (id: string, taken: ThreadVitals | null): ReturnType<typeof createPauses> => {
    const found = pauses.get(id) ?? createPauses(clock)
    pauses.set(id, found)
    // A thread reports once a second: the same report must not be counted twice.
    if (taken && seenVitals.get(id) !== taken) found.add(taken)
    if (taken) seenVitals.set(id, taken)
    return found
  }

  const handlesOf = (id: string, pid: number | 'self'): number | null => {
    const known = handles.get(id)
    if (known && clock.monotonicMs() - known.atMs < handlesEveryMs) return known.files
    const files = countHandles(pid)?.files ?? null
    handles.set(id, { atMs: clock.monotonicMs(), files })
    return files
  }

  function finish(
    store: ReadingStore,
    kind: ProcessHealth['kind'],
    label: string,
    figures: Omit<ProcessFigures, 'gcCount' | 'gcPauseP99Ms'>
  ): ProcessHealth {
    const { process: id, vitals: taken } = figures
    if (taken && seenVitals.get(id) !== taken)
      for (const ms of taken.gc.pausesMs) store.observe('wavefall_gc_pause_seconds', { process: id }, ms / 1000)
    const own = pausesOf(id, taken)
    const whole = { ...figures, gcCount: own.count(), gcPauseP99Ms: own.p99() }
    collectProcess(store, whole)
    return {
      id,
      kind,
      label,
      cpuPercent: figures.cpuPercent,
      rssBytes: figures.rssBytes,
      vmsBytes: figures.vmsBytes,
      heapUsedBytes: taken?.heapUsedBytes ?? null,
      externalBytes: taken?.externalBytes ?? null,
      eventLoopMs: taken?.eventLoopMs ?? null,
      gc: taken ? { count: whole.gcCount, pauseP99Ms: whole.gcPauseP99Ms } : null,
      handles: figures.handles,
      frameP95Ms: null,
      restarts: figures.restarts
    }
  }

  function core(store: ReadingStore): ProcessHealth {
    const used = process.cpuUsage(cpuBefore)
    const nowMs = clock.monotonicMs()
    const cpuPercent = (used.user + used.system) / 10 / Math.max(1, nowMs - cpuBeforeMs)
    cpuBefore = process.cpuUsage()
    cpuBeforeMs = nowMs
    virtualBytes = coreMeter.read('self')?.vmsBytes ?? null
    return finish(store, 'core', 'core', {
      process: 'core',
      cpuPercent,
      rssBytes: process.memoryUsage.rss(),
      vmsBytes: virtualBytes,
      vitals: vitals.take(),
      handles: handlesOf('core', 'self'),
      restarts: null
    })
  }

  function backends(store: ReadingStore): ProcessHealth[] {
    pids = new Set([process.pid])
    return sources.backends().flatMap(({ name, pid, vitals: taken, restarts }) => {
      if (pid === null) return []
      pids.add(pid)
      const id = `backend ${name}`
      const meter = meters.get(id) ?? createProcessMeter(clock)
      meters.set(id, meter)
      const read = meter.read(pid)
      if (!read && !taken) return []
      return finish(store, 'backend', `backend (${name})`, {
        process: id,
        cpuPercent: read?.cpuPercent ?? 0,
        rssBytes: read?.rssBytes ?? null,
        vmsBytes: read?.vmsBytes ?? null,
        vitals: taken,
        handles: handlesOf(id, pid),
        restarts
      })
    })
  }

  return {
    collect: (store) => [
      core(store),
      ...sources.threads().map(({ label, kind, cpuPercent, restarts, vitals: taken }) =>
        finish(store, kind, label, {
          process: label,
          cpuPercent,
          rssBytes: null,
          vmsBytes: null,
          vitals: taken,
          handles: null,
          restarts
        })
      ),
      ...backends(store)
    ],
    held() {
      const { rss, heapUsed, external } = process.memoryUsage()
      return { heldBytes: heapUsed + external, rssBytes: rss, heapPercent: oldSpacePercent(heapLimitBytes) }
    },
    residentBytes() {
      let bytes = process.memoryUsage.rss()
      for (const pid of pids) if (pid !== process.pid) bytes += residentMeter.read(pid)?.rssBytes ?? 0
      return bytes
    },
    get virtualBytes() {
      return virtualBytes
    },
    own: () => pids,
    dispose: () => vitals.dispose()
  }
}
