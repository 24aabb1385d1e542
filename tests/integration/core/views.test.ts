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
