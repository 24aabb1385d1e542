/**
 * A hand on the time axis of a long recording: from asking for another time to the first frame of rows of that time at a client,
 * with what the processors did meanwhile. A captured session of 2 GB (2 222 channels × 2 kHz, int16) behind the embedded
 * server, core and server as processes of their own, over the web socket; shown at twice real time, at times that are
 * the same in every run. Beside it what was done before there was a seek: a new job at that time, and the old one closed.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { percentilesOf } from '../../src-main/commands/performance/figures.ts'
import { systemClock } from '../../src-main/clock.ts'
import { CaptureWriter } from '../../src-main/sessions/capture/captureWriter.ts'
import { decodeFrame } from '../../src-preload/contract/frames.ts'
import type { JobRequest, ViewDescription } from '../../src-preload/contract/schemas.ts'
import { startLine, waterfall, type Line } from '../support/load/line.ts'
import { processUsage } from '../support/processUsage.ts'
import { blockOf, offerOf, sessionOptions, type StreamShape } from '../support/sessionFixture.ts'
import { figure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const shape: StreamShape = { channels: 2222, rateHz: 2000, rowsPerBlock: 100, elementType: 'int16' }
const recordedBytes = 2e9
const blocks = Math.ceil(recordedBytes / (shape.channels * shape.rowsPerBlock * 2))
const defaultRounds = 40
const targetMs = 100
const rowIntervalS = 0.05
const giveUpMs = 20_000

async function record(folder: string): Promise<void> {
  const source = blockOf(shape, 0)
  let resume: () => void = () => undefined
  const options = { clock: systemClock(), backend: 'bench', jobId: null, queueBytes: 64 * 1024 * 1024 }
  const listener = { drained: () => resume(), changed: () => undefined }
  const writer = new CaptureWriter({ ...options, preTrigger: null, commitAfterMs: 50 }, listener)
  writer.offer(offerOf(shape))
  await writer.begin(sessionOptions(folder))
  for (let sequence = 0; sequence < blocks; sequence++) {
    const drained = new Promise<void>((resolve) => (resume = resolve))
    const firstSample = sequence * shape.rowsPerBlock
    const startNs = source.startNs + BigInt(firstSample) * 500_000n
    if (!writer.push({ ...source, sequence, firstSample, startNs })) await drained
    await new Promise((next) => setImmediate(next))
  }
  await writer.close('The bench is over.')
}

/** One view of whatever job is shown, as a window has it. */
function openView(line: Line) {
  let subscription = -1
  let epoch = -1
  let originS = 0
  let waiting: { from: number; resolve: (ms: { first: number }) => void; startedMs: number } | null = null
  line.core.onEvent((name, payload) => {
    if (name !== 'view.described') return
    const description = payload as ViewDescription
    if (description.subscription !== subscription) return
    epoch = description.epoch
    originS = Number(BigInt(description.originNs)) / 1e9
  })
  line.core.onRows((bytes) => {
    const frame = decodeFrame(bytes)
    if (frame?.kind !== 'rows' || frame.subscription !== subscription) return
    void line.core.call('views.credit', { subscription, frames: 1, drawnLatencyMs: [] })
    if (!waiting || frame.epoch !== epoch) return
    const timeS = originS + frame.firstRow * rowIntervalS
    if (Math.abs(timeS - waiting.from) > 1.5) return
    waiting.resolve({ first: performance.now() - waiting.startedMs })
    waiting = null
  })
  return {
    async attach(jobId: string): Promise<void> {
      const attached = await line.core.call('views.attach', { jobId, columnsMax: 2222 })
      if (!attached.ok) throw new Error(attached.error.message)
      subscription = attached.value.subscription
      epoch = attached.value.description?.epoch ?? -1
      originS = Number(BigInt(attached.value.description?.originNs ?? '0')) / 1e9
      await line.core.call('views.credit', { subscription, frames: 20, drawnLatencyMs: [] })
    },
    /** Resolves with how long it took to rows of that time. */
    rowsOf: (from: number): Promise<{ first: number }> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no rows of ${from} within ${giveUpMs / 1000} s`)), giveUpMs)
        waiting = {
          from,
          startedMs: performance.now(),
          resolve(ms) {
            clearTimeout(timer)
            resolve(ms)
          }
        }
      })
  }
}

async function openJob(line: Line, request: JobRequest): Promise<string> {
  const opened = await line.core.call('jobs.open', { request, windowId: null, pace: 2 })
  if (!opened.ok) throw new Error(opened.error.message)
  return opened.value.id
}

export async function run({ rounds = defaultRounds }: BenchOptions = {}): Promise<BenchEntry[]> {
  const home = mkdtempSync(join(tmpdir(), 'wavefall-seek-'))
  try {
    const folder = join(home, 'long.wavefall')
    await record(folder)
    const line = await startLine({ source: folder })
    try {
      return await measured(line, rounds)
    } finally {
      await line.stop()
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

async function measured(line: Line, rounds: number): Promise<BenchEntry[]> {
  const listed = await line.core.call('backend.recordings', { fromNs: null, toNs: null })
  const recording = listed.ok ? listed.value[0] : undefined
  if (!recording?.endNs) throw new Error('the server does not list the recording')
  const { startNs, endNs, name } = recording
  const [startS, endS] = [Number(BigInt(startNs)) / 1e9, Number(BigInt(endNs)) / 1e9]
  const request = waterfall(1, shape.channels, { nfft: 256, rowIntervalS, recording: name })
  const view = openView(line)
  let jobId = await openJob(line, { ...request, timeRange: { startNs, endNs } })
  await view.attach(jobId)
  await view.rowsOf(startS)

  /** Golden section: spread over the recording, never twice the same. */
  const placeOf = (round: number): number => startS + 1 + ((round * 0.618_033_988_75) % 1) * (endS - startS - 6)
  const nanoseconds = (seconds: number): string => String(BigInt(Math.round(seconds * 1e6)) * 1000n)
  const seeks: number[] = []
  const cpuMs: number[] = []
  const cpuNow = (): number =>
    1000 * [line.corePid, line.generatorPid].reduce((sum, pid) => sum + (processUsage(pid)?.cpuS ?? 0), 0)
  const jobs: number[] = []
  for (let round = 1; round <= rounds; round++) {
    const toS = placeOf(round)
    const cpuBefore = cpuNow()
    const sought = view.rowsOf(toS)
    const answer = await line.core.call('jobs.seek', { jobId, toNs: nanoseconds(toS) })
    if (!answer.ok) throw new Error(answer.error.message)
    seeks.push((await sought).first)
    cpuMs.push(cpuNow() - cpuBefore)
    await new Promise((resolve) => setTimeout(resolve, 150))

    const otherS = Math.floor(placeOf(round + rounds))
    const opened = view.rowsOf(otherS)
    const previous = jobId
    jobId = await openJob(line, { ...request, timeRange: { startNs: nanoseconds(otherS), endNs } })
    await view.attach(jobId)
    jobs.push((await opened).first)
    await line.core.call('jobs.close', { jobId: previous })
    await line.core.call('jobs.forget', { jobId: previous })
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
  const [seek, job] = [percentilesOf(seeks)!, percentilesOf(jobs)!]
  const name2 = 'seek in 2 GB: asked → rows of that time at a client'
  return [
    figure(`${name2}, p50`, seeks, 'ms', { against: 'a new job there', ratio: job.p50 / seek.p50 }),
    figure(`${name2}, p95`, seek.p95, 'ms', {
      against: 'a new job there',
      ratio: job.p95 / seek.p95,
      target: `< ${targetMs}`,
      meets: seek.p95 < targetMs,
      rounds
    }),
    figure('seek in 2 GB: processor time of core and server up to the first rows', cpuMs, 'ms')
  ]
}
