/**
 * Ever more jobs of 74 channels of one live fibre in one core, with mixed windows, bands and row intervals: what is lost, what
 * comes late, and what a job costs. Generator, core and client are processes of their own; the generator is not counted.
 */
import { channelsPerJob } from '../../src-main/commands/performance/jobMix.ts'
import { jobLevels, lossesOf } from '../support/load/scenarios.ts'
import { figure, skippedFigure, type BenchEntry } from './entry.ts'
import type { BenchOptions } from './options.ts'

const levels = [1, 5, 10, 15, 20, 25, 30]

export async function run({ seconds = 10 }: BenchOptions = {}): Promise<BenchEntry[]> {
  const measured = await jobLevels(levels, seconds)
  const entries: BenchEntry[] = []
  for (const { jobs, measurement, latency, corePercent, generatorPercent, rssBytes } of measured) {
    const name = (what: string): string => `jobs: ${jobs} × ${channelsPerJob} channels, ${what}`
    const lost = lossesOf(measurement)
    const late = measurement.totals.lateRows
    entries.push(
      figure(name('samples and rows lost'), lost, '', { target: '0', meets: lost === 0 }),
      figure(name('rows late by more than 1 s'), late, '', { target: '0', meets: late === 0 }),
      figure(name('end of data → row at the client, p95'), latency?.p95 ?? 0, 'ms', {
        min: latency?.p50 ?? 0,
        max: latency?.p99 ?? 0
      })
    )
    if (corePercent === null) entries.push(skippedFigure(name('CPU'), '%', 'CPU is read from /proc'))
    else
      entries.push(
        figure(name('CPU of the core'), corePercent, '% of two cores', {
          target: '< 70',
          meets: corePercent < 70,
          against: 'the generator',
          ratio: generatorPercent ? corePercent / generatorPercent : null
        }),
        figure(name('memory of the core'), rssBytes / 1e6, 'MB')
      )
  }
  const first = measured[0]!
  const last = measured.at(-1)!
  const perJob = (last.rssBytes - first.rssBytes) / 1e6 / (last.jobs - first.jobs)
  if (last.corePercent !== null) entries.push(figure('jobs: memory for one more job', perJob, 'MB'))
  return entries
}
