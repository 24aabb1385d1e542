import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tileNode, windowLayout, type TileNode } from '../../../src-preload/contract/workbench.ts'
import { openDesks } from '../../../src-main/workbench/desks.ts'
import { openJobHistory } from '../../../src-main/workbench/jobHistory.ts'
import type { KeptFileProblem } from '../../../src-main/workbench/keptFile.ts'
import { createLayouts } from '../../../src-main/workbench/layouts.ts'
import { openPresets } from '../../../src-main/workbench/presets.ts'
import { jobSnapshot } from '../../support/fakeJobs.ts'
import { manualClock } from '../../support/manualClock.ts'
import {
  liveRequest,
  mainWindow,
  popOut,
  settledAfter,
  temporaryFolder,
  twoTiles,
  unexpected
} from './workbenchFixtures.ts'

const layoutsIn = (folder: string) =>
  createLayouts({ folder: join(folder, 'layouts'), clock: manualClock(), changed: () => undefined })

const desksIn = (folder: string, problems: KeptFileProblem[] = []) => {
  let next = 1
  return settledAfter(
    openDesks({
      file: join(folder, 'desks.json'),
      clock: manualClock(),
      onProblem: (problem) => problems.push(problem),
      onError: unexpected,
      freshId: () => `desk-${next++}`
    })
  )
}

describe('layouts of windows', () => {
  test('each tile has one place; what says otherwise is refused', () => {
    expect(windowLayout.safeParse(mainWindow()).success).toBe(true)
    expect(windowLayout.safeParse({ ...mainWindow(), tree: { kind: 'tile', id: '1' } }).success).toBe(false)
    expect(windowLayout.safeParse({ ...mainWindow(), tiles: [mainWindow().tiles[0]] }).success).toBe(false)
    let deep: TileNode = twoTiles
    for (let depth = 0; depth < 2000; depth++)
      deep = { kind: 'split', direction: 'row', sizes: [1, 1], children: [deep, { kind: 'tile', id: '3' }] }
    expect(tileNode.safeParse(deep).success).toBe(false)
  })

  test('saved, renamed, exported, imported under a free name, deleted', async () => {
    const folder = temporaryFolder()
    const layouts = layoutsIn(folder)
    const saved = await layouts.save('Night shift', [mainWindow(), popOut('popout-0001')], false)
    expect(saved).toMatchObject({ ok: true, value: { name: 'Night shift', tiles: 3, popOuts: 1, problem: null } })
    expect(await layouts.save('Night shift', [mainWindow()], false)).toMatchObject({ ok: false })
    expect(await layouts.save('Night shift', [mainWindow()], true)).toMatchObject({ ok: true, value: { popOuts: 0 } })
    expect(await layouts.rename('Night shift', 'Day / shift')).toMatchObject({ ok: true })
    expect((await layouts.list()).map(({ name }) => name)).toEqual(['Day / shift'])
    const exported = await layouts.export('Day / shift')
    if (!exported.ok) throw new Error(exported.error.message)
    expect(await layouts.import(exported.value.text)).toMatchObject({ ok: true, value: { name: 'Day / shift (2)' } })
    expect(await layouts.read('Day / shift (2)')).toMatchObject({ ok: true, value: { windows: [mainWindow()] } })
    await layouts.delete('Day / shift')
    expect((await layouts.list()).map(({ name }) => name)).toEqual(['Day / shift (2)'])
  })

  test('one of a newer version is refused with a sentence, listed, and stays as it is', async () => {
    const folder = temporaryFolder()
    const layouts = layoutsIn(folder)
    await layouts.save('Old', [mainWindow()], false)
    const newer = { version: 2, name: 'From tomorrow', rooms: [1, 2] }
    const file = join(folder, 'layouts', 'tomorrow.json')
    writeFileSync(file, JSON.stringify(newer))
    const read = await layouts.read('From tomorrow')
    expect(read).toMatchObject({ ok: false, error: { code: 'unreadable' } })
    expect(read.ok ? '' : read.error.message).toMatch(/newer version of the program .*left as it is/)
    expect(await layouts.save('From tomorrow', [mainWindow()], true)).toMatchObject({ ok: false })
    expect(await layouts.rename('Old', 'From tomorrow')).toMatchObject({ ok: false })
    expect((await layouts.list()).map(({ name, problem }) => [name, problem === null])).toEqual([
      ['From tomorrow', false],
      ['Old', true]
    ])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(newer)
    const imported = await layouts.import(JSON.stringify({ ...newer, version: 99 }))
    expect(imported.ok ? '' : imported.error.message).toContain('newer version of the program')
    expect(await layouts.import('no json')).toMatchObject({ ok: false })
    expect(await layouts.import(JSON.stringify({ version: 1, name: 'x' }))).toMatchObject({ ok: false })
    expect(readdirSync(join(folder, 'layouts'))).toHaveLength(2)
  })

  test('names become file names that are safe and differ', async () => {
    const folder = temporaryFolder()
    const layouts = layoutsIn(folder)
    for (const name of ['../../etc/passwd', 'CON', 'a:b', 'A:b', '夜'])
      expect(await layouts.save(name, [mainWindow()], false)).toMatchObject({ ok: true })
    const files = readdirSync(join(folder, 'layouts'))
    expect(files).toHaveLength(5)
    for (const file of files) expect(file).toMatch(/^[A-Za-z0-9-]+\.json$/)
  })
})

describe('desks', () => {
  test('a desk comes back after a restart, with its windows and their screens', async () => {
    const folder = temporaryFolder()
    const before = await desksIn(folder)
    const { desk, windows } = before.open(null, new Set())
    expect(windows).toEqual([])
    expect(before.opensJobs()).toBe(false)
    before.keep(desk, mainWindow({ request: liveRequest, jobId: 'live-1', isClosed: false }))
    before.keep(desk, popOut('popout-0001'))
    before.keep(desk, popOut('popout-0002'))
    before.drop(desk, 'popout-0002')
    await before.settled()
    const after = await desksIn(folder)
    expect(after.opensJobs()).toBe(true)
    const again = after.open(null, new Set())
    expect(again.desk).toBe(desk)
    expect(again.windows.map(({ id }) => id)).toEqual(['main', 'popout-0001'])
    expect(again.windows[1]?.place?.display).toEqual({ id: 7, x: 0, y: 0 })
  })

  test('two main windows never share a desk; a reload comes back to its own', async () => {
    const desks = await desksIn(temporaryFolder())
    const first = desks.open(null, new Set())
    desks.keep(first.desk, mainWindow())
    const second = desks.open(null, new Set([first.desk]))
    expect(second.desk).not.toBe(first.desk)
    expect(second.windows).toEqual([])
    expect(desks.open(first.desk, new Set([second.desk])).windows).toHaveLength(1)
    expect(desks.open(first.desk, new Set([first.desk])).desk).not.toBe(first.desk)
  })

  test('tiles that were all closed open no jobs', async () => {
    const desks = await desksIn(temporaryFolder())
    const { desk } = desks.open(null, new Set())
    desks.keep(desk, mainWindow({ request: liveRequest, jobId: 'live-1', isClosed: true }))
    expect(desks.opensJobs()).toBe(false)
  })

  test('thirty pop-outs, not more', async () => {
    const desks = await desksIn(temporaryFolder())
    const { desk } = desks.open(null, new Set())
    desks.keep(desk, mainWindow())
    for (let index = 0; index < 30; index++) expect(desks.keep(desk, popOut(`popout-${1000 + index}`)).ok).toBe(true)
    expect(desks.keep(desk, popOut('popout-2000'))).toMatchObject({ ok: false, error: { code: 'refused' } })
    expect(desks.keep(desk, popOut('popout-1000')).ok).toBe(true)
  })

  test.each([
    ['a newer version', '{"version":9,"rooms":[]}', /newer version/],
    ['damage', '{"version":1,"des', /damaged/]
  ])('%s costs nothing: the file is kept aside, and told', async (_name, content, reason) => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'desks.json'), content)
    const problems: KeptFileProblem[] = []
    const desks = await desksIn(folder, problems)
    desks.open(null, new Set())
    await desks.settled()
    expect(problems).toHaveLength(1)
    expect(problems[0]?.reason).toMatch(reason)
    expect(readFileSync(join(folder, problems[0]!.keptAside!), 'utf8')).toBe(content)
  })
})

describe('history of jobs', () => {
  const historyIn = (folder: string, most?: number) =>
    settledAfter(
      openJobHistory({
        file: join(folder, 'history.json'),
        clock: manualClock(),
        onProblem: unexpected,
        onError: unexpected,
        changed: () => undefined,
        ...(most === undefined ? {} : { most })
      })
    )

  test('what was opened, with what, and how it ended; a job of a program that died is interrupted', async () => {
    const folder = temporaryFolder()
    const history = await historyIn(folder)
    const job = jobSnapshot({ id: 'live-1', state: 'streaming', endedAtNs: null })
    history.jobChanged(job)
    history.jobChanged({ ...job, id: 'live-2', createdAtNs: '2000000000000000000' })
    history.jobChanged({ ...job, state: 'failed', reason: 'The backend is gone.', endedAtNs: '5' })
    history.jobChanged({ ...job, state: 'failed', reason: 'Told twice.', endedAtNs: '5' })
    await history.settled()
    expect(history.list(10).map(({ jobId, outcome, reason }) => [jobId, outcome, reason])).toEqual([
      ['live-2', 'running', expect.any(String)],
      ['live-1', 'failed', 'The backend is gone.']
    ])
    const after = await historyIn(folder)
    expect(after.list(10).map(({ outcome }) => outcome)).toEqual(['interrupted', 'failed'])
    after.clear()
    expect(after.list(10)).toEqual([])
  })

  test('seeking in a recording is one line', async () => {
    const history = await historyIn(temporaryFolder())
    const request = { ...liveRequest, timeRange: { startNs: '100', endNs: '900' }, recording: 'a.h5' }
    const job = jobSnapshot({ id: 'historic-1', request, state: 'streaming' })
    history.jobChanged(job)
    for (let seek = 2; seek < 20; seek++) {
      const timeRange = { startNs: String(100 + seek), endNs: '900' }
      history.jobChanged({ ...job, id: `historic-${seek}`, request: { ...request, timeRange } })
      history.jobChanged({ ...job, id: `historic-${seek - 1}`, state: 'cancelled' })
    }
    history.jobChanged({ ...job, id: 'historic-19', state: 'completed' })
    expect(history.list(10)).toHaveLength(1)
    expect(history.list(10)[0]).toMatchObject({ jobId: 'historic-19', seeks: 18, outcome: 'completed' })
  })

  test('bounded: the oldest go', async () => {
    const history = await historyIn(temporaryFolder(), 5)
    for (let index = 0; index < 9; index++)
      history.jobChanged(jobSnapshot({ id: `live-${index}`, createdAtNs: String(index), state: 'completed' }))
    expect(history.list(100).map(({ jobId }) => jobId)).toEqual(['live-8', 'live-7', 'live-6', 'live-5', 'live-4'])
  })
})

test('presets are kept by name and replaced only on purpose', async () => {
  const folder = temporaryFolder()
  const open = () =>
    settledAfter(
      openPresets({
        file: join(folder, 'presets.json'),
        clock: manualClock(),
        onProblem: unexpected,
        onError: unexpected,
        changed: () => undefined
      })
    )
  const presets = await open()
  expect(presets.save('Whole fibre', liveRequest, false).ok).toBe(true)
  expect(presets.save('Whole fibre', liveRequest, false)).toMatchObject({ ok: false, error: { code: 'refused' } })
  expect(presets.save('Whole fibre', { ...liveRequest, nfft: 512 }, true).ok).toBe(true)
  expect(presets.save('A bridge', liveRequest, false).ok).toBe(true)
  await presets.settled()
  expect(existsSync(join(folder, 'presets.json'))).toBe(true)
  const again = await open()
  expect(again.list().map(({ name, request }) => [name, request.nfft])).toEqual([
    ['A bridge', 1024],
    ['Whole fibre', 512]
  ])
  expect(again.delete('Nothing')).toMatchObject({ ok: false, error: { code: 'not-found' } })
  expect(again.delete('A bridge').ok).toBe(true)
})
