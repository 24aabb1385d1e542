import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { logQuery, type LogQuery } from '../../../src-preload/contract/logs.ts'
import { readLog } from '../../../src-main/storage/logReader.ts'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'wavefall-log-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const query = (fields: Partial<LogQuery> = {}): LogQuery => logQuery.parse(fields)
const time = (k: number): string => new Date(Date.UTC(2026, 0, 1) + k).toISOString()
const line = (k: number, fields: object = {}): string =>
  `${JSON.stringify({ time: time(k), level: 'info', event: 'event', component: 'jobs', k, ...fields })}\n`

async function files(...texts: string[]): Promise<string[]> {
  return Promise.all(
    texts.map(async (text, k) => {
      const file = join(folder, `log.${k}`)
      await writeFile(file, text)
      return file
    })
  )
}
const numbers = (lines: { values: Record<string, unknown> }[]): unknown[] => lines.map(({ values }) => values.k)

test('newest first, over files, page by page, to the end', async () => {
  const all = Array.from({ length: 30 }, (_, k) => line(k))
  const names = [...(await files(all.slice(20).join(''), all.slice(0, 20).join(''))), join(folder, 'missing')]
  const first = await readLog(names, query({ limit: 12 }))
  expect(numbers(first.lines)).toEqual(Array.from({ length: 12 }, (_, k) => 29 - k))
  expect(first.reachedEnd).toBe(false)
  const rest = await readLog(names, query({ before: first.lines.at(-1)!.time, limit: 100 }))
  expect(numbers(rest.lines)).toEqual(Array.from({ length: 18 }, (_, k) => 17 - k))
  expect(rest.reachedEnd).toBe(true)
})

test('a file of many chunks, letters of several bytes across their borders, a line without its end', async () => {
  const text = 'é€𝄞'.repeat(2000)
  const all = Array.from({ length: 60 }, (_, k) => line(k, { text: text + 'x'.repeat(k) }))
  const { lines, unreadableLines } = await readLog(await files(all.join('').slice(0, -1)), query())
  expect(unreadableLines).toBe(0)
  expect(lines).toHaveLength(60)
  for (const { values } of lines) expect(values.text).toBe(text + 'x'.repeat(values.k as number))
})

test('by level, job, component, event and text', async () => {
  const [file] = await files(
    [
      line(0, { level: 'debug' }),
      line(1, { level: 'warning', job: 'live-1' }),
      line(2, { level: 'error', job: 'live-2', event: 'stream_failed', reason: 'Connection Refused' }),
      line(3, { component: 'web', repeated: 4 })
    ].join('')
  )
  const found = async (fields: Partial<LogQuery>): Promise<unknown[]> =>
    numbers((await readLog([file!], query(fields))).lines)
  expect(await found({})).toEqual([3, 2, 1])
  expect(await found({ level: 'debug' })).toEqual([3, 2, 1, 0])
  expect(await found({ level: 'error' })).toEqual([2])
  expect(await found({ job: 'live-1' })).toEqual([1])
  expect(await found({ component: 'web' })).toEqual([3])
  expect(await found({ event: 'stream_failed' })).toEqual([2])
  expect(await found({ text: 'connection refused' })).toEqual([2])
  expect((await readLog([file!], query({ component: 'web' }))).lines[0]!.repeated).toBe(4)
})

test('what is no line is counted and passed over', async () => {
  const names = await files(`${line(0)}{"time":"cut\nnot json\n{"time":1}\n${line(1)}`)
  const answer = await readLog(names, query())
  expect(numbers(answer.lines)).toEqual([1, 0])
  expect(answer.unreadableLines).toBe(3)
})
