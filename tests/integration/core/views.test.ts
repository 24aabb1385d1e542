import { afterEach, expect, test } from 'vitest'
import type { RowsFrame } from '../../../src-preload/contract/frames.ts'
import type { JobRequest, ViewDescription } from '../../../src-preload/contract/schemas.ts'
import { liveRequest, startCore, type CoreFixture, type TestWindow } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'
import { startSiteServer } from '../../support/siteServer.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(args: string[]): Promise<{ fixture: CoreFixture; window: TestWindow }> {
  const server = embeddedServer(args, () => undefined)
  const fixture = await startCore({ spawnBackend: () => server.spawn() })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  return { fixture, window }
}

const simulated = ['--source', 'simulated:channels=200,prr=500,seed=3']
const describedAs = (window: TestWindow, layer: string): ViewDescription | undefined =>
  window.of('view.described').findLast((description) => description.layer === layer)
const framesOf = (window: TestWindow, subscription: number): RowsFrame[] =>
  window.frames.filter((frame): frame is RowsFrame => frame.kind === 'rows' && frame.subscription === subscription)
const rowsOf = (window: TestWindow, subscription: number): number =>
  framesOf(window, subscription).reduce((sum, frame) => sum + frame.rowCount, 0)

test('a live MultiChannel job has spectra and the samples that they are of, in step', async () => {
  const { fixture, window } = await start(simulated)
  const request: JobRequest = { ...liveRequest, view: 'multi', channels: { min: 11, max: 20 }, nfft: 256, band: null }
  const { id } = await fixture.open(request, 'w1')
  await fixture.becomes(id, 'streaming')
  const picture = await window.watch(id)
  const trace = await window.watch(id, 'trace')
  await eventually('rows of both', () => rowsOf(window, picture) > 20 && rowsOf(window, trace) > 500)
  const spectra = describedAs(window, 'picture')!
  const samples = describedAs(window, 'trace')!
  expect(spectra).toMatchObject({ content: 'spectra', bins: { count: 129, firstHz: 0 }, columns: { count: 10 } })
  expect(samples).toMatchObject({ content: 'trace', samples: { perRow: 1, valuesPerColumn: 1 }, rowIntervalNs: 2e6 })
  const [lastRow, lastSample] = [framesOf(window, picture).at(-1)!, framesOf(window, trace).at(-1)!]
  expect([lastRow.columnCount, lastSample.columnCount]).toEqual([1290, 10])
  const timeMs = ({ originNs, rowIntervalNs }: ViewDescription, frame: RowsFrame): number =>
    Number(originNs) / 1e6 + ((frame.firstRow + frame.rowCount - 1) * rowIntervalNs) / 1e6
  // The middle of the newest window lies half a window before the newest sample.
  const apartMs = timeMs(samples, lastSample) - timeMs(spectra, lastRow)
  expect(Math.abs(apartMs - 256)).toBeLessThan(200)
  const rows = framesOf(window, trace).flatMap((frame) =>
    Array.from({ length: frame.rowCount }, (_, k) => frame.firstRow + k)
  )
  expect(rows).toEqual(rows.map((_, k) => rows[0]! + k))
})

test('a historic SingleChannel job with NFFT 65 536 says what it waits for and comes whole', async () => {
  const { fixture, window } = await start(simulated)
  const endS = Math.floor(Date.now() / 1000) - 3600
  const request: JobRequest = {
    ...liveRequest,
    view: 'single',
    channels: { min: 42, max: 42 },
    nfft: 65_536,
    band: null,
    rowIntervalS: 1,
    timeRange: { startNs: `${endS - 600}000000000`, endNs: `${endS}000000000` }
  }
  const { id } = await fixture.open(request, 'w1')
  const picture = await window.watch(id)
  const trace = await window.watch(id, 'trace')
  await fixture.becomes(id, 'completed', 30_000)
  await eventually('all samples', () => rowsOf(window, trace) === 300_000)
  expect(describedAs(window, 'picture')).toMatchObject({ bins: { count: 32_769, stepHz: 500 / 65_536 } })
  // 600 s less the window of 131 s.
  await eventually('all rows', () => rowsOf(window, picture) === 469)
})

test('what is not there is refused with a sentence: traces of a waterfall, of analysed rows; a job that is not known', async () => {
  const site = await startSiteServer({})
  cleanups.push(() => site.dispose())
  const fixture = await startCore({ backendUrl: site.base })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const request: JobRequest = { ...liveRequest, view: 'multi', channels: { min: 11, max: 40 }, nfft: 128, band: null }
  const { id } = await fixture.open(request, 'w1')
  await fixture.becomes(id, 'streaming')
  const picture = await window.watch(id)
  await eventually('rows', () => rowsOf(window, picture) > 10)
  // Three streams put together, the bins as the backend lists them.
  const description = describedAs(window, 'picture')!
  expect(description).toMatchObject({ content: 'spectra', columns: { count: 30, firstChannel: 11 }, analysis: null })
  expect(framesOf(window, picture).at(-1)!.columnCount).toBe(30 * description.bins!.count)
  expect((await fixture.job(id)).statistics).toMatchObject({ service: 'rows', badMessages: 0 })
  await expect(window.watch(id, 'trace')).rejects.toThrow(/analysed rows only/)
  const waterfall = await fixture.open({ ...liveRequest, channels: { min: 11, max: 40 } }, 'w1')
  await expect(window.watch(waterfall.id, 'trace')).rejects.toThrow(/no traces/)
  await expect(window.watch('live-99', 'trace')).rejects.toThrow(/no job/)
})

test('a seek keeps the job, its window and its counts; rows of the new time come at once; ended jobs play again; loops go round', async () => {
  const { fixture, window } = await start(simulated)
  const handlers = fixture.core.handlers
  const startS = Math.floor(Date.now() / 1000) - 7200
  const timeRange = { startNs: `${startS}000000000`, endNs: `${startS + 600}000000000` }
  const request: JobRequest = { ...liveRequest, channels: { min: 1, max: 50 }, timeRange, rowIntervalS: 0.1, nfft: 256 }
  const { id } = await fixture.open(request, 'w1', 1)
  const picture = await window.watch(id)
  await eventually('rows', () => rowsOf(window, picture) > 2)
  const blocksBefore = (await fixture.job(id)).statistics.blocks
  const newest = (): { description: ViewDescription; frame: RowsFrame } | null => {
    const description = describedAs(window, 'picture')!
    const frame = framesOf(window, picture).findLast(({ epoch }) => epoch === description.epoch)
    return frame ? { description, frame } : null
  }
  const firstTimeS = (): number | null => {
    const found = newest()
    const first = found && framesOf(window, picture).find(({ epoch }) => epoch === found.description.epoch)
    return found && first
      ? Number(BigInt(found.description.originNs)) / 1e9 + (first.firstRow * found.description.rowIntervalNs) / 1e9
      : null
  }
  // Away from whole seconds, on and back; of a row's window the middle is what is sought, to a sample.
  for (const toS of [startS + 300.25, startS + 12.5, startS + 599]) {
    const epoch = newest()!.description.epoch
    const sought = await handlers['jobs.seek'](
      { jobId: id, toNs: String(BigInt(Math.round(toS * 1e6)) * 1000n) },
      window
    )
    expect(sought.ok && sought.value.id).toBe(id)
    await eventually('rows of that time', () => (newest()?.description.epoch ?? 0) > epoch && firstTimeS() !== null)
    expect(Math.abs(firstTimeS()! - toS)).toBeLessThanOrEqual(0.003)
  }
  await eventually('its counts', async () => (await fixture.job(id)).statistics.blocks > blocksBefore)
  const after = await fixture.job(id)
  expect(after.playback).toMatchObject({ pace: 1, range: timeRange, loop: null })
  expect(window.of('job.forgotten')).toEqual([])
  await fixture.becomes(id, 'completed', 10_000)

  // Ended, it is stepped back: it stands still there.
  const at = firstTimeS()!
  const stepped = await handlers['jobs.step']({ jobId: id, rows: -20 }, window)
  expect(stepped.ok && stepped.value.playback?.pace).toBe(0)
  await eventually('rows before', () => (firstTimeS() ?? at) < at)
  await fixture.becomes(id, 'streaming')
  const still = rowsOf(window, picture)
  await handlers['jobs.step']({ jobId: id, rows: 3 }, window)
  await eventually('three rows', () => rowsOf(window, picture) === still + 3)

  const loop = { startNs: `${startS + 100}000000000`, endNs: `${startS + 101}000000000` }
  await handlers['jobs.loop']({ jobId: id, loop }, window)
  await handlers['jobs.seek']({ jobId: id, toNs: loop.startNs }, window)
  await handlers['jobs.pace']({ jobId: id, pace: 10 }, window)
  const epochs = window.of('view.described').length
  await eventually('three rounds', () => window.of('view.described').length > epochs + 3, 10_000)
  expect(firstTimeS()! - startS).toBeLessThan(101)
  const refused = await handlers['jobs.loop']({ jobId: id, loop: { ...loop, endNs: loop.startNs } }, window)
  expect(!refused.ok && refused.error.code).toBe('invalid')
})
