/**
 * `npm run bench kernel`: one channel's transform with window, power and dB (spectra of every bin) by size, window and type
 * of sample, against fft.js `realTransform` used as its documentation shows, pffft in WebAssembly, and FFTW where it is
 * installed. All read the same time-major samples, each in a thread (or process) of its own, in alternating rounds, so that
 * all see the machine's speed states.
 */
import { fastDecibels } from '../../src-main/dsp/decibels.ts'
import { createSpectralKernels } from '../../src-main/dsp/kernel/spectralKernels.ts'
import { compileKernel } from '../../src-main/dsp/kernel/wasmKernel.ts'
import type { ElementType } from '../../src-main/dsp/spectralKernel.ts'
import { windowNames, type WindowName } from '../../src-main/dsp/windows.ts'
import { serveOrRun, startBenchThread } from './benchThread.ts'
import type { BenchEntry } from './entry.ts'
import { startFftw, type NativeReference } from './kernelFftw.ts'
import { pffftRows } from './kernelPffft.ts'
import { measured, median, ratePerSecond } from './measure.ts'
import { naiveRows } from './naive.ts'

interface Case {
  nfft: number
  window: WindowName
  elementType: ElementType
}

interface Order extends Case {
  milliseconds: number
}

const rounds = 7
const warmUpMs = 300
const roundMs = 150
/** Channels of the source: rows are as far apart in memory as in use, and enough work for all tiles. */
const channelCount = 64
const cases: Case[] = [
  ...[128, 256, 1024, 2048, 8192, 65536].map((nfft) => ({ nfft, window: 'hann', elementType: 'int16' }) as const),
  { nfft: 1024, window: 'hann', elementType: 'float32' },
  ...windowNames
    .filter((window) => window !== 'hann')
    .map((window) => ({ nfft: 1024, window, elementType: 'int16' }) as const)
]
/** Times faster than fft.js, asked for at 1024; larger transforms leave the caches. */
const naiveTarget = 4.5
/** Of FFTW's speed: 1.4 × its time. */
const nativeTarget = 1 / 1.4

function makeSamples(nfft: number): Int16Array {
  return Int16Array.from({ length: nfft * channelCount }, (_, index) => 8000 * Math.sin(index * index * 0.37))
}

async function makeWork(candidate: string, { nfft, window, elementType }: Case): Promise<() => void> {
  const samples = makeSamples(nfft)
  const target = new Float32Array(channelCount * (nfft / 2 + 1))
  if (candidate === 'naive') return naiveRows('spectra', samples, channelCount, nfft, target)
  if (candidate === 'pffft') return pffftRows(samples, channelCount, nfft, target, fastDecibels)
  const module = candidate === 'kernel' ? await compileKernel() : null
  if (candidate === 'kernel' && module === null) throw new Error('there is no WebAssembly kernel here')
  const kernel = createSpectralKernels(module)({
    channelCount,
    rowStride: channelCount,
    channelsPerColumn: 1,
    nfft,
    window,
    sampleRateHz: 2000,
    scale: 1,
    firstBin: 0,
    binCount: nfft / 2 + 1,
    output: 'spectra',
    level: 'decibels'
  })
  const source = kernel.allocate(elementType, samples.length)
  source.set(samples)
  return () => void kernel.computeRow(source, 0, target)
}

/** In the thread: transforms a second, one case for each thread. */
async function makeServer(candidate: string, shared: unknown): Promise<(order: Order) => number> {
  const work = await makeWork(candidate, shared as Case)
  return ({ milliseconds }) => channelCount * ratePerSecond(work, milliseconds)
}

interface Candidate {
  name: string
  /** In times of its speed; none: for information. */
  target: number | null
  rate(milliseconds: number): Promise<number>
  end(): unknown
}

function threadCandidate(name: string, candidate: string, of: Case, target: number | null): Candidate {
  const thread = startBenchThread<Order, number>(import.meta.url, 'kernel', candidate, of)
  return {
    name,
    target,
    rate: (milliseconds) => thread.ask({ ...of, milliseconds }),
    end: () => thread.end()
  }
}

function candidatesFor(of: Case, native: NativeReference | string): Candidate[] {
  const isPlain = of.window === 'hann' && of.elementType === 'int16'
  const candidates = [
    threadCandidate('fft.js realTransform, Math.log10', 'naive', of, naiveTarget),
    threadCandidate('fft.js two for one, table of levels', 'fft.js', of, null)
  ]
  if (!isPlain) return candidates.slice(0, 1)
  candidates.push(threadCandidate('pffft in WebAssembly SIMD, table of levels', 'pffft', of, null))
  if (typeof native !== 'string') {
    candidates.push({
      name: 'FFTW3f, native',
      target: nativeTarget,
      rate: (milliseconds) => native.rate(of.nfft, milliseconds),
      end: () => null
    })
  }
  return candidates
}

async function measureCase(of: Case, native: NativeReference | string): Promise<BenchEntry[]> {
  const name = `spectrum of one channel, NFFT ${of.nfft}, ${of.window}, ${of.elementType}`
  // New threads for each case: what was compiled for one must not count for the next.
  const ours = threadCandidate('', 'kernel', of, null)
  const others = candidatesFor(of, native)
  await ours.rate(warmUpMs)
  for (const other of others) await other.rate(warmUpMs)
  const microseconds: number[] = []
  const ratios = others.map((): number[] => [])
  for (let round = 0; round < rounds; round++) {
    const rate = await ours.rate(roundMs)
    microseconds.push(1e6 / rate)
    for (const [index, other] of others.entries()) ratios[index]!.push(rate / (await other.rate(roundMs)))
  }
  await Promise.all([ours, ...others].map((one) => one.end()))
  const time = measured(microseconds)
  return others.map(({ name: against, target }, index) => {
    const ratio = median(ratios[index]!)
    return {
      name,
      value: time.median,
      unit: 'µs',
      against,
      ratio,
      target: target === null ? null : `≥ ${target.toPrecision(2)}`,
      meets: target === null ? null : ratio >= target,
      min: time.min,
      max: time.max,
      rounds,
      skipped: null
    }
  })
}

export async function run(): Promise<BenchEntry[]> {
  const native = startFftw()
  const entries: BenchEntry[] = []
  for (const of of cases) entries.push(...(await measureCase(of, native)))
  if (typeof native === 'string') {
    const none = { value: 0, unit: 'µs', ratio: null, target: null, meets: null, min: 0, max: 0, rounds: 0 }
    entries.push({ name: 'spectrum of one channel', against: 'FFTW3f, native', ...none, skipped: native })
  } else native.end()
  return entries
}

await serveOrRun(import.meta.url, 'kernel', makeServer, run)
