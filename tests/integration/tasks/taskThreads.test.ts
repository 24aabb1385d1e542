import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type TaskExecutor, TaskFailure } from '../../../src-main/tasks/runningTask.ts'
import { createTaskThreads } from '../../../src-main/tasks/taskThreads.ts'
import type { ExportAssignment } from '../../../src-main/sessions/export/exportTask.ts'
import { recordingAssumptionStore } from '../../../src-main/storage/recordingAssumptions.ts'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { exportOf, sourceOf } from '../../unit/export/exportFixtures.ts'

const source = (name: string): string => resolve(import.meta.dirname, '../../../src-main', name)

function threads(workerFile = source('taskWorker.ts')): TaskExecutor & { bugs: string[] } {
  const bugs: string[] = []
  const executor = createTaskThreads({
    workerFile,
    endsWithinMs: 500,
    idleMs: 60_000,
    onBug: (message) => bugs.push(message)
  })
  onTestFinished(() => executor.dispose())
  return { ...executor, bugs }
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'wavefall-threads-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

const assignment = (from: string, to: string): ExportAssignment => ({
  source: from,
  target: to,
  format: 'zarr',
  selection: { time: null, channels: null, band: null, decimate: 1 },
  overwrite: false
})

const order = (given: unknown, worker = 1): Parameters<TaskExecutor['run']>[0] => ({
  worker,
  key: 'task-1',
  spec: { kind: 'export', title: 'test', assignment: given }
})

const quiet = (): void => undefined
const never = (): AbortSignal => new AbortController().signal

async function smallSource(path: string, rows = 500): Promise<string> {
  const file = join(path, 'source.npz')
  await exportOf(sourceOf({ rows, channels: 40 }), file, 'npz')
  return file
}

test('an export knows what was said of its source', async () => {
  const path = await folder()
  const from = join(path, 'bare.npy')
  await exportOf(sourceOf({ rows: 100, channels: 3 }), from, 'npy')
  // What is beside it says it all.
  await rm(`${from}.json`)
  await recordingAssumptionStore(join(path, 'data')).remember(from, { sampleRateHz: 125, startTimeNs: 1_700_000_000n })
  const target = join(path, 'a.zarr')
  await threads().run(order({ ...assignment(from, target), dataFolder: join(path, 'data') }), quiet, never())
  const recording = await openRecordingHere(target)
  expect(recording.info).toMatchObject({ sampleRateHz: 125, startTimeNs: 1_700_000_000n })
  await recording.close()
})

test('an export on a worker thread, twice on the same one', async () => {
  const path = await folder()
  const from = await smallSource(path)
  const executor = threads()
  const progress: (number | null)[] = []
  const result = await executor.run(
    order(assignment(from, join(path, 'a.zarr'))),
    (done) => progress.push(done),
    never()
  )
  expect(result.files).toEqual([join(path, 'a.zarr'), join(path, 'a.zarr.json')])
  expect(progress.length).toBeGreaterThan(0)
  const recording = await openRecordingHere(join(path, 'a.zarr'))
  expect(recording.info.shape).toEqual({ time: 500, channel: 40 })
  await recording.close()
  await executor.run(order(assignment(from, join(path, 'b.zarr'))), quiet, never())
  expect(executor.bugs).toEqual([])
})

test('what cannot be done is a failure of which it is known whether trying again helps', async () => {
  const path = await folder()
  const from = await smallSource(path)
  const executor = threads()
  const refused = await executor.run(order(assignment(from, from)), quiet, never()).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(TaskFailure)
  expect(refused).toMatchObject({ mayPass: false })
  const gone = await executor
    .run(order(assignment(join(path, 'gone.h5'), join(path, 'c.zarr'))), quiet, never())
    .catch((error: unknown) => error)
  expect(gone).toMatchObject({ name: 'TaskFailure', mayPass: true })
})

test('cancelled in the middle: the thread goes on with the next task, nothing is left of this one', async () => {
  const path = await folder()
  const from = await smallSource(path, 200_000)
  const executor = threads()
  const cancelling = new AbortController()
  const running = executor.run(
    order(assignment(from, join(path, 'a.zarr'))),
    () => cancelling.abort(),
    cancelling.signal
  )
  await expect(running).rejects.toBeInstanceOf(TaskFailure)
  expect(await readdir(path)).toEqual(['source.npz', 'source.npz.json'])
  await executor.run(order(assignment(from, join(path, 'b.zarr'))), quiet, never())
})

test('a worker that hangs is ended, and another one takes its place', async () => {
  const executor = threads(resolve(import.meta.dirname, 'hangingTaskWorker.ts'))
  const cancelling = new AbortController()
  const running = executor.run(order('hang'), () => cancelling.abort(), cancelling.signal)
  await expect(running).rejects.toThrow('Its worker ended')
  expect(await executor.run(order('work'), quiet, never())).toMatchObject({ bytes: 1 })
})

test('a worker that dies is a failure that may pass', async () => {
  const executor = threads(resolve(import.meta.dirname, 'hangingTaskWorker.ts'))
  const died = await executor.run(order('die'), quiet, never()).catch((error: unknown) => error)
  expect(died).toMatchObject({ name: 'TaskFailure', mayPass: true })
  const thrown = await executor.run(order('throw'), quiet, never()).catch((error: unknown) => error)
  expect(thrown).toMatchObject({ mayPass: false })
  expect(executor.bugs[0]).toContain('a bug of its own')
})
