import { readFileSync } from 'node:fs'
import os from 'node:os'

/** What the system counts, read at one moment; differences of two readings are rates. Null where it does not tell. */
export interface MachineCounters {
  /** Milliseconds of all processors. */
  cpu: { busyMs: number; totalMs: number; ioWaitMs: number | null }
  memory: { totalBytes: number; availableBytes: number; swapTotalBytes: number | null; swapFreeBytes: number | null }
  disk: { readBytes: number; writtenBytes: number; operations: number; waitedMs: number } | null
  network: { receivedBytes: number; sentBytes: number } | null
}

const sectorBytes = 512
/** Whole disks only: their partitions, and what lies on them, would be counted twice. */
const wholeDisk = /^(?:sd[a-z]+|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

function readCpu(): MachineCounters['cpu'] {
  const line = textOf('/proc/stat')?.split('\n', 1)[0]
  if (line?.startsWith('cpu ')) {
    // user nice system idle iowait irq softirq steal, in ticks of 10 ms. Time that was stolen is not this machine's.
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number)
    const total = ticks.reduce((sum, tick) => sum + tick, 0)
    const idle = ticks[3]! + ticks[4]!
    return { busyMs: 10 * (total - idle), totalMs: 10 * total, ioWaitMs: 10 * ticks[4]! }
  }
  let busyMs = 0
  let totalMs = 0
  for (const { times } of os.cpus()) {
    const all = times.user + times.nice + times.sys + times.idle + times.irq
    totalMs += all
    busyMs += all - times.idle
  }
  return { busyMs, totalMs, ioWaitMs: null }
}

/** Linux counts caches as used; what matters is what can still be had. */
function readMemory(): MachineCounters['memory'] {
  const text = textOf('/proc/meminfo')
  const field = (name: string): number | null => {
    const match = text === null ? null : new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)
    return match ? Number(match[1]) * 1024 : null
  }
  return {
    totalBytes: field('MemTotal') ?? os.totalmem(),
    availableBytes: field('MemAvailable') ?? os.freemem(),
    swapTotalBytes: field('SwapTotal'),
    swapFreeBytes: field('SwapFree')
  }
}

function readDisk(): MachineCounters['disk'] {
  const text = textOf('/proc/diskstats')
  if (text === null) return null
  const disk = { readBytes: 0, writtenBytes: 0, operations: 0, waitedMs: 0 }
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    if (!wholeDisk.test(fields[2] ?? '')) continue
    disk.operations += Number(fields[3]) + Number(fields[7])
    disk.readBytes += Number(fields[5]) * sectorBytes
    disk.writtenBytes += Number(fields[9]) * sectorBytes
    disk.waitedMs += Number(fields[6]) + Number(fields[10])
  }
  return disk
}

function readNetwork(): MachineCounters['network'] {
  const text = textOf('/proc/net/dev')
  if (text === null) return null
  const network = { receivedBytes: 0, sentBytes: 0 }
  for (const line of text.split('\n').slice(2)) {
    const [name, counters] = line.split(':')
    if (!counters) continue
    // The loop-back counts too: the embedded backend streams over it.
    const fields = counters.trim().split(/\s+/).map(Number)
    if (name!.trim() === '') continue
    network.receivedBytes += fields[0]!
    network.sentBytes += fields[8]!
  }
  return network
}

export const readMachineCounters = (): MachineCounters => ({
  cpu: readCpu(),
  memory: readMemory(),
  disk: readDisk(),
  network: readNetwork()
})
