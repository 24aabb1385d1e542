/**
 * A long watch of one job at 2 222 channels × 2 kHz: does memory grow? The slope is the median of all pairwise slopes (Theil
 * and Sen) with its 95 % interval; growth is what excludes zero. `--seconds 1800` is the figure of the table.
 */
import { greatest, percentilesOf } from '../../src-main/commands/performance/figures.ts'
import { robustSlope } from '../../src-main/robustSlope.ts'
import { lossesOf, soak } from '../support/load/scenarios.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const loopTargetMs = 10
/** Below this a heap that grows to its working size cannot be told from one that leaks. */
const judgedFromS = 600

function slopeEntry(name: string, seconds: number[], bytes: number[], isJudged: boolean): BenchEntry {
  const slope = robustSlope(
    seconds.map((value) => value / 3600),
    bytes.map((value) => value / 1e6)
  )
  if (!slope) return skippedFigure(name, 'MB/h', 'fewer than eight readings')
  return figure(name, slope.perUnit, 'MB/h', {
    min: slope.low,
    max: slope.high,
    rounds: bytes.length,
    target: 'zero within its 95 % interval, or falling',
    meets: isJudged ? slope.low <= 0 : null
  })
}

export async function run({ seconds = 60 }: BenchOptions = {}): Promise<BenchEntry[]> {
  // Memory settles in the first minutes: heaps grow to their working size.
  const measurement = await soak(seconds, Math.min(300, Math.max(10, seconds / 3)))
  const lost = lossesOf(measurement)
  const loops = measurement.machine.flatMap(({ processes }) =>
    processes.flatMap(({ process, eventLoopDelayMs }) =>
      process === 'core' && eventLoopDelayMs ? [eventLoopDelayMs.p99] : []
    )
  )
  const core = measurement.machine.flatMap(({ processes }) => processes.filter(({ process }) => process === 'core'))
  const loop = percentilesOf(loops)
  // Of a very long watch fewer readings are kept, evenly.
  const at = (readings: unknown[]): number[] => readings.map((_, index) => (index * seconds) / readings.length)
  const name = (what: string): string => `soak: ${Math.round(seconds)} s, ${what}`
  const heap = core.flatMap(({ heapUsedBytes }) => (heapUsedBytes === undefined ? [] : [heapUsedBytes]))
  return [
    slopeEntry(name('memory of the core'), at(measurement.coreRss), measurement.coreRss, seconds >= judgedFromS),
    slopeEntry(name('heap of the core'), at(heap), heap, seconds >= judgedFromS),
    figure(name('samples and rows lost'), lost, '', { target: '0', meets: lost === 0 }),
    figure(name('event-loop delay of the core, p99 of each second, median'), loop?.p50 ?? 0, 'ms', {
      min: loops.length > 0 ? Math.min(...loops) : 0,
      max: greatest(loops),
      rounds: loops.length,
      target: `< ${loopTargetMs}`,
      meets: (loop?.p50 ?? 0) < loopTargetMs
    })
  ]
}
