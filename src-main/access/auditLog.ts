import { mkdir, open, readFile, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditEntry, AuditVerification } from '../../src-preload/contract/access.ts'
import type { Clock } from '../clock.ts'
import { createRateLimit } from '../rateLimit.ts'
import { writeFileAtomic } from '../storage/atomicFile.ts'
import {
  auditFileName,
  auditFiles,
  firstChecksum,
  headFile,
  parseEntry,
  parseHead,
  seal,
  tornAction,
  verifyAudit
} from './auditChain.ts'
import { localIdentity, type Identity } from './identity.ts'

export interface AuditEvent {
  identity: Pick<Identity, 'name' | 'tokenId' | 'address'> & { role: Identity['role'] | null }
  action: string
  subject: string
  outcome: AuditEntry['outcome']
  reason: string
}

export interface AuditLog {
  /** Never waits and never throws: the entry is written in its turn. */
  note(event: AuditEvent): void
  /** Newest first. */
  list(limit: number, before: number | null): Promise<AuditEntry[]>
  verify(): Promise<AuditVerification>
  /** `summed`: events that are in the count of another entry; `failures`: that could not be written. */
  counters(): { written: number; summed: number; failures: number }
  settled(): Promise<void>
  dispose(): Promise<void>
}

const fileMaxBytes = 16 * 1024 * 1024
/** Entries of one actor and address that are written singly: what comes faster is summed by action and outcome. */
const perSecond = 5
const burst = 100
const sumEveryMs = 10_000
const sumsMax = 1000
const waitingMax = 5000
const textMax = 300
const listedMax = 1000

export interface AuditLogOptions {
  folder: string
  clock: Clock
  onError(error: unknown): void
  maxBytes?: number
}

/** Where the last run ended: its last entry, the file to go on in, and what a crash cut off. */
async function readEnd(folder: string): Promise<{ number: number; last: AuditEntry | null; torn: string | null }> {
  const files = await auditFiles(folder)
  for (let at = files.length - 1; at >= 0; at--) {
    const text = await readFile(join(folder, files[at]!), 'utf8')
    const lines = text.split('\n')
    const rest = lines.pop()!
    const torn = at === files.length - 1 && rest !== '' ? rest : null
    for (let line = lines.length - 1; line >= 0; line--) {
      const entry = parseEntry(lines[line]!)
      if (entry) return { number: files.length, last: entry, torn }
    }
    if (torn !== null) return { number: files.length, last: null, torn }
  }
  return { number: Math.max(1, files.length), last: null, torn: null }
}

export async function openAuditLog({
  folder,
  clock,
  onError,
  maxBytes = fileMaxBytes
}: AuditLogOptions): Promise<AuditLog> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const end = await readEnd(folder)
  const head = await readFile(join(folder, headFile), 'utf8').then(parseHead, () => null)
  let number = end.number
  // A cut end keeps its numbers: the entries that follow show that something is missing.
  let sequence = Math.max(end.last?.sequence ?? 0, head?.sequence ?? 0)
  let previous = end.last?.checksum ?? firstChecksum
  let handle: FileHandle | null = null
  let size = 0
  let waiting: AuditEvent[] = []
  let counts: number[] = []
  let writing: Promise<void> | null = null
  const counters = { written: 0, summed: 0, failures: 0 }
  const limit = createRateLimit(clock, perSecond, burst)
  const sums = new Map<string, { event: AuditEvent; count: number }>()

  const openFile = async (): Promise<FileHandle> => {
    const file = join(folder, auditFileName(number))
    const opened = await open(file, 'a', 0o600)
    size = (await stat(file)).size
    return opened
  }

  const line = (event: AuditEvent, count: number): string => {
    const cut = (text: string): string => (text.length > textMax ? `${text.slice(0, textMax)}…` : text)
    const sealed = seal(
      {
        sequence: ++sequence,
        time: new Date(clock.nowMs()).toISOString(),
        actor: cut(event.identity.name),
        tokenId: event.identity.tokenId,
        role: event.identity.role,
        address: event.identity.address,
        action: cut(event.action),
        subject: cut(event.subject),
        outcome: event.outcome,
        reason: cut(event.reason),
        count
      },
      previous
    )
    previous = sealed.checksum
    return `${JSON.stringify(sealed)}\n`
  }

  const drain = async (): Promise<void> => {
    await Promise.resolve()
    while (waiting.length > 0) {
      const events = waiting
      const counted = counts
      waiting = []
      counts = []
      const before = { sequence, previous }
      try {
        handle ??= await openFile()
        if (size > maxBytes) {
          await handle.close()
          number += 1
          handle = await openFile()
        }
        const text = events.map((event, at) => line(event, counted[at]!)).join('')
        await handle.appendFile(text)
        await handle.datasync()
        size += Buffer.byteLength(text)
        counters.written += events.length
        await writeFileAtomic(join(folder, headFile), JSON.stringify({ sequence, checksum: previous }))
      } catch (error) {
        // What was not written is not part of the chain; the next entry goes on from what was.
        sequence = before.sequence
        previous = before.previous
        counters.failures += events.length
        // Half a line would spoil the next one: it is taken back, or the log goes on in a new file.
        const mended = await handle?.truncate(size).then(
          () => true,
          () => false
        )
        if (mended === false) number += 1
        await handle?.close().catch(() => undefined)
        handle = null
        onError(error)
      }
    }
    writing = null
  }

  const enqueue = (event: AuditEvent, count: number): void => {
    if (waiting.length >= waitingMax) {
      counters.failures += count
      return
    }
    waiting.push(event)
    counts.push(count)
    writing ??= drain()
  }

  const writeSums = (): void => {
    for (const { event, count } of sums.values()) enqueue(event, count)
    sums.clear()
  }
  const cancelSums = clock.every(sumEveryMs, writeSums)

  if (end.torn !== null) {
    const broken = await openFile()
    await broken.appendFile('\n')
    await broken.close()
    enqueue(
      {
        identity: localIdentity,
        action: tornAction,
        subject: auditFileName(number),
        outcome: 'failed',
        reason: `The line before was cut after ${Buffer.byteLength(end.torn)} bytes: the program ended while it was written.`
      },
      1
    )
  }

  return {
    note(event) {
      const { identity, action, outcome } = event
      const who = `${identity.tokenId ?? identity.name} ${identity.address ?? ''}`
      if (limit.take(who) === 0) return enqueue(event, 1)
      counters.summed += 1
      const key = `${who} ${action} ${outcome}`
      const sum = sums.get(key)
      if (sum) sum.count += 1
      else if (sums.size < sumsMax) sums.set(key, { event, count: 1 })
      else counters.failures += 1
    },
    async list(limitOf, before) {
      await writing
      const found: AuditEntry[] = []
      const most = Math.min(limitOf, listedMax)
      for (const name of (await auditFiles(folder)).reverse()) {
        const lines = (await readFile(join(folder, name), 'utf8')).split('\n')
        for (let at = lines.length - 1; at >= 0 && found.length < most; at--) {
          const entry = lines[at] === '' ? null : parseEntry(lines[at]!)
          if (entry && (before === null || entry.sequence < before)) found.push(entry)
        }
        if (found.length >= most) break
      }
      return found
    },
    async verify() {
      await writing
      return verifyAudit(folder)
    },
    counters: () => ({ ...counters }),
    async settled() {
      await writing
    },
    async dispose() {
      cancelSums()
      writeSums()
      await writing
      await handle?.close().catch(() => undefined)
      handle = null
    }
  }
}
