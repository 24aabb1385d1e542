import { readFile, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { lockName } from '../../recordings/session/paths.ts'

/** A writer renews the time of its lock so often. */
export const heartbeatMs = 10_000
/** Of a writer on another machine only the age of its lock is known. */
const staleElsewhereMs = 120_000
/** Where the system does not tell when a process began, its number may have been given to another one since. */
const staleHereMs = 3_600_000

interface LockOwner {
  pid: number
  host: string
  /** When the process began, as the system counts it; null where it does not tell. */
  processStart: string | null
}

/** Field 22 of /proc/PID/stat: clock ticks between the start of the system and that of the process. */
async function processStartOf(pid: number): Promise<string | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export async function writeLock(folder: string): Promise<void> {
  const owner: LockOwner = { pid: process.pid, host: hostname(), processStart: await processStartOf(process.pid) }
  await writeFile(join(folder, lockName), `${JSON.stringify(owner)}\n`)
}

/**
 * Whether somebody writes this session now. A machine that slept may have a writer whose lock is old, so on this machine
 * the process itself is asked for.
 */
export async function hasWriter(folder: string): Promise<boolean> {
  const lock = join(folder, lockName)
  try {
    const owner = JSON.parse(await readFile(lock, 'utf8')) as Partial<LockOwner>
    const ageMs = Date.now() - (await stat(lock)).mtimeMs
    if (owner.host !== hostname()) return ageMs < staleElsewhereMs
    if (typeof owner.pid !== 'number' || !processLives(owner.pid)) return false
    const start = await processStartOf(owner.pid)
    return start !== null && typeof owner.processStart === 'string' ? start === owner.processStart : ageMs < staleHereMs
  } catch {
    return false
  }
}
