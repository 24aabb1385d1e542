import { beforeAll, describe, expect, test } from 'vitest'
import { ensureBuilt } from '../../src-main/launch.ts'
import { percentilesOf } from '../../src-main/commands/performance/figures.ts'
import { robustSlope } from '../../src-main/robustSlope.ts'
import { launchBrowser } from '../support/browser.ts'
import type { Measurement } from '../support/load/line.ts'
import {
  jobLevels,
  lineKinds,
  lineRate,
  lossesOf,
  overload,
  percentOfTwoCores,
  soak
} from '../support/load/scenarios.ts'
import { openWindow, showJob, watchPace, type WindowPace } from '../support/load/windowWatch.ts'
import { form, isFull, record } from './form.ts'

beforeAll(() => {
  if (process.env.WAVEFALL_TEST_CLI === undefined) ensureBuilt()
}, 300_000)

/** What must hold on any machine, however busy. */
function nothingIsLost(measurement: Measurement): void {
  const { totals } = measurement
  expect(totals.rows, 'rows came').toBeGreaterThan(0)
  expect({
    lostBlocks: totals.lostBlocks,
    lostRows: totals.lostRows,
    gaps: totals.gaps,
    badMessages: totals.badMessages,
    rowsNobodyAccountsFor: totals.missingRows
  }).toEqual({ lostBlocks: 0, lostRows: 0, gaps: 0, badMessages: 0, rowsNobodyAccountsFor: 0 })
}

function demand(what: string, value: number | null, target: number, unit: string): void {
  const shown = value === null ? 'not measured here' : `${value.toPrecision(3)} ${unit}`
  record({ what, figure: shown, target: `≤ ${target} ${unit}`, meets: value === null || value <= target })
  if (isFull && value !== null) expect(value, what).toBeLessThanOrEqual(target)
}

const greatest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0)

describe('thirty jobs of 74 channels on one core', () => {
  test('nothing is lost, nothing nobody accounts for, and memory stays in bounds', async () => {
    const [level] = await jobLevels([30], form(300, 6), form(5, 2))
    const { measurement, corePercent, rssBytes } = level!
    nothingIsLost(measurement)
    const active = measurement.jobs.filter(({ rows }) => rows > 0)
    expect(active).toHaveLength(30)
    record({ what: '30 jobs: samples lost', figure: String(lossesOf(measurement)), target: '0', meets: true })
    demand('30 jobs: rows late by more than 1 s', measurement.totals.lateRows, 0, 'rows')
    demand('30 jobs: CPU of the core', corePercent, 70, '% of two cores')
    demand('30 jobs: end of data → row, p95', percentilesOf(measurement.latencies)?.p95 ?? null, 1000, 'ms')
    expect(rssBytes / 1e6, 'memory of the core, MB').toBeLessThan(1200)
  })
})

describe('one job on a whole fibre', () => {
  const costTarget = { int16: 4, float32: 3 }
  test.each(form(lineKinds, lineKinds.slice(1, 2)))('$name: nothing is lost', async (kind) => {
    const measurement = await lineRate(kind, form(60, 5), form(5, 2))
    nothingIsLost(measurement)
    const { coreCpuS, seconds, totals } = measurement
    const rate = totals.bytes / 1e6 / seconds
    record({
      what: `${kind.name}: received`,
      figure: `${rate.toFixed(1)} MB/s`,
      target: `≥ ${kind.megabytesPerS} MB/s`,
      meets: rate >= 0.98 * kind.megabytesPerS
    })
    demand(`${kind.name}: rows late by more than 1 s`, totals.lateRows, 0, 'rows')
    demand(`${kind.name}: rows shed`, totals.shedRows, 0, 'rows')
    demand(`${kind.name}: CPU of the core`, percentOfTwoCores(coreCpuS, seconds), 70, '% of two cores')
    if (kind.megabytesPerS >= 40)
      demand(
        `${kind.name}: CPU, wire → rows`,
        coreCpuS === null ? null : coreCpuS / (totals.bytes / 1e9),
        costTarget[kind.elementType],
        'CPU s/GB'
      )
    expect(greatest(measurement.coreRss) / 1e6, 'memory of the core, MB').toBeLessThan(1200)
  })
})

describe('447 MB/s offered', () => {
  test('what cannot be followed is shed and told, memory is bounded, the window lives, and all is well again after', async () => {
    const browser = await launchBrowser()
    try {
      const result = await overload<WindowPace | null>(form(60, 6), async (line, greatJob) => {
        if (!browser) return { ended: async () => null }
        const page = await openWindow(browser, line.address)
        await showJob(page, greatJob)
        return watchPace(page)
      })
      const { overloaded, recoveryS, seen, after, smallJob } = result
      const { totals } = overloaded
      record({
        what: 'overload: received of 447 MB/s, rows shed or in told gaps',
        figure: `${(totals.bytes / 1e6 / overloaded.seconds).toFixed(0)} MB/s, ${totals.shedRows + totals.gapRows}`,
        target: 'told',
        meets: true
      })
      expect(totals.badMessages).toBe(0)
      const memory = greatest(overloaded.coreRss) / 1e6
      demand('overload: memory of the core', memory || null, 1200, 'MB')
      expect(memory, 'memory of the core, MB').toBeLessThan(1500)
      if (seen) {
        record({
          what: 'overload: frames of the window',
          figure: `${seen.framesPerS.toFixed(1)} 1/s`,
          target: '≥ 10 1/s',
          meets: seen.framesPerS >= 10
        })
        expect(seen.framesPerS, 'frames of the window a second').toBeGreaterThan(form(10, 3))
      }
      demand('overload: recovery', recoveryS ?? 15, 2, 's')
      expect(recoveryS, 'it recovers').not.toBeNull()
      const small = after.jobs.find(({ job }) => job.id === smallJob)!
      expect(small.job.state).toBe('streaming')
      expect(small.rows).toBeGreaterThan(0)
      expect({ lost: small.lostBlocks, gaps: small.gaps, missing: small.missingRows }).toEqual({
        lost: 0,
        gaps: 0,
        missing: 0
      })
    } finally {
      await browser?.close()
    }
  })
})

if (isFull)
  test('half an hour at 2 222 channels × 2 kHz: nothing is lost, and neither memory nor heap grows', async () => {
    const seconds = Number(process.env.WAVEFALL_LOAD_SOAK_SECONDS ?? 1800)
    const measurement = await soak(seconds, Math.min(300, seconds / 3))
    nothingIsLost(measurement)
    const core = measurement.machine.flatMap(({ processes }) => processes.filter(({ process }) => process === 'core'))
    const series = {
      'memory of the core': measurement.coreRss,
      'heap of the core': core.flatMap(({ heapUsedBytes }) => heapUsedBytes ?? [])
    }
    for (const [what, values] of Object.entries(series)) {
      const hours = values.map((_, at) => (at * seconds) / values.length / 3600)
      const slope = robustSlope(
        hours,
        values.map((bytes) => bytes / 1e6)
      )
      if (!slope) continue
      record({
        what: `soak: slope of ${what}`,
        figure: `${slope.perUnit.toFixed(2)} MB/h (${slope.low.toFixed(2)} … ${slope.high.toFixed(2)})`,
        target: 'not above zero',
        meets: slope.low <= 0
      })
      // Less than a percent of a gigabyte an hour is nothing that a night would notice.
      expect(slope.low, `slope of ${what}, MB/h`).toBeLessThanOrEqual(10)
    }
    const loops = core.flatMap(({ eventLoopDelayMs }) => (eventLoopDelayMs ? [eventLoopDelayMs.p99] : []))
    demand('soak: event-loop delay of the core, p99', percentilesOf(loops)?.p50 ?? null, 10, 'ms')
  })
