/**
 * One live job on all channels of a fibre, as the form opens it, at the rates of today's interrogators: nothing may be lost. The
 * generator (simulated noise) and the client are processes of their own and not counted.
 */
import { percentilesOf } from '../../src-main/commands/performance/figures.ts'
import { lineKinds, lineRate, lossesOf, percentOfTwoCores, type LineKind } from '../support/load/scenarios.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const costTarget = { int16: 4, float32: 3 }

async function benchKind(kind: LineKind, seconds: number): Promise<BenchEntry[]> {
  const measurement = await lineRate(kind, seconds)
  const { totals, coreCpuS, generatorCpuS } = measurement
  const name = (what: string): string => `line-rate: ${kind.name}, ${what}`
  const rate = totals.bytes / 1e6 / measurement.seconds
  const lost = lossesOf(measurement)
  const latency = percentilesOf(measurement.latencies)
  const entries = [
    figure(name('received'), rate, 'MB/s', {
      target: `≥ ${kind.megabytesPerS * 0.98}`,
      meets: rate >= kind.megabytesPerS * 0.98
    }),
    figure(name('samples and rows lost'), lost, '', { target: '0', meets: lost === 0 }),
    figure(name('rows late by more than 1 s'), totals.lateRows, '', { target: '0', meets: totals.lateRows === 0 }),
    figure(name('end of data → row at the client, p95'), latency?.p95 ?? 0, 'ms', {
      min: latency?.p50 ?? 0,
      max: latency?.p99 ?? 0
    })
  ]
  if (coreCpuS === null) return [...entries, skippedFigure(name('CPU'), '%', 'CPU is read from /proc')]
  const percent = percentOfTwoCores(coreCpuS, measurement.seconds)!
  const cost = coreCpuS / (totals.bytes / 1e9)
  const generatorCost = (generatorCpuS ?? 0) / (totals.bytes / 1e9)
  return [
    ...entries,
    figure(name('CPU of the core'), percent, '% of two cores', { target: '< 70', meets: percent < 70 }),
    figure(name('CPU, wire → rows'), cost, 'CPU s/GB', {
      target: `≤ ${costTarget[kind.elementType]}`,
      meets: cost <= costTarget[kind.elementType],
      against: 'the generator',
      ratio: generatorCost > 0 ? cost / generatorCost : null
    })
  ]
}

export async function run({ seconds = 15 }: BenchOptions = {}): Promise<BenchEntry[]> {
  const entries: BenchEntry[] = []
  for (const kind of lineKinds) entries.push(...(await benchKind(kind, seconds)))
  return entries
}
