/** What the benches measure and the load tests demand: the same scenarios, for as long as they are given. */
import { cpus } from 'node:os'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'
import { percentilesOf, type Percentiles } from '../../../src-main/commands/performance/figures.ts'
import { mixedJobs } from '../../../src-main/commands/performance/jobMix.ts'
import { lateRowMs } from '../../../src-main/commands/performance/rowWatch.ts'
import { measure, openAll, pause, startLine, type Line, type Measurement } from './line.ts'

export const lineFibre = { channels: 2222, prrHz: 2000 }
/** CPU of the core's process, percent of two cores: what targets are stated in. */
export const percentOfTwoCores = (cpuS: number | null, seconds: number): number | null =>
  cpuS === null ? null : (100 * cpuS) / (2 * seconds)

/** Samples or rows that did not arrive, however they were lost. */
export const lossesOf = ({ totals }: Measurement): number =>
  totals.lostBlocks + totals.lostRows + totals.missingRows + totals.gaps + totals.badMessages

export interface JobsLevel {
  jobs: number
  measurement: Measurement
  latency: Percentiles | null
  /** Share of two cores, percent. */
  corePercent: number | null
  generatorPercent: number | null
  rssBytes: number
}

/** Ever more jobs on one core; each level is watched for so many seconds. */
export async function jobLevels(levels: readonly number[], seconds: number, warmUpS = 2): Promise<JobsLevel[]> {
  const line = await startLine({ source: 'simulated' })
  try {
    const requests = mixedJobs(Math.max(...levels), { lowest: 1, highest: lineFibre.channels })
    const results: JobsLevel[] = []
    let open = 0
    for (const jobs of levels) {
      await openAll(line, requests.slice(open, jobs), 30_000)
      open = jobs
      await pause(warmUpS * 1000)
      const measurement = await measure(line, seconds)
      results.push({
        jobs,
        measurement,
        latency: percentilesOf(measurement.latencies),
        corePercent: percentOfTwoCores(measurement.coreCpuS, measurement.seconds),
        generatorPercent: percentOfTwoCores(measurement.generatorCpuS, measurement.seconds),
        rssBytes: Math.max(0, ...measurement.coreRss)
      })
    }
    return results
  } finally {
    await line.stop()
  }
}

export interface LineKind {
  name: string
  source: string
  channels: number
  megabytesPerS: number
  elementType: 'int16' | 'float32'
}

export const lineKinds: readonly LineKind[] = [
  {
    name: '2 222 channels × 2 kHz int16',
    source: 'simulated:scene=noise',
    channels: 2222,
    megabytesPerS: 8.9,
    elementType: 'int16'
  },
  {
    name: '10 000 channels × 2 kHz int16',
    source: 'simulated:scene=noise,channels=10000',
    channels: 10_000,
    megabytesPerS: 40,
    elementType: 'int16'
  },
  {
    name: '17 500 channels × 1 kHz float32',
    source: 'simulated:scene=noise,channels=17500,prr=1000,dtype=float32',
    channels: 17_500,
    megabytesPerS: 70,
    elementType: 'float32'
  }
]

/** The request that a fresh form would open, on these channels. */
export async function defaultRequest(line: Line, channels: number): Promise<JobRequest> {
  const defaults = await line.load.call('jobs.defaults', {})
  if (!defaults.ok) throw new Error(defaults.error.message)
  return { ...defaults.value, channels: { min: 1, max: channels } }
}

export async function lineRate(kind: LineKind, seconds: number, warmUpS = 3): Promise<Measurement> {
  const line = await startLine({ source: kind.source })
  try {
    await openAll(line, [await defaultRequest(line, kind.channels)])
    await pause(warmUpS * 1000)
    return await measure(line, seconds)
  } finally {
    await line.stop()
  }
}

export interface Overload {
  baseline: Measurement
  overloaded: Measurement
  /** From closing the great job until the small one's rows come as they did before, seconds; null: not within the wait. */
  recoveryS: number | null
  after: Measurement
  offeredMegabytesPerS: number
  smallJob: string
  greatJob: string
}

const recoverySliceMs = 250
const recoveryWaitS = 15
const usualLatencyMs = 250

const overloadFibre = { channels: 56_000, prrHz: 2000 }

/**
 * The largest published fibre, 447 MB/s, beside a small job of the same fibre; then it goes. `watch` is called when the
 * overload runs, with a window's address, and gives what it saw when it is over.
 */
export async function overload<Seen>(
  seconds: number,
  watch: (line: Line, greatJob: string) => Promise<{ ended(): Promise<Seen> }>
): Promise<Overload & { seen: Seen }> {
  const { channels, prrHz } = overloadFibre
  const line = await startLine({ source: `simulated:scene=noise,channels=${channels},prr=${prrHz},dtype=float32` })
  try {
    const request = await defaultRequest(line, channels)
    const small = { ...request, channels: { min: 1, max: lineFibre.channels } }
    const [smallJob] = await openAll(line, [small])
    await pause(2000)
    const baseline = await measure(line, Math.min(seconds, 5))
    const usual = Math.max(usualLatencyMs, 2 * (percentilesOf(baseline.latencies)?.p50 ?? 0))
    const opened = await line.load.open(request)
    if (!opened.job) throw new Error(`the great job was refused: ${opened.refusal?.message}`)
    const greatJob = opened.job.id
    const watching = await watch(line, greatJob)
    const overloaded = await measure(line, seconds)
    const seen = await watching.ended()
    await line.load.close(greatJob)
    const recoveryS = await recovery(line, usual)
    const after = await measure(line, Math.min(seconds, 3))
    const offeredMegabytesPerS = (channels * prrHz * 4) / 1e6
    return { baseline, overloaded, recoveryS, after, offeredMegabytesPerS, smallJob: smallJob!, greatJob, seen }
  } finally {
    await line.stop()
  }
}

/** Until a quarter of a second passes in which rows come, half of them as soon as usual and none late. */
export async function recovery(line: Line, usualMs: number): Promise<number | null> {
  const startedMs = performance.now()
  while (performance.now() - startedMs < recoveryWaitS * 1000) {
    const sliceMs = performance.now()
    await line.load.restart()
    await pause(recoverySliceMs)
    const { latencies } = await line.load.read()
    const isUsual = (percentilesOf(latencies)?.p50 ?? Infinity) < usualMs
    if (isUsual && latencies.every((ms) => ms < lateRowMs)) return Math.round((sliceMs - startedMs) / 10) / 100
  }
  return null
}

/** One job for a long time: does anything grow? */
export async function soak(seconds: number, warmUpS: number): Promise<Measurement> {
  const line = await startLine({ source: 'simulated' })
  try {
    await openAll(line, [await defaultRequest(line, lineFibre.channels)])
    await pause(warmUpS * 1000)
    return await measure(line, seconds)
  } finally {
    await line.stop()
  }
}

export const coreCount = cpus().length
