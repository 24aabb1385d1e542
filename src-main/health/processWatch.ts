import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Clock } from '../clock.ts'

export interface ProcessCounters {
  name: string
  cpuS: number
  rssBytes: number
  vmsBytes: number
}

/** Of another process, or of this one. Null where the system does not tell without a helper program. */
export function readProcess(pid: number | 'self'): ProcessCounters | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const open = text.indexOf('(')
    const close = text.lastIndexOf(')')
    const fields = text.slice(close + 2).split(' ')
    // utime and stime, in ticks of 10 ms on every Linux that matters; rss in pages of 4 KiB.
    return {
      name: text.slice(open + 1, close),
      cpuS: (Number(fields[11]) + Number(fields[12])) / 100,
      vmsBytes: Number(fields[20]),
      rssBytes: Number(fields[21]) * 4096
    }
  } catch {
    return null
  }
}

export interface OpenHandles {
  /** Files, sockets and pipes that the process has open. */
  files: number
}

export function countHandles(pid: number | 'self'): OpenHandles | null {
  try {
    return { files: readdirSync(`/proc/${pid}/fd`).length }
  } catch {
    return null
  }
}

/** CPU of one process between two looks, percent of one core; a new process number begins anew. */
export function createProcessMeter(clock: Clock): {
  read(pid: number | 'self'): (ProcessCounters & { cpuPercent: number }) | null
} {
  let before: { pid: number | 'self'; cpuS: number; atMs: number } | null = null
  return {
    read(pid) {
      const now = readProcess(pid)
      if (!now) return null
      const atMs = clock.monotonicMs()
      const seconds = before?.pid === pid ? (atMs - before.atMs) / 1000 : 0
      const cpuPercent = seconds > 0 ? Math.max(0, (100 * (now.cpuS - before!.cpuS)) / seconds) : 0
      before = { pid, cpuS: now.cpuS, atMs }
      return { ...now, cpuPercent }
    }
  }
}

export interface BusyProcess {
  pid: number
  name: string
  /** Percent of one core. */
  cpuPercent: number
}

/** Processes that are not the program's, and how much of the processors they take. */
export interface OthersWatch {
  /** The busiest first, those above 5 %. Empty where the system does not tell. */
  read(own: ReadonlySet<number>): BusyProcess[]
}

/** `backup`, `python3 archive.py`: what an operator calls it, where threads are named otherwise. */
function commandName(pid: number): string | null {
  try {
    const [first, ...rest] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    // A program that names itself, as a browser's parts do, puts its options into the same piece.
    const program = first?.split(' -')[0]
    if (!program) return null
    const name = basename(program)
    const script = /^(node|python|java|perl|ruby|sh|bash)/.test(name)
      ? rest.find((text) => /^[^-].*\.\w+$/.test(text))
      : null
    return (script ? `${name} ${basename(script)}` : name).slice(0, 60)
  } catch {
    return null
  }
}

const lookedAtMost = 1500
const shownFromPercent = 5

export function createOthersWatch(clock: Clock): OthersWatch {
  let before = new Map<number, number>()
  let beforeMs = clock.monotonicMs()
  return {
    read(own) {
      const atMs = clock.monotonicMs()
      const seconds = (atMs - beforeMs) / 1000
      const seen = new Map<number, number>()
      const busy: BusyProcess[] = []
      let entries: string[]
      try {
        entries = readdirSync('/proc')
      } catch {
        return []
      }
      const pids = entries.map(Number).filter((pid) => Number.isInteger(pid) && !own.has(pid))
      // Of very many the newest: what was there all the time is no change.
      for (const pid of pids.sort((a, b) => b - a).slice(0, lookedAtMost)) {
        const now = readProcess(pid)
        if (!now) continue
        seen.set(pid, now.cpuS)
        const last = before.get(pid)
        const cpuPercent = last === undefined || seconds <= 0 ? 0 : (100 * (now.cpuS - last)) / seconds
        if (cpuPercent >= shownFromPercent) busy.push({ pid, name: commandName(pid) ?? now.name, cpuPercent })
      }
      before = seen
      beforeMs = atMs
      return busy.sort((a, b) => b.cpuPercent - a.cpuPercent)
    }
  }
}
