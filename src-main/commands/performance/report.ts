import { cpus, totalmem } from 'node:os'
import type { LevelResult } from './level.ts'
import type { Mode, TestResult } from './runTest.ts'

export interface MachineLimits {
  /** The greatest level at which at least 90 % of the jobs were well, or as many as were well at the one that failed. */
  jobs: number
  gigabytesPerS: number
  /** False: nothing failed, so the machine takes at least this. */
  isReached: boolean
  cpuPercentAtFailure: number | null
  memoryPercentAtFailure: number | null
}

export interface Report extends TestResult {
  mode: Mode
  /** `own`: the test's own core and embedded backend; else its address. */
  core: string
  seconds: number
  machine: { cores: number; model: string; memoryBytes: number }
  limits: MachineLimits
}

export function limitsOf({ levels, failsAt }: TestResult): MachineLimits {
  const well = levels.filter((level) => !failsAt || level.jobs < failsAt.jobs).at(-1)
  const isMoreAtFailure = (failsAt?.healthy ?? 0) > (well?.jobs ?? 0)
  const best = isMoreAtFailure ? failsAt : well
  return {
    jobs: isMoreAtFailure ? failsAt!.healthy : (well?.jobs ?? 0),
    gigabytesPerS: (best?.networkMegabytesPerS ?? 0) / 1000,
    isReached: failsAt !== null,
    cpuPercentAtFailure: failsAt?.cpuPercent.mean ?? null,
    memoryPercentAtFailure: failsAt?.memoryPercent ?? null
  }
}

export const reportOf = (result: TestResult, mode: Mode, core: string, seconds: number): Report => ({
  ...result,
  mode,
  core,
  seconds,
  machine: { cores: cpus().length, model: cpus()[0]?.model ?? 'unknown', memoryBytes: totalmem() },
  limits: limitsOf(result)
})

const cell = (text: string, width: number): string => text.padStart(width)
const header = [
  'jobs',
  'success',
  'CPU',
  'memory',
  'MB/s',
  'rows/s',
  'disk MB/s',
  'p50',
  'p95',
  'p99 ms',
  'late',
  'shed',
  'lost'
]
const widths = [5, 8, 6, 7, 7, 8, 10, 6, 6, 7, 6, 6, 6]

function levelLine(level: LevelResult): string {
  const { latencyMs: latency } = level
  const cells = [
    String(level.jobs),
    `${(100 * level.successRate).toFixed(0)} %`,
    `${level.cpuPercent.mean.toFixed(0)} %`,
    `${level.memoryPercent.toFixed(0)} %`,
    level.networkMegabytesPerS.toFixed(1),
    level.rowsPerS.toFixed(0),
    level.diskMegabytesPerS?.toFixed(1) ?? '–',
    latency?.p50.toFixed(0) ?? '–',
    latency?.p95.toFixed(0) ?? '–',
    latency?.p99.toFixed(0) ?? '–',
    String(level.lateRows),
    String(level.shedRows),
    String(level.lostBlocks + level.lostRows + level.missingRows)
  ]
  return cells.map((text, at) => cell(text, widths[at]!)).join('')
}

function bottleneckLines({ bottleneck, symptoms, failsAt }: Report): string[] {
  if (!bottleneck) return ['Bottleneck: none was reached.']
  const lines = [
    `Bottleneck: ${bottleneck.bottleneck}${failsAt ? '' : ' (nothing failed by it yet)'}`,
    ...bottleneck.evidence.map((text) => `  ${text}`),
    `  What to do: ${bottleneck.advice}`
  ]
  const others = symptoms.slice(1)
  return others.length === 0
    ? lines
    : [...lines, ...others.map((other) => `Also: ${other.bottleneck}: ${other.evidence.join('; ')}. ${other.advice}`)]
}

function limitLine({ jobs, gigabytesPerS, isReached }: MachineLimits): string {
  const most = isReached ? 'at most' : 'at least (no limit was reached)'
  return `This machine: ${most} ${jobs} jobs like these, ${gigabytesPerS.toFixed(4)} GB/s in all.`
}

/** As a person reads it. */
export function reportText(report: Report): string {
  const { levels, firstSign, failsAt, recoveryS, growth, machine, mode } = report
  const hasRecovery = (mode === 'stress' || mode === 'spike') && levels.length > 1 && !report.interrupted
  return [
    `Performance test "${mode}", ${report.core === 'own' ? 'own core with its embedded backend' : report.core}, ${report.seconds} s a level`,
    `Measured from ${machine.cores} × ${machine.model}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB`,
    '',
    header.map((text, at) => cell(text, widths[at]!)).join(''),
    ...levels.map(levelLine),
    '',
    firstSign ? `First sign: ${firstSign.what}, at ${firstSign.jobs} jobs.` : 'No early sign of trouble at any level.',
    ...(failsAt
      ? [
          `Below 90 % success at ${failsAt.jobs} jobs (${(100 * failsAt.successRate).toFixed(0)} %):`,
          ...failsAt.refused.map(({ jobs, reason }) => `  ${jobs} × ${reason}`)
        ]
      : []),
    ...bottleneckLines(report),
    ...(hasRecovery
      ? [
          recoveryS === null
            ? 'Recovery: not as before within 30 s after the load.'
            : `Recovery: as before (± 10 %) ${recoveryS.toFixed(1)} s after the load.`
        ]
      : []),
    ...growth.map(
      ({ what, unit, perHour }) =>
        `${perHour.low > 0 ? 'GREW' : 'steady'}: ${what} ${perHour.perUnit.toFixed(2)} ${unit} (95 %: ${perHour.low.toFixed(2)} … ${perHour.high.toFixed(2)})`
    ),
    limitLine(report.limits),
    ...(report.interrupted ? ['It was interrupted: the last level is shorter than asked for.'] : []),
    ''
  ].join('\n')
}
