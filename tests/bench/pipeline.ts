/**
 * `npm run bench pipeline`: time-major samples in blocks, as they lie in messages → one copy into the shared ring → rows in
 * dB, one thread, in times real time (by the processor's time that it takes), against the same with fft.js `realTransform` and `Math.log10`; and what a gigabyte
 * costs. Each candidate in a thread of its own, in alternating rounds.
 */
import { compileKernel } from '../../src-main/dsp/kernel/wasmKernel.ts'
import type { RingAnalyserPlan } from '../../src-main/dsp/ringAnalyser.ts'
import { rowIntervalOfOverlap } from '../../src-main/dsp/rowGrid.ts'
import { elementBytes, type ElementType } from '../../src-main/dsp/spectralKernel.ts'
import { createBenchRing, openPart, storeBlock } from './benchRing.ts'
import { serveOrRun, startBenchThread } from './benchThread.ts'
import type { BenchEntry } from './entry.ts'
import { measured, threadCpuMs } from './measure.ts'
import { naiveRows } from './naive.ts'

interface Case {
  name: string
  nfft: number
  rowIntervalS: number
  output: 'spectra' | 'bandEnergy'
  elementType: ElementType
  /** × real time. */
  target: number | null
  /** CPU seconds a gigabyte, for this stage alone. */
  costTarget: number | null
}

const channelCount = 2222
const sampleRateHz = 2000
const sampleIntervalNs = 1e9 / sampleRateHz
const halfOverlap = { nfft: 1024, rowIntervalS: rowIntervalOfOverlap(1024, 0.5, sampleIntervalNs) }
const waterfall = { nfft: 256, rowIntervalS: 0.05, output: 'bandEnergy' } as const
const cases: Case[] = [
  {
    name: 'spectrogram rows, NFFT 1024, 50 % overlap, int16',
    ...halfOverlap,
    output: 'spectra',
    elementType: 'int16',
    target: 50,
    costTarget: 2
  },
  {
    name: 'band energy rows, NFFT 1024, 50 % overlap, int16',
    ...halfOverlap,
    output: 'bandEnergy',
    elementType: 'int16',
    target: 50,
    costTarget: 2
  },
  {
    name: 'live waterfall as it opens, NFFT 256, 20 rows/s, int16',
    ...waterfall,
    elementType: 'int16',
    target: null,
    costTarget: 2
  },
  {
    name: 'live waterfall as it opens, NFFT 256, 20 rows/s, float32',
    ...waterfall,
    elementType: 'float32',
    target: null,
    costTarget: 1.5
  }
]
const blockSamples = 100
/** Recorded once, played again and again with ever-growing indices. */
const recordedSamples = 2000
const rounds = 5
const warmUpS = 3
const roundS = 6
const naiveRoundS = 1.5

function makeRecording(elementType: ElementType): Int16Array | Float32Array {
  const length = recordedSamples * channelCount
  const recording = elementType === 'int16' ? new Int16Array(length) : new Float32Array(length)
  return recording.map((_, index) => 8000 * Math.sin(index * index * 0.37))
}

type Player = (seconds: number) => number

/** Plays so many seconds of data and returns the milliseconds of the processor that it took. */
async function ours({ nfft, rowIntervalS, output, elementType }: Case): Promise<Player> {
  const plan: RingAnalyserPlan = {
    channelCount,
    channelsPerColumn: 1,
    sampleIntervalNs,
    scale: 1,
    nfft,
    rowIntervalS,
    lowHz: 0,
    highHz: sampleRateHz / 2,
    output
  }
  const ring = createBenchRing(plan, elementType, 2 * sampleRateHz, 1)
  const { analyser, row } = openPart(ring, plan, 0, await compileKernel())
  const ringBytes = new Uint8Array(ring.memory.buffer)
  const recording = makeRecording(elementType)
  const blockBytes = blockSamples * channelCount * elementBytes(elementType)
  // Payloads begin at odd offsets of their messages.
  const blocks = Array.from({ length: recordedSamples / blockSamples }, (_, index) => {
    const message = new Uint8Array(blockBytes + 13)
    message.set(new Uint8Array(recording.buffer, index * blockBytes, blockBytes), 13)
    return message.subarray(13)
  })
  let at = 0
  let rows = 0
  return (seconds) => {
    const startedAt = threadCpuMs()
    const end = at + seconds * sampleRateHz
    for (; at < end; at += blockSamples) {
      storeBlock(ring, ringBytes, blocks[(at / blockSamples) % blocks.length]!, at)
      analyser.provide(at, at, blockSamples)
      while (analyser.nextRow(row) >= 0) rows++
    }
    if (rows === 0) throw new Error('no rows came')
    return threadCpuMs() - startedAt
  }
}

/** The same rows the plain way, with the window found in memory: what history costs is not even charged. */
function naive({ nfft, rowIntervalS, output }: Case): Player {
  const target = new Float32Array(channelCount * (output === 'spectra' ? nfft / 2 + 1 : 1))
  const recording = makeRecording('int16') as Int16Array
  const compute = naiveRows(output, recording, channelCount, nfft, target, sampleRateHz)
  let row = 0
  return (seconds) => {
    const startedAt = threadCpuMs()
    const count = Math.round(seconds / rowIntervalS)
    for (let done = 0; done < count; done++, row++) {
      compute(Math.round(row * rowIntervalS * sampleRateHz) % (recordedSamples - nfft))
    }
    return ((threadCpuMs() - startedAt) * seconds) / (count * rowIntervalS)
  }
}

/** In the thread: times real time. */
async function makeServer(candidate: string, shared: unknown): Promise<(seconds: number) => number> {
  const player = candidate === 'ours' ? await ours(shared as Case) : naive(shared as Case)
  return (seconds) => (seconds * 1000) / player(seconds)
}

export async function run(): Promise<BenchEntry[]> {
  const entries: BenchEntry[] = []
  for (const of of cases) {
    const candidate = startBenchThread<number, number>(import.meta.url, 'pipeline', 'ours', of)
    const baseline = startBenchThread<number, number>(import.meta.url, 'pipeline', 'naive', of)
    await candidate.ask(warmUpS)
    await baseline.ask(naiveRoundS)
    const speeds: number[] = []
    const ratios: number[] = []
    for (let round = 0; round < rounds; round++) {
      const speed = await candidate.ask(roundS)
      speeds.push(speed)
      ratios.push(speed / (await baseline.ask(naiveRoundS)))
    }
    await Promise.all([candidate.end(), baseline.end()])
    const speed = measured(speeds)
    const name = `${of.name}, ${channelCount} channels × ${sampleRateHz / 1000} kHz, one thread`
    const against = 'fft.js realTransform, Math.log10'
    const ratio = measured(ratios).median
    entries.push({
      name,
      value: speed.median,
      unit: '× real time',
      against,
      ratio,
      target: of.target === null ? null : `≥ ${of.target} × real time`,
      meets: of.target === null ? null : speed.median >= of.target,
      min: speed.min,
      max: speed.max,
      rounds,
      skipped: null
    })
    const gigabytesPerS = (channelCount * sampleRateHz * elementBytes(of.elementType)) / 1e9
    const cost = measured(speeds.map((timesRealTime) => 1 / (timesRealTime * gigabytesPerS)))
    entries.push({
      name: `${name}: cost from message to rows`,
      value: cost.median,
      unit: 'CPU s/GB',
      against,
      ratio,
      target: of.costTarget === null ? null : `≤ ${of.costTarget} CPU s/GB`,
      meets: of.costTarget === null ? null : cost.median <= of.costTarget,
      min: cost.min,
      max: cost.max,
      rounds,
      skipped: null
    })
  }
  return entries
}

await serveOrRun(import.meta.url, 'pipeline', makeServer, run)
