/**
 * `npm run bench kernel`: one channel's transform with window, power and dB (spectra of every bin), against fft.js
 * `realTransform` used as its documentation shows. Both read the same time-major int16 samples; each in a thread of its
 * own, so that neither shapes the other's compiled code, in alternating rounds, so that both see the machine's speed states.
 */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { pathToFileURL } from 'node:url'
import { createFftKernel } from '../../src-main/dsp/fftKernel.ts'
import type { BenchEntry } from './entry.ts'
import { measured, ratePerSecond } from './measure.ts'
import { naiveRows } from './naive.ts'

type Candidate = 'kernel' | 'naive'
const sizes = [256, 1024, 2048, 8192]
const rounds = 5
const warmUpMs = 400
const roundMs = 250
/** Channels of the source: rows are as far apart in memory as in use, and enough work for all tiles. */
const channelCount = 64

function makeSamples(nfft: number): Int16Array {
  return Int16Array.from({ length: nfft * channelCount }, (_, index) => 8000 * Math.sin(index * index * 0.37))
}

function makeWork(candidate: Candidate, nfft: number): () => void {
  const samples = makeSamples(nfft)
  const target = new Float32Array(channelCount * (nfft / 2 + 1))
  if (candidate === 'naive') return naiveRows('spectra', samples, channelCount, nfft, target)
  const kernel = createFftKernel({
    channelCount,
    rowStride: channelCount,
    channelsPerColumn: 1,
    nfft,
    sampleRateHz: 2000,
    scale: 1,
    firstBin: 0,
    binCount: nfft / 2 + 1,
    output: 'spectra',
    level: 'decibels'
  })
  const source = kernel.allocate('int16', samples.length)
  source.set(samples)
  return () => void kernel.computeRow(source, 0, target)
}

interface Order {
  nfft: number
  milliseconds: number
}

/** In the thread: transforms a second, one order at a time. */
function serve(candidate: Candidate): void {
  const works = new Map<number, () => void>()
  parentPort!.on('message', ({ nfft, milliseconds }: Order) => {
    const work = works.get(nfft) ?? makeWork(candidate, nfft)
    works.set(nfft, work)
    parentPort!.postMessage(channelCount * ratePerSecond(work, milliseconds))
  })
}

function startCandidate(candidate: Candidate) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { bench: 'kernel', candidate } })
  return {
    measure: (order: Order): Promise<number> =>
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
  for (const nfft of sizes) {
    // New threads for each size: what was compiled for one must not count for the next.
    const ours = startCandidate('kernel')
    const naive = startCandidate('naive')
    await ours.measure({ nfft, milliseconds: warmUpMs })
    await naive.measure({ nfft, milliseconds: warmUpMs })
    const microseconds: number[] = []
    const ratios: number[] = []
    for (let round = 0; round < rounds; round++) {
      const rate = await ours.measure({ nfft, milliseconds: roundMs })
      const naiveRate = await naive.measure({ nfft, milliseconds: roundMs })
      microseconds.push(1e6 / rate)
      ratios.push(rate / naiveRate)
    }
    await Promise.all([ours.end(), naive.end()])
    const time = measured(microseconds)
    const ratio = measured(ratios).median
    entries.push({
      name: `spectrum of one channel, NFFT ${nfft}`,
      value: time.median,
      unit: 'µs',
      against: 'fft.js realTransform, Math.log10',
      ratio,
      target: '≥ 1.5',
      meets: ratio >= 1.5,
      min: time.min,
      max: time.max,
      rounds,
      skipped: null
    })
  }
  return entries
}

if (!isMainThread && (workerData as { bench?: string } | null)?.bench === 'kernel') {
  serve((workerData as { candidate: Candidate }).candidate)
} else if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`)
}
