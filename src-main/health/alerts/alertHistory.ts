import { appendFile, mkdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { alert as alertSchema, type Alert } from '../../../src-preload/contract/alerts.ts'
import type { Clock } from '../../clock.ts'
import { writeFileAtomic } from '../../storage/atomicFile.ts'

export interface AlertHistory {
  /** As the last run left them, the oldest first. */
  readonly alerts: Alert[]
  /** What was wrong with the files; empty where all could be read. */
  readonly problem: string
  /** The newest state of an alert; written within half a second, in batches. */
  keep(alert: Alert): void
  /** Resolves when all that was handed over is on the disk. */
  settled(): Promise<void>
}

export interface AlertHistoryOptions {
  folder: string
  clock: Clock
  /** Ended ones that come back after a restart; open ones all do. */
  alertsMax: number
  /** A file of this size is put aside as the older one; what it held still counts until the next time. */
  fileMaxBytes?: number
  onError(error: unknown): void
}

const batchMs = 500

/**
 * Alerts as lines of JSON, one for every change; the last line of an alert counts. Appending costs the same however long the
 * history is; two files bound it. A line that cannot be read is left out and told.
 */
export async function openAlertHistory(options: AlertHistoryOptions): Promise<AlertHistory> {
  const { folder, clock, alertsMax, fileMaxBytes = 4_000_000, onError } = options
  const newer = join(folder, 'history.jsonl')
  const older = join(folder, 'history.older.jsonl')
  await mkdir(folder, { recursive: true }).catch(onError)

  const known = new Map<string, Alert>()
  const problems: string[] = []
  for (const file of [older, newer]) {
    const { alerts, damaged, reason } = await readLines(file)
    if (reason) problems.push(`${file} ${reason}`)
    if (damaged > 0) problems.push(`${file}: ${damaged} lines could not be understood`)
    for (const alert of alerts) {
      known.delete(alert.id)
      known.set(alert.id, alert)
    }
  }
  const all = [...known.values()].sort((a, b) => a.createdAtMs - b.createdAtMs)
  const isOpen = ({ status }: Alert): boolean => status !== 'resolved'
  // What is open is kept however old it is.
  const endedFirst = all.filter((alert) => !isOpen(alert)).slice(-alertsMax)[0]?.createdAtMs ?? 0
  const alerts = all.filter((alert) => isOpen(alert) || alert.createdAtMs >= endedFirst)
  const open = new Map(all.filter(isOpen).map((alert) => [alert.id, alert]))
  // A crash may have left half a line; what is appended must not be joined to it.
  let isFresh = true
  let waiting = new Map<string, Alert>()
  let writing: Promise<void> | null = null
  let cancelBatch: (() => void) | null = null

  async function rotate(): Promise<void> {
    const size = await stat(newer).then(
      (found) => found.size,
      () => 0
    )
    if (size < fileMaxBytes) return
    await rename(newer, older)
    // What is still open must not go with the file that is overwritten next time.
    const lines = [...open.values()].map((alert) => `${JSON.stringify(alert)}\n`)
    await writeFileAtomic(newer, lines.join(''))
  }

  async function write(): Promise<void> {
    cancelBatch?.()
    cancelBatch = null
    while (waiting.size > 0) {
      const batch = waiting
      waiting = new Map()
      const lines = [...batch.values()].map((alert) => JSON.stringify(alert))
      try {
        await appendFile(newer, `${isFresh ? '\n' : ''}${lines.join('\n')}\n`)
        isFresh = false
        await rotate()
      } catch (error) {
        onError(error)
      }
    }
    writing = null
  }

  return {
    alerts,
    problem: problems.join('; '),
    keep(alert) {
      if (isOpen(alert)) open.set(alert.id, alert)
      else open.delete(alert.id)
      waiting.set(alert.id, alert)
      if (writing || cancelBatch) return
      cancelBatch = clock.after(batchMs, () => {
        writing ??= write()
      })
    },
    async settled() {
      writing ??= write()
      await writing
    }
  }
}

async function readLines(file: string): Promise<{ alerts: Alert[]; damaged: number; reason: string }> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { alerts: [], damaged: 0, reason: code === 'ENOENT' ? '' : `cannot be read (${code})` }
  }
  const alerts: Alert[] = []
  let damaged = 0
  for (const line of text.split('\n')) {
    if (line === '') continue
    const parsed = alertSchema.safeParse(jsonOf(line))
    if (parsed.success) alerts.push(parsed.data)
    else damaged++
  }
  return { alerts, damaged, reason: '' }
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown
  } catch {
    return null
  }
}
