/**
 * What monitoring costs: one job on all channels of a fibre, readings every second against readings hardly ever, in turns on the
 * same core; and a chart of a day.
 */
import { createHistory } from '../../src-main/health/history.ts'
import type { StoredSeries } from '../../src-main/health/readingStore.ts'
import { processUsage } from '../support/processUsage.ts'
import { openAll, pause, startLine, type Line } from '../support/load/line.ts'
import { defaultRequest } from '../support/load/scenarios.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const settleMs = 2500
const fibre = { source: 'simulated:scene=noise', channels: 2222 }
const seriesOfADay = 400

async function cpuPercent(line: Line, intervalMs: number, seconds: number): Promise<number> {
  const set = await line.core.call('settings.set', { path: 'health.intervalMs', value: intervalMs })
  if (!set.ok) throw new Error(set.error.message)
  await pause(settleMs)
  const before = processUsage(line.corePid)!.cpuS
  const startMs = performance.now()
  await pause(seconds * 1000)
  return (100_000 * (processUsage(line.corePid)!.cpuS - before)) / (performance.now() - startMs)
}

function chartOfADay(): { queryMs: number; bytes: number } {
  const history = createHistory({ recordIntervalMs: 45_000, recorded: () => undefined })
  const startMs = Date.UTC(2026, 0, 1)
  for (let at = 0; at <= 86_400; at += 15) {
    const values = Array.from({ length: seriesOfADay }, (_, index): StoredSeries => {
      // A quarter of the readings of a program changes all the time, as a look at them shows.
      const value = index % 4 === 0 ? Math.sin(at / 100 + index) : index
      return { key: `reading\u0001${index}`, name: 'reading', labels: { index: String(index) }, value, atMs: 0 }
    })
    history.collect(values, startMs + at * 1000, at * 1000)
  }
  const before = performance.now()
  history.chart('reading', { index: '0' }, startMs, startMs + 86_400_000, 600)
  return { queryMs: performance.now() - before, bytes: history.reading().bytes }
}

export async function run({ seconds = 10, rounds = 3 }: BenchOptions = {}): Promise<BenchEntry[]> {
  const day = chartOfADay()
  const entries = [
    figure('monitoring: query of a chart of 24 h', day.queryMs, 'ms', { target: '< 50', meets: day.queryMs < 50 }),
    figure(`monitoring: memory of ${seriesOfADay} readings over a day`, day.bytes / 1e6, 'MB', {
      target: '< 10',
      meets: day.bytes < 10e6
    })
  ]
  if (!processUsage(process.pid))
    return [...entries, skippedFigure('monitoring: CPU', '% of a core', 'CPU is read from /proc')]
  const line = await startLine({ source: fibre.source })
  try {
    await openAll(line, [await defaultRequest(line, fibre.channels)])
    await pause(settleMs)
    const on: number[] = []
    const off: number[] = []
    for (let round = 0; round < rounds; round++) {
      on.push(await cpuPercent(line, 1000, seconds))
      off.push(await cpuPercent(line, 60_000, seconds))
    }
    await cpuPercent(line, 1000, seconds)
    const live = await line.core.call('health.live', {})
    const own = live.ok && live.value ? live.value.status.monitoring : null
    const differences = on.map((percent, round) => percent - off[round]!).sort((a, b) => a - b)
    const middle = differences[differences.length >> 1]!
    const offMiddle = off.sort((a, b) => a - b)[off.length >> 1]!
    return [
      ...entries,
      figure('monitoring: CPU of the core, on − off', differences, '% of a core', {
        target: '< 2',
        meets: middle < 2,
        against: 'the core without it',
        ratio: offMiddle > 0 ? (offMiddle + middle) / offMiddle : null
      }),
      figure('monitoring: CPU as it measures itself', own?.cpuPercent ?? 0, '% of a core', {
        target: '< 2',
        meets: (own?.cpuPercent ?? 0) < 2
      })
    ]
  } finally {
    await line.stop()
  }
}
