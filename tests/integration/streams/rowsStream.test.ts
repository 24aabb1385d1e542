import { afterEach, expect, test } from 'vitest'
import { defaultSettings, type SiteSettings } from '../../../src-preload/contract/settings.ts'
import { systemClock } from '../../../src-main/clock.ts'
import type { ConfiguredJob } from '../../../src-main/streams/controlAnswers.ts'
import { createControlClient } from '../../../src-main/streams/controlClient.ts'
import { createStream, streamAddress, streamCredentials } from '../../../src-main/streams/createStream.ts'
import type { StreamSource } from '../../../src-main/streams/streamSource.ts'
import { eventually } from '../../support/eventually.ts'
import { recordingListener, type RecordingListener } from '../../support/recordingListener.ts'
import { ridgeChannel } from '../../support/siteJob.ts'
import { startSiteServer, type SiteOptions, type SiteServer } from '../../support/siteServer.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Opened {
  site: SiteServer
  listener: RecordingListener
  source: StreamSource
  configured: ConfiguredJob
}

async function open(
  options: Partial<SiteOptions>,
  more: {
    range?: [number, number]
    rowScale?: SiteSettings['rowScale']
    view?: '0' | '2'
    service?: SiteSettings['service']
  } = {}
): Promise<Opened> {
  const site = await startSiteServer(options)
  cleanups.push(() => site.dispose())
  const settings = { ...defaultSettings().streams, retryFirstMs: 50, retryMaxMs: 200 }
  const clock = systemClock()
  const control = createControlClient({ baseUrl: site.base, ca: null, fingerprint256: null, settings, clock })
  cleanups.push(() => control.dispose())
  const channels = { min: 11, max: 109 }
  const result = await control.configure({
    displayTimeAxisDuration: null,
    nfftSelection: more.view === '0' ? 128 : 1,
    displayInfo: { height: 200 },
    channels,
    frequencyRange: null,
    start_time: more.range?.[0] ?? null,
    end_time: more.range?.[1] ?? null,
    view_type: more.view ?? '2'
  })
  if (!result.ok) throw new Error(result.error.message)
  const configured = result.value
  const listener = recordingListener()
  const source = createStream(
    {
      service: more.service ?? 'auto',
      address: streamAddress(site.base, configured),
      credentials: streamCredentials(configured.streamSecure, null),
      backendJobId: configured.jobId,
      sourceName: 'site',
      channels,
      live: more.range === undefined,
      endNs: null,
      rowIntervalS: configured.rowIntervalS,
      streamAmount: configured.streamAmount,
      band: null,
      fibre: { firstChannel: 1, startM: 0, spacingM: 2 },
      rowScale: more.rowScale ?? 'as sent',
      settings,
      clock,
      random: Math.random
    },
    listener
  )
  cleanups.push(() => source.dispose())
  source.start()
  return { site, listener, source, configured }
}

const brightest = (values: Float32Array): number =>
  values.reduce((best, value, at) => (value > values[best]! ? at : best), 0)

test.each([['numbers'], ['strings']] as const)(
  'a site without blocks falls back to rows by itself, live (%s)',
  async (numbersAs) => {
    const { listener, source } = await open({ numbersAs, emptyFrequencies: numbersAs === 'strings' })
    await eventually('twenty rows', () => source.counters().rows >= 20)
    expect(listener.offers).toHaveLength(1)
    expect(listener.offers[0]).toMatchObject({
      service: 'rows',
      live: true,
      content: 'rows',
      firstChannel: 11,
      channelCount: 99,
      firstDistanceM: 20,
      channelSpacingM: 2,
      sampleIntervalNs: 50e6
    })
    for (const rows of listener.rowBlocks) {
      expect(rows.values.length).toBe(rows.rowCount * 99)
      const timeMs = Number(rows.firstCentreNs) / 1e6
      const ridge = ridgeChannel(timeMs, { channelCount: 400, spacingM: 2 })
      if (ridge > 12 && ridge < 108) expect(Math.abs(11 + brightest(rows.values) - ridge)).toBeLessThan(2)
    }
    expect(listener.gaps).toEqual([])
  }
)

test('a historic job comes whole, from the first row to the last, and completes', async () => {
  const { listener, source } = await open(
    { recordings: [[1_700_000_000, 1_700_000_100]] },
    { range: [1_700_000_000, 1_700_000_060] }
  )
  await eventually('completed', () => listener.lastState()?.name === 'completed')
  expect(source.counters()).toMatchObject({ rows: 1200, gaps: 0, badMessages: 0 })
  expect(listener.rowBlocks[0]).toMatchObject({ firstRow: 0, firstCentreNs: 1_700_000_000_000_000_000n })
})

test('rows with many values a channel are no waterfall: counted as bad, never drawn', async () => {
  const { listener, source, configured } = await open({}, { view: '0', service: 'rows' })
  expect(configured.streamAmount).toBe(3)
  await eventually('messages', () => source.counters().badMessages > 3)
  expect(listener.rowBlocks).toEqual([])
})

test.each(['wrong shape', 'short bytes'] as const)('%s: counted, skipped, a gap, and on it goes', async (fault) => {
  const { site, listener, source } = await open({})
  await eventually('rows', () => source.counters().rows >= 3)
  site.fault = fault
  await eventually('bad messages', () => source.counters().badMessages >= 3)
  const before = source.counters().rows
  site.fault = 'none'
  await eventually('rows again', () => source.counters().rows > before + 3)
  expect(listener.gaps).toHaveLength(1)
  const gap = listener.gaps[0]!
  expect(gap.rows!.count).toBe(source.counters().badMessages)
  expect(Number(gap.endNs - gap.startNs) / 50e6).toBeCloseTo(gap.rows!.count, 6)
  expect(source.counters().lostRows).toBe(gap.rows!.count)
})

test.each(['linear', 'natural logarithm'] as const)('values sent as %s are shown in dB', async (values) => {
  const { listener, source } = await open({ values }, { rowScale: values })
  await eventually('rows', () => source.counters().rows >= 3)
  for (const { values: row } of listener.rowBlocks)
    for (const value of row) expect(value > -73 && value < -27).toBe(true)
})

test('stalls when the site is silent, goes on after it, the silence is a gap', async () => {
  const { site, listener, source } = await open({})
  await eventually('rows', () => source.counters().rows >= 3)
  site.fault = 'silent'
  await eventually('stalled', () => listener.lastState()?.name === 'stalled')
  site.fault = 'none'
  await eventually('streaming', () => listener.lastState()?.name === 'streaming')
  await eventually('gap', () => listener.gaps.length === 1)
})

test('a stream port that opens 5 s after the answer is waited for', async () => {
  const { listener } = await open({ streamOpensAfterMs: 5000 })
  await eventually('connecting', () => listener.lastState()?.name === 'connecting')
  await eventually('streaming', () => listener.lastState()?.name === 'streaming', 12_000)
})

test('a crashed site is reconnected to until attempts are used up', async () => {
  const { site, listener, source } = await open({})
  await eventually('rows', () => source.counters().rows >= 3)
  await site.crash()
  await eventually('reconnecting', () => listener.lastState()?.name === 'reconnecting')
  expect(listener.lastState()!.reason).toContain('attempt 1 of 10')
})

test('an address names the host that can be meant', () => {
  const job = (streamHost: string | null): ConfiguredJob => ({
    jobId: '1',
    streamHost,
    streamSecure: false,
    streamPort: 50051,
    frequenciesHz: [],
    rowIntervalS: null,
    streamAmount: 1,
    channelAmount: null
  })
  expect(streamAddress('http://das.site:8000/x', job('localhost'))).toBe('das.site:50051')
  expect(streamAddress('http://das.site:8000/x', job(null))).toBe('das.site:50051')
  expect(streamAddress('http://das.site:8000/x', job('10.0.0.9'))).toBe('10.0.0.9:50051')
  expect(streamAddress('http://127.0.0.1:8000', job('127.0.0.1'))).toBe('127.0.0.1:50051')
})
