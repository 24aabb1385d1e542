import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { taskSettings, type TaskSettings } from '../../../src-preload/contract/settings.ts'
import type { TaskPriority, TaskResult, TaskSnapshot } from '../../../src-preload/contract/tasks.ts'
import { type TaskExecutor, TaskFailure } from '../../../src-main/tasks/runningTask.ts'
import { TaskQueue } from '../../../src-main/tasks/taskQueue.ts'
import { openTaskStore } from '../../../src-main/tasks/taskStore.ts'
import { type ManualClock, manualClock } from '../../support/manualClock.ts'

interface Attempt {
  title: string
  worker: number
  key: string
  progressed(progress: number | null, detail: string): void
  complete(): void
  fail(message: string, mayPass: boolean): void
  signal: AbortSignal
}

/** Tasks that end when the test says so, or soon after they are told to stop. */
function heldExecutor(): TaskExecutor & { attempts: Attempt[] } {
  const attempts: Attempt[] = []
  return {
    attempts,
    run: ({ worker, key, spec }, progressed, signal) =>
      new Promise<TaskResult>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new TaskFailure('told to stop', false)))
        attempts.push({
          title: spec.title,
          worker,
          key,
          progressed,
          signal,
          complete: () => resolve({ files: [`/exports/${spec.title}`], bytes: 7, warnings: [] }),
          fail: (message, mayPass) => reject(new TaskFailure(message, mayPass))
        })
      }),
    dispose: () => Promise.resolve()
  }
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'wavefall-tasks-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

interface Started {
  queue: TaskQueue
  clock: ManualClock
  attempts: Attempt[]
  failed: TaskSnapshot[]
  changes: string[]
  file: string
  add(title: string, priority?: TaskPriority): TaskSnapshot
  titles(state: string): string[]
}

async function start(settings: Partial<TaskSettings> = {}, path?: string, clock = manualClock()): Promise<Started> {
  const file = path ?? join(await folder(), 'tasks.json')
  const executor = heldExecutor()
  const failed: TaskSnapshot[] = []
  const changes: string[] = []
  const store = await openTaskStore(file, (error) => {
    throw error
  })
  const queue = new TaskQueue({
    settings: { ...taskSettings.parse({}), workersMax: 1, ...settings },
    store,
    executor,
    clock,
    random: () => 0.5,
    changed: (ids, forgotten) => changes.push(...ids, ...forgotten.map((id) => `-${id}`)),
    failed: (task) => failed.push(task)
  })
  onTestFinished(() => queue.dispose())
  return {
    queue,
    clock,
    attempts: executor.attempts,
    failed,
    changes,
    file,
    add(title, priority = 'normal') {
      const added = queue.start({ kind: 'export', title, assignment: { a: 1 } }, priority)
      if (!added.ok) throw new Error(added.error.message)
      return added.value
    },
    titles: (state) =>
      queue
        .list()
        .tasks.filter((task) => task.state === state)
        .map(({ title }) => title)
  }
}

test('the higher priority goes first, among equals the older', async () => {
  const { add, attempts, clock, titles } = await start()
  add('first')
  add('low', 'low')
  add('normal a')
  add('high', 'high')
  add('normal b')
  expect(titles('pending')).toEqual(['high', 'normal a', 'normal b', 'low'])
  for (let i = 0; i < 5; i++) {
    attempts[i]!.complete()
    await clock.advance(1)
  }
  expect(attempts.map(({ title }) => title)).toEqual(['first', 'high', 'normal a', 'normal b', 'low'])
})

test('as many at once as there are workers, each on one of its own', async () => {
  const { add, attempts, clock, queue } = await start({ workersMax: 4 })
  for (let i = 0; i < 6; i++) add(`task ${i}`)
  expect(attempts.map(({ worker }) => worker)).toEqual([1, 2, 3, 4])
  attempts[1]!.complete()
  await clock.advance(1)
  expect(attempts[4]!.worker).toBe(2)
  const { workers, counters } = queue.list()
  expect(workers.map(({ number, completed }) => [number, completed])).toEqual([
    [1, 0],
    [2, 1],
    [3, 0],
    [4, 0]
  ])
  expect(counters).toMatchObject({ running: 4, pending: 1, completed: 1, successRate: 1 })
})

test('three retries, after 1, 2 and 4 s with jitter, then it has failed and is said to have', async () => {
  const { add, attempts, clock, queue, failed } = await start()
  const { id } = add('flaky')
  const waits = [750, 1500, 3000]
  for (const [i, waitMs] of waits.entries()) {
    attempts[i]!.fail('The share is away.', true)
    await clock.advance(0)
    expect(queue.snapshot(id)).toMatchObject({ state: 'pending', detail: 'The share is away.', attempt: i + 1 })
    expect(queue.snapshot(id)!.nextAttemptNs).not.toBeNull()
    await clock.advance(waitMs - 1)
    expect(attempts).toHaveLength(i + 1)
    await clock.advance(1)
    expect(attempts).toHaveLength(i + 2)
  }
  attempts[3]!.fail('The share is still away.', true)
  await clock.advance(10_000)
  expect(attempts).toHaveLength(4)
  expect(queue.snapshot(id)).toMatchObject({
    state: 'failed',
    detail: 'The share is still away.',
    attempt: 4,
    attemptsMax: 4
  })
  expect(failed.map((task) => task.id)).toEqual([id])
  expect(queue.list().counters).toMatchObject({ failed: 1, retried: 3, successRate: 0 })
  expect(attempts.every(({ key }) => key === id)).toBe(true)
})

test('others run while one waits for its next attempt', async () => {
  const { add, attempts, clock } = await start()
  add('flaky', 'high')
  add('other')
  attempts[0]!.fail('Later.', true)
  await clock.advance(1)
  expect(attempts[1]!.title).toBe('other')
})

test('what trying again cannot help is not tried again', async () => {
  const { add, attempts, clock, queue } = await start()
  const { id } = add('refused')
  attempts[0]!.fail('It exists already.', false)
  await clock.advance(10_000)
  expect(attempts).toHaveLength(1)
  expect(queue.snapshot(id)).toMatchObject({ state: 'failed', detail: 'It exists already.' })
})

test('cancelled while it waits, while it runs, and between attempts', async () => {
  const { add, attempts, clock, queue } = await start()
  const running = add('running')
  const waiting = add('waiting')
  expect(queue.cancel(waiting.id)).toMatchObject({ ok: true, value: { state: 'cancelled' } })
  queue.cancel(running.id)
  await clock.advance(1)
  expect(attempts[0]!.signal.aborted).toBe(true)
  expect(queue.snapshot(running.id)).toMatchObject({ state: 'cancelled' })
  const flaky = add('flaky')
  attempts[1]!.fail('Later.', true)
  await clock.advance(1)
  queue.cancel(flaky.id)
  await clock.advance(60_000)
  expect(attempts).toHaveLength(2)
  expect(queue.cancel(flaky.id)).toMatchObject({ ok: false, error: { code: 'refused' } })
  expect(queue.cancel('task-999')).toMatchObject({ ok: false, error: { code: 'not-found' } })
  expect(queue.list().counters).toMatchObject({ cancelled: 3, failed: 0, successRate: null })
})

test('a task that does not get on is given up and tried again; one that does may take long', async () => {
  const { add, attempts, clock, queue } = await start({ timeoutS: 300, retriesMax: 0 })
  const slow = add('slow')
  for (let i = 1; i <= 10; i++) {
    await clock.advance(200_000)
    attempts[0]!.progressed(i / 10, `${i} of 10`)
  }
  expect(queue.snapshot(slow.id)).toMatchObject({ state: 'running', progress: 1, detail: '10 of 10' })
  await clock.advance(299_999)
  expect(attempts[0]!.signal.aborted).toBe(false)
  await clock.advance(1)
  expect(queue.snapshot(slow.id)).toMatchObject({ state: 'failed' })
  expect(queue.snapshot(slow.id)!.detail).toContain('300 s')
})

test('failed and cancelled tasks can be tried again, with all attempts; completed ones not', async () => {
  const { add, attempts, clock, queue } = await start()
  const { id } = add('refused')
  expect(queue.retry(id)).toMatchObject({ ok: false })
  attempts[0]!.fail('No.', false)
  await clock.advance(1)
  expect(queue.retry(id)).toMatchObject({ ok: true, value: { state: 'running', attempt: 1 } })
  attempts[1]!.complete()
  await clock.advance(1)
  expect(queue.snapshot(id)).toMatchObject({ state: 'completed', progress: 1, result: { bytes: 7 } })
  expect(queue.retry(id)).toMatchObject({ ok: false })
})

test('ended tasks stay 24 hours, and not more than their bound', async () => {
  const { add, attempts, clock, queue, changes } = await start({ endedMax: 3 })
  for (let i = 0; i < 5; i++) {
    add(`task ${i}`)
    attempts[i]!.complete()
    await clock.advance(10)
  }
  expect(queue.list().tasks.map(({ title }) => title)).toEqual(['task 4', 'task 3', 'task 2'])
  expect(changes).toContain('-task-1')
  await clock.advance(23 * 3_600_000)
  expect(queue.list().tasks).toHaveLength(3)
  await clock.advance(3_700_000)
  expect(queue.list().tasks).toHaveLength(0)
  expect(queue.list().counters.completed).toBe(5)
  expect(queue.forget('task-1')).toMatchObject({ ok: false, error: { code: 'not-found' } })
})

test('a full queue refuses, and counts it', async () => {
  const { add, queue } = await start({ waitingMax: 2 })
  for (const title of ['running', 'a', 'b']) add(title)
  expect(queue.start({ kind: 'export', title: 'c', assignment: null }, 'high')).toMatchObject({
    ok: false,
    error: { code: 'refused' }
  })
  expect(queue.list().counters.refused).toBe(1)
})

test('the list survives a restart: what ran runs again, results and sums stay', async () => {
  const clock = manualClock()
  const before = await start({}, undefined, clock)
  before.add('done')
  before.attempts[0]!.complete()
  await clock.advance(1)
  const running = before.add('running')
  before.add('waiting', 'low')
  await before.queue.dispose()
  const after = await start({}, before.file, clock)
  expect(after.titles('completed')).toEqual(['done'])
  expect(after.attempts.map(({ title, key }) => [title, key])).toEqual([['running', running.id]])
  expect(after.queue.snapshot(running.id)).toMatchObject({ state: 'running', attempt: 1 })
  expect(after.titles('pending')).toEqual(['waiting'])
  expect(after.queue.list().counters).toMatchObject({ completed: 1 })
  expect(after.add('new').id).toBe('task-4')
})

test('a task that was running when the program was killed counts that attempt; at its last one it has failed', async () => {
  const clock = manualClock()
  const before = await start({ retriesMax: 1 }, undefined, clock)
  const { id } = before.add('deadly')
  await expect.poll(async () => (await readFile(before.file, 'utf8')).includes('"running"')).toBe(true)
  const killed = await readFile(before.file, 'utf8')
  const second = join(await folder(), 'tasks.json')
  await writeFile(second, killed)
  const again = await start({ retriesMax: 1 }, second, clock)
  expect(again.queue.snapshot(id)).toMatchObject({ state: 'running', attempt: 2 })
  await expect.poll(async () => (await readFile(second, 'utf8')).includes('"attempt": 2')).toBe(true)
  const third = join(await folder(), 'tasks.json')
  await writeFile(third, await readFile(second, 'utf8'))
  const last = await start({ retriesMax: 1 }, third, clock)
  expect(last.attempts).toHaveLength(0)
  expect(last.queue.snapshot(id)).toMatchObject({ state: 'failed' })
  expect(last.queue.snapshot(id)!.detail).toContain('program ended')
})

test('a damaged list is no reason not to start', async () => {
  const file = join(await folder(), 'tasks.json')
  await writeFile(file, '{"version":1,"tasks":[{"id":"task-1"},7],"totals":{}}')
  const { queue, add } = await start({}, file)
  expect(queue.list().tasks).toEqual([])
  expect(add('new').id).toBe('task-1')
  expect((await openTaskStore(join(file, 'nowhere'), () => undefined)).problem).not.toBeNull()
})

test('windows get no assignment', async () => {
  const { add } = await start()
  expect(add('secret')).not.toHaveProperty('assignment')
})
