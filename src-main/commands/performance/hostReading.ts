import { readFileSync } from 'node:fs'

/** What this machine did between two looks. */
export interface HostReading {
  diskMegabytesPerS: number
  /** Of all processors' time. */
  ioWaitPercent: number
}

interface Counters {
  atMs: number
  sectors: number
  ioWait: number
  total: number
}

const sectorBytes = 512

/** Linux keeps them in /proc; null elsewhere. */
function read(): Counters | null {
  try {
    const disks = readFileSync('/proc/diskstats', 'utf8')
    let sectors = 0
    for (const line of disks.split('\n')) {
      const fields = line.trim().split(/\s+/)
      // Whole disks only: their partitions, and what lies on them, would be counted twice.
      if (/^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/.test(fields[2] ?? ''))
        sectors += Number(fields[5]) + Number(fields[9])
    }
    const times = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1, 9).map(Number)
    return { atMs: performance.now(), sectors, ioWait: times[4]!, total: times.reduce((sum, time) => sum + time, 0) }
  } catch {
    return null
  }
}

/** Begins to watch; `read` gives what happened since. Null where the system does not tell. */
export function watchHost(): { read(): HostReading | null } {
  const before = read()
  return {
    read() {
      const now = read()
      if (!before || !now) return null
      const seconds = (now.atMs - before.atMs) / 1000
      const total = now.total - before.total
      return {
        diskMegabytesPerS: ((now.sectors - before.sectors) * sectorBytes) / 1e6 / seconds,
        ioWaitPercent: total > 0 ? (100 * (now.ioWait - before.ioWait)) / total : 0
      }
    }
  }
}
