/**
 * `npm run bench pipeline`: time-major int16 samples in blocks → rows in dB, one thread, in times real time, against the
 * same with fft.js `realTransform` and `Math.log10`. Each candidate in a thread of its own, in alternating rounds.
 */
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { createRowAnalyser } from '../../src-main/dsp/rowAnalyser.ts'
import type { BenchEntry } from './entry.ts'
import { measured } from './measure.ts'
import { naiveRows } from './naive.ts'

interface Case {
  name: string
  nfft: number
  rowIntervalS: number
  output: 'spectra' | 'bandEnergy'
  /** Band energy takes one logarithm a channel: there only the transforms can be faster. */
  ratioTarget: number
}

const cases: Case[] = [
  {
    name: 'spectrogram rows, NFFT 1024, 50 % overlap',
    nfft: 1024,
    rowIntervalS: 0.256,
    output: 'spectra',
    ratioTarget: 1.6
  },
  {
    name: 'band energy rows, NFFT 1024, 50 % overlap',
    nfft: 1024,
    rowIntervalS: 0.256,
    output: 'bandEnergy',
    ratioTarget: 1.15
  },
  {
    name: 'live waterfall as it opens, NFFT 256, 20 rows/s',
    nfft: 256,
    rowIntervalS: 0.05,
    output: 'bandEnergy',
    ratioTarget: 1.15
  }
]
const channelCount = 2222
const sampleRateHz = 2000
const blockSamples = 100
/** Recorded once, played again and again with ever-growing indices. */
const recordedSamples = 2000
const rounds = 5
const warmUpS = 3
const roundS = 3

function makeRecording(): Int16Array {
  return Int16Array.from(
    { length: recordedSamples * channelCount },
    (_, index) => 8000 * Math.sin(index * index * 0.37)
  )
}

type Player = (seconds: number) => number

/** Plays so many seconds of data and returns the milliseconds that it took. */
function ours(recording: Int16Array, { nfft, rowIntervalS, output }: Case): Player {
  const analyser = createRowAnalyser({
    channelCount,
    channelsPerColumn: 1,
    sampleIntervalNs: 1e9 / sampleRateHz,
    scale: 1,
    nfft,
    rowIntervalS,
    lowHz: 0,
    highHz: sampleRateHz / 2,
    output
  })
  const blocks = Array.from({ length: recordedSamples / blockSamples }, (_, index) =>
    recording.subarray(index * blockSamples * channelCount, (index + 1) * blockSamples * channelCount)
  )
  let at = 0
  let rows = 0
  return (seconds) => {
    const startedAt = performance.now()
    const end = at + seconds * sampleRateHz
    for (; at < end; at += blockSamples) {
      analyser.push(blocks[(at / blockSamples) % blocks.length]!, at, blockSamples, () => rows++)
    }
    if (rows === 0) throw new Error('no rows came')
    return performance.now() - startedAt
  }
}

/** The same rows the plain way, with the window found in memory: what history costs is not even charged. */
function naive(recording: Int16Array, { nfft, rowIntervalS, output }: Case): Player {
  const target = new Float32Array(channelCount * (output === 'spectra' ? nfft / 2 + 1 : 1))
  const compute = naiveRows(output, recording, channelCount, nfft, target, sampleRateHz)
  let row = 0
  return (seconds) => {
    const startedAt = performance.now()
    for (let count = Math.round(seconds / rowIntervalS); count > 0; count--, row++) {
      compute(Math.round(row * rowIntervalS * sampleRateHz) % (recordedSamples - nfft))
    }
    return performance.now() - startedAt
  }
}

interface Order {
  caseIndex: number
  seconds: number
}

function serve(candidate: 'ours' | 'naive'): void {
  const recording = makeRecording()
  const players = new Map<number, Player>()
  parentPort!.on('message', ({ caseIndex, seconds }: Order) => {
    const make = candidate === 'ours' ? ours : naive
    const player = players.get(caseIndex) ?? make(recording, cases[caseIndex]!)
    players.set(caseIndex, player)
    parentPort!.postMessage((seconds * 1000) / player(seconds))
  })
}

function startCandidate(candidate: 'ours' | 'naive') {
  const worker = new Worker(new URL(import.meta.url), { workerData: { bench: 'pipeline', candidate } })
  return {
    timesRealTime: (order: Order): Promise<number> =>
      new Promise((resolve, reject) => {
        worker.once('error', reject)
        worker.once('message', (rate: number) => {
          worker.off('error', reject)
          resolve(rate)
        })
        worker.postMessage(order)
      }),
    end: () => worker.terminate()
  }
}

export async function run(): Promise<BenchEntry[]> {
  const entries: BenchEntry[] = []
  for (const [caseIndex, { name, ratioTarget }] of cases.entries()) {
    const candidate = startCandidate('ours')
    const baseline = startCandidate('naive')
    await candidate.timesRealTime({ caseIndex, seconds: warmUpS })
    await baseline.timesRealTime({ caseIndex, seconds: warmUpS })
    const speeds: number[] = []
    const ratios: number[] = []
    for (let round = 0; round < rounds; round++) {
      const speed = await candidate.timesRealTime({ caseIndex, seconds: roundS })
      speeds.push(speed)
      ratios.push(speed / (await baseline.timesRealTime({ caseIndex, seconds: roundS })))
    }
    await Promise.all([candidate.end(), baseline.end()])
    const speed = measured(speeds)
    const ratio = measured(ratios).median
    entries.push({
      name: `${name}, ${channelCount} channels × ${sampleRateHz / 1000} kHz, one thread`,
      value: speed.median,
      unit: '× real time',
      against: 'fft.js realTransform, Math.log10',
      ratio,
      target: `≥ ${ratioTarget}`,
      meets: ratio >= ratioTarget,
      min: speed.min,
      max: speed.max,
      rounds,
      skipped: null
    })
  }
  return entries
}

if (!isMainThread && (workerData as { bench?: string } | null)?.bench === 'pipeline') {
  serve((workerData as { candidate: 'ours' | 'naive' }).candidate)
} else if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`)
}
