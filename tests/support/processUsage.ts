import { readdirSync, readFileSync } from 'node:fs'

/** What a process has used so far. */
export interface ProcessUsage {
  cpuS: number
  rssBytes: number
  threads: number
}

/** Linux counts in hundredths of a second on every machine that matters. */
const ticksPerSecond = 100
const pageBytes = 4096

/** Null where the process is gone or the system does not tell (it is read from /proc). */
export function processUsage(pid: number): ProcessUsage | null {
  if (process.platform !== 'linux') return null
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in brackets and may hold anything; fields are counted behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return {
      cpuS: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
      rssBytes: Number(fields[21]) * pageBytes,
      threads: Number(fields[17])
    }
  } catch {
    return null
  }
}

/** The process and all that it started, and what those started: a browser is many processes. */
export function processTree(pid: number): number[] {
  if (process.platform !== 'linux') return [pid]
  const childrenOf = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      const parent = Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1])
      childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)])
    } catch {
      // It ended meanwhile.
    }
  }
  const tree = [pid]
  for (const parent of tree) tree.push(...(childrenOf.get(parent) ?? []))
  return tree
}
