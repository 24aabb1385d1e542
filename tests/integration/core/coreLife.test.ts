import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { decodeFrame, type RowsFrame } from '../../../src-preload/contract/frames.ts'
import type { CorePort } from '../../../src-main/coreInterface.ts'
import type { BackendProcess } from '../../../src-main/embeddedProcess.ts'
import { liveRequest, quickStreams, startCore, type CoreFixture } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'
import { startSiteServer } from '../../support/siteServer.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function started(options: Parameters<typeof startCore>[0]): Promise<CoreFixture> {
  const fixture = await startCore(options)
  cleanups.push(() => fixture.dispose())
  return fixture
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a damaged settings file: kept aside, defaults used, and a notice says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-core-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'settings.json'), '{"site":{"channelHighest":"all"},"display":{"theme":"light"}}')
  const fixture = await started({ dataFolder: folder, backendUrl: 'http://127.0.0.1:1' })
  const window = fixture.window('w1')
  const settings = await fixture.core.handlers['settings.get']({}, window)
  expect(settings.ok && settings.value).toMatchObject({ site: { channelHighest: 2222 }, display: { theme: 'light' } })
  const notices = await fixture.core.handlers['notices.list']({}, window)
  expect(notices.ok && notices.value).toMatchObject([{ severity: 'warning', title: 'Setting "site.channelHighest"' }])
  const aside = (await readdir(folder)).filter((name) => name.startsWith('settings.damaged-'))
  expect(aside).toHaveLength(1)
  expect(notices.ok && notices.value[0]!.detail).toContain(aside[0])
  const changed = await fixture.core.handlers['settings.setDisplay']({ newestAt: 'top' }, window)
  expect(changed.ok && changed.value.display).toMatchObject({ theme: 'light', newestAt: 'top', colourMap: 'viridis' })
  expect(window.of('settings.changed')).toHaveLength(1)
  expect(JSON.parse(await readFile(join(folder, 'settings.json'), 'utf8'))).toMatchObject({
    display: { newestAt: 'top' }
  })
})

test('a backend that is missing at start is said to be down, and is used when it comes', async () => {
  const site = await startSiteServer()
  cleanups.push(() => site.dispose())
  await site.crash()
  const fixture = await started({ backendUrl: site.base })
  const window = fixture.window('w1')
  await eventually('down', () => window.of('backend.changed').at(-1)?.state === 'down')
  expect(window.of('backend.changed').at(-1)!.reason).toContain('does not answer (ECONNREFUSED)')
  await site.restart()
  await eventually('up', () => window.of('backend.changed').at(-1)?.state === 'up')
  const { id } = await fixture.open(liveRequest)
  await fixture.becomes(id, 'streaming')
})

test('dispose within its time: the backend is told, its process ends, workers and streams are gone', async () => {
  const processes: BackendProcess[] = []
  const server = embeddedServer(['--source', 'simulated:channels=100,prr=500'], (child) => processes.push(child))
  const fixture = await started({ spawnBackend: () => server.spawn() })
  const window = fixture.window('w1')
  await eventually('up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const first = await fixture.open({ ...liveRequest, channels: { min: 1, max: 50 } })
  await fixture.becomes(first.id, 'streaming')
  const second = await fixture.open({ ...liveRequest, channels: { min: 1, max: 50 } })
  const beforeMs = performance.now()
  await fixture.core.dispose()
  expect(performance.now() - beforeMs).toBeLessThan(10_000)
  expect(window.job(first.id)).toMatchObject({ state: 'cancelled', reason: 'The program is closing.' })
  expect(window.job(second.id)?.state).toBe('cancelled')
  expect(processes).toHaveLength(1)
  expect(isAlive(processes[0]!.pid!)).toBe(false)
  expect(JSON.parse(await readFile(join(fixture.folder, 'open-jobs.json'), 'utf8'))).toMatchObject({ jobs: [] })
  const refused = await fixture.core.handlers['jobs.open']({ request: liveRequest, windowId: null }, window)
  expect(!refused.ok && refused.error.code).toBe('refused')
})

test('a job that nothing happens to is cleaned up', async () => {
  const site = await startSiteServer()
  cleanups.push(() => site.dispose())
  const fixture = await started({
    backendUrl: site.base,
    adjustSettings: (settings) => {
      const quick = quickStreams(settings)
      return { ...quick, jobs: { ...quick.jobs, staleAfterS: 2 } }
    }
  })
  const { id } = await fixture.open(liveRequest)
  await fixture.becomes(id, 'streaming')
  site.fault = 'silent'
  const cleaned = await fixture.becomes(id, 'failed')
  expect(cleaned.reason).toMatch(/^Nothing has happened/)
  await eventually('deleted at the site', () => site.deletes.length === 1)
})

test('a historic job waits for a slow window and loses nothing', async () => {
  const server = embeddedServer(['--source', 'simulated:channels=100,prr=500'])
  const fixture = await started({ spawnBackend: () => server.spawn() })
  const observer = fixture.window('o')
  await eventually('up', () => observer.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const rows: RowsFrame[] = []
  const slow: CorePort = {
    windowId: 'slow',
    returnsWithinMs: 0,
    sendEvent: () => undefined,
    sendRows(buffer) {
      const frame = decodeFrame(buffer)
      if (frame?.kind === 'rows') rows.push(frame)
    }
  }
  fixture.core.connect(slow)
  const endS = Math.floor(Date.now() / 1000) - 600
  const opened = await fixture.open({
    ...liveRequest,
    channels: { min: 1, max: 100 },
    nfft: 128,
    rowIntervalS: 0.01,
    timeRange: { startNs: `${endS - 300}000000000`, endNs: `${endS}000000000` }
  })
  const attached = await fixture.core.handlers['views.attach'](
    { jobId: opened.id, columnsMax: 1000, layer: 'picture', since: null },
    slow
  )
  if (!attached.ok) throw new Error(attached.error.message)
  const { subscription } = attached.value
  await eventually('the stream is paused', () => (observer.job(opened.id)?.statistics.pauses ?? 0) > 0)
  expect(rows).toHaveLength(0)
  const credit = setInterval(
    () => void fixture.core.handlers['views.credit']({ subscription, frames: 20, drawnLatencyMs: [] }, slow),
    10
  )
  cleanups.push(() => clearInterval(credit))
  const done = await fixture.becomes(opened.id, 'completed', 25_000)
  const total = done.statistics.rows
  expect(total).toBeGreaterThan(29_000)
  await eventually('every row', () => rows.reduce((sum, frame) => sum + frame.rowCount, 0) === total)
  const indices = rows.flatMap((frame) => Array.from({ length: frame.rowCount }, (_, k) => frame.firstRow + k))
  expect(indices).toEqual(indices.map((_, k) => k))
  expect(done.statistics).toMatchObject({ shedRows: 0, gaps: 0, lostRows: 0 })
})
