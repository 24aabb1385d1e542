import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JobRequest, JobSnapshot, Notice } from '../../../src-preload/contract/schemas.ts'
import { liveRequest, startCore, type CoreFixture } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wavefall-restart-'))
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  await rm(folder, { recursive: true, force: true })
})

const planFile = (): string => join(folder, 'restart-plan.json')

async function start(withBackend = true): Promise<CoreFixture> {
  const server = embeddedServer(['--source', 'simulated:channels=120,prr=500'])
  const fixture = await startCore({
    dataFolder: folder,
    ...(withBackend ? { spawnBackend: () => server.spawn() } : {})
  })
  cleanups.push(() => fixture.dispose())
  return fixture
}

const noticesOf = async (fixture: CoreFixture): Promise<Notice[]> => {
  const listed = await fixture.core.handlers['notices.list']({}, fixture.window('reader'))
  return listed.ok ? listed.value : []
}
const openJobs = async (fixture: CoreFixture): Promise<JobSnapshot[]> => {
  const listed = await fixture.core.handlers['jobs.list']({}, fixture.window('reader'))
  return listed.ok ? listed.value.filter(({ endedAtNs }) => endedAtNs === null) : []
}
const logOf = async (): Promise<string> => {
  const texts = (await readdir(join(folder, 'logs'))).map((name) => readFile(join(folder, 'logs', name), 'utf8'))
  return (await Promise.all(texts)).join('')
}

test('a prepared restart brings the open jobs back, names the capture that it closed, and is used once', async () => {
  const other: JobRequest = { ...liveRequest, channels: { min: 20, max: 40 } }
  const closed: JobRequest = { ...liveRequest, channels: { min: 50, max: 60 } }
  const before = await start()
  const window = before.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const first = await before.open(liveRequest, 'w1')
  await before.open(other)
  const third = await before.open(closed)
  await before.becomes(first.id, 'streaming')
  await before.core.handlers['captures.start']({ jobId: first.id, name: 'Night watch' }, window)
  await eventually('captured', () => before.core.sessions.captures.list()[0]!.acknowledgedBlocks > 0)
  const [record] = await before.core.health.act('prepare restart', null, 'operator')
  expect(record).toMatchObject({ what: 'restart prepared', succeeded: true })
  expect(record!.detail).toContain('3 open jobs are written down')
  const planned = async (): Promise<number> =>
    (JSON.parse(await readFile(planFile(), 'utf8')) as { jobs: unknown[] }).jobs.length
  expect(await planned()).toBe(3)
  // What the operator closes until the program ends is not opened again.
  await before.core.handlers['jobs.close']({ jobId: third.id }, window)
  await eventually('the plan follows, whoever ends the program', async () => (await planned()) === 2)
  await before.dispose()

  const after = await start()
  expect(after.core.opensJobs()).toBe(true)
  await eventually('both are open again', async () => (await openJobs(after)).length === 2, 20_000)
  const reopened = await openJobs(after)
  expect(reopened.map(({ request }) => request)).toEqual([liveRequest, other])
  await after.becomes(reopened[0]!.id, 'streaming')
  const notice = (await noticesOf(after)).find(({ title }) => title === 'The prepared restart is done')!
  expect(notice.severity).toBe('warning')
  expect(notice.detail).toContain(`Open again: ${reopened.map(({ id }) => id).join(', ')};`)
  expect(notice.detail).toMatch(/A capture was closed by the restart: "Night watch" of live-1 \(\d+ blocks? safe/)
  const lanes = after.core.health.timeline(0, Date.now())
  expect(
    lanes
      .find(({ kind }) => kind === 'actions')!
      .marks.map(({ text }) => text)
      .join()
  ).toContain('restart is done')
  await eventually('the plan is forgotten', () => !existsSync(planFile()))
  expect(after.core.opensJobs()).toBe(false)
  await after.dispose()
  expect(await logOf()).toContain('restart_resumed')

  const last = await start(false)
  expect(last.core.opensJobs()).toBe(false)
  expect(await noticesOf(last)).toEqual([])
}, 60_000)

test('a plan of a run that was killed is used; a job that cannot be opened is named with the reason', async () => {
  const impossible: JobRequest = { ...liveRequest, channels: { min: 5000, max: 5010 } }
  const plan = {
    version: 1,
    atMs: Date.now() - 60_000,
    jobs: [
      { id: 'live-7', request: liveRequest },
      { id: 'live-8', request: impossible }
    ],
    captures: [],
    tasks: 2
  }
  await writeFile(planFile(), JSON.stringify(plan))
  const fixture = await start()
  await eventually('it is told', async () => (await noticesOf(fixture)).length > 0, 20_000)
  expect((await openJobs(fixture)).map(({ request }) => request)).toEqual([liveRequest])
  const [notice] = await noticesOf(fixture)
  expect(notice!.detail).toMatch(/Open again: live-1;.*Not opened: live-8: .*2 background tasks that waited go on/)
})

test.for([
  ['{ "version": 1, "jobs": [', 'The prepared restart cannot be used', /restart-plan\.json is damaged;.* kept as /],
  [JSON.stringify({ version: 9, atMs: Date.now(), jobs: [] }), 'The prepared restart cannot be used', /newer version/],
  [
    JSON.stringify({ version: 1, atMs: Date.now() - 26 * 3_600_000, jobs: [{ id: 'live-1', request: liveRequest }] }),
    'A prepared restart was not used',
    /is 26 h old: its 1 job is not opened/
  ]
] as const)('a plan that cannot be trusted is said and ignored: %s', async ([text, title, detail]) => {
  await writeFile(planFile(), text)
  const fixture = await start(false)
  const notice = (await noticesOf(fixture)).find((one) => one.title === title)
  expect(notice?.detail).toMatch(detail)
  expect(fixture.core.opensJobs()).toBe(false)
  expect(await openJobs(fixture)).toEqual([])
  await eventually('it is not read again', () => !existsSync(planFile()))
})
