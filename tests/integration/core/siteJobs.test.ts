import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'
import { liveRequest, startCore, type CoreFixture } from '../../support/coreFixture.ts'
import { eventually } from '../../support/eventually.ts'
import { ridgeChannel } from '../../support/siteJob.ts'
import { startSiteServer, type SiteOptions, type SiteServer } from '../../support/siteServer.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(
  siteOptions: Partial<SiteOptions> = {},
  coreOptions: Parameters<typeof startCore>[0] = {}
): Promise<{ site: SiteServer; fixture: CoreFixture }> {
  const site = await startSiteServer(siteOptions)
  cleanups.push(() => site.dispose())
  const fixture = await startCore({ backendUrl: site.base, ...coreOptions })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('status')
  await eventually('backend known', () => window.of('backend.changed').some((status) => status.state !== 'unknown'))
  return { site, fixture }
}

const historic = (startS: number, endS: number): JobRequest => ({
  ...liveRequest,
  timeRange: { startNs: `${startS}000000000`, endNs: `${endS}000000000` }
})

test('a live job on a site without blocks and without DELETE: every step, rows where the site says, clean end', async () => {
  const { site, fixture } = await start({ numbersAs: 'strings' })
  const window = fixture.window('w1')
  const { id } = await fixture.open(liveRequest, 'w1')
  await fixture.becomes(id, 'streaming')
  await window.watch(id)
  await eventually('rows', () => window.rows().reduce((sum, frame) => sum + frame.rowCount, 0) > 20)
  const description = window.of('view.described').at(-1)!
  expect(description).toMatchObject({
    jobId: id,
    live: true,
    rowIntervalNs: 50e6,
    expectedRows: null,
    columns: { count: 99, firstChannel: 11, channelStep: 1, firstDistanceM: 20, channelSpacingM: 2 },
    value: { unit: 'dB' }
  })
  for (const frame of window.rows())
    for (let k = 0; k < frame.rowCount; k++) {
      const timeMs = Number(description.originNs) / 1e6 + ((frame.firstRow + k) * description.rowIntervalNs) / 1e6
      const ridge = ridgeChannel(timeMs, { channelCount: 400, spacingM: 2 })
      const row = frame.values.subarray(k * 99, (k + 1) * 99)
      const brightest = 11 + row.indexOf(Math.max(...row))
      if (ridge > 13 && ridge < 107) expect(Math.abs(brightest - ridge)).toBeLessThan(2)
    }
  await eventually('monitored', () => window.job(id)?.steps.some((step) => step.name === 'monitoring') === true)
  const closed = await fixture.core.handlers['jobs.close']({ jobId: id }, window)
  expect(closed.ok && closed.value).toMatchObject({ state: 'cancelled', reason: 'It was closed by the operator.' })
  const steps = closed.ok ? closed.value.steps.map((step) => step.name) : []
  expect(steps.slice(0, 3)).toEqual(['request', 'validation', 'creation'])
  // The first rows, what the stream says of itself and the question to the site go their own ways.
  expect(steps.slice(3, 6).sort()).toEqual(['analyser start', 'monitoring', 'streaming'])
  expect(steps.slice(6)).toEqual(['termination', 'clean-up'])
  expect(site.deletes).toHaveLength(1)
  await eventually('the site closed the job because its client left', () => site.left.length === 1)
  const statistics = closed.ok ? closed.value.statistics : null
  expect(statistics).toMatchObject({ service: 'rows', gaps: 0, badMessages: 0 })
  expect(statistics!.bytesPerS).toBeGreaterThan(1000)
  expect(statistics!.rowsPerS).toBeGreaterThan(5)
  await fixture.core.log.flush()
  const log = await readFile(join(fixture.folder, 'logs', 'wavefall.log'), 'utf8')
  for (const step of ['request', 'creation', 'streaming', 'clean-up']) expect(log).toContain(`"step":"${step}"`)
})

test('a historic job arrives whole and completes; its rows stay readable afterwards', async () => {
  const { fixture } = await start({ recordings: [[1_700_000_000, 1_700_000_100]] })
  const { id } = await fixture.open(historic(1_700_000_010, 1_700_000_070))
  const done = await fixture.becomes(id, 'completed')
  expect(done).toMatchObject({ progress: 1, statistics: { rows: 1200, gaps: 0 } })
  const window = fixture.window('late')
  await window.watch(id)
  await eventually('all rows', () => window.rows().reduce((sum, frame) => sum + frame.rowCount, 0) === 1200)
  expect(window.of('view.described')[0]).toMatchObject({
    live: false,
    expectedRows: 1200,
    originNs: '1700000010000000000'
  })
})

test('a crashed site that comes back without the job: reconnecting, created again, same picture, the hole a gap', async () => {
  const { site, fixture } = await start()
  const window = fixture.window('w1')
  const { id } = await fixture.open(liveRequest, 'w1')
  await fixture.becomes(id, 'streaming')
  await window.watch(id)
  await eventually('rows', () => window.rows().length > 3)
  const firstJob = (await fixture.job(id)).backendJobId
  await site.crash()
  expect((await fixture.becomes(id, 'reconnecting')).reason).toMatch(/lost|Connect|Waiting|answer/)
  await new Promise((resolve) => setTimeout(resolve, 1500))
  await site.restart()
  const again = await fixture.becomes(id, 'streaming', 20_000)
  expect(again.backendJobId).not.toBe(firstJob)
  const gaps = () => window.frames.filter((frame) => frame.kind === 'gap')
  await eventually('gap', () => gaps().length > 0)
  await eventually('rows after the gap', () => window.rows().at(-1)!.firstRow > gaps()[0]!.firstRow)
  expect(window.of('view.described').filter((view) => view.jobId === id)).toHaveLength(1)
  const [gap] = gaps()
  expect(gap!.missingMs).toBeGreaterThan(1400)
  expect(gap!.missingMs).toBeCloseTo(gap!.rowCount * 50, -2)
  // Rows before, the gap and rows after cover every index once.
  const covered = new Set<number>()
  for (const frame of window.frames) for (let k = 0; k < frame.rowCount; k++) covered.add(frame.firstRow + k)
  const first = Math.min(...covered)
  for (let row = first; row < first + covered.size; row++) expect(covered.has(row)).toBe(true)
  // Times go on: the newest row is now.
  const newest = window.rows().at(-1)!
  const view = window.of('view.described')[0]!
  const newestMs = Number(view.originNs) / 1e6 + (newest.firstRow * view.rowIntervalNs) / 1e6
  expect(Math.abs(newestMs - Date.now())).toBeLessThan(3000)
  expect((await fixture.job(id)).statistics).toMatchObject({ gaps: 1, reconnects: 1 })
})

test('a job that is closed while the backend still creates it leaves nothing behind', async () => {
  const { site, fixture } = await start({ streamOpensAfterMs: 0 })
  const window = fixture.window('w1')
  const { id } = await fixture.open(liveRequest, 'w1')
  // The answer to /configure is on its way.
  window.leave()
  await fixture.becomes(id, 'cancelled')
  await eventually('deleted', () => site.deletes.length === 1)
  expect(site.deletes[0]).toContain(site.configured[0]!.jobId)
  expect(site.openStreams()).toBe(0)
  const recorded = async (): Promise<number> => {
    const text = await readFile(join(fixture.folder, 'open-jobs.json'), 'utf8').catch(() => '{"jobs":[]}')
    return (JSON.parse(text) as { jobs: unknown[] }).jobs.length
  }
  await eventually('no record is left', async () => (await recorded()) === 0)
})

test('503 with Retry-After is waited for and tried again; too many end in a failure that stays until dismissed', async () => {
  const { site, fixture } = await start()
  site.refuseNext(2, 503, 1)
  const window = fixture.window('w1')
  const first = await fixture.open(liveRequest)
  await eventually('told', () =>
    window.of('job.changed').some((job) => /503.*Too many open jobs.*Trying again in/.test(job.reason))
  )
  await fixture.becomes(first.id, 'streaming')
  site.refuseNext(100, 503)
  const second = await fixture.open(liveRequest)
  const failed = await fixture.becomes(second.id, 'failed')
  expect(failed.reason).toContain('Too many open jobs')
  const notices = await fixture.core.handlers['notices.list']({}, window)
  expect(notices.ok && notices.value).toMatchObject([{ severity: 'error', jobId: second.id, count: 1 }])
  const noticeId = notices.ok ? notices.value[0]!.id : ''
  expect((await fixture.core.handlers['notices.dismiss']({ id: noticeId }, window)).ok).toBe(true)
  expect((await fixture.core.handlers['notices.dismiss']({ id: noticeId }, window)).ok).toBe(false)
  expect(window.of('notices.changed').at(-1)).toEqual([])
})

test('no fibre: the backend says so, a live job is refused with its words, a recording still opens', async () => {
  const { fixture } = await start({ waitingForFibre: true, recordings: [[1_700_000_000, 1_700_000_100]] })
  const window = fixture.window('w1')
  const status = await fixture.core.handlers['backend.status']({}, window)
  expect(status.ok && status.value).toMatchObject({
    state: 'no-fibre',
    reason: 'waiting for fiber',
    circuit: { state: 'closed' }
  })
  const live = await fixture.open(liveRequest)
  expect((await fixture.becomes(live.id, 'failed')).reason).toContain('waiting for fiber')
  const { id } = await fixture.open(historic(1_700_000_000, 1_700_000_005))
  await fixture.becomes(id, 'completed')
})

test('a range without a recording fails with the words of the site', async () => {
  const { fixture } = await start()
  const { id } = await fixture.open(historic(1_600_000_000, 1_600_000_010))
  expect((await fixture.becomes(id, 'failed')).reason).toContain('No recording found in given time range')
})

test('a stream port that opens late, silence and bad rows are all told, none is fatal', async () => {
  const { site, fixture } = await start({ streamOpensAfterMs: 3000 })
  const { id } = await fixture.open(liveRequest)
  await fixture.becomes(id, 'streaming')
  site.fault = 'silent'
  await fixture.becomes(id, 'stalled')
  site.fault = 'none'
  await fixture.becomes(id, 'streaming')
  site.fault = 'infinity'
  await new Promise((resolve) => setTimeout(resolve, 300))
  site.fault = 'wrong shape'
  await new Promise((resolve) => setTimeout(resolve, 300))
  site.fault = 'none'
  await eventually('counted', () => true)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const { statistics } = await fixture.job(id)
  expect(statistics.badMessages).toBeGreaterThan(0)
  expect(statistics.invalidValues).toBeGreaterThan(0)
  expect(statistics.gaps).toBeGreaterThanOrEqual(2)
})

test('at most so many jobs; the rest wait visibly, live before historic, and move up', async () => {
  const { fixture } = await start(
    { recordings: [[1_700_000_000, 1_700_000_100]] },
    {
      adjustSettings: (settings) => ({
        ...settings,
        jobs: { ...settings.jobs, concurrentMax: 1, queueMax: 2 },
        streams: { ...settings.streams, retryFirstMs: 100 }
      })
    }
  )
  const window = fixture.window('w1')
  const first = await fixture.open(liveRequest)
  const recorded = await fixture.open(historic(1_700_000_000, 1_700_000_005))
  const live = await fixture.open(liveRequest)
  await eventually('positions', () => window.job(recorded.id)?.queuePosition === 2)
  expect(await fixture.job(live.id)).toMatchObject({ state: 'queued', queuePosition: 1 })
  expect((await fixture.job(live.id)).reason).toBe('Waiting, number 1 in the queue: 1 of 1 jobs are running.')
  const refused = await fixture.core.handlers['jobs.open']({ request: liveRequest, windowId: null }, window)
  expect(!refused.ok && refused.error).toMatchObject({ code: 'refused', retryAfterMs: 5000 })
  await fixture.becomes(first.id, 'streaming')
  await fixture.core.handlers['jobs.close']({ jobId: first.id }, window)
  await fixture.becomes(live.id, 'streaming')
  expect((await fixture.job(recorded.id)).state).toBe('queued')
  await fixture.core.handlers['jobs.close']({ jobId: live.id }, window)
  await fixture.becomes(recorded.id, 'completed')
})

test('the circuit opens while the backend is away, says when it tries again, and closes when it is back', async () => {
  const { site, fixture } = await start()
  const window = fixture.window('w1')
  await site.crash()
  await eventually('open', () => window.of('backend.changed').some((status) => status.circuit.state === 'open'), 25_000)
  const status = await fixture.core.handlers['backend.status']({}, window)
  expect(status.ok && status.value).toMatchObject({ state: 'down', circuit: { failures: 5 } })
  expect(status.ok && status.value.circuit.retryInMs).toBeGreaterThan(0)
  await site.restart()
  await eventually('closed', () => window.of('backend.changed').at(-1)?.state === 'up', 10_000)
  expect(window.of('backend.changed').at(-1)!.circuit.state).toBe('closed')
})

test('jobs that a crashed run left open are deleted at the next start', async () => {
  const { site, fixture } = await start()
  const { id } = await fixture.open(liveRequest)
  await fixture.becomes(id, 'streaming')
  const recordFile = join(fixture.folder, 'open-jobs.json')
  const text = await readFile(recordFile, 'utf8')
  const { backendJobId } = await fixture.job(id)
  expect(text).toContain(`"backendJobId": "${backendJobId}"`)
  // What a crash leaves: the record, of a process that is gone.
  const second = await startCore({ backendUrl: site.base })
  cleanups.push(() => second.dispose())
  const { writeFile } = await import('node:fs/promises')
  await second.core.dispose()
  await writeFile(join(second.folder, 'open-jobs.json'), text.replace(/"pid": \d+/, '"pid": 999999999'))
  const third = await startCore({ backendUrl: site.base, dataFolder: second.folder })
  cleanups.push(() => third.dispose())
  await eventually('deleted', () => site.deletes.some((url) => url.endsWith(backendJobId!)))
})

test('a window that reloads keeps its job; one that stays away loses it', async () => {
  const { fixture } = await start()
  const window = fixture.window('web', 1500)
  const { id } = await fixture.open(liveRequest, 'web')
  await fixture.becomes(id, 'streaming')
  window.leave()
  const again = fixture.window('web', 300)
  await new Promise((resolve) => setTimeout(resolve, 2000))
  expect((await fixture.job(id)).state).toBe('streaming')
  again.leave()
  expect((await fixture.becomes(id, 'cancelled')).reason).toBe('Its window was closed.')
})

test('what is asked for wrongly is told field by field, before anything is sent', async () => {
  const { site, fixture } = await start()
  const window = fixture.window('w1')
  const wrong: JobRequest = {
    ...liveRequest,
    channels: { min: 0, max: 9999 },
    nfft: 300,
    band: { minHz: 90, maxHz: 10 }
  }
  const result = await fixture.core.handlers['jobs.open']({ request: wrong, windowId: null }, window)
  expect(!result.ok && result.error.code).toBe('invalid')
  expect(!result.ok && result.error.fields!.map((field) => field.path)).toEqual([
    'channels.min',
    'channels.max',
    'band.minHz',
    'nfft'
  ])
  const beyond = await fixture.core.handlers['jobs.open'](
    { request: { ...liveRequest, channels: { min: 1, max: 401 } }, windowId: null },
    window
  )
  expect(!beyond.ok && beyond.error.message).toContain('401 is above 400')
  const validated = await fixture.core.handlers['jobs.validate']({ request: wrong }, window)
  expect(validated.ok && validated.value.fields).toHaveLength(4)
  expect(site.configured).toEqual([])
})
