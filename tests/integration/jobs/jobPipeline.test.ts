import { resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { decodeFrame, type Frame } from '../../../src-preload/contract/frames.ts'
import type { JobRequest, ViewDescription } from '../../../src-preload/contract/schemas.ts'
import { createAnalysisHost } from '../../../src-main/analysis/analysisHost.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { createRowHub } from '../../../src-main/analysis/rowHub.ts'
import { createJobPipeline } from '../../../src-main/jobs/jobPipeline.ts'
import { ringLayoutFor } from '../../../src-main/analysis/ringSize.ts'
import { createRingWriter, createSampleRing } from '../../../src-main/analysis/sampleRing.ts'
import type { SampleBlock, StreamOffer } from '../../../src-main/streams/streamSource.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const channelCount = 8
const blockSamples = 100
const startNs = 1_700_000_000_000_000_000n
const request: JobRequest = {
  view: 'waterfall',
  channels: { min: 1, max: channelCount },
  band: { minHz: 10, maxHz: 400 },
  nfft: 128,
  rowIntervalS: 0.05,
  timeRange: null,
  recording: null
}
const offer: StreamOffer = {
  service: 'blocks',
  live: true,
  content: 'samples',
  sourceName: 'test',
  unit: 'rad',
  quantity: 'phase',
  firstChannel: 1,
  channelStep: 1,
  channelCount,
  firstDistanceM: 0,
  channelSpacingM: 1,
  sampleIntervalNs: 1e6,
  startNs: null,
  endNs: null,
  bandLowHz: null,
  bandHighHz: null
}
const block = (sequence: number): SampleBlock => ({
  sequence,
  startNs: startNs + BigInt(sequence * blockSamples) * 1_000_000n,
  firstSample: sequence * blockSamples,
  sampleCount: blockSamples,
  channelCount,
  sampleIntervalNs: 1e6,
  elementType: 'int16',
  scale: 1,
  data: new Uint8Array(Int16Array.from({ length: blockSamples * channelCount }, (_, k) => (k * 7919) % 101).buffer)
})

function build(more: Partial<JobRequest> = {}) {
  const host = createAnalysisHost({
    workerFile: resolve(import.meta.dirname, '../../../src-main/analysis/worker.ts'),
    workerCount: 1
  })
  cleanups.push(() => host.dispose())
  const hub = createRowHub({ historyBytes: 1e6, nextSubscriptionId: () => 1 })
  cleanups.push(() => hub.dispose())
  const frames: Frame[] = []
  const views: ViewDescription[] = []
  const told: string[] = []
  const pipeline = createJobPipeline({
    jobId: 'live-1',
    request: { ...request, ...more },
    hubs: new Map([['picture', hub]]),
    analysisHost: host,
    clock: systemClock(),
    pace: null,
    pause: () => void told.push('pause'),
    resume: () => void told.push('resume'),
    described: () => void told.push('described'),
    lost: (reason) => void told.push(`lost: ${reason}`),
    failed: (reason) => void told.push(`failed: ${reason}`)
  })
  cleanups.push(() => pipeline.dispose())
  const subscription = hub.subscribe(
    { describe: (view) => void views.push(view), send: (buffer) => void frames.push(decodeFrame(buffer)!) },
    { columnsMax: 100 }
  )
  subscription.credit(1000, [])
  /** The listener of a new stream, whose blocks lie in a ring of its own. */
  const listen = () => {
    const listener = pipeline.listener()
    const demand = { channelCount, elementType: 'int16', sampleIntervalNs: 1e6, live: true } as const
    const ring = createSampleRing(ringLayoutFor({ ...demand, windowSamples: 128, blockSamples }), false)
    const writer = createRingWriter(ring)
    return {
      ...listener,
      offer(offered: StreamOffer) {
        listener.offer(offered)
        listener.ring(ring)
      },
      block: ({ data, ...rest }: SampleBlock) =>
        listener.block({ ...rest, position: writer.store(data, rest.sampleCount)! })
    }
  }
  const covered = (): number[] => {
    const rows = new Set<number>()
    for (const frame of frames) for (let k = 0; k < frame.rowCount; k++) rows.add(frame.firstRow + k)
    return [...rows].sort((a, b) => a - b)
  }
  const isWhole = (): boolean => covered().every((row, at, all) => row === all[0]! + at)
  return { host, hub, pipeline, listen, frames, views, told, covered, isWhole }
}

test('a worker that is killed costs no row: the next one computes what it had', async () => {
  const { host, listen, pipeline, frames, told, covered, isWhole, views } = build()
  const listener = listen()
  listener.offer(offer)
  for (let k = 0; k < 30; k++) listener.block(block(k))
  await eventually('rows', () => frames.length > 0)
  listener.block(block(30))
  await host.killWorker(0)
  for (let k = 31; k < 80; k++) {
    listener.block(block(k))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await pipeline.finish()
  await eventually('rows up to the end', () => (covered().at(-1) ?? 0) >= 155)
  expect(views).toHaveLength(1)
  expect(isWhole()).toBe(true)
  expect(frames.filter((frame) => frame.kind === 'gap')).toEqual([])
  expect(told).toEqual(['described'])
  expect(host.workers()[0]!.restarts).toBe(1)
  expect(pipeline.counters()).toMatchObject({ gaps: 0, lostRows: 0 })
})

test('a second stream of the same job goes on in the same picture, the hole between them is a gap of its length', async () => {
  const { pipeline, listen, frames, covered, isWhole, views, told } = build()
  const first = listen()
  first.offer(offer)
  for (let k = 0; k < 20; k++) first.block(block(k))
  const second = listen()
  second.offer(offer)
  // Counted anew by the backend, three seconds later.
  for (let k = 0; k < 20; k++) second.block({ ...block(k), startNs: block(k + 50).startNs })
  await pipeline.finish()
  await eventually('rows up to the end', () => (covered().at(-1) ?? 0) >= 136)
  expect(views).toHaveLength(1)
  expect(isWhole()).toBe(true)
  expect(frames.filter((frame) => frame.kind === 'gap')).toMatchObject([
    { missingMs: 3000, reason: 'the backend was away' }
  ])
  expect(pipeline.counters()).toMatchObject({ gaps: 1, gapNs: 3_000_000_000n, recreations: 1 })
  expect(told.filter((line) => line === 'described')).toHaveLength(1)
})

test('a stream that offers something else begins a new picture', async () => {
  const { pipeline, listen, views, covered } = build()
  const first = listen()
  first.offer(offer)
  first.block(block(0))
  first.block(block(1))
  const second = listen()
  second.offer({ ...offer, firstChannel: 101 })
  second.block(block(2))
  second.block(block(3))
  await pipeline.finish()
  await eventually('two pictures', () => views.length === 2)
  expect(views.map((view) => view.columns.firstChannel)).toEqual([1, 101])
  expect(covered().length).toBeGreaterThan(0)
})

test('a band beyond what the data holds fails with a sentence', () => {
  const { listen, told } = build({ band: { minHz: 600, maxHz: 900 } })
  const listener = listen()
  listener.offer(offer)
  listener.block(block(0))
  expect(told).toEqual(['failed: The band begins at 600 Hz, but the data reaches only to 500 Hz.'])
})

test('analysed rows: infinities and NaN are marked and counted, a second stream keeps the grid', async () => {
  const { pipeline, listen, frames, covered, isWhole, views } = build()
  const rows = (firstRow: number, atRow: number, values: number[]) => ({
    firstRow,
    rowCount: 1,
    columnCount: channelCount,
    firstCentreNs: startNs + BigInt(atRow) * 50_000_000n,
    values: Float32Array.from(values)
  })
  const offered: StreamOffer = { ...offer, service: 'rows', content: 'rows', sampleIntervalNs: 50e6, startNs }
  const first = listen()
  first.offer(offered)
  first.rows(rows(0, 0, [1, NaN, Infinity, -Infinity, 5, 6, 7, 8]))
  first.rows(rows(1, 1, [1, 2, 3, 4, 5, 6, 7, 8]))
  const second = listen()
  second.offer({ ...offered, startNs: startNs + 500_000_000n })
  second.rows(rows(0, 10, [1, 2, 3, 4, 5, 6, 7, 8]))
  await eventually('three rows', () => covered().length === 11)
  expect(isWhole()).toBe(true)
  expect(views).toHaveLength(1)
  const [frame] = frames.filter((each) => each.kind === 'rows')
  expect([...frame!.values.subarray(0, 8)]).toEqual([1, NaN, NaN, NaN, 5, 6, 7, 8])
  expect(pipeline.counters()).toMatchObject({ invalidValues: 3, gaps: 1, lostRows: 8 })
})
