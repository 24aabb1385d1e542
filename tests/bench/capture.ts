/**
 * Capturing beside two appends of the same bytes to one file on the disk of the temporary folder, which write up to 4 MiB, then
 * sync, then go on: a plain one that only copies, and one that writes headers with sums as a capture does. Blocks of 50 ms of
 * 2 222 channels × 2 kHz, int16, as fast as the disk takes them. Each begins as often as the others, and what it wrote is
 * removed before the next begins: where a machine is a guest, pages that were not used for some seconds cost its host time, and
 * whoever comes second pays for them. Also the processor time, and reading 1 s of all channels at random places.
 */
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, write } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '../../src-main/clock.ts'
import { crc32 } from '../../src-main/recordings/session/crc32.ts'
import { encodeFrameHeader, frameHeaderBytes, type FrameHeader } from '../../src-main/recordings/session/frame.ts'
import { openSession } from '../../src-main/recordings/session/openSession.ts'
import { SessionReader } from '../../src-main/recordings/session/sessionReader.ts'
import { CaptureWriter } from '../../src-main/sessions/capture/captureWriter.ts'
import { blockOf, offerOf, sessionOptions, type StreamShape } from '../support/sessionFixture.ts'
import { figure, type BenchEntry } from './entry.ts'
import { median } from './measure.ts'
import type { BenchOptions } from './options.ts'

const shape: StreamShape = { channels: 2222, rateHz: 2000, rowsPerBlock: 100, elementType: 'int16' }
const blockBytes = shape.channels * shape.rowsPerBlock * 2
const commitBytes = 4 * 1024 * 1024
const blocks = Math.ceil(512e6 / blockBytes)
const defaultRounds = 6
const reads = 200
const readTargetMs = 50
const targetRatio = 0.9
const targetMBPerS = 400

interface Timing {
  mbPerS: number
  cpuSPerGB: number
}

async function timed(work: () => Promise<void>): Promise<Timing> {
  const cpu = process.cpuUsage()
  const startMs = performance.now()
  await work()
  const seconds = (performance.now() - startMs) / 1000
  const { user, system } = process.cpuUsage(cpu)
  const bytes = blocks * blockBytes
  return { mbPerS: bytes / 1e6 / seconds, cpuSPerGB: (user + system) / 1e6 / (bytes / 1e9) }
}

const source = blockOf(shape, 0)

async function capture(folder: string): Promise<void> {
  let resume: () => void = () => undefined
  const writer = new CaptureWriter(
    {
      clock: systemClock(),
      backend: 'bench',
      jobId: null,
      queueBytes: 64 * 1024 * 1024,
      preTrigger: null,
      commitAfterMs: 50
    },
    { drained: () => resume(), changed: () => undefined }
  )
  writer.offer(offerOf(shape))
  await writer.begin(sessionOptions(folder))
  for (let number = 0; number < blocks; number++) {
    const drained = new Promise<void>((resolve) => (resume = resolve))
    const firstSample = number * shape.rowsPerBlock
    const startNs = source.startNs + BigInt(firstSample) * 500_000n
    if (!writer.push({ ...source, sequence: number, firstSample, startNs })) await drained
    // As blocks come off a socket: each in a turn of the event loop.
    await new Promise((next) => setImmediate(next))
  }
  await writer.close('The bench is over.')
  const { blocks: kept, lostBlocks, gaps, phase } = writer.counters()
  if (kept !== blocks || lostBlocks > 0 || gaps > 0 || phase !== 'closed')
    throw new Error(`The capture kept ${kept} of ${blocks} blocks and is ${phase}`)
}

const headerOf = (number: number): FrameHeader => ({
  kind: 'data',
  element: 'int16',
  payloadCrc: crc32(source.data),
  payloadBytes: blockBytes,
  sampleCount: shape.rowsPerBlock,
  channelCount: shape.channels,
  frame: number,
  sequence: number,
  startNs: source.startNs,
  firstSample: number * shape.rowsPerBlock,
  sampleIntervalNs: source.sampleIntervalNs
})

/** What one writes first: blocks copied together, written, synced, one after the other. */
async function append(file: string, isFramed: boolean): Promise<void> {
  const descriptor = openSync(file, 'wx')
  const group = Buffer.allocUnsafeSlow(commitBytes)
  let filled = 0
  let position = 0
  const flush = async (): Promise<void> => {
    const bytes = await new Promise<number>((resolve, reject) =>
      write(descriptor, group, 0, filled, position, (error, written) => (error ? reject(error) : resolve(written)))
    )
    if (bytes !== filled) throw new Error('not all was written')
    await new Promise<void>((resolve, reject) => fdatasync(descriptor, (error) => (error ? reject(error) : resolve())))
    position += filled
    filled = 0
  }
  try {
    for (let number = 0; number < blocks; number++) {
      if (filled + frameHeaderBytes + blockBytes > commitBytes) await flush()
      if (isFramed) {
        encodeFrameHeader(headerOf(number), group.subarray(filled))
        filled += frameHeaderBytes
      }
      group.set(source.data, filled)
      filled += blockBytes
    }
    await flush()
  } finally {
    closeSync(descriptor)
  }
}

/** Milliseconds of each read of 1 s × all channels, at places that are the same in every run. */
async function readTimes(folder: string): Promise<number[]> {
  const reader = new SessionReader(await openSession(folder))
  const lastStart = blocks * shape.rowsPerBlock - shape.rateHz
  const times: number[] = []
  try {
    for (let k = 0; k < reads; k++) {
      const from = Math.floor(lastStart * ((k * 0.618_033_988_75) % 1))
      const startMs = performance.now()
      await reader.read({ time: { from, to: from + shape.rateHz }, channel: { from: 0, to: shape.channels } })
      times.push(performance.now() - startMs)
    }
  } finally {
    await reader.close()
  }
  return times.sort((a, b) => a - b)
}

export async function run({ rounds = defaultRounds }: BenchOptions = {}): Promise<BenchEntry[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-bench-capture-'))
  const place = join(folder, 'written')
  const ways = [
    { times: [] as Timing[], write: () => capture(place) },
    { times: [] as Timing[], write: () => append(place, false) },
    { times: [] as Timing[], write: () => append(place, true) }
  ]
  let readMs: number[]
  try {
    // Round 0 warms up.
    for (let round = 0; round <= rounds; round++) {
      const step = round % 2 === 0 ? 1 : ways.length - 1
      for (let k = 0; k < ways.length; k++) {
        // Also backwards, so that none always comes after the same other one.
        const { times, write: work } = ways[(round + k * step) % ways.length]!
        const timing = await timed(work)
        rmSync(place, { recursive: true })
        if (round > 0) times.push(timing)
      }
    }
    await capture(place)
    readMs = await readTimes(place)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const [captured, plain, framed] = ways.map(({ times }) => times) as [Timing[], Timing[], Timing[]]
  const ratioTo = (other: Timing[]): number =>
    median(captured.map(({ mbPerS }, round) => mbPerS / other[round]!.mbPerS))
  const speeds = (timings: Timing[]): number[] => timings.map(({ mbPerS }) => mbPerS)
  const costs = (timings: Timing[]): number[] => timings.map(({ cpuSPerGB }) => cpuSPerGB)
  const ratio = ratioTo(plain)
  const p95 = readMs[Math.floor(readMs.length * 0.95)]!
  return [
    figure('capture: sustained', speeds(captured), 'MB/s', {
      against: 'plain append, fdatasync every 4 MiB',
      ratio,
      target: `≥ ${targetMBPerS} MB/s, or ≥ ${targetRatio} × the append`,
      meets: median(speeds(captured)) >= targetMBPerS || ratio >= targetRatio
    }),
    figure('capture: the plain append', speeds(plain), 'MB/s'),
    figure('capture: sustained, against the same frames', speeds(captured), 'MB/s', {
      against: 'append with headers and sums, fdatasync every 4 MiB',
      ratio: ratioTo(framed)
    }),
    figure('capture: the append with headers and sums', speeds(framed), 'MB/s'),
    figure('capture: processor time', costs(captured), 's/GB', {
      against: 'append with headers and sums',
      ratio: median(costs(framed)) / median(costs(captured))
    }),
    figure('capture: reading 1 s of all channels at random, p95', p95, 'ms', {
      target: `≤ ${readTargetMs}`,
      meets: p95 <= readTargetMs,
      min: readMs[0]!,
      max: readMs.at(-1)!,
      rounds: reads
    })
  ]
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`)
}
