import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import { commandLineLayer, environmentLayer, environmentName } from '../../../src-main/storage/settingsLayers.ts'
import { openSettingsStore } from '../../../src-main/storage/settingsStore.ts'
import { manualClock } from '../../support/manualClock.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-settings-'))
  file = join(folder, 'settings.json')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const clock = manualClock(Date.UTC(2026, 4, 6, 7, 8, 9))
const openStore = (): ReturnType<typeof openSettingsStore> => openSettingsStore(folder, clock, unexpected)

const unexpected = (error: unknown): void => {
  throw error
}

test('without a file the defaults hold and nothing is written', async () => {
  const store = await openStore()
  expect(store.current()).toEqual(defaultSettings())
  expect(store.problems).toEqual([])
  expect(await readdir(folder)).toEqual([])
})

test('a change is on disk and comes back', async () => {
  await (await openStore()).update('display', { theme: 'light' })
  const store = await openStore()
  expect(store.current().display.theme).toBe('light')
  expect(store.current().site).toEqual(defaultSettings().site)
  // Only what was changed stands in the file: a default of a later version counts for the rest.
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ version: 1, display: { theme: 'light' } })
})

test('a file that is not JSON is kept aside byte for byte, defaults are used, and it is said', async () => {
  await writeFile(file, '{"site": {"name": "North')
  const store = await openStore()
  expect(store.current()).toEqual(defaultSettings())
  expect(store.problems).toEqual([{ key: '', message: 'is not JSON; defaults are used', kind: 'wrong' }])
  expect(store.keptAside).toBe('settings.damaged-2026-05-06T07-08-09-000Z.json')
  expect(await readFile(join(folder, store.keptAside!), 'utf8')).toBe('{"site": {"name": "North')
  await store.update('display', { theme: 'light' })
  expect((await openStore()).problems).toEqual([])
})

test('each wrong key has one message and its default; right and unknown keys are kept', async () => {
  const wrong = {
    version: 1,
    site: { name: 'North', channelHighest: 'many', backendUrl: 'ftp://x', channelLowst: 3 },
    jobs: { cpuRefusePercent: 400, concurrentMax: 4 },
    streams: 7
  }
  await writeFile(file, JSON.stringify(wrong))
  const store = await openStore()
  expect(store.current().site).toEqual({ ...defaultSettings().site, name: 'North' })
  expect(store.current().jobs).toEqual({ ...defaultSettings().jobs, concurrentMax: 4 })
  expect(store.current().streams).toEqual(defaultSettings().streams)
  expect(store.problems.map(({ key, kind }) => `${key} ${kind}`).sort()).toEqual([
    'jobs.cpuRefusePercent wrong',
    'site.backendUrl wrong',
    'site.channelHighest wrong',
    'site.channelLowst unknown',
    'streams wrong'
  ])
  expect(JSON.parse(await readFile(join(folder, store.keptAside!), 'utf8'))).toEqual(wrong)
  await store.update('display', { newestAt: 'top' })
  const written = JSON.parse(await readFile(file, 'utf8')) as typeof wrong
  expect(written.site.channelLowst).toBe(3)
  expect(written.site).not.toHaveProperty('channelHighest')
})

test('a file of another shape altogether does no harm', async () => {
  for (const content of ['[]', 'null', '7', '"text"', '{"version":99}']) {
    await writeFile(file, content)
    const store = await openStore()
    expect(store.current()).toEqual(defaultSettings())
    expect(store.problems.length).toBe(1)
  }
})

test('command line over environment over file over default; the origin is told, and only the file is written', async () => {
  await writeFile(
    file,
    JSON.stringify({ version: 1, jobs: { queueMax: 7, concurrentMax: 3 }, site: { name: 'North' } })
  )
  const environment = environmentLayer({
    WAVEFALL_JOBS_QUEUE_MAX: '8',
    WAVEFALL_JOBS_CONCURRENT_MAX: '4',
    PATH: '/bin'
  })
  const commandLine = commandLineLayer(['jobs.queueMax=9', 'display.showHints=no'])
  const store = await openSettingsStore(folder, clock, unexpected, { layers: [environment, commandLine] })
  expect(store.problems).toEqual([])
  expect(store.current().jobs).toMatchObject({ queueMax: 9, concurrentMax: 4 })
  expect(store.current().display.showHints).toBe(false)
  const origins = ['jobs.queueMax', 'jobs.concurrentMax', 'site.name', 'site.nfftMin'].map((path) =>
    store.originOf(path)
  )
  expect(origins).toEqual(['command line', 'environment', 'file', 'default'])
  expect(await store.set('jobs.concurrentMax', 5)).toEqual([
    {
      key: 'jobs.concurrentMax',
      message: 'is set by WAVEFALL_JOBS_CONCURRENT_MAX for this run; change it there, or start without it',
      kind: 'wrong'
    }
  ])
  await store.set('site.name', 'South')
  await store.settled()
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    version: 1,
    jobs: { queueMax: 7, concurrentMax: 3 },
    site: { name: 'South' }
  })
})

test('what is wrong in environment and command line is told, one sentence each, and has no effect', () => {
  const environment = environmentLayer({ WAVEFALL_JOBS_QUEUE_MAX: 'many', WAVEFALL_SITE_SERVICE: 'smoke' })
  expect(environment.problems).toEqual([
    { key: 'site.service', message: expect.stringContaining('(WAVEFALL_SITE_SERVICE)'), kind: 'wrong' },
    {
      key: 'jobs.queueMax',
      message: 'must be of the kind "integer", not "many" (WAVEFALL_JOBS_QUEUE_MAX); it has no effect',
      kind: 'wrong'
    }
  ])
  expect(environment.tree).toEqual({})
  const line = commandLineLayer(['jobs.queueMax=-1', 'jobs.nothing=1', 'streams.stallAfterMs', 'site.backendUrl='])
  expect(line.problems.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
    'jobs.queueMax wrong',
    'jobs.nothing unknown',
    'streams.stallAfterMs wrong'
  ])
  expect(line.tree).toEqual({ site: { backendUrl: null } })
  expect(environmentName('health.memoryWarningMb')).toBe('WAVEFALL_HEALTH_MEMORY_WARNING_MB')
})

test('settings go out and come in; a key that is wrong keeps its old value and is named', async () => {
  const store = await openStore()
  await store.set('jobs.queueMax', 50)
  await store.set('site.name', 'North')
  expect(JSON.parse(store.exported())).toEqual({ version: 1, jobs: { queueMax: 50 }, site: { name: 'North' } })
  const { applied, problems } = await store.imported(
    JSON.stringify({
      version: 1,
      jobs: { queueMax: 'x', concurrentMax: 6 },
      site: { nam: 1 },
      display: { theme: 'light' }
    })
  )
  expect(applied.toSorted()).toEqual(['display.theme', 'jobs.concurrentMax'])
  expect(problems.map(({ key, message }) => `${key}: ${message}`)).toEqual([
    expect.stringMatching(/^jobs\.queueMax: .*; the old value stays$/),
    expect.stringMatching(/^site\.nam: is not a setting/)
  ])
  expect(store.current()).toMatchObject({ jobs: { queueMax: 50, concurrentMax: 6 }, display: { theme: 'light' } })
  expect((await store.imported('{')).problems).toEqual([{ key: '', message: 'is not JSON', kind: 'wrong' }])
})

test('every change can be taken back, over a restart too', async () => {
  const store = await openStore()
  await store.set('jobs.queueMax', 50)
  await store.set('jobs.queueMax', 60)
  await store.reset('jobs.queueMax')
  expect(store.current().jobs.queueMax).toBe(defaultSettings().jobs.queueMax)
  expect(store.originOf('jobs.queueMax')).toBe('default')
  await store.settled()
  const again = await openStore()
  expect(again.history().map(({ change }) => change)).toEqual([
    'jobs.queueMax back to its default',
    'jobs.queueMax = 60',
    'jobs.queueMax = 50'
  ])
  expect(await again.restore(again.history()[0]!.id)).toBe(true)
  expect(again.current().jobs.queueMax).toBe(60)
  expect(await again.restore('999')).toBe(false)
  await again.settled()
})
