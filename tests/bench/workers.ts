/**
 * `npm run bench workers`: the rows of one job, its channels shared by two workers with kernels of their own on one memory,
 * against one worker that does them all, in alternating rounds: by the clock, and by the time of the processor that each of the
 * two needs, which is what two idle processors would give on a machine that others use too.
 */
import { performance } from 'node:perf_hooks'
import { availableParallelism } from 'node:os'
import { compileKernel } from '../../src-main/dsp/kernel/wasmKernel.ts'
import type { RingAnalyserPlan } from '../../src-main/dsp/ringAnalyser.ts'
import { rowIntervalOfOverlap } from '../../src-main/dsp/rowGrid.ts'
import { createBenchRing, openPart, storeBlock, type BenchRing } from './benchRing.ts'
import { serveOrRun, startBenchThread } from './benchThread.ts'
import type { BenchEntry } from './entry.ts'
import { measured, threadCpuMs } from './measure.ts'

const channelCount = 2222
const sampleRateHz = 2000
const sampleIntervalNs = 1e9 / sampleRateHz
const ringSamples = 2 * sampleRateHz
const rounds = 9
const warmUpS = 4
const roundS = 12
const target = 1.8

/** Parts of a memory's channels: all of them for one worker, halves for two. */
const parts = [
  { firstChannel: 0, channelCount },
  { firstChannel: 0, channelCount: channelCount / 2 },
  { firstChannel: channelCount / 2, channelCount: channelCount / 2 }
] as const

const plan = (output: 'spectra' | 'bandEnergy'): RingAnalyserPlan => ({
  channelCount,
  channelsPerColumn: 1,
  sampleIntervalNs,
  scale: 1,
  nfft: 1024,
  rowIntervalS: rowIntervalOfOverlap(1024, 0.5, sampleIntervalNs),
  lowHz: 0,
  highHz: sampleRateHz / 2,
  output
})

interface Shared {
  ring: BenchRing
  module: WebAssembly.Module
  part: number
  output: 'spectra' | 'bandEnergy'
}

/** In the thread: computes the rows of so many seconds of a ring that is full already; milliseconds of the processor. */
function makeServer(_candidate: string, shared: unknown): Promise<(seconds: number) => number> {
  const { ring, module, part, output } = shared as Shared
  const { analyser, row } = openPart(ring, { ...plan(output), ...parts[part]! }, part, module)
  let at = 0
  return Promise.resolve((seconds) => {
    const startedMs = threadCpuMs()
    const end = at + seconds * sampleRateHz
    for (; at < end; at += sampleRateHz) {
      analyser.provide(at, at, sampleRateHz)
      while (analyser.nextRow(row) >= 0);
    }
    return threadCpuMs() - startedMs
  })
}

async function measureOutput(output: 'spectra' | 'bandEnergy', module: WebAssembly.Module): Promise<BenchEntry[]> {
  const ring = createBenchRing(plan(output), 'int16', ringSamples, parts.length)
  const samples = Int16Array.from(
    { length: ringSamples * channelCount },
    (_, index) => 8000 * Math.sin(index * index * 0.37)
  )
  storeBlock(ring, new Uint8Array(ring.memory.buffer), new Uint8Array(samples.buffer), 0)
  const [alone, first, second] = parts.map((_, part) => {
    const shared: Shared = { ring, module, part, output }
    return startBenchThread<number, number>(import.meta.url, 'workers', `part ${part}`, shared)
  }) as [Thread, Thread, Thread]
  /** Milliseconds by the clock, and the most that one thread had a processor. */
  const timed = async (threads: Thread[], seconds: number): Promise<{ wallMs: number; cpuMs: number }> => {
    const startedAt = performance.now()
    const cpuMs = await Promise.all(threads.map((thread) => thread.ask(seconds)))
    return { wallMs: performance.now() - startedAt, cpuMs: Math.max(...cpuMs) }
  }
  await timed([alone], warmUpS)
  await timed([first, second], warmUpS)
  const clocks = ['wallMs', 'cpuMs'] as const
  const speeds = { wallMs: [] as number[], cpuMs: [] as number[] }
  const ratios = { wallMs: [] as number[], cpuMs: [] as number[] }
  for (let round = 0; round < rounds; round++) {
    const byOne = await timed([alone], roundS)
    const byTwo = await timed([first, second], roundS)
    for (const clock of clocks) {
      speeds[clock].push((roundS * 1000) / byTwo[clock])
      ratios[clock].push(byOne[clock] / byTwo[clock])
    }
  }
  await Promise.all([alone.end(), first.end(), second.end()])
  const rows = `${output === 'spectra' ? 'spectrogram' : 'band energy'} rows, NFFT 1024, 50 % overlap`
  return clocks.map((clock) => {
    const speed = measured(speeds[clock])
    const ratio = measured(ratios[clock]).median
    const by = clock === 'wallMs' ? 'by the clock' : 'by processor time'
    return {
      name: `${rows}, ${channelCount} channels × 2 kHz, two workers on one memory, ${by}`,
      value: speed.median,
      unit: '× real time',
      against: 'one worker',
      ratio,
      target: `≥ ${target} × one worker`,
      meets: ratio >= target,
      min: speed.min,
      max: speed.max,
      rounds,
      skipped: null
    }
  })
}

type Thread = ReturnType<typeof startBenchThread<number, number>>

export async function run(): Promise<BenchEntry[]> {
  const module = await compileKernel()
  if (module === null || availableParallelism() < 2) {
    const skipped = module === null ? 'there is no WebAssembly kernel here' : 'there is one processor only'
    const none = { value: 0, ratio: null, target: null, meets: null, min: 0, max: 0, rounds: 0 }
    return [{ name: 'two workers on one memory', unit: '× real time', against: 'one worker', ...none, skipped }]
  }
  return [...(await measureOutput('bandEnergy', module)), ...(await measureOutput('spectra', module))]
}

await serveOrRun(import.meta.url, 'workers', makeServer, run)
