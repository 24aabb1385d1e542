/**
 * Capturing beside a plain append of the same bytes with the same syncs (4 MiB, then fdatasync), in turns, on the disk of the
 * temporary folder: blocks of 50 ms of 2 222 channels × 2 kHz, int16, as fast as the disk takes them. Also the processor
 * time that either costs.
 */
import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, write } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { systemClock } from '../../src-main/clock.ts'
import { CaptureWriter } from '../../src-main/sessions/capture/captureWriter.ts'
import { blockOf, offerOf, sessionOptions, type StreamShape } from '../support/sessionFixture.ts'
import type { BenchEntry } from './entry.ts'
import { measured, type Measured } from './measure.ts'

const shape: StreamShape = { channels: 2222, rateHz: 2000, rowsPerBlock: 100, elementType: 'int16' }
const blockBytes = shape.channels * shape.rowsPerBlock * 2
const commitBytes = 4 * 1024 * 1024
const blocks = Math.ceil(768e6 / blockBytes)
const rounds = 5
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

/** What one writes first: the blocks of 4 MiB copied together, written, synced, one after the other. */
async function append(file: string): Promise<void> {
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
      if (filled + blockBytes > commitBytes) await flush()
      group.set(source.data, filled)
      filled += blockBytes
    }
    await flush()
  } finally {
    closeSync(descriptor)
  }
}

export async function run(): Promise<BenchEntry[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wavefall-bench-capture-'))
  const captured: Timing[] = []
  const appended: Timing[] = []
  try {
    // Round 0 warms up. In turns, so that both meet the same disk.
    for (let round = 0; round <= rounds; round++) {
      const place = join(folder, String(round))
      const plain = await timed(() => append(`${place}.plain`))
      const own = await timed(() => capture(place))
      rmSync(`${place}.plain`)
      rmSync(place, { recursive: true })
      if (round === 0) continue
      captured.push(own)
      appended.push(plain)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const speed = measured(captured.map(({ mbPerS }) => mbPerS))
  const plainSpeed = measured(appended.map(({ mbPerS }) => mbPerS))
  const ratio = measured(captured.map(({ mbPerS }, k) => mbPerS / appended[k]!.mbPerS)).median
  const cost = measured(captured.map(({ cpuSPerGB }) => cpuSPerGB))
  const plainCost = measured(appended.map(({ cpuSPerGB }) => cpuSPerGB))
  const entry = (name: string, figures: Measured, unit: string, more: Partial<BenchEntry>): BenchEntry => ({
    name,
    value: figures.median,
    unit,
    against: 'plain append, fdatasync every 4 MiB',
    ratio: null,
    target: null,
    meets: null,
    min: figures.min,
    max: figures.max,
    rounds: figures.rounds,
    skipped: null,
    ...more
  })
  return [
    entry('capture: sustained', speed, 'MB/s', {
      ratio,
      target: `≥ ${targetMBPerS} MB/s, or ≥ ${targetRatio} × the append`,
      meets: speed.median >= targetMBPerS || ratio >= targetRatio
    }),
    entry('capture: the append it is compared with', plainSpeed, 'MB/s', { against: null }),
    entry('capture: processor time', cost, 's/GB', { ratio: plainCost.median / cost.median })
  ]
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`)
}
