import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
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
const openStore = (): ReturnType<typeof openSettingsStore> =>
  openSettingsStore(folder, clock, (error) => {
    throw error
  })

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
  expect(written.site.channelHighest).toBe(2222)
})

test('a file of another shape altogether does no harm', async () => {
  for (const content of ['[]', 'null', '7', '"text"', '{"version":99}']) {
    await writeFile(file, content)
    const store = await openStore()
    expect(store.current()).toEqual(defaultSettings())
    expect(store.problems.length).toBe(1)
  }
})
