/**
 * From the end of a block's last sample at the source to the frame that shows its row, live, 2 222 channels × 2 kHz × int16 on
 * the waterfall as it opens, generator, core and browser as processes of this machine and its clock.
 *
 * In it: waiting for the generator's timer, making the block, gRPC, the ring, analysis, the web socket, decoding and drawing
 * into the canvas, up to the animation frame that does so, as the window reports it with its credit. Not in it: what the
 * compositor and a monitor add after that frame. A row ends inside a block; the time until that block is full is asked for by
 * the settings (window length and row interval against 50 ms blocks) and is subtracted, named in its own entry.
 */
import type { JobSnapshot, MachineReading } from '../../src-preload/contract/schemas.ts'
import { percentilesOf } from '../../src-main/commands/performance/figures.ts'
import { launchBrowser } from '../support/browser.ts'
import { measure, openAll, pause, startLine, type Line } from '../support/load/line.ts'
import { defaultRequest, lineFibre, lossesOf, percentOfTwoCores } from '../support/load/scenarios.ts'
import { openWindow, watchPace } from '../support/load/windowWatch.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const warmUpMs = 8000
const blockMs = 50
const targetMs = { p95: 50, p99: 100 }
const loopTargetMs = 10

/** Mean time from the end of a row's window to the end of the block that holds its last sample, ms. */
export function blockRestMs(nfft: number, rowIntervalS: number, sampleRateHz: number): number {
  const blockSamples = Math.round((blockMs / 1000) * sampleRateHz)
  const rows = 1000
  let rest = 0
  for (let row = 0; row < rows; row++) {
    const end = Math.round(row * rowIntervalS * sampleRateHz) + nfft
    rest += (Math.ceil(end / blockSamples) * blockSamples - end) / sampleRateHz
  }
  return (1000 * rest) / rows
}

async function jobOf(line: Line, id: string): Promise<JobSnapshot> {
  const listed = await line.core.call('jobs.list', {})
  const job = listed.ok && listed.value.find((candidate) => candidate.id === id)
  if (!job) throw new Error(`job ${id} is gone`)
  return job
}

const loopDelays = (readings: readonly MachineReading[]): number[] =>
  readings.flatMap(({ processes }) =>
    processes.flatMap(({ process, eventLoopDelayMs }) =>
      process === 'core' && eventLoopDelayMs ? [eventLoopDelayMs.p99] : []
    )
  )

export async function run({ seconds = 60 }: BenchOptions = {}): Promise<BenchEntry[]> {
  const browser = await launchBrowser()
  if (!browser) return [skippedFigure('latency: end of block → drawn row', 'ms', 'no Chrome or Chromium was found')]
  const line = await startLine({ source: 'simulated' })
  try {
    const request = await defaultRequest(line, lineFibre.channels)
    const [id] = await openAll(line, [request])
    const page = await openWindow(browser, line.address)
    await pause(warmUpMs)
    const pace = await watchPace(page)
    // The window reports with its credit; the job's statistics hold the percentiles of the last seconds.
    const drawn: { p50: number; p95: number; p99: number }[] = []
    const measurement = await measure(line, seconds, async () => {
      const { drawnLatencyMs } = (await jobOf(line, id!)).statistics
      if (drawnLatencyMs) drawn.push(drawnLatencyMs)
    })
    const { framesPerS } = await pace.ended()
    const rest = blockRestMs(request.nfft, request.rowIntervalS, lineFibre.prrHz)
    const lost = lossesOf(measurement)
    const loops = percentilesOf(loopDelays(measurement.machine))
    const client = percentilesOf(measurement.latencies)
    const over = (percentile: 'p50' | 'p95' | 'p99'): number[] => drawn.map((entry) => entry[percentile] - rest)
    const goal = (percentile: 'p95' | 'p99', values: number[]): BenchEntry => {
      const entry = figure(`latency: end of block → drawn row, ${percentile}`, values, 'ms')
      return {
        ...entry,
        target: `< ${targetMs[percentile]}`,
        meets: entry.value < targetMs[percentile],
        against: `the length of a block (${blockMs} ms)`,
        ratio: entry.value / blockMs
      }
    }
    if (drawn.length === 0)
      return [skippedFigure('latency: end of block → drawn row', 'ms', 'the window reported nothing')]
    return [
      figure('latency: end of block → drawn row, p50', over('p50'), 'ms'),
      goal('p95', over('p95')),
      goal('p99', over('p99')),
      figure('latency: subtracted, end of a row’s data → end of its block', rest, 'ms'),
      figure('latency: end of block → row at a client without a picture, p95', (client?.p95 ?? 0) - rest, 'ms', {
        min: (client?.p50 ?? 0) - rest,
        max: (client?.p99 ?? 0) - rest
      }),
      figure(`latency: samples and rows lost in ${seconds} s`, lost, '', { target: '0', meets: lost === 0 }),
      figure('latency: event-loop delay of the core, p99 of each second, median', loops?.p50 ?? 0, 'ms', {
        max: loops?.p99 ?? 0,
        target: `< ${loopTargetMs}`,
        meets: (loops?.p50 ?? 0) < loopTargetMs
      }),
      figure('latency: frames of the window', framesPerS, '1/s'),
      figure('latency: received', measurement.totals.bytes / 1e6 / measurement.seconds, 'MB/s'),
      figure(
        'latency: CPU of the core',
        percentOfTwoCores(measurement.coreCpuS, measurement.seconds) ?? 0,
        '% of two cores'
      ),
      figure(
        'latency: CPU of the generator',
        percentOfTwoCores(measurement.generatorCpuS, measurement.seconds) ?? 0,
        '% of two cores'
      )
    ]
  } finally {
    await browser.close()
    await line.stop()
  }
}
