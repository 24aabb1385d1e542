import { afterEach, expect, test } from 'vitest'
import type { HealthLive } from '../../../src-preload/contract/health.ts'
import { liveRequest, quickStreams, startCore, type CoreFixture } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function start(): Promise<CoreFixture> {
  const server = embeddedServer(['--source', 'simulated:channels=120,prr=500'])
  const fixture = await startCore({
    spawnBackend: () => server.spawn(),
    adjustSettings: (settings) => ({
      ...quickStreams(settings),
      health: { ...settings.health, intervalMs: 250, recordIntervalS: 1 }
    })
  })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  return fixture
}

const liveOf = (fixture: CoreFixture): HealthLive => fixture.core.health.live()!

test('a running job, a capture and every thread have readings; the panel gets them once a collection', async () => {
  const fixture = await start()
  const window = fixture.window('w2')
  const { id } = await fixture.open(liveRequest, 'w2')
  await fixture.becomes(id, 'streaming')
  await window.watch(id)
  const capture = await fixture.core.handlers['captures.start']({ jobId: id }, window)
  expect(capture.ok).toBe(true)
  const { readings } = fixture.core.health
  await eventually('rows and written bytes', () => {
    const rows = readings.value('wavefall_stream_rows_total', { job: id }) ?? 0
    return rows > 5 && (readings.value('wavefall_capture_written_bytes_total') ?? 0) > 0
  })
  expect(readings.value('wavefall_stream_received_bytes_per_second', { job: id })).toBeGreaterThan(10_000)
  expect(readings.value('memory_usage_bytes', { component: 'rss_mb' })).toBeGreaterThan(20)
  await eventually('every stage but draw, which windows tell', () =>
    ['receive', 'decode', 'FFT', 'rows'].every(
      (stage) => (readings.value('wavefall_stage_seconds', { stage }) ?? 0) > 0
    )
  )
  const live = liveOf(fixture)
  expect(live.processes.map(({ id: name }) => name)).toEqual(
    expect.arrayContaining(['core', 'ingest', 'analysis 1', 'backend Embedded simulator'])
  )
  expect(live.streams.find(({ jobId }) => jobId === id)).toMatchObject({ word: 'streaming', isCaptured: true })
  expect(live.status.losses).toMatchObject({ isLosing: false, lostBlocks: 0, captureLostBlocks: 0 })
  expect(window.of('health.changed').length).toBeGreaterThan(1)
  for (const [queue, of] of [
    ['analysis', id],
    ['samples', id],
    ['capture', 'capture-1'],
    ['admission', ''],
    ['tasks', ''],
    ['log', '']
  ] as const) {
    expect(readings.value('wavefall_queue_length', { queue, of }), queue).not.toBeNull()
    expect(readings.value('wavefall_queue_capacity', { queue, of }), queue).toBeGreaterThan(0)
  }
  const machine = await fixture.core.handlers['machine.reading']({}, window)
  const caches = machine.ok ? machine.value!.caches! : []
  expect(caches.length).toBeGreaterThan(0)
  for (const { name } of caches) expect(readings.value('wavefall_cache_bytes', { cache: name }), name).not.toBeNull()
  for (const process of ['core', 'ingest', 'analysis 1', 'backend Embedded simulator'])
    expect(readings.value('wavefall_process_cpu_ratio', { process }), process).not.toBeNull()
  // One stream is one channel; the client of the control API keeps its connection.
  const backend = 'Embedded simulator'
  expect(readings.value('wavefall_grpc_channels', { backend })).toBe(1)
  const pool = `control of ${backend}`
  expect(readings.value('wavefall_sockets_limit', { pool })).toBe(8)
  expect(
    readings.value('wavefall_sockets_in_use', { pool })! + readings.value('wavefall_sockets_kept', { pool })!
  ).toBeGreaterThan(0)
  const text = await fixture.core.health.metrics()
  expect(text).toMatch(/^memory_usage_bytes\{component="rss_mb"\} \d/m)
  expect(text).toMatch(/^wavefall_stage_seconds_bucket\{stage="FFT",le="0.001"\} \d/m)
  expect(text).toMatch(/^memory_check_duration_seconds_count \d/m)

  const lanes = fixture.core.health.timeline(Date.now() - 60_000, Date.now())
  expect(lanes.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['stream', 'capture', 'alerts', 'actions']))
  expect(
    fixture.core.health
      .changes(10)
      .map(({ text: words }) => words)
      .join(' ')
  ).toContain(`${id} was opened`)
})

test('the history comes back after a restart, with what happened', async () => {
  const fixture = await start()
  const { id } = await fixture.open(liveRequest)
  await fixture.becomes(id, 'streaming')
  await eventually(
    'records',
    () => fixture.core.health.readings.history('memory_usage_percent', {}, 0, Date.now())[0]!.points.length > 6
  )
  const before = Date.now()
  await fixture.core.dispose()
  const again = await startCore({ dataFolder: fixture.folder })
  cleanups.push(() => again.dispose())
  await eventually(
    'what was recorded before',
    () => again.core.health.readings.history('memory_usage_percent', {}, 0, before).length > 0
  )
  expect(again.core.health.changes(10).some(({ text }) => text.includes(`${id} was opened`))).toBe(true)
})
