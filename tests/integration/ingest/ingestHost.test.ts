import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import type { StoredBlock } from '../../../src-main/analysis/analysis.ts'
import {
  createRingReader,
  createRingWriter,
  holdRing,
  type RingReader,
  type SampleRing
} from '../../../src-main/analysis/sampleRing.ts'
import { createCaptureHost } from '../../../src-main/ingest/captureHost.ts'
import { createIngestHost, type IngestHost } from '../../../src-main/ingest/ingestHost.ts'
import { openRecording } from '../../../src-main/recordings/openRecording.ts'
import type { StreamGap, StreamState } from '../../../src-main/streams/streamSource.ts'
import {
  blockChannels,
  blockMessage,
  blockSamples,
  offerMessage,
  sampleNs,
  startBlocksServer,
  type BlocksCall
} from '../../support/blocksServer.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function startHost(): IngestHost {
  const workerFile = resolve(import.meta.dirname, '../../../src-main/ingest/ingestWorker.ts')
  const host = createIngestHost({ workerFile })
  cleanups.push(() => host.dispose())
  return host
}

async function open(host: IngestHost, script: (call: BlocksCall, number: number) => void, live = true) {
  const server = await startBlocksServer(script)
  cleanups.push(() => server.kill())
  const heard = {
    blocks: [] as StoredBlock[],
    /** First value of each block, read where it lies when it was told. */
    values: [] as number[],
    gaps: [] as StreamGap[],
    states: [] as StreamState[],
    rings: [] as SampleRing[],
    interruptions: [] as string[]
  }
  let reader: RingReader | null = null
  const stream = host.open(
    {
      service: 'auto',
      address: `127.0.0.1:${server.port}`,
      tls: null,
      backendJobId: 'job',
      sourceName: 'test',
      channels: { min: 1, max: blockChannels },
      live,
      endNs: null,
      rowIntervalS: null,
      streamAmount: 1,
      band: null,
      fibre: null,
      rowScale: 'as sent',
      settings: { ...defaultSettings().streams, retryFirstMs: 50, retryMaxMs: 100 },
      windowSamples: 128
    },
    {
      offer: () => undefined,
      ring(ring) {
        heard.rings.push(ring)
        reader = createRingReader(ring)
      },
      block(block) {
        heard.blocks.push(block)
        heard.values.push(reader!.samples[reader!.elementAt(block.position)]!)
      },
      rows: () => expect.fail('no rows were sent'),
      gap: (gap) => void heard.gaps.push(gap),
      state: (state) => void heard.states.push(state),
      badMessage: (reason) => expect.fail(reason),
      interrupted: (reason) => void heard.interruptions.push(reason)
    }
  )
  cleanups.push(() => stream.dispose())
  return { server, stream, heard }
}

/** Blocks as long as the client takes them, from a sequence number on. */
function send(call: BlocksCall, from: number, end = Infinity, more: (sequence: number) => object = () => ({})): void {
  let next = from
  const go = (): void => {
    while (next < end && !call.cancelled)
      if (!call.write(blockMessage(next++, more(next - 1)))) return void call.once('drain', go)
    if (!call.cancelled) call.end()
  }
  call.write(offerMessage())
  go()
}

test('blocks lie in the ring as they were sent, one after the other, and are told with their place', async () => {
  const { heard, stream } = await open(startHost(), (call) => send(call, 0, 40), false)
  await eventually('its end', () => heard.states.at(-1)?.name === 'completed')
  expect(heard.blocks.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, k) => k))
  expect(heard.values).toEqual(Array.from({ length: 40 }, (_, k) => k))
  heard.blocks.forEach((block, k) => expect(block.position).toBe(k * blockSamples))
  expect(heard.rings).toHaveLength(1)
  expect(heard.gaps).toEqual([])
  expect(stream.counters()).toMatchObject({ blocks: 40, lostBlocks: 0, ringDrops: 0 })
})

test('a historic stream after another on the same channels lies in the same memory, and keeps every block for its first reader', async () => {
  const host = startHost()
  const first = await open(host, (call) => send(call, 0, 20), false)
  await eventually('its end', () => first.heard.states.at(-1)?.name === 'completed')
  const left = holdRing(first.heard.rings[0]!, 3 * blockSamples)!
  left.release()
  first.stream.dispose()
  const { heard, stream } = await open(host, (call) => send(call, 100, 130), false)
  await eventually('the end of the second', () => heard.states.at(-1)?.name === 'completed')
  expect(heard.rings).toHaveLength(1)
  expect(heard.rings[0]).toBe(first.heard.rings[0])
  expect(heard.blocks.map(({ position }) => position)).toEqual(
    Array.from({ length: 30 }, (_, k) => (20 + k) * blockSamples)
  )
  expect(heard.values).toEqual(Array.from({ length: 30 }, (_, k) => 100 + k))
  expect(createRingWriter(heard.rings[0]!, 50 * blockSamples).heldSamples).toBe(30 * blockSamples)
  stream.dispose()

  const live = await open(host, (call) => send(call, 0, 5))
  await eventually('live blocks', () => live.heard.blocks.length >= 5)
  expect(live.heard.rings[0]).not.toBe(first.heard.rings[0])
})

test('a thread that is killed is replaced: the stream goes on after the last block, in the same ring; what was missed is a gap', async () => {
  const host = startHost()
  const { heard, server } = await open(host, (call, number) => {
    // The second connection finds that two blocks are gone.
    const resume = call.request.has_resume ? Number(call.request.resume_after_sequence) + 1 : 0
    const timer = { next: number === 1 ? 0 : resume + 2 }
    call.write(offerMessage())
    const ticking = setInterval(() => {
      if (call.cancelled) return clearInterval(ticking)
      call.write(blockMessage(timer.next++))
    }, 20)
    call.on('cancelled', () => clearInterval(ticking))
    call.on('close', () => clearInterval(ticking))
  })
  await eventually('blocks', () => heard.blocks.length >= 10)
  await host.kill()
  const before = heard.blocks.length
  await eventually('blocks after it', () => heard.blocks.length > before + 10)
  expect(host.reading().restarts).toBe(1)
  expect(heard.interruptions).toEqual([expect.stringContaining('killed')])
  expect(server.requests[1]).toMatchObject({ has_resume: true })
  expect(heard.rings).toHaveLength(1)
  expect(heard.gaps).toMatchObject([{ reason: 'the thread that receives was lost' }])
  const [gap] = heard.gaps
  expect(gap!.lastSequence! - gap!.firstSequence!).toBe(1)
  expect(Number(gap!.endNs - gap!.startNs)).toBe(2 * blockSamples * sampleNs)
  const sequences = heard.blocks.map(({ sequence }) => sequence)
  expect(heard.values).toEqual(sequences)
  const missing = [gap!.firstSequence!, gap!.lastSequence!]
  expect([...sequences, ...missing].sort((a, b) => a - b)).toEqual(sequences.concat(missing).map((_, k) => k))
})

test('a historic stream waits when nobody reads its ring, loses nothing, and goes on as its reader comes on', async () => {
  const data = Buffer.alloc(20_000 * blockChannels * 2)
  const samples = 20_000
  const large = (sequence: number) => ({
    first_sample: sequence * samples,
    sample_count: samples,
    start_time_ns: String(1_700_000_000_000_000_000n + BigInt(sequence * samples * sampleNs)),
    data: Buffer.from(data).fill(sequence % 100)
  })
  const { heard, stream } = await open(startHost(), (call) => send(call, 0, 150, large), false)
  await eventually('it waits', () => stream.counters().pauses === 1 && heard.blocks.length > 20)
  const waitsAt = heard.blocks.length
  expect(waitsAt).toBeLessThan(150)
  expect(stream.counters().ringFill).toBeGreaterThan(0.5)
  const hold = holdRing(heard.rings[0]!, 0)!
  await eventually('the rest', () => {
    const last = heard.blocks.at(-1)!
    hold.moveTo(last.position + last.sampleCount)
    return heard.states.at(-1)?.name === 'completed'
  })
  expect(heard.blocks.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 150 }, (_, k) => k))
  expect(heard.values).toEqual(Array.from({ length: 150 }, (_, k) => (k % 100) * 257))
  expect(heard.gaps).toEqual([])
  expect(stream.counters()).toMatchObject({ ringDrops: 0, lostBlocks: 0 })
})

test('a capture has every sample of a live stream although its ring is overwritten many times and nobody reads it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-ingest-'))
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }))
  const host = startHost()
  const samples = 5000
  const count = 400
  let begin: () => void = () => undefined
  const begun = new Promise<void>((done) => (begin = done))
  const large = (sequence: number) => ({
    first_sample: sequence * samples,
    sample_count: samples,
    start_time_ns: String(1_700_000_000_000_000_000n + BigInt(sequence * samples * sampleNs)),
    data: Buffer.from(
      Int16Array.from({ length: samples * blockChannels }, (_, k) => (sequence * 31 + k) % 20_000).buffer
    )
  })
  const { heard, stream } = await open(host, (call) => void begun.then(() => send(call, 0, count, large)))
  const captures = createCaptureHost((_jobId, kind, options, listener) => {
    const tap = host.createTap(kind, options, listener)
    tap.moveTo(stream)
    return tap
  })
  const writer = { backend: 'test', jobId: 'job', queueBytes: 8e6, preTrigger: null, commitAfterMs: 20 }
  const capture = captures.attach('job', writer, () => undefined)!
  const session = join(folder, 'session')
  const named = { name: 'all', place: '', notes: '', tags: [], program: 'test', ring: null }
  await capture.begin({ folder: session, ...named, segmentBytes: 1e9, segmentS: 3600, durationS: null })
  begin()
  await eventually('all is written', () => capture.counters().acknowledgedBlocks === count, 25_000)
  await capture.close('done')
  expect(capture.counters()).toMatchObject({ phase: 'closed', samples: samples * count, gaps: 0, lostBlocks: 0 })
  capture.detach()
  const ring = heard.rings[0]!
  expect((samples * count) / ring.capacitySamples).toBeGreaterThan(10)
  const opened = await openRecording(session)
  cleanups.push(() => opened.close())
  const end = samples * count
  const last = await opened.read({ time: { from: end - 100, to: end }, channel: { from: 0, to: blockChannels } })
  const from = (count - 1) * 31 + (samples - 100) * blockChannels
  expect([...last]).toEqual(Array.from(last, (_, k) => (from + k) % 20_000))
})
