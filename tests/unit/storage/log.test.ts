import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../../../src-main/storage/log.ts'
import { createFileSink, usualLogFileLimits, type LogSink } from '../../../src-main/storage/logFile.ts'
import { manualClock } from '../../support/manualClock.ts'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'wavefall-log-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

function memorySink(): LogSink & { lines(): Record<string, unknown>[] } {
  let text = ''
  return {
    write: (more) => {
      text += more
      return Promise.resolve()
    },
    lines: () =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    dispose: () => Promise.resolve()
  }
}

test('a line carries time, level, event, component, job and values', async () => {
  const sink = memorySink()
  const log = createLog({ clock: manualClock(Date.UTC(2026, 2, 4, 5, 6, 7, 8)), sinks: [sink] })
  log.with({ component: 'jobs' }).with({ job: 'live-1' }).info('job_started', { channels: 99, ratio: NaN })
  await log.flush()
  expect(sink.lines()).toEqual([
    {
      time: '2026-03-04T05:06:07.008Z',
      level: 'info',
      event: 'job_started',
      component: 'jobs',
      job: 'live-1',
      channels: 99,
      ratio: 'NaN'
    }
  ])
  await log.dispose()
})

test('levels below the threshold are left out, and it can change while running', async () => {
  const sink = memorySink()
  const log = createLog({ clock: manualClock(), level: 'warning', sinks: [sink] })
  log.info('a')
  log.warning('b')
  log.setLevel('debug')
  log.debug('c')
  log.setLevel('critical')
  log.error('d')
  log.critical('e')
  await log.flush()
  expect(sink.lines().map((line) => line['event'])).toEqual(['b', 'c', 'e'])
  await log.dispose()
})

test('equal lines within a second are counted in one more line', async () => {
  const sink = memorySink()
  const clock = manualClock()
  const log = createLog({ clock, sinks: [sink] })
  for (let i = 0; i < 500; i++) log.warning('block_bad', { stream: 1 })
  log.warning('block_bad', { stream: 2 })
  await clock.advance(1100)
  await log.flush()
  expect(sink.lines().map(({ event, stream, repeated }) => ({ event, stream, repeated }))).toEqual([
    { event: 'block_bad', stream: 1, repeated: undefined },
    { event: 'block_bad', stream: 2, repeated: undefined },
    { event: 'block_bad', stream: 1, repeated: 499 }
  ])
  expect(log.counters().repeated).toBe(499)
  await log.dispose()
})

test('a sink that hangs never blocks: the queue is bounded and what is dropped is counted and said', async () => {
  let release: () => void = () => undefined
  const hanging = new Promise<void>((resolve) => (release = resolve))
  const inner = memorySink()
  const sink: LogSink = {
    write: async (text) => {
      await hanging
      await inner.write(text)
    },
    dispose: () => Promise.resolve()
  }
  const log = createLog({ clock: manualClock(), sinks: [sink], queueMax: 10 })
  for (let i = 0; i < 100; i++) log.info('event', { i })
  expect(log.counters().dropped).toBe(90)
  release()
  await log.flush()
  expect(inner.lines().at(-1)).toMatchObject({ event: 'log_lines_dropped', count: 90 })
  await log.dispose()
})

test('the file is rotated once at its size limit and appended to across restarts', async () => {
  const file = join(folder, 'logs', 'wavefall.log')
  const clock = manualClock()
  for (let run = 0; run < 2; run++) {
    const log = createLog({ clock, sinks: [createFileSink(file, () => ({ ...usualLogFileLimits(), maxBytes: 2000 }))] })
    for (let i = 0; i < 15; i++) {
      log.info('event', { run, i, text: 'x'.repeat(20) })
      await log.flush()
    }
    await log.dispose()
  }
  const size = (await stat(file)).size
  expect(size).toBeLessThanOrEqual(2000)
  const all = (await readFile(`${file}.1`, 'utf8')) + (await readFile(file, 'utf8'))
  const events = all
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { run: number; i: number })
  expect(events.at(-1)).toMatchObject({ run: 1, i: 14 })
  for (let k = 1; k < events.length; k++)
    expect(events[k]!.run * 15 + events[k]!.i).toBe(events[k - 1]!.run * 15 + events[k - 1]!.i + 1)
})

test('a log whose folder cannot be made goes on without it', async () => {
  await writeFile(join(folder, 'taken'), '')
  const sink = createFileSink(join(folder, 'taken', 'wavefall.log'))
  const log = createLog({ clock: manualClock(), sinks: [sink] })
  log.error('event')
  await log.flush()
  expect(sink.failures()).toBe(1)
  await log.dispose()
})

test('a file is put aside by its age; the oldest go by number and by age', async () => {
  const file = join(folder, 'wavefall.log')
  let nowMs = Date.now()
  const limits = { ...usualLogFileLimits(), maxAgeMs: 60_000, filesMax: 2, keptMs: 1e9 }
  const sink = createFileSink(
    file,
    () => limits,
    () => nowMs
  )
  for (const text of ['a\n', 'b\n', 'c\n', 'd\n']) {
    await sink.write(text)
    nowMs += 61_000
  }
  const kept = async (): Promise<string[]> => {
    const names = (await readdir(folder)).sort()
    return Promise.all(names.map(async (name) => `${name} ${(await readFile(join(folder, name), 'utf8')).trim()}`))
  }
  expect(await kept()).toEqual(['wavefall.log d', 'wavefall.log.1 c', 'wavefall.log.2 b'])
  await utimes(`${file}.1`, 0, 0)
  await sink.write('e\n')
  expect(await kept()).toEqual(['wavefall.log e', 'wavefall.log.1 d'])
  expect(sink.failures()).toBe(0)
  await sink.dispose()
})
