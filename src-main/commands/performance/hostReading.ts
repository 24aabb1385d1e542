import { readMachineCounters } from '../../machineCounters.ts'

/** What this machine did between two looks. */
export interface HostReading {
  diskMegabytesPerS: number
  /** Of all processors' time. */
  ioWaitPercent: number
}

/** Begins to watch; `read` gives what happened since. Null where the system does not tell. */
export function watchHost(): { read(): HostReading | null } {
  const beforeMs = performance.now()
  const before = readMachineCounters()
  return {
    read() {
      const now = readMachineCounters()
      if (!before.disk || !now.disk || before.cpu.ioWaitMs === null || now.cpu.ioWaitMs === null) return null
      const seconds = (performance.now() - beforeMs) / 1000
      const totalMs = now.cpu.totalMs - before.cpu.totalMs
      const bytes = now.disk.readBytes + now.disk.writtenBytes - before.disk.readBytes - before.disk.writtenBytes
      return {
        diskMegabytesPerS: bytes / 1e6 / seconds,
        ioWaitPercent: totalMs > 0 ? (100 * (now.cpu.ioWaitMs - before.cpu.ioWaitMs)) / totalMs : 0
      }
    }
  }
}
