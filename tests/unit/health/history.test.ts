import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../../src-main/clock.ts'
import { createHistory, type HistoryRecord } from '../../../src-main/health/history.ts'
import { createHistoryFile } from '../../../src-main/health/historyFile.ts'
import type { StoredSeries } from '../../../src-main/health/readingStore.ts'
import { createSeriesRing } from '../../../src-main/health/seriesRing.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-history-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const series = (name: string, value: number, labels: Record<string, string> = {}): StoredSeries => ({
  key: `${name}${Object.values(labels)
    .map((label) => `\u0001${label}`)
    .join('')}`,
  name,
  labels,
  value,
  atMs: 0
})

test('a day of 400 readings: records keep least, mean and greatest', () => {
  let records = 0
  const history = createHistory({ recordIntervalMs: 45_000, recorded: () => records++ })
  const startMs = Date.UTC(2026, 0, 1)
  // Collected every 15 s, so that a record is of three.
  for (let at = 0; at <= 86_400; at += 15) {
    const values = Array.from({ length: 400 }, (_, index) =>
      series('reading', index < 300 ? index : at % 90, { index: String(index) })
    )
    history.collect(values, startMs + at * 1000, at * 1000)
  }
  expect(records).toBe(1920)
  const nowMs = startMs + 86_400_000
  const [found] = history.chart('reading', { index: '399' }, startMs, nowMs, 600)
  expect(found!.points.length).toBeGreaterThan(500)
  expect(found!.points.length).toBeLessThanOrEqual(600)
  expect(Math.min(...found!.points.map(({ min }) => min))).toBe(0)
  expect(Math.max(...found!.points.map(({ max }) => max))).toBe(75)
  for (const { min, mean, max } of found!.points) {
    expect(mean).toBeGreaterThanOrEqual(min)
    expect(mean).toBeLessThanOrEqual(max)
  }
  // Minutes come from the collections themselves.
  const minutes = history.chart('reading', { index: '399' }, nowMs - 600_000, nowMs, 600)
  expect(minutes[0]!.points).toHaveLength(41)
  // Three quarters of the readings never change and cost next to nothing.
  expect(history.reading().bytes).toBeLessThan(6e6)
})

test('series of jobs that are long gone make room for new ones', () => {
  const history = createHistory({ recordIntervalMs: 1000, seriesMax: 100, recorded: () => undefined })
  for (let at = 0; at < 1000; at++) history.collect([series('rows', at, { job: `live-${at}` })], at * 1000, at * 1000)
  expect(history.reading()).toMatchObject({ series: 100, evictedSeries: 900 })
  expect(history.points('rows', { job: 'live-999' }, 0, 1e9)).toHaveLength(1)
  expect(history.points('rows', { job: 'live-1' }, 0, 1e9)).toHaveLength(0)
})

const record = (atMs: number, values: Record<string, number>): HistoryRecord => ({
  atMs,
  values: Object.entries(values).map(([name, value]) => ({
    ...series(name, value),
    min: value,
    mean: value,
    max: value + 1
  }))
})

function open(problems: string[] = []) {
  return createHistoryFile({ folder, clock: systemClock(), problem: (sentence) => problems.push(sentence) })
}

test('records come back as they were, those of several runs in order, values that did not change and series that went', async () => {
  const first = open()
  first.record(record(1000, { a: 1, b: 2 }))
  first.record(record(2000, { a: 1, b: 3 }))
  first.record(record(3000, { b: 3 }))
  first.happening({ change: 'x' })
  await first.settled()
  const second = open()
  second.record(record(4000, { c: 7 }))
  await second.settled()
  const { records, happenings } = await open().load()
  expect(
    records.map(({ atMs, values }) => [atMs, Object.fromEntries(values.map(({ name, mean }) => [name, mean]))])
  ).toEqual([
    [1000, { a: 1, b: 2 }],
    [2000, { a: 1, b: 3 }],
    [3000, { b: 3 }],
    [4000, { c: 7 }]
  ])
  expect(records[1]!.values[0]).toMatchObject({ min: 1, max: 2 })
  expect(happenings).toEqual([{ change: 'x' }])
})

test('a line that a crash cut is passed over without a word', async () => {
  const problems: string[] = []
  const file = open()
  file.record(record(1000, { a: 1 }))
  await file.settled()
  const [name] = await readdir(folder)
  await appendFile(join(folder, name!), 'deadbeef {"t":2000,"v":[[0,')
  expect((await open(problems).load()).records).toHaveLength(1)
  expect(problems).toEqual([])
})

test('a damaged file is kept aside and told, what can be read of it is used, and the next record is written', async () => {
  const problems: string[] = []
  const file = open()
  for (let at = 1; at <= 5; at++) file.record(record(at * 1000, { a: at }))
  await file.settled()
  const [name] = await readdir(folder)
  const text = await readFile(join(folder, name!), 'utf8')
  await writeFile(join(folder, name!), text.replace('"t":3000', '"t":9000'))
  const again = open(problems)
  const { records } = await again.load()
  expect(records.map(({ atMs }) => atMs)).toEqual([1000, 2000, 4000, 5000])
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(/is damaged: .*It is kept as damaged-.*what could be read of it is shown\.$/)
  again.record(record(6000, { a: 6 }))
  await again.settled()
  expect((await readdir(folder)).filter((one) => one.startsWith('damaged-'))).toHaveLength(1)
  expect((await open(problems).load()).records.map(({ atMs }) => atMs)).toEqual([6000])
  expect(problems).toHaveLength(1)
})

test('files and folders that cannot be opened are told once; readings go on', async () => {
  const problems: string[] = []
  // A folder where a file should be reads like a file that another program holds.
  await mkdir(join(folder, 'readings-20260101T000000000Z-1-0.log'))
  await open(problems).load()
  expect(problems[0]).toMatch(/cannot be read \(EISDIR\).*charts have a gap/)
  const blocked = join(folder, 'blocked')
  await writeFile(blocked, 'no folder')
  const sentences: string[] = []
  const file = createHistoryFile({
    folder: blocked,
    clock: systemClock(),
    problem: (sentence) => sentences.push(sentence)
  })
  await file.load()
  for (let at = 0; at < 10; at++) {
    file.record(record(at, { a: at }))
    await file.settled()
  }
  // Ten lines find the same disk: that is one failure.
  expect(file.counters()).toMatchObject({ writtenBytes: 0, droppedLines: 10, failures: 1, isFailing: true })
  expect(sentences.filter((sentence) => sentence.includes('cannot be written'))).toHaveLength(1)
})

test('what a series takes is known without looking through it: its newest chunks, flat ones as one number', () => {
  const changing = createSeriesRing(1, 250)
  const flat = createSeriesRing(3, 250)
  for (let record = 0; record < 5000; record++) {
    changing.set(record, record, record, record)
    flat.set(record, 7, 7, 7)
  }
  expect(changing.bytes).toBe(3 * (64 + 125 * 4))
  expect(flat.bytes).toBe(3 * (64 + 125))
  flat.set(5000, 1, 2, 3)
  expect(flat.bytes).toBe(2 * (64 + 125) + 64 + 125 * 3 * 4)
})
