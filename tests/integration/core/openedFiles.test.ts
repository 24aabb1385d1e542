import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { FileQuestion, StatedOfFile } from '../../../src-preload/contract/files.ts'
import type { CoreOptions } from '../../../src-main/core.ts'
import type { BackendProcess } from '../../../src-main/embeddedProcess.ts'
import { recordingAssumptionStore } from '../../../src-main/storage/recordingAssumptions.ts'
import { liveRequest, quickStreams, startCore, type CoreFixture, type TestWindow } from '../../support/coreFixture.ts'
import { dasData } from '../../support/dasData.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'
import { startFocusServer } from '../../support/focusServerProcess.ts'
import { exportOf, sourceOf, startNs as exportStartNs } from '../../unit/export/exportFixtures.ts'
import { bytesOf, npyBytes } from '../../unit/recordings/containerFixtures.ts'

interface Opened {
  fixture: CoreFixture
  window: TestWindow
  processes: BackendProcess[]
}

async function start(options: Partial<CoreOptions> & { dataFolder: string }): Promise<Opened> {
  const processes: BackendProcess[] = []
  const args = ['--data', join(options.dataFolder, 'focus-server'), '--source', 'silent']
  const server = embeddedServer(args, (started) => processes.push(started))
  const fixture = await startCore({ ...options, spawnBackend: () => server.spawn() })
  return { fixture, window: fixture.window('w1'), processes }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A sum of tones that differ by channel; long enough for a picture. */
async function writeArray(path: string, rows = 2000, channels = 24): Promise<string> {
  const values = new Float32Array(rows * channels)
  for (let row = 0; row < rows; row++)
    for (let channel = 0; channel < channels; channel++)
      values[row * channels + channel] = (channel + 1) * Math.sin((2 * Math.PI * 50 * row) / 500)
  await writeFile(path, npyBytes('<f4', [rows, channels], bytesOf(values)))
  return path
}

const rowCount = (window: TestWindow, subscription: number): number =>
  window
    .rows()
    .filter((frame) => frame.subscription === subscription)
    .reduce((sum, frame) => sum + frame.rowCount, 0)

const stated = (more: Partial<StatedOfFile>): StatedOfFile => ({
  sampleRateHz: null,
  startNs: null,
  channelSpacingM: null,
  firstDistanceM: null,
  timeAxis: null,
  ...more
})

const questionsOf = async ({ fixture, window }: Opened): Promise<FileQuestion[]> => {
  const listed = await fixture.core.handlers['files.questions']({}, window)
  return listed.ok ? listed.value : []
}

/** Gaps of recordings that have some. */
const gapsOf: Record<string, number> = { 'geofon_3U_HSF.mseed': 2 }

describe('every real recording', () => {
  const folder = dasData('')
  let dataFolder: string
  let opened: Opened

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'wavefall-files-'))
    opened = await start({ dataFolder })
  })
  afterAll(async () => {
    await opened.fixture.dispose()
    await rm(dataFolder, { recursive: true, force: true })
  })

  test.skipIf(!folder)(
    'opens as a historic job that completes with a picture of all its channels',
    { timeout: 120_000 },
    async () => {
      const { fixture, window } = opened
      const names = (await readdir(folder!)).filter((name) => name !== 'README.md').sort()
      expect(names.length).toBeGreaterThan(10)
      for (const name of names) {
        const { jobIds, failures } = await fixture.core.openFiles([join(folder!, name)], 'w1')
        expect(failures, name).toEqual([])
        expect(jobIds, name).toHaveLength(1)
        const subscription = await window.watch(jobIds[0]!)
        const job = await fixture.becomes(jobIds[0]!, 'completed', 30_000)
        const view = window.of('view.described').findLast((one) => one.subscription === subscription)
        expect(view, name).toBeDefined()
        await eventually(`rows of ${name}`, () => rowCount(window, subscription) > 0)
        await eventually(`rows of ${name}`, () => rowCount(window, subscription) === job.statistics.rows)
        const channels = view!.columns.count * view!.columns.channelsPerColumn
        expect(channels, name).toBeGreaterThanOrEqual(job.request.channels.max)
        expect(channels, name).toBeLessThan(job.request.channels.max + view!.columns.channelsPerColumn)
        expect(view!.expectedRows, name).toBeGreaterThanOrEqual(job.statistics.rows)
        const values = window.rows().flatMap((frame) => (frame.subscription === subscription ? [...frame.values] : []))
        const valid = values.filter((value) => Number.isFinite(value) && value >= -300)
        // Only the three channels of Etna, which begin and end apart, have cells without samples.
        expect(values.length - valid.length, name).toBe(job.statistics.invalidValues)
        expect(job.statistics, name).toMatchObject({ lostRows: 0, badMessages: 0, gaps: gapsOf[name] ?? 0 })
        if (!name.startsWith('etna')) expect(job.statistics.invalidValues, name).toBe(0)
        // The Neubrex file holds zeros and nothing else: a flat picture at the floor.
        const isFlat = values.every((value) => value === values[0])
        expect(isFlat, name).toBe(name === 'neubrex_das_1.h5')
      }
    }
  )
})

test('a file that does not say when it was recorded asks, is described, opens, and is known the next time', async () => {
  const dataFolder = await temporaryFolder()
  const file = await writeArray(join(dataFolder, 'array.npy'))
  const first = await start({ dataFolder })
  const { fixture, window } = first
  onTestFinished(() => fixture.dispose())
  expect(await fixture.core.openFiles([file], 'w1')).toEqual({ jobIds: [], failures: [] })
  const [question] = await questionsOf(first)
  expect(question).toMatchObject({
    windowId: 'w1',
    name: 'array.npy',
    folder: dataFolder,
    missing: 'its sample rate, when it was recorded and its channel spacing',
    shapes: [
      { timeAxis: 0, rows: 2000, channels: 24 },
      { timeAxis: 1, rows: 24, channels: 2000 }
    ]
  })
  expect(window.of('files.questionsChanged').at(-1)).toEqual([question])
  // Asked again, it is the same question.
  await fixture.core.openFiles([file], 'w1')
  expect(await questionsOf(first)).toEqual([question])

  const answer = (say: Partial<StatedOfFile>) =>
    fixture.core.handlers['files.answer']({ token: question!.token, windowId: 'w1', stated: stated(say) }, window)
  const wrong = await answer({ sampleRateHz: -1, channelSpacingM: 0, startNs: '99999999999000000000' })
  expect(wrong).toMatchObject({ ok: false, error: { code: 'invalid' } })
  expect(wrong.ok ? [] : wrong.error.fields?.map(({ path }) => path).sort()).toEqual([
    'channelSpacingM',
    'sampleRateHz',
    'startNs'
  ])
  const startNs = '1700000000000000000'
  const right = await answer({ sampleRateHz: 500, startNs, channelSpacingM: 2, firstDistanceM: 100 })
  if (!right.ok) throw new Error(right.error.message)
  expect(await questionsOf(first)).toEqual([])
  const subscription = await window.watch(right.value.jobIds[0]!)
  const job = await fixture.becomes(right.value.jobIds[0]!, 'completed')
  expect(job.request.timeRange).toEqual({ startNs, endNs: '1700000004000000000' })
  const view = window.of('view.described').findLast((one) => one.subscription === subscription)!
  expect(view.columns).toMatchObject({ count: 24, firstDistanceM: 100, channelSpacingM: 2 })
  expect(await answer({ sampleRateHz: 500, startNs })).toMatchObject({ ok: false, error: { code: 'not-found' } })
  await fixture.core.dispose()

  const next = await start({ dataFolder })
  onTestFinished(() => next.fixture.dispose())
  const { jobIds, failures } = await next.fixture.core.openFiles([file], null)
  expect(failures).toEqual([])
  expect((await next.fixture.becomes(jobIds[0]!, 'completed')).request.timeRange?.startNs).toBe(startNs)
  // The catalogue knows it as it was described.
  await eventually('the catalogue', async () => {
    const listed = await next.fixture.core.handlers['sessions.list']({}, next.window)
    return listed.ok && listed.value.sessions.some((one) => one.path === file && one.sampleRateHz === 500)
  })
})

test('a clock that was wrong keeps nobody from looking; channels beyond the memory of a job are left out, and that is said', async () => {
  const dataFolder = await temporaryFolder()
  const file = await writeArray(join(dataFolder, 'array.npy'), 200, 2000)
  const startTimeNs = 2_200_000_000_000_000_000n
  await recordingAssumptionStore(dataFolder).remember(file, { sampleRateHz: 500, startTimeNs })
  const { fixture, window } = await start({
    dataFolder,
    adjustSettings: (settings) => ({
      ...quickStreams(settings),
      jobs: { ...quickStreams(settings).jobs, memoryPerJobMaxBytes: 1e6 }
    })
  })
  onTestFinished(() => fixture.dispose())
  const { jobIds, failures } = await fixture.core.openFiles([file], 'w1')
  expect(failures).toEqual([])
  const { request } = await fixture.becomes(jobIds[0]!, 'completed')
  expect(request).toMatchObject({ nfft: 128, channels: { min: 1, max: 976 } })
  expect(request.timeRange?.startNs).toBe(String(startTimeNs))
  expect(window.of('notices.changed').at(-1)?.[0]).toMatchObject({
    title: 'array.npy: not all of its channels are shown',
    detail: expect.stringContaining('1 to 976 of 2000') as string
  })
})

test('questions go with their window, and when they are dismissed', async () => {
  const dataFolder = await temporaryFolder()
  const file = await writeArray(join(dataFolder, 'array.npy'))
  const other = await writeArray(join(dataFolder, 'other.npy'), 100)
  const opened = await start({ dataFolder })
  onTestFinished(() => opened.fixture.dispose())
  const { fixture, window } = opened
  await fixture.core.openFiles([file], 'w1')
  await fixture.core.openFiles([other], null)
  const [first, second] = await questionsOf(opened)
  window.leave()
  expect(await questionsOf(opened)).toEqual([second])
  expect(first?.windowId).toBe('w1')
  const dismiss = () => fixture.core.handlers['files.dismiss']({ token: second!.token }, window)
  expect(await dismiss()).toMatchObject({ ok: true })
  expect(await dismiss()).toMatchObject({ ok: false, error: { code: 'not-found' } })
  expect(await questionsOf(opened)).toEqual([])
})

test('files of one name in several folders, and a folder of files, each open as what they are', async () => {
  const dataFolder = await temporaryFolder()
  const store = recordingAssumptionStore(dataFolder)
  const paths: string[] = []
  for (const [index, day] of ['monday', 'tuesday'].entries()) {
    await mkdir(join(dataFolder, day))
    const path = await writeArray(join(dataFolder, day, 'raw.npy'), 1000 * (index + 1))
    await store.remember(path, { sampleRateHz: 500, startTimeNs: 1_700_000_000_000_000_000n })
    paths.push(path)
  }
  const { fixture } = await start({ dataFolder })
  onTestFinished(() => fixture.dispose())
  const { jobIds, failures } = await fixture.core.openFiles(paths, null)
  expect(failures).toEqual([])
  const jobs = await Promise.all(jobIds.map((id) => fixture.becomes(id, 'completed')))
  expect(jobs.map(({ request }) => request.recording)).toEqual(['raw.npy', 'raw.npy (tuesday)'])
  expect(jobs.map(({ request }) => request.timeRange?.endNs)).toEqual(['1700000002000000000', '1700000004000000000'])

  const folder = join(dataFolder, 'acquisition')
  await mkdir(folder)
  for (const part of [0, 1])
    await exportOf(
      sourceOf({ rows: 500, channels: 6, startTimeNs: exportStartNs + BigInt(part) * 500_000_000n }),
      join(folder, `${part}.h5`),
      'prodml'
    )
  const whole = await fixture.core.openFiles([folder], null)
  expect(whole.failures).toEqual([])
  expect(await fixture.becomes(whole.jobIds[0]!, 'completed')).toMatchObject({
    request: { channels: { min: 1, max: 6 } },
    statistics: { gaps: 0, lostRows: 0 }
  })
})

test('beside a site: files open on a server of their own, which is ended with the program', async () => {
  const dataFolder = await temporaryFolder()
  const file = await writeArray(join(dataFolder, 'array.npy'))
  await recordingAssumptionStore(dataFolder).remember(file, {
    sampleRateHz: 500,
    startTimeNs: 1_700_000_000_000_000_000n
  })
  const site = await startFocusServer({ args: ['--source', 'simulated:channels=60,prr=500,seed=2'] })
  onTestFinished(async () => void (await site.stop()))
  const { fixture, window, processes } = await start({ dataFolder, backendUrl: site.base })
  onTestFinished(() => fixture.dispose())
  await eventually('the site', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const live = await fixture.open({ ...liveRequest, channels: { min: 1, max: 60 } })
  await fixture.becomes(live.id, 'streaming')
  expect(processes).toHaveLength(0)

  const { jobIds, failures } = await fixture.core.openFiles([file], 'w1')
  expect(failures).toEqual([])
  expect(processes).toHaveLength(1)
  const done = await fixture.becomes(jobIds[0]!, 'completed')
  expect(done.request).toMatchObject({ local: true, recording: 'array.npy' })
  const listed = await fixture.core.handlers['backend.recordings']({ fromNs: null, toNs: null }, window)
  const names = listed.ok ? listed.value.map(({ name, local }) => [name, local ?? false]) : []
  expect(names).toContainEqual(['array.npy', true])
  expect(names.filter(([, local]) => !local)).not.toContainEqual(['array.npy', false])
  expect(window.of('backend.changed').every(({ embedded }) => !embedded)).toBe(true)

  // A server that dies before its job was deleted leaves a record of it, to be deleted at the next start.
  const isCleaned = async (id: string): Promise<boolean> =>
    (await fixture.job(id)).steps.some(({ name }) => name === 'clean-up')
  await eventually('the job is deleted', () => isCleaned(jobIds[0]!))
  // Its process dies: it is started again with its files, while the site's job streams on.
  processes[0]!.end(true)
  await eventually('another process', () => processes.length === 2, 10_000)
  const again = await fixture.core.openFiles([file], 'w1')
  expect(again.failures).toEqual([])
  expect((await fixture.becomes(again.jobIds[0]!, 'completed')).request.recording).toBe('array.npy')
  expect((await fixture.job(live.id)).state).toBe('streaming')
  await fixture.core.dispose()
  const left = JSON.parse(await readFile(join(dataFolder, 'open-jobs.json'), 'utf8')) as { jobs: unknown[] }
  expect(left.jobs).toEqual([])
  for (const { pid } of processes) expect(() => process.kill(pid!, 0)).toThrow()
})
