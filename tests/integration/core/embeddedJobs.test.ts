import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { RowsFrame } from '../../../src-preload/contract/frames.ts'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'
import type { BackendProcess } from '../../../src-main/embeddedProcess.ts'
import { liveRequest, startCore, type CoreFixture, type TestWindow } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(
  args: string[]
): Promise<{ fixture: CoreFixture; window: TestWindow; processes: BackendProcess[] }> {
  const processes: BackendProcess[] = []
  const server = embeddedServer(args, (started) => processes.push(started))
  const fixture = await startCore({ spawnBackend: () => server.spawn() })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000).catch(
    (error: unknown) => {
      throw new Error(`${(error as Error).message}\n${server.log.join('\n')}`)
    }
  )
  return { fixture, window, processes }
}

const rowCount = (window: TestWindow): number => window.rows().reduce((sum, frame) => sum + frame.rowCount, 0)
const live: JobRequest = { ...liveRequest, channels: { min: 1, max: 100 } }
const simulated = ['--source', 'simulated:channels=200,prr=500,seed=3']

test('a live job on the simulated fibre: blocks, analysed here, drawn within a fraction of a second', async () => {
  const { fixture, window } = await start(simulated)
  const { id } = await fixture.open(live, 'w1')
  await fixture.becomes(id, 'streaming')
  await window.watch(id)
  await eventually('rows', () => rowCount(window) > 40)
  const view = window.of('view.described')[0]!
  expect(view).toMatchObject({
    jobId: id,
    live: true,
    rowIntervalNs: 50e6,
    columns: { count: 100, channelSpacingM: 1.02 }
  })
  expect(view.columns.firstDistanceM).not.toBeNull()
  expect(view.value.unit).toMatch(/^dB re \(.+\)²$/)
  // A dead channel of the fibre holds zeros: it lies at the floor, exactly.
  for (const frame of window.rows()) {
    expect(frame.values.every((value) => Number.isFinite(value) && value >= -300)).toBe(true)
    expect(frame.values.filter((value) => value > -300).length).toBeGreaterThan(90)
  }
  const rows = window.rows().flatMap((frame) => Array.from({ length: frame.rowCount }, (_, k) => frame.firstRow + k))
  expect(rows).toEqual(rows.map((_, k) => rows[0]! + k))
  const { statistics } = await fixture.job(id)
  expect(statistics).toMatchObject({ service: 'blocks', gaps: 0, lostBlocks: 0, badMessages: 0, invalidValues: 0 })
  expect(statistics.latencyMs!.p50).toBeLessThan(1000)
  expect(statistics.drawnLatencyMs!.p50).toBeLessThan(1000)
})

test('the server is killed while streaming: started again, the job created anew, the same picture with a gap', async () => {
  const { fixture, window, processes } = await start(simulated)
  const { id } = await fixture.open(live, 'w1')
  await fixture.becomes(id, 'streaming')
  await window.watch(id)
  await eventually('rows', () => rowCount(window) > 10)
  processes[0]!.end(true)
  await fixture.becomes(id, 'reconnecting')
  await eventually(
    'said',
    () =>
      window
        .of('notices.changed')
        .at(-1)
        ?.some((notice) => notice.title === 'The embedded Focus Server ended') === true
  )
  await fixture.becomes(id, 'streaming', 25_000)
  expect(processes).toHaveLength(2)
  const gap = (): { firstRow: number; rowCount: number } | undefined =>
    window.frames.find((frame) => frame.kind === 'gap')
  await eventually('gap', () => gap() !== undefined)
  await eventually('rows after it', () => window.rows().at(-1)!.firstRow > gap()!.firstRow + gap()!.rowCount + 5)
  expect(window.of('view.described')).toHaveLength(1)
  const view = window.of('view.described')[0]!
  const newest = window.rows().at(-1) as RowsFrame
  const newestMs = Number(view.originNs) / 1e6 + (newest.firstRow * view.rowIntervalNs) / 1e6
  expect(Math.abs(newestMs - Date.now())).toBeLessThan(3000)
  const covered = new Set<number>()
  for (const frame of window.frames) for (let k = 0; k < frame.rowCount; k++) covered.add(frame.firstRow + k)
  expect(Math.max(...covered) - Math.min(...covered) + 1).toBe(covered.size)
})

test('a stream that stalls, is cut, has gaps and wrong shapes goes on, and everything is counted', async () => {
  const { fixture, window } = await start(['--source', 'faulty:gap=0.5@2,shape@4,nan=0.3@5,cut@7,channels=200,prr=500'])
  const { id } = await fixture.open(live, 'w1')
  await fixture.becomes(id, 'streaming')
  await window.watch(id)
  await eventually(
    'all of it',
    () => {
      const statistics = window.job(id)?.statistics
      return (
        (statistics?.badMessages ?? 0) > 0 && (statistics?.reconnects ?? 0) > 0 && (statistics?.invalidValues ?? 0) > 0
      )
    },
    25_000
  ).catch(async (error: unknown) => {
    throw new Error(`${(error as Error).message} ${JSON.stringify(await fixture.job(id))}`)
  })
  await fixture.becomes(id, 'streaming')
  expect((await fixture.job(id)).statistics.gaps).toBeGreaterThanOrEqual(2)
})

test('two minutes of an hour ago of the simulated fibre come whole, faster than live, and complete', async () => {
  const { fixture, window } = await start(simulated)
  const endS = Math.floor(Date.now() / 1000) - 3600
  const request: JobRequest = {
    ...live,
    rowIntervalS: 0.5,
    timeRange: { startNs: `${endS - 120}000000000`, endNs: `${endS}000000000` }
  }
  const { id } = await fixture.open(request, 'w1')
  await window.watch(id)
  const done = await fixture.becomes(id, 'completed', 25_000)
  expect(done.statistics).toMatchObject({ service: 'blocks', gaps: 0, lostRows: 0, lostBlocks: 0 })
  const view = window.of('view.described').at(-1)!
  await eventually('every row', () => rowCount(window) === view.expectedRows)
  expect(view.expectedRows).toBeGreaterThan(230)
  const rows = window.rows().flatMap((frame) => Array.from({ length: frame.rowCount }, (_, k) => frame.firstRow + k))
  expect(rows).toEqual(rows.map((_, k) => k))
})

test('a file that is none is told with its path, and what was there goes on', async () => {
  const { fixture, window } = await start(simulated)
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-files-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'letter.h5'), 'Dear sir')
  const { jobIds, failures } = await fixture.core.openFiles([join(folder, 'letter.h5'), join(folder, 'none.h5')], 'w1')
  expect(jobIds).toEqual([])
  expect(failures).toHaveLength(2)
  for (const failure of failures) expect(failure).toContain(folder)
  expect(window.of('backend.changed').at(-1)?.state).toBe('up')
  const { id } = await fixture.open(live, 'w1')
  await fixture.becomes(id, 'streaming')
})

test('defaults of the site are cut to the fibre, and the machine is read', async () => {
  const { fixture, window } = await start(['--source', 'simulated:channels=50,prr=500'])
  const defaults = await fixture.core.handlers['jobs.defaults']({}, window)
  expect(defaults.ok && defaults.value).toMatchObject({
    channels: { min: 11, max: 50 },
    band: { minHz: 0, maxHz: 250 },
    rowIntervalS: 0.05,
    nfft: 128
  })
  await eventually('a reading', () => window.of('machine.reading').length > 0)
  const reading = window.of('machine.reading').at(-1)!
  expect(reading.processes.map(({ process, label }) => `${process}: ${label}`).sort()).toEqual([
    'core: core',
    'focus-server: embedded Focus Server',
    'worker: analysis 1',
    'worker: ingest'
  ])
  expect(reading.memoryPercent).toBeGreaterThan(0)
})
