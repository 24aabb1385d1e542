import type { MachineReading } from '../../../src-preload/contract/schemas.ts'
import { CommandFailure } from '../runProgram.ts'
import { robustSlope, type Slope } from '../../robustSlope.ts'
import { symptomsOf, type Symptom } from '../../symptoms.ts'
import { earlySignOf, hasFailed } from './earlySigns.ts'
import { percentilesOf } from './figures.ts'
import { watchHost } from './hostReading.ts'
import type { JobLoad, Opening } from './jobLoad.ts'
import { mixedJobs } from './jobMix.ts'
import { levelResult, type LevelResult } from './level.ts'

export const modes = ['baseline', 'linear', 'stress', 'spike', 'soak'] as const
export type Mode = (typeof modes)[number]

export interface TestOptions {
  mode: Mode
  /** The greatest number of jobs. */
  jobs: number
  /** Each level is watched for so long. */
  seconds: number
  /** The core runs on this machine: its disk is ours to read. */
  isLocal: boolean
  progress(text: string): void
  isInterrupted(): boolean
}

export interface Growth {
  what: string
  unit: string
  /** Per hour, with its 95 % interval. */
  perHour: Slope
}

export interface TestResult {
  levels: LevelResult[]
  /** First level with anything unusual, before or with the first failure. */
  firstSign: { jobs: number; what: string } | null
  /** First level below 90 % success, with the reasons. */
  failsAt: LevelResult | null
  bottleneck: Symptom | null
  /** All lines of the matrix that apply, the strongest first. */
  symptoms: Symptom[]
  /** From the end of the load until rows come as at the baseline (± 10 %), s; null: not within 30 s, or not asked. */
  recoveryS: number | null
  /** Soak: what was watched, growing or not. */
  growth: Growth[]
  interrupted: boolean
}

export const defaults: Record<Mode, { jobs: number; seconds: number }> = {
  baseline: { jobs: 1, seconds: 30 },
  linear: { jobs: 30, seconds: 20 },
  stress: { jobs: 100, seconds: 20 },
  spike: { jobs: 50, seconds: 30 },
  soak: { jobs: 10, seconds: 86_400 }
}

const linearStep = 5
const settleMs = 1500
const streamsWithinMs = 10_000
const recoveryWithinMs = 30_000
const recoverySliceMs = 500
/** Timers and the scheduler of the machine: below this no difference is seen. */
const recoverySlackMs = 10

/** 1, 5, 10, 15 … up to the greatest, which is always one of them. */
export function levelsOf(mode: Mode, jobs: number): number[] {
  if (mode === 'baseline' || mode === 'soak') return [jobs]
  if (mode === 'spike') return jobs > 1 ? [1, jobs] : [1]
  const steps = Array.from({ length: Math.floor(jobs / linearStep) }, (_, index) => (index + 1) * linearStep)
  return [...new Set([1, ...steps, jobs])].sort((a, b) => a - b)
}

const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms))

export async function runTest(load: JobLoad, options: TestOptions): Promise<TestResult> {
  const { mode, seconds, progress, isInterrupted } = options
  const status = await load.call('backend.status', {})
  const channels = status.ok ? status.value.channels : null
  if (!status.ok || !channels || status.value.state !== 'up')
    throw new CommandFailure(
      `There is no live fibre to test with: ${status.ok ? status.value.reason || 'the backend has none' : status.error.message}`
    )
  const levels = levelsOf(mode, options.jobs)
  const requests = mixedJobs(Math.max(...levels), channels)
  const openings: Opening[] = []
  const results: LevelResult[] = []
  let readings: MachineReading[] = []

  const areStreaming = async (): Promise<boolean> => {
    const { jobs } = await load.read()
    return jobs.every(({ job }) => job.state === 'streaming')
  }

  const waitFor = async (
    ms: number,
    text: (leftS: number) => string,
    until?: () => Promise<boolean>
  ): Promise<void> => {
    const endMs = performance.now() + ms
    for (let left = ms; left > 0 && !isInterrupted(); left = endMs - performance.now()) {
      if (await until?.()) return
      progress(text(Math.ceil(left / 1000)))
      await pause(Math.min(250, left))
    }
  }

  const runLevel = async (jobs: number): Promise<LevelResult> => {
    const wanted = requests.slice(openings.length, jobs)
    openings.push(...(await Promise.all(wanted.map((request) => load.open(request)))))
    await waitFor(streamsWithinMs, (left) => `${jobs} jobs start … ${left} s`, areStreaming)
    await waitFor(settleMs, () => `${jobs} jobs settle …`)
    const host = options.isLocal ? watchHost() : null
    await load.restart()
    await waitFor(seconds * 1000, (left) => `${jobs} jobs, ${left} s left …`)
    const reading = await load.read()
    readings = reading.machine
    return levelResult(jobs, openings, reading, host?.read() ?? null)
  }

  for (const jobs of levels) {
    if (isInterrupted()) break
    results.push(await runLevel(jobs))
    if (mode === 'stress' && hasFailed(results.at(-1)!)) break
  }
  const first = results[0]
  if (!first) throw new CommandFailure('It was interrupted before anything was measured.')
  if (mode === 'baseline' && first.rowsPerS === 0)
    throw new CommandFailure(`Not one row came: ${first.refused[0]?.reason ?? 'the job streams nothing'}`)
  const usualMs = first.latencyMs?.p50 ?? null
  const isRecoveryAsked = (mode === 'stress' || mode === 'spike') && results.length > 1 && !isInterrupted()
  const recoveryS = isRecoveryAsked && usualMs !== null ? await recover(load, openings, usualMs) : null
  await load.closeAll()

  const failsAt = results.find(hasFailed) ?? null
  const sign = results.find((level) => earlySignOf(level) !== null)
  const symptoms = symptomsOf(failsAt ?? results.at(-1)!)
  return {
    levels: results,
    firstSign: sign ? { jobs: sign.jobs, what: earlySignOf(sign)! } : null,
    failsAt,
    bottleneck: symptoms[0] ?? null,
    symptoms,
    recoveryS,
    growth: mode === 'soak' ? growthOf(readings) : [],
    interrupted: isInterrupted()
  }
}

/** All jobs but the first are closed: how long until its rows come as they came alone. */
async function recover(load: JobLoad, openings: readonly Opening[], usualMs: number): Promise<number | null> {
  const ids = openings.flatMap(({ job }) => (job ? [job.id] : []))
  const startedMs = performance.now()
  await Promise.all(ids.slice(1).map((id) => load.close(id)))
  while (performance.now() - startedMs < recoveryWithinMs) {
    const sliceMs = performance.now()
    await load.restart()
    await pause(recoverySliceMs)
    const p50 = percentilesOf((await load.read()).latencies)?.p50
    if (p50 !== undefined && p50 <= usualMs * 1.1 + recoverySlackMs) return (sliceMs - startedMs) / 1000
  }
  return null
}

/** Memory of each process and the core's heap over the hours. */
function growthOf(readings: readonly MachineReading[]): Growth[] {
  const firstNs = BigInt(readings[0]?.atNs ?? 0)
  const hoursAt = (reading: MachineReading): number => Number(BigInt(reading.atNs) - firstNs) / 3.6e12
  const series = new Map<string, { x: number[]; y: number[] }>()
  const add = (what: string, reading: MachineReading, bytes: number | null | undefined): void => {
    if (bytes === null || bytes === undefined) return
    const points = series.get(what) ?? { x: [], y: [] }
    points.x.push(hoursAt(reading))
    points.y.push(bytes / 1e6)
    series.set(what, points)
  }
  for (const reading of readings)
    for (const { label, rssBytes, heapUsedBytes } of reading.processes) {
      add(`memory of ${label}`, reading, rssBytes)
      add(`heap of ${label}`, reading, heapUsedBytes)
    }
  return [...series].flatMap(([what, { x, y }]) => {
    const perHour = robustSlope(x, y)
    return perHour ? [{ what, unit: 'MB/h', perHour }] : []
  })
}
