import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { taskSettings } from '../../../src-preload/contract/settings.ts'
import type { EventName } from '../../../src-preload/contract/events.ts'
import { type ExportArguments, exportArguments, type TaskSnapshot } from '../../../src-preload/contract/tasks.ts'
import { systemClock } from '../../../src-main/clock.ts'
import type { CorePort } from '../../../src-main/coreInterface.ts'
import { type CoreTasks, createCoreTasks } from '../../../src-main/coreTasks.ts'
import type { CoreWindows } from '../../../src-main/coreWindows.ts'
import { createNotices } from '../../../src-main/jobs/notices.ts'
import { openRemembered } from '../../../src-main/sessions/openRemembered.ts'
import { createLog } from '../../../src-main/storage/log.ts'
import { eventually } from '../../support/eventually.ts'
import { exportOf, gapsOf, sourceOf } from '../../unit/export/exportFixtures.ts'

const port = { windowId: 'window-1' } as CorePort

interface Started {
  core: CoreTasks
  folder: string
  heard: { name: EventName; payload: unknown }[]
  notices: ReturnType<typeof createNotices>
  failures: { title: string; sentence: string }[]
  request(more?: Partial<ExportArguments>): ExportArguments
}

async function start(chosen: string | null = null): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-core-tasks-'))
  const source = join(folder, 'source.zarr')
  await exportOf(sourceOf({ ...gapsOf(1_000_000), channels: 12 }), source, 'zarr')
  const heard: Started['heard'] = []
  const clock = systemClock()
  const notices = createNotices(clock, () => undefined)
  const failures: Started['failures'] = []
  const core = await createCoreTasks({
    measure: (_operation, _subject, work) => work(() => undefined),
    dataFolder: join(folder, 'data'),
    settings: taskSettings.parse({ retriesMax: 1, retryFirstMs: 10 }),
    clock,
    random: Math.random,
    windows: {
      broadcast: (name: EventName, payload: unknown) => heard.push({ name, payload })
    } as unknown as CoreWindows,
    notices,
    log: createLog({ clock, sinks: [] }),
    pathOf: (id) => Promise.resolve(id === 'session-1' ? source : id === 'gone' ? join(folder, 'gone.h5') : null),
    openRecording: openRemembered(join(folder, 'data')),
    chooseTarget: () => Promise.resolve(chosen),
    taskFailed: (title, sentence) => failures.push({ title, sentence }),
    onError: (error) => {
      throw error
    }
  })
  onTestFinished(async () => {
    await core.dispose()
    await rm(folder, { recursive: true, force: true })
  })
  const request: Started['request'] = (more = {}) =>
    exportArguments.parse({
      source: 'session-1',
      format: 'segy',
      target: { place: 'exports', name: 'part.sgy' },
      ...more
    })
  return { core, folder, heard, notices, failures, request }
}

const listed = async (core: CoreTasks): Promise<TaskSnapshot[]> => {
  const list = await core.handlers['tasks.list']({}, port)
  return list.ok ? list.value.tasks : []
}

test('an export from the catalogue to the exports folder, heard of as it goes', async () => {
  const { core, folder, heard, request } = await start()
  const started = await core.handlers['tasks.start'](
    { request: { kind: 'export', arguments: request() }, priority: 'high' },
    port
  )
  expect(started).toMatchObject({
    ok: true,
    value: { kind: 'export', title: 'source.zarr → part.sgy', priority: 'high' }
  })
  await eventually('the export to be done', async () => (await listed(core))[0]?.state === 'completed')
  const [task] = await listed(core)
  expect(task!.result!.files[0]).toBe(join(folder, 'data', 'exports', 'part.sgy'))
  expect(task!.result!.warnings.some((warning) => warning.includes('filled with NaN'))).toBe(true)
  await eventually('an event that says so', () =>
    heard.some(
      ({ name, payload }) =>
        name === 'tasks.changed' &&
        (payload as { tasks: TaskSnapshot[] }).tasks.some(
          ({ state, progress }) => state === 'completed' && progress === 1
        )
    )
  )
})

test('the dialog is told what the format cannot hold, how large it gets, and what is in the way', async () => {
  const { core, request } = await start()
  const check = await core.handlers['exports.check'](request(), port)
  expect(check).toMatchObject({
    ok: true,
    value: { refusal: null, channels: 12, element: 'float32', suggestedName: 'source.sgy', targetExists: false }
  })
  if (!check.ok) return
  expect(check.value.limits.some((limit) => limit.includes('2 gaps are filled'))).toBe(true)
  expect(check.value.bytes).toBeGreaterThan(check.value.rows * 12 * 4)
  const wav = await core.handlers['exports.check'](
    request({ format: 'wav', target: { place: 'exports', name: 'a.wav' } }),
    port
  )
  expect(wav).toMatchObject({ ok: true, value: { refusal: expect.stringContaining('one channel') } })
  const empty = request({ selection: { time: { fromNs: '0', toNs: '1' }, channels: null, band: null, decimate: 1 } })
  expect(await core.handlers['exports.check'](empty, port)).toMatchObject({ ok: false, error: { code: 'invalid' } })
})

test('windows cannot name a place of their own, nor a source that is not in the catalogue', async () => {
  const { core, folder, request } = await start()
  const outside = join(folder, 'outside.sgy')
  const own = { kind: 'export' as const, arguments: request({ target: { place: 'chosen', path: outside } }) }
  expect(await core.handlers['tasks.start']({ request: own, priority: 'normal' }, port)).toMatchObject({
    ok: false,
    error: { code: 'refused' }
  })
  const unknown = { kind: 'export' as const, arguments: request({ source: '/etc/passwd' }) }
  expect(await core.handlers['tasks.start']({ request: unknown, priority: 'normal' }, port)).toMatchObject({
    ok: false,
    error: { code: 'not-found' }
  })
  for (const name of ['../a.sgy', 'a/b.sgy', '.hidden', 'a\\b', 'a\u0000b', ''])
    expect(exportArguments.safeParse({ ...request(), target: { place: 'exports', name } }).success, name).toBe(false)
})

test('a path of the dialog may be written to', async () => {
  const chosen = join(await mkdtemp(join(tmpdir(), 'wavefall-chosen-')), 'mine.npz')
  const { core, request } = await start(chosen)
  const answer = await core.handlers['exports.chooseTarget']({ suggestedName: 'mine.npz', format: 'npz' }, port)
  expect(answer).toEqual({ ok: true, value: { path: chosen } })
  const own = request({ format: 'npz', target: { place: 'chosen', path: chosen } })
  await core.handlers['tasks.start']({ request: { kind: 'export', arguments: own }, priority: 'normal' }, port)
  await eventually('the export to be done', async () => (await listed(core))[0]?.state === 'completed')
  await rm(join(chosen, '..'), { recursive: true })
})

test('a failure for good is a notice, and can be tried again', async () => {
  const { core, notices, failures, request } = await start()
  const gone = { kind: 'export' as const, arguments: request({ source: 'gone' }) }
  const started = await core.handlers['tasks.start']({ request: gone, priority: 'normal' }, port)
  if (!started.ok) throw new Error(started.error.message)
  await eventually('it to have failed', async () => (await listed(core))[0]?.state === 'failed')
  expect((await listed(core))[0]).toMatchObject({ attempt: 2, attemptsMax: 2 })
  expect(notices.list()[0]).toMatchObject({ severity: 'error', title: expect.stringContaining('gone.h5 → part.sgy') })
  expect(failures[0]?.title).toContain('gone.h5 → part.sgy')
  expect(await core.handlers['tasks.retry']({ taskId: started.value.id }, port)).toMatchObject({ ok: true })
  await eventually('it to have failed again', async () => (await listed(core))[0]?.state === 'failed')
  expect(await core.handlers['tasks.forget']({ taskId: started.value.id }, port)).toEqual({ ok: true, value: {} })
  expect(await listed(core)).toEqual([])
})
