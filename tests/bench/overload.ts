/**
 * The largest published fibre, 56 000 channels × 2 kHz × float32 = 447 MB/s, beside a job of 2 222 channels of it, with a
 * window on the great one. What cannot be followed is shed and told; the window stays alive, memory bounded; when the great
 * job is closed, the small one's rows come as before.
 */
import { percentilesOf } from '../../src-main/commands/performance/figures.ts'
import { launchBrowser } from '../support/browser.ts'
import { overload } from '../support/load/scenarios.ts'
import { openWindow, showJob, watchPace, type WindowPace } from '../support/load/windowWatch.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const framesTarget = 10
const memoryTargetMb = 1000
const recoveryTargetS = 2

export async function run({ seconds = 20 }: BenchOptions = {}): Promise<BenchEntry[]> {
  const browser = await launchBrowser()
  try {
    const result = await overload<WindowPace | null>(seconds, async (line, greatJob) => {
      if (!browser) return { ended: async () => null }
      const page = await openWindow(browser, line.address)
      await showJob(page, greatJob)
      return watchPace(page)
    })
    const { overloaded, recoveryS, seen, smallJob, greatJob } = result
    const { totals } = overloaded
    const of = (id: string) => overloaded.jobs.find(({ job }) => job.id === id)!
    const small = of(smallJob)
    const memory = Math.max(0, ...overloaded.coreRss) / 1e6
    const latency = percentilesOf(overloaded.latencies)
    const isAccounted = totals.missingRows === 0
    const pace = (what: string, value: number | null, target?: number): BenchEntry =>
      value === null
        ? skippedFigure(`overload: ${what}`, '1/s', 'no Chrome or Chromium was found')
        : figure(`overload: ${what}`, value, '1/s', target ? { target: `≥ ${target}`, meets: value >= target } : {})
    return [
      figure('overload: offered', result.offeredMegabytesPerS, 'MB/s'),
      figure('overload: received', totals.bytes / 1e6 / overloaded.seconds, 'MB/s'),
      pace('frames of the window', seen?.framesPerS ?? null, framesTarget),
      pace('frames of the window in its worst second', seen?.worstFramesPerS ?? null),
      pace('drawings of the picture', seen?.picturesPerS ?? null),
      figure('overload: rows shed or in told gaps', totals.shedRows + totals.gapRows, ''),
      figure('overload: rows that nobody accounts for', totals.missingRows, '', { target: '0', meets: isAccounted }),
      figure('overload: rows of the small job', small.rows / overloaded.seconds, '1/s', {
        against: 'its rows a second before',
        ratio: small.rows / overloaded.seconds / (result.baseline.totals.rows / result.baseline.seconds)
      }),
      figure('overload: lost blocks of the small job', small.lostBlocks, ''),
      figure('overload: queue of the great job', of(greatJob).job.statistics.queue.ageMs, 'ms'),
      figure('overload: end of data → row at the client, p95', latency?.p95 ?? 0, 'ms'),
      memory > 0
        ? figure('overload: memory of the core', memory, 'MB', {
            target: `< ${memoryTargetMb}`,
            meets: memory < memoryTargetMb,
            against: 'before',
            ratio: memory / (Math.max(...result.baseline.coreRss) / 1e6)
          })
        : skippedFigure('overload: memory of the core', 'MB', 'memory is read from /proc'),
      figure('overload: recovery', recoveryS ?? 15, 's', {
        target: `≤ ${recoveryTargetS}`,
        meets: recoveryS !== null && recoveryS <= recoveryTargetS
      })
    ]
  } finally {
    await browser?.close()
  }
}
