import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAuditLog, type AuditEvent, type AuditLog } from '../../../src-main/access/auditLog.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { manualClock } from '../../support/manualClock.ts'

let folder: string
const open: AuditLog[] = []
const errors: unknown[] = []

const start = async (more: { maxBytes?: number; clock?: ReturnType<typeof manualClock> } = {}): Promise<AuditLog> => {
  const log = await openAuditLog({
    folder,
    clock: more.clock ?? systemClock(),
    onError: (error) => errors.push(error),
    ...(more.maxBytes === undefined ? {} : { maxBytes: more.maxBytes })
  })
  open.push(log)
  return log
}

const event = (subject: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  identity: { name: 'night shift', tokenId: 'abc', role: 'operator', address: '127.0.0.1' },
  action: 'jobs.open',
  subject,
  outcome: 'done',
  reason: '',
  ...more
})

const file = (number: number): string => join(folder, `audit-00000${number}.jsonl`)
const lines = (number = 1): string[] => readFileSync(file(number), 'utf8').trimEnd().split('\n')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wavefall-audit-'))
  errors.length = 0
})
afterEach(async () => {
  for (const log of open.splice(0)) await log.dispose()
  rmSync(folder, { recursive: true, force: true })
})

/** Twelve entries over two starts. */
async function twelve(): Promise<void> {
  const first = await start()
  for (let at = 0; at < 7; at++) first.note(event(`job ${at}`))
  await first.dispose()
  const second = await start()
  for (let at = 7; at < 12; at++) second.note(event(`job ${at}`))
  await second.dispose()
}

describe('the audit log', () => {
  it('keeps every entry in order over starts, and its chain holds', async () => {
    await twelve()
    const log = await start()
    expect((await log.list(100, null)).map(({ subject }) => subject)).toEqual(
      Array.from({ length: 12 }, (_, at) => `job ${11 - at}`)
    )
    expect((await log.list(3, 5)).map(({ sequence }) => sequence)).toEqual([4, 3, 2])
    const verified = await log.verify()
    expect(verified).toMatchObject({ intact: true, entries: 12, files: 1, problems: [] })
    expect(verified.lastChecksum).toBe((JSON.parse(lines().at(-1)!) as { checksum: string }).checksum)
  })

  it.each([
    [
      'one word of a line',
      () => writeFileSync(file(1), readFileSync(file(1), 'utf8').replace('job 4', 'job 5')),
      'entry 5 is not as it was written'
    ],
    [
      'a line left out',
      () =>
        writeFileSync(
          file(1),
          lines()
            .filter((_, at) => at !== 3)
            .join('\n') + '\n'
        ),
      'entry 5 follows entry 3'
    ],
    [
      'two lines swapped',
      () => writeFileSync(file(1), [lines()[1], lines()[0], ...lines().slice(2)].join('\n') + '\n'),
      'entry 2 follows entry 0'
    ],
    [
      'the end cut off',
      () => writeFileSync(file(1), lines().slice(0, 9).join('\n') + '\n'),
      'Entries 10 to 12 are missing'
    ],
    ['a line put in', () => appendFileSync(file(1), `${lines()[2]!}\n`), 'entry 3 follows entry 12'],
    ['a line of nonsense', () => appendFileSync(file(1), 'hello\n'), 'line 13 is no entry'],
    ['the head taken away', () => rmSync(join(folder, 'audit-head.json')), 'audit-head.json is missing']
  ])('notices %s', async (_name, damage, sentence) => {
    await twelve()
    damage()
    const verified = await (await start()).verify()
    expect(verified.intact).toBe(false)
    expect(verified.problems.join(' ')).toContain(sentence)
  })

  it('goes on after a line that a crash cut, says so, and stays whole', async () => {
    await twelve()
    const text = readFileSync(file(1), 'utf8')
    truncateSync(file(1), text.length - 30)
    writeFileSync(join(folder, 'audit-head.json'), JSON.stringify({ sequence: 11, checksum: 'x' }))
    const log = await start()
    log.note(event('after the crash'))
    const verified = await log.verify()
    expect(verified).toMatchObject({ intact: true, problems: [] })
    const [newest, torn] = await log.list(2, null)
    expect(newest!.subject).toBe('after the crash')
    expect(torn).toMatchObject({ action: 'audit.torn line', sequence: 12 })
  })

  it('goes on in a new file when one is full, in one chain', async () => {
    const log = await start({ maxBytes: 900 })
    for (let at = 0; at < 12; at++) {
      log.note(event(`job ${at}`))
      await log.settled()
    }
    const verified = await log.verify()
    expect(verified).toMatchObject({ intact: true, entries: 12 })
    expect(verified.files).toBeGreaterThan(2)
    rmSync(file(2))
    expect((await log.verify()).intact).toBe(false)
  })

  it('sums what one actor does too often, and no other', async () => {
    const clock = manualClock()
    const log = await start({ clock })
    for (let at = 0; at < 1000; at++) log.note(event('flood', { outcome: 'refused' }))
    log.note(event('calm', { identity: { name: 'other', tokenId: 'x', role: 'viewer', address: '::1' } }))
    await clock.advance(10_000)
    const entries = await log.list(1000, null)
    expect(entries).toHaveLength(102)
    expect(entries.find(({ subject }) => subject === 'calm')?.count).toBe(1)
    expect(entries[0]).toMatchObject({ subject: 'flood', count: 900 })
    expect(entries.reduce((sum, { count }) => sum + count, 0)).toBe(1001)
    expect(log.counters()).toMatchObject({ summed: 900, failures: 0 })
  })

  it('counts what could not be written, and leaves the chain whole', async () => {
    const log = await start()
    log.note(event('before'))
    await log.settled()
    rmSync(folder, { recursive: true })
    await log.dispose()
    writeFileSync(folder, 'no folder any more')
    const broken = openAuditLog({ folder, clock: systemClock(), onError: () => undefined })
    await expect(broken).rejects.toThrow()
  })
})
