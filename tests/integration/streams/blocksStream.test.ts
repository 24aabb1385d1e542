import { credentials, status } from '@grpc/grpc-js'
import { afterEach, expect, test } from 'vitest'
import { defaultSettings, type StreamSettings } from '../../../src-preload/contract/settings.ts'
import { systemClock } from '../../../src-main/clock.ts'
import { createStream, type StreamOptions } from '../../../src-main/streams/createStream.ts'
import type { StreamSource } from '../../../src-main/streams/streamSource.ts'
import {
  blockChannels,
  blockMessage,
  blockSamples,
  firstNs,
  offerMessage,
  sampleNs,
  startBlocksServer,
  type BlocksCall
} from '../../support/blocksServer.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/listenLocally.ts'
import { recordingListener, type RecordingListener } from '../../support/recordingListener.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup()
})

const fast: StreamSettings = { ...defaultSettings().streams, retryFirstMs: 50, retryMaxMs: 100 }

function open(port: number, more: Partial<StreamOptions> = {}): { listener: RecordingListener; source: StreamSource } {
  const listener = recordingListener()
  const source = createStream(
    {
      service: 'blocks',
      address: `127.0.0.1:${port}`,
      credentials: credentials.createInsecure(),
      backendJobId: 'job',
      sourceName: 'test',
      channels: { min: 1, max: blockChannels },
      live: true,
      endNs: null,
      rowIntervalS: 0.05,
      streamAmount: 1,
      band: null,
      fibre: null,
      rowScale: 'as sent',
      settings: fast,
      clock: systemClock(),
      random: Math.random,
      ...more
    },
    listener
  )
  cleanups.push(() => source.dispose())
  source.start()
  return { listener, source }
}

async function serve(...args: Parameters<typeof startBlocksServer>): ReturnType<typeof startBlocksServer> {
  const server = await startBlocksServer(...args)
  cleanups.push(() => server.kill())
  return server
}

const send = (call: BlocksCall, ...messages: object[]): void => {
  for (const message of messages) call.write(message)
}
const timeOf = (sequence: number): bigint => firstNs + BigInt(sequence * blockSamples * sampleNs)

test('a historic job: offer, every block in order with its bytes, completed at its end', async () => {
  const server = await serve((call) => {
    send(
      call,
      offerMessage({ live: false, start_time_ns: String(firstNs), first_own_channel: '-260', own_channel_step: 2 })
    )
    for (let k = 0; k < 40; k++) send(call, blockMessage(k))
    call.end()
  })
  const { listener, source } = open(server.port, { live: false })
  await eventually('completed', () => listener.lastState()?.name === 'completed')
  expect(listener.offers).toEqual([
    expect.objectContaining({
      service: 'blocks',
      live: false,
      content: 'samples',
      unit: 'nm/m/s',
      quantity: 'strain rate',
      firstChannel: -260,
      channelStep: 2,
      channelCount: 10,
      firstDistanceM: null,
      startNs: firstNs,
      endNs: null,
      sampleIntervalNs: sampleNs
    })
  ])
  expect(listener.blocks.map((block) => block.sequence)).toEqual(Array.from({ length: 40 }, (_, k) => k))
  expect(listener.blocks[7]).toMatchObject({
    startNs: timeOf(7),
    firstSample: 350,
    sampleCount: 50,
    scale: 0.5,
    elementType: 'int16'
  })
  expect(new Int16Array(listener.blocks[7]!.data.buffer).every((value) => value === 7)).toBe(true)
  expect(listener.gaps).toEqual([])
  expect(source.counters()).toMatchObject({ blocks: 40, gaps: 0, lostBlocks: 0, badMessages: 0, reconnects: 0 })
  expect(source.counters().bytes).toBeGreaterThan(40 * blockSamples * blockChannels * 2)
})

test('a port that opens 5 s late is waited for', async () => {
  const port = await freePort()
  const { listener } = open(port)
  await new Promise((resolve) => setTimeout(resolve, 5000))
  expect(listener.lastState()).toMatchObject({ name: 'connecting' })
  await serve((call) => send(call, offerMessage(), blockMessage(0)), { port })
  await eventually('first block', () => listener.blocks.length === 1, 5000)
  expect(listener.lastState()?.name).toBe('streaming')
})

test('skipped sequence numbers are one gap with first and last number and its times', async () => {
  const server = await serve((call) =>
    send(call, offerMessage(), blockMessage(0), blockMessage(1), blockMessage(5), blockMessage(6))
  )
  const { listener, source } = open(server.port)
  await eventually('four blocks', () => listener.blocks.length === 4)
  expect(listener.gaps).toEqual([
    { startNs: timeOf(2), endNs: timeOf(5), firstSequence: 2, lastSequence: 4, rows: null, reason: 'blocks were lost' }
  ])
  expect(source.counters()).toMatchObject({ gaps: 1, gapNs: 150_000_000n, lostBlocks: 3 })
})

test('a gap that the server tells of is told once, with its reason', async () => {
  const gap = {
    gap: {
      first_sequence: 2,
      last_sequence: 4,
      start_time_ns: String(timeOf(2)),
      end_time_ns: String(timeOf(5)),
      reason: 'the source paused'
    }
  }
  const server = await serve((call) =>
    send(call, offerMessage(), blockMessage(0), blockMessage(1), gap, blockMessage(5))
  )
  const { listener, source } = open(server.port)
  await eventually('three blocks', () => listener.blocks.length === 3)
  expect(listener.gaps.map(({ startNs, endNs, reason }) => ({ startNs, endNs, reason }))).toEqual([
    { startNs: timeOf(2), endNs: timeOf(5), reason: 'the source paused' }
  ])
  expect(source.counters()).toMatchObject({ gaps: 1, lostBlocks: 3 })
})

test.each([
  ['bytes too few', { data: Buffer.alloc(7) }],
  ['no bytes', { data: Buffer.alloc(0) }],
  ['another channel count', { channel_count: 11 }],
  ['no samples', { sample_count: 0 }],
  ['absurd sample count', { sample_count: 4_000_000_000 }],
  ['another type', { element_type: 'FLOAT32' }],
  ['no type', { element_type: 'ELEMENT_TYPE_UNSPECIFIED' }],
  ['NaN interval', { sample_interval_ns: NaN }],
  ['infinite scale', { scale: Infinity }]
])('a block with %s is counted, skipped and becomes a gap', async (_name, wrong) => {
  const server = await serve((call) =>
    send(call, offerMessage(), blockMessage(0), blockMessage(1, wrong), blockMessage(2))
  )
  const { listener, source } = open(server.port)
  await eventually('two blocks', () => listener.blocks.length === 2)
  expect(source.counters().badMessages).toBe(1)
  expect(listener.gaps).toHaveLength(1)
  expect(listener.gaps[0]).toMatchObject({ startNs: timeOf(1), endNs: timeOf(2), firstSequence: 1, lastSequence: 1 })
  expect(listener.gaps[0]!.reason).not.toBe('blocks were lost')
})

test('blocks before an offer, impossible offers and empty messages harm nothing', async () => {
  const server = await serve((call) =>
    send(
      call,
      blockMessage(0),
      {},
      offerMessage({ sample_interval_ns: 0 }),
      offerMessage({ channel_count: 0 }),
      offerMessage({ element_type: 0 }),
      offerMessage(),
      blockMessage(1)
    )
  )
  const { listener, source } = open(server.port)
  await eventually('a block', () => listener.blocks.length === 1)
  expect(source.counters().badMessages).toBe(5)
  expect(listener.offers).toHaveLength(1)
})

test('a cut connection: reconnecting, resumes after the last block, the hole is a gap with times', async () => {
  const server = await serve((call, number) => {
    if (number === 1) {
      send(call, offerMessage(), blockMessage(0), blockMessage(1))
      setTimeout(() => call.emit('error', Object.assign(new Error('cut'), { code: status.UNAVAILABLE })), 50)
    } else send(call, offerMessage(), blockMessage(1), blockMessage(9), blockMessage(10))
  })
  const { listener, source } = open(server.port)
  await eventually('the stream goes on', () => listener.blocks.length === 4)
  expect(server.requests[1]).toMatchObject({ has_resume: true, resume_after_sequence: '1' })
  expect(listener.blocks.map((block) => block.sequence)).toEqual([0, 1, 9, 10])
  expect(listener.gaps).toEqual([
    {
      startNs: timeOf(2),
      endNs: timeOf(9),
      firstSequence: 2,
      lastSequence: 8,
      rows: null,
      reason: 'the connection was lost'
    }
  ])
  expect(listener.states.map((state) => state.name).filter((name, k, all) => name !== all[k - 1])).toEqual([
    'connecting',
    'streaming',
    'reconnecting',
    'streaming'
  ])
  expect(listener.offers).toHaveLength(1)
  expect(source.counters()).toMatchObject({ reconnects: 1, gaps: 1, lostBlocks: 7 })
})

test('a server that is killed and comes back at the same port', async () => {
  const port = await freePort()
  const first = await serve((call) => send(call, offerMessage(), blockMessage(0)), { port })
  const { listener } = open(port)
  await eventually('first block', () => listener.blocks.length === 1)
  first.kill()
  await eventually('reconnecting', () => listener.lastState()?.name === 'reconnecting')
  await serve((call) => send(call, offerMessage(), blockMessage(20)), { port })
  await eventually('goes on', () => listener.blocks.length === 2)
  expect(listener.gaps).toMatchObject([{ startNs: timeOf(1), endNs: timeOf(20) }])
})

test('attempts are limited, and an unknown job is told as such', async () => {
  const server = await serve((call, number) => {
    if (number === 1) send(call, offerMessage(), blockMessage(0))
    const code = number === 1 ? status.UNAVAILABLE : status.NOT_FOUND
    setTimeout(() => call.emit('error', Object.assign(new Error('x'), { code })), 30)
  })
  const { listener } = open(server.port)
  await eventually('failed', () => listener.lastState()?.name === 'failed')
  expect(listener.lastState()).toMatchObject({ code: 'job-unknown' })

  const other = await serve((call) => send(call, offerMessage(), blockMessage(0)))
  const second = open(other.port, { settings: { ...fast, streamRetries: 2 } })
  await eventually('first block', () => second.listener.blocks.length === 1)
  other.kill()
  await eventually('failed', () => second.listener.lastState()?.name === 'failed', 25_000)
  expect(second.listener.lastState()).toMatchObject({ code: 'not-reachable' })
})

test('stalled without a block for the stall time, "no data" later, streaming again with the next, failed at the limit', async () => {
  let next: () => void = () => undefined
  const server = await serve((call) => {
    send(call, offerMessage(), blockMessage(0))
    next = () => send(call, blockMessage(1))
  })
  const settings = { ...fast, noDataAfterMs: 800, noDataLimitS: 2 }
  const { listener } = open(server.port, { settings })
  await eventually('streaming', () => listener.lastState()?.name === 'streaming')
  const sinceMs = performance.now()
  await eventually('stalled', () => listener.lastState()?.name === 'stalled')
  expect(performance.now() - sinceMs).toBeGreaterThan(200)
  expect(listener.lastState()?.reason).toMatch(/^No block for 0\.\d+ s\.$/)
  await eventually('no data', () => listener.lastState()?.reason.startsWith('No data') === true)
  next()
  await eventually('streaming again', () => listener.lastState()?.name === 'streaming')
  await eventually('limit', () => listener.lastState()?.name === 'failed')
  expect(listener.lastState()).toMatchObject({ code: 'no-data' })
})

test('a pause stops the peer by flow control and loses nothing; silence meanwhile is no stall', async () => {
  let written = 0
  const total = 3000
  const server = await serve((call) => {
    send(call, offerMessage({ live: false }))
    const data = Buffer.alloc(blockSamples * blockChannels * 2 * 64)
    const more = (): void => {
      while (written < total) {
        const k = written++
        const message = blockMessage(k, {
          sample_count: blockSamples * 64,
          data,
          start_time_ns: String(firstNs + BigInt(k * 64 * blockSamples * sampleNs))
        })
        if (!call.write(message)) return void call.once('drain', more)
      }
      call.end()
    }
    more()
  })
  const { listener, source } = open(server.port, { live: false, settings: { ...fast, noDataAfterMs: 500 } })
  await eventually('a few blocks', () => listener.blocks.length > 5)
  source.pause()
  let before = -1
  await eventually('the server cannot write any more', () => {
    const same = written === before
    before = written
    return same && written > 0
  })
  await new Promise((resolve) => setTimeout(resolve, 700))
  expect(written).toBeLessThan(total)
  expect(listener.states.some((state) => state.name === 'stalled')).toBe(false)
  source.resume()
  await eventually('completed', () => listener.lastState()?.name === 'completed', 25_000)
  expect(listener.blocks).toHaveLength(total)
  expect(source.counters()).toMatchObject({ gaps: 0, lostBlocks: 0, pauses: 1 })
})

test('the backend ends the job: cancelled', async () => {
  const server = await serve((call) => {
    send(call, offerMessage(), blockMessage(0))
    setTimeout(() => call.emit('error', Object.assign(new Error('deleted'), { code: status.CANCELLED })), 30)
  })
  const { listener } = open(server.port)
  await eventually('cancelled', () => listener.lastState()?.name === 'cancelled')
})
