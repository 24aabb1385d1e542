import type { HealthLive } from '../src-preload/contract/health.ts'
import type { CacheReading, MachineReading } from '../src-preload/contract/schemas.ts'
import type { Clock } from './clock.ts'
import type { MachineSample } from './health/machineWatch.ts'
import type { MachineProbe } from './jobs/admission.ts'

/** What the program and the machine carry, from what health collects about once a second. */
export interface MachineMonitor {
  take(live: HealthLive, sample: MachineSample): void
  reading(): MachineReading | null
  /**
   * For admission: the CPU is what it did not fall below for ten seconds. A single busy second says nothing, and the start of
   * a program refuses nobody.
   */
  readonly probe: MachineProbe
}

const sustainedReadings = 10

export function createMachineMonitor(
  clock: Clock,
  caches: () => CacheReading[],
  changed: (reading: MachineReading) => void
): MachineMonitor {
  let last: MachineReading | null = null
  const recent: { cpuPercent: number; memoryPercent: number }[] = []

  const processesOf = ({ processes }: HealthLive): MachineReading['processes'] =>
    processes
      .filter(({ kind }) => kind !== 'window')
      .map(({ kind, label, cpuPercent, rssBytes, heapUsedBytes, eventLoopMs }) => ({
        process:
          kind === 'core' ? ('core' as const) : kind === 'backend' ? ('focus-server' as const) : ('worker' as const),
        label: kind === 'backend' ? 'embedded Focus Server' : label,
        cpuPercent: cpuPercent ?? 0,
        rssBytes,
        ...(kind === 'core' && heapUsedBytes !== null ? { heapUsedBytes } : {}),
        eventLoopDelayMs: eventLoopMs
      }))

  return {
    take(live, { cpuPercent, memoryPercent }) {
      last = {
        atNs: clock.nowNs().toString(),
        cpuPercent,
        memoryPercent,
        processes: processesOf(live),
        caches: caches()
      }
      recent.push({ cpuPercent, memoryPercent })
      if (recent.length > sustainedReadings) recent.shift()
      changed(last)
    },
    reading: () => last,
    probe() {
      if (recent.length < sustainedReadings) return null
      return {
        cpuPercent: Math.min(...recent.map((reading) => reading.cpuPercent)),
        memoryPercent: recent.at(-1)!.memoryPercent
      }
    }
  }
}
