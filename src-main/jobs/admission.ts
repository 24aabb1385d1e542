import type { JobSettings } from '../../src-preload/contract/settings.ts'
import type { Clock } from '../clock.ts'

/** What the machine carries now, percent; null while it is not known (then it refuses nobody). */
export type MachineProbe = () => { cpuPercent: number; memoryPercent: number } | null

export interface AdmissionEntry {
  id: string
  live: boolean
  /** Its place has come. */
  admitted(): void
  /** Where it waits (1 = next) and why. */
  waiting(position: number, reason: string): void
}

export interface Admission {
  /** Takes a place or queues; null, or why the queue does not take it and when to try again. */
  enter(entry: AdmissionEntry): { reason: string; retryAfterMs: number } | null
  /** Gives back a place, running or queued. */
  leave(id: string): void
  running(): number
  queued(): number
  dispose(): void
}

const lookAgainMs = 1000
const retryAfterMs = 5000

/** J8: at most so many jobs at once, none while the machine is overloaded; who waits, waits visibly, live before historic. */
export function createAdmission(settings: JobSettings, machine: MachineProbe, clock: Clock): Admission {
  const running = new Set<string>()
  let queue: AdmissionEntry[] = []
  let cancelTimer: (() => void) | null = null

  const obstacle = (): string | null => {
    const load = machine()
    if (load && load.cpuPercent > settings.cpuRefusePercent)
      return `the machine's CPU is at ${Math.round(load.cpuPercent)} % (limit ${settings.cpuRefusePercent} %)`
    if (load && load.memoryPercent > settings.memoryRefusePercent)
      return `the machine's memory is at ${Math.round(load.memoryPercent)} % (limit ${settings.memoryRefusePercent} %)`
    return running.size >= settings.concurrentMax
      ? `${running.size} of ${settings.concurrentMax} jobs are running`
      : null
  }

  const schedule = (): void => {
    cancelTimer?.()
    cancelTimer = queue.length > 0 ? clock.after(lookAgainMs, pump) : null
  }

  const pump = (): void => {
    for (let reason = obstacle(); queue.length > 0 && reason === null; reason = obstacle()) {
      const entry = queue.shift()!
      running.add(entry.id)
      entry.admitted()
    }
    const reason = obstacle()
    if (reason !== null) queue.forEach((entry, at) => entry.waiting(at + 1, reason))
    schedule()
  }

  return {
    enter(entry) {
      const reason = obstacle()
      if (reason !== null && queue.length >= settings.queueMax)
        return {
          reason: `${reason}, and ${queue.length} jobs wait already; try again in ${retryAfterMs / 1000} s`,
          retryAfterMs
        }
      const place = entry.live ? queue.findIndex((other) => !other.live) : -1
      queue.splice(place === -1 ? queue.length : place, 0, entry)
      pump()
      return null
    },
    leave(id) {
      const left = running.delete(id)
      const before = queue.length
      queue = queue.filter((entry) => entry.id !== id)
      if (left || queue.length !== before) pump()
    },
    running: () => running.size,
    queued: () => queue.length,
    dispose() {
      cancelTimer?.()
      queue = []
    }
  }
}
