import { readFileSync } from 'node:fs'
import os from 'node:os'
import v8 from 'node:v8'
import type { CacheReading, MachineReading } from '../src-preload/contract/schemas.ts'
import type { WorkerReading } from './analysis/analysis.ts'
import type { Clock } from './clock.ts'
import type { MachineProbe } from './jobs/admission.ts'
import { createLoopDelay } from './loopDelay.ts'

/** What the program and the machine carry, once a second. */
export interface MachineMonitor {
  reading(): MachineReading | null
  /**
   * For admission: the CPU is what it did not fall below for ten seconds. A single busy second says nothing, and the start of
   * a program refuses nobody.
   */
  readonly probe: MachineProbe
  dispose(): void
}

const intervalMs = 1000
const sustainedReadings = 10

interface CpuTimes {
  busy: number
  total: number
}

function cpuTimes(): CpuTimes {
  let busy = 0
  let total = 0
  for (const { times } of os.cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq
    total += all
    busy += all - times.idle
  }
  return { busy, total }
}

/** Linux counts caches as used; what matters is what can still be had. */
function memoryPercent(): number {
  const total = os.totalmem()
  let available = os.freemem()
  try {
    const match = /MemAvailable:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))
    if (match) available = Number(match[1]) * 1024
  } catch {
    // Other systems: what they call free.
  }
  return total > 0 ? (100 * (total - available)) / total : 0
}

/** CPU seconds and resident bytes of another process; null where the system does not tell without a helper program. */
function otherProcess(pid: number): { cpuS: number; rssBytes: number } | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    // utime and stime, in ticks of 10 ms on every Linux that matters; rss in pages of 4 KiB.
    return { cpuS: (Number(fields[11]) + Number(fields[12])) / 100, rssBytes: Number(fields[21]) * 4096 }
  } catch {
    return null
  }
}

export function createMachineMonitor(
  clock: Clock,
  threads: () => (Pick<WorkerReading, 'cpuPercent' | 'eventLoopDelayMs'> & { label: string })[],
  backendPid: () => number | null,
  caches: () => CacheReading[],
  changed: (reading: MachineReading) => void
): MachineMonitor {
  const loopDelay = createLoopDelay()
  loopDelay.watch(true)
  let last: MachineReading | null = null
  let before = cpuTimes()
  let ownBefore = process.cpuUsage()
  let beforeMs = clock.monotonicMs()
  let backendBefore: { pid: number; cpuS: number } | null = null
  const recent: { cpuPercent: number; memoryPercent: number }[] = []

  const readBackend = (elapsedS: number): MachineReading['processes'] => {
    const pid = backendPid()
    const found = pid === null ? null : otherProcess(pid)
    if (pid === null || !found) return []
    const cpuS = backendBefore?.pid === pid ? found.cpuS - backendBefore.cpuS : 0
    backendBefore = { pid, cpuS: found.cpuS }
    return [
      {
        process: 'focus-server',
        label: 'embedded Focus Server',
        cpuPercent: (100 * cpuS) / elapsedS,
        rssBytes: found.rssBytes,
        eventLoopDelayMs: null
      }
    ]
  }

  const read = (): void => {
    const now = cpuTimes()
    const own = process.cpuUsage(ownBefore)
    const nowMs = clock.monotonicMs()
    const elapsedS = Math.max(0.001, (nowMs - beforeMs) / 1000)
    const total = now.total - before.total
    const reading: MachineReading = {
      atNs: clock.nowNs().toString(),
      cpuPercent: total > 0 ? (100 * (now.busy - before.busy)) / total : 0,
      memoryPercent: memoryPercent(),
      processes: [
        {
          process: 'core',
          label: 'core',
          cpuPercent: (own.user + own.system) / 1e4 / elapsedS,
          rssBytes: process.memoryUsage.rss(),
          heapUsedBytes: v8.getHeapStatistics().used_heap_size,
          eventLoopDelayMs: loopDelay.take()
        },
        ...readBackend(elapsedS),
        ...threads().map(({ label, cpuPercent, eventLoopDelayMs }) => ({
          process: 'worker' as const,
          label,
          cpuPercent,
          rssBytes: null,
          eventLoopDelayMs
        }))
      ],
      caches: caches()
    }
    before = now
    ownBefore = process.cpuUsage()
    beforeMs = nowMs
    recent.push({ cpuPercent: reading.cpuPercent, memoryPercent: reading.memoryPercent })
    if (recent.length > sustainedReadings) recent.shift()
    last = reading
    changed(reading)
  }
  const stop = clock.every(intervalMs, read)

  return {
    reading: () => last,
    probe() {
      if (recent.length < sustainedReadings) return null
      return {
        cpuPercent: Math.min(...recent.map((reading) => reading.cpuPercent)),
        memoryPercent: recent.at(-1)!.memoryPercent
      }
    },
    dispose() {
      stop()
      loopDelay.watch(false)
    }
  }
}
