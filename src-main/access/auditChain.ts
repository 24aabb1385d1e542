import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { auditEntry, type AuditEntry, type AuditVerification } from '../../src-preload/contract/access.ts'

/**
 * The audit log on disk: `audit-000001.jsonl`, `audit-000002.jsonl` …, one entry a line, each line's checksum over its own
 * fields and the checksum of the line before, across files. Whoever changes, removes or inserts a line would have to write
 * all later ones anew, and the last checksum noted elsewhere would no longer agree.
 */
export const firstChecksum = '0'.repeat(64)
/** Beside the log: number and checksum of the last line, so that a cut end is noticed too. */
export const headFile = 'audit-head.json'
/** Written after a line that was cut by a crash: what is before it has no line end of its own. */
export const tornAction = 'audit.torn line'

export const auditFileName = (number: number): string => `audit-${String(number).padStart(6, '0')}.jsonl`

export type Unsealed = Omit<AuditEntry, 'checksum'>

/** Fields in a fixed order, so that the same entry always gives the same sum. */
const fieldsOf = (entry: Unsealed): unknown[] => [
  entry.sequence,
  entry.time,
  entry.actor,
  entry.tokenId,
  entry.role,
  entry.address,
  entry.action,
  entry.subject,
  entry.outcome,
  entry.reason,
  entry.count
]

export function seal(entry: Unsealed, previous: string): AuditEntry {
  const checksum = createHash('sha256')
    .update(previous)
    .update(JSON.stringify(fieldsOf(entry)))
    .digest('hex')
  return { ...entry, checksum }
}

export async function auditFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => /^audit-\d{6}\.jsonl$/.test(name)).sort()
}

export function parseEntry(line: string): AuditEntry | null {
  try {
    const parsed = auditEntry.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

const problemsMax = 20

/** Reads every line of the log and checks order and sums. Rejects where a file cannot be read. */
export async function verifyAudit(folder: string): Promise<AuditVerification> {
  const files = await auditFiles(folder)
  const problems: string[] = []
  let previous = firstChecksum
  let sequence = 0
  let entries = 0
  const report = (sentence: string): void => {
    if (problems.length < problemsMax) problems.push(sentence)
  }
  for (const [index, name] of files.entries()) {
    if (name !== auditFileName(index + 1)) report(`${name} is there, ${auditFileName(index + 1)} was expected.`)
    const lines = (await readFile(join(folder, name), 'utf8')).split('\n')
    if (lines.at(-1) === '') lines.pop()
    for (const [at, line] of lines.entries()) {
      const entry = parseEntry(line)
      if (!entry) {
        const next = lines[at + 1] === undefined ? null : parseEntry(lines[at + 1]!)
        if (next?.action !== tornAction) report(`${name}, line ${at + 1} is no entry.`)
        continue
      }
      entries += 1
      if (entry.sequence !== sequence + 1)
        report(`${name}, line ${at + 1}: entry ${entry.sequence} follows entry ${sequence}.`)
      const { checksum, ...rest } = entry
      if (seal(rest, previous).checksum !== checksum)
        report(`${name}, line ${at + 1}: entry ${entry.sequence} is not as it was written.`)
      sequence = entry.sequence
      previous = checksum
    }
  }
  const head = await readFile(join(folder, headFile), 'utf8').then(
    (text) => parseHead(text),
    () => null
  )
  if (head && head.sequence > sequence) report(`Entries ${sequence + 1} to ${head.sequence} are missing at the end.`)
  if (!head && entries > 0) report(`${headFile} is missing, so a cut end could not be noticed.`)
  return { intact: problems.length === 0, entries, files: files.length, problems, lastChecksum: previous }
}

export function parseHead(text: string): { sequence: number; checksum: string } | null {
  try {
    const { sequence, checksum } = JSON.parse(text) as { sequence?: unknown; checksum?: unknown }
    return typeof sequence === 'number' && typeof checksum === 'string' ? { sequence, checksum } : null
  } catch {
    return null
  }
}
