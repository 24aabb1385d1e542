import type { Clock } from '../clock.ts'
import { readMachineCounters } from '../machineCounters.ts'

/** What the whole machine did since the reading before. */
export interface MachineSample {
  /** 0..100 of all processors. */
  cpuPercent: number
  ioWaitPercent: number | null
  memoryTotalBytes: number
  memoryAvailableBytes: number
  memoryPercent: number
  swapPercent: number | null
  disk: { readBytesPerS: number; writtenBytesPerS: number; waitMs: number } | null
  network: { receivedBytesPerS: number; sentBytesPerS: number } | null
}

export interface MachineWatch {
  read(): MachineSample
}

export function createMachineWatch(clock: Clock, counters = readMachineCounters): MachineWatch {
  let before = counters()
  let beforeMs = clock.monotonicMs()
  return {
    read() {
      const now = counters()
      const nowMs = clock.monotonicMs()
      const seconds = Math.max(0.001, (nowMs - beforeMs) / 1000)
      const totalMs = now.cpu.totalMs - before.cpu.totalMs
      const share = (ms: number): number => (totalMs > 0 ? Math.min(100, Math.max(0, (100 * ms) / totalMs)) : 0)
      const rate = (from: number, to: number): number => Math.max(0, (to - from) / seconds)
      const { memory } = now
      const operations = (now.disk?.operations ?? 0) - (before.disk?.operations ?? 0)
      const sample: MachineSample = {
        cpuPercent: share(now.cpu.busyMs - before.cpu.busyMs),
        ioWaitPercent:
          now.cpu.ioWaitMs === null || before.cpu.ioWaitMs === null
            ? null
            : share(now.cpu.ioWaitMs - before.cpu.ioWaitMs),
        memoryTotalBytes: memory.totalBytes,
        memoryAvailableBytes: memory.availableBytes,
        memoryPercent: memory.totalBytes > 0 ? 100 * (1 - memory.availableBytes / memory.totalBytes) : 0,
        swapPercent:
          memory.swapTotalBytes === null || memory.swapFreeBytes === null
            ? null
            : memory.swapTotalBytes > 0
              ? 100 * (1 - memory.swapFreeBytes / memory.swapTotalBytes)
              : 0,
        disk:
          now.disk && before.disk
            ? {
                readBytesPerS: rate(before.disk.readBytes, now.disk.readBytes),
                writtenBytesPerS: rate(before.disk.writtenBytes, now.disk.writtenBytes),
                waitMs: operations > 0 ? Math.max(0, now.disk.waitedMs - before.disk.waitedMs) / operations : 0
              }
            : null,
        network:
          now.network && before.network
            ? {
                receivedBytesPerS: rate(before.network.receivedBytes, now.network.receivedBytes),
                sentBytesPerS: rate(before.network.sentBytes, now.network.sentBytes)
              }
            : null
      }
      before = now
      beforeMs = nowMs
      return sample
    }
  }
}
