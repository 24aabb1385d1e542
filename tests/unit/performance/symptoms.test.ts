import { describe, expect, test } from 'vitest'
import type { LevelResult } from '../../../src-main/commands/performance/level.ts'
import { earlySignOf } from '../../../src-main/commands/performance/earlySigns.ts'
import { limitsOf } from '../../../src-main/commands/performance/report.ts'
import { levelsOf, type TestResult } from '../../../src-main/commands/performance/runTest.ts'
import { symptomsOf } from '../../../src-main/symptoms.ts'

const level = (more: Partial<LevelResult> = {}): LevelResult => ({
  jobs: 10,
  healthy: 10,
  successRate: 1,
  refused: [],
  cpuPercent: { mean: 30, max: 40 },
  memoryPercent: 20,
  processes: [
    { label: 'core', cpuPercent: 20, rssBytes: 2e8 },
    { label: 'analysis 1', cpuPercent: 30, rssBytes: null }
  ],
  networkMegabytesPerS: 5,
  rowsPerS: 200,
  diskMegabytesPerS: 0,
  ioWaitPercent: 0,
  latencyMs: { p50: 40, p95: 60, p99: 80 },
  callMs: null,
  lostBlocks: 0,
  lostRows: 0,
  gaps: 0,
  lateRows: 0,
  shedRows: 0,
  missingRows: 0,
  queue: { ageMs: 5, fill: 0.01 },
  ...more
})

const named = (more: Partial<LevelResult>): string | undefined => symptomsOf(level(more))[0]?.bottleneck

describe('the symptom matrix', () => {
  test('nothing is named where nothing is wrong', () => {
    expect(symptomsOf(level())).toEqual([])
    expect(earlySignOf(level())).toBeNull()
  })

  test.each<[string, Partial<LevelResult>]>([
    ['CPU', { cpuPercent: { mean: 97, max: 100 }, healthy: 4, successRate: 0.4 }],
    ['CPU', { processes: [{ label: 'analysis 1', cpuPercent: 99, rssBytes: null }] }],
    ['CPU', { refused: [{ jobs: 3, reason: "queued: the machine's CPU is at 92 % (limit 85 %)" }] }],
    ['memory', { memoryPercent: 96 }],
    ['network', { latencyMs: { p50: 600, p95: 900, p99: 1200 } }],
    ['storage', { ioWaitPercent: 45, diskMegabytesPerS: 80 }],
    ['connections', { refused: [{ jobs: 2, reason: 'failed: no free stream port, 1000 in use by jobs' }] }],
    ['consumer', { queue: { ageMs: 900, fill: 0.8 }, shedRows: 40 }],
    ['setting', { healthy: 5, refused: [{ jobs: 5, reason: 'queued: 30 of 30 jobs are running' }] }]
  ])('%s, with what proves it and what to do', (bottleneck, more) => {
    const [symptom] = symptomsOf(level(more))
    expect(symptom?.bottleneck).toBe(bottleneck)
    expect(symptom!.evidence.join(' ')).toMatch(/\d/)
    expect(symptom!.advice).toMatch(/\.$/)
  })

  test('old rows on a machine whose CPU is full are no matter of the network', () => {
    expect(named({ latencyMs: { p50: 600, p95: 900, p99: 1200 }, cpuPercent: { mean: 96, max: 99 } })).toBe('CPU')
  })

  test('a long queue on a full machine is named after the CPU, not instead of it', () => {
    const symptoms = symptomsOf(level({ cpuPercent: { mean: 96, max: 99 }, queue: { ageMs: 2000, fill: 0.9 } }))
    expect(symptoms.map(({ bottleneck }) => bottleneck)).toEqual(['CPU', 'consumer'])
  })

  test('where a setting kept most jobs away, it is named before a busy CPU', () => {
    const refused = [
      { jobs: 10, reason: 'queued: 30 of 30 jobs are running' },
      { jobs: 1, reason: 'rows came more than a second late' }
    ]
    expect(named({ jobs: 40, healthy: 29, cpuPercent: { mean: 90, max: 95 }, refused })).toBe('setting')
  })
})

test('levels: 1, 5, 10 … up to the greatest, which is always one of them', () => {
  expect(levelsOf('linear', 30)).toEqual([1, 5, 10, 15, 20, 25, 30])
  expect(levelsOf('linear', 7)).toEqual([1, 5, 7])
  expect(levelsOf('stress', 1)).toEqual([1])
  expect(levelsOf('spike', 50)).toEqual([1, 50])
  expect(levelsOf('soak', 10)).toEqual([10])
})

describe("the machine's limits", () => {
  const result = (levels: LevelResult[], failsAt: LevelResult | null) => ({ levels, failsAt }) as TestResult

  test('the level before the one that failed, or as many as were well there', () => {
    const good = level({ jobs: 20, healthy: 20, networkMegabytesPerS: 6 })
    const bad = level({ jobs: 25, healthy: 12, successRate: 0.48, cpuPercent: { mean: 99, max: 100 } })
    expect(limitsOf(result([good, bad], bad))).toMatchObject({
      jobs: 20,
      gigabytesPerS: 0.006,
      isReached: true,
      cpuPercentAtFailure: 99
    })
    const spike = level({ jobs: 50, healthy: 30, successRate: 0.6, networkMegabytesPerS: 9 })
    expect(limitsOf(result([level({ jobs: 1, healthy: 1 }), spike], spike))).toMatchObject({
      jobs: 30,
      gigabytesPerS: 0.009
    })
  })

  test('where nothing failed it takes at least that much', () => {
    expect(limitsOf(result([level({ jobs: 30 })], null))).toMatchObject({ jobs: 30, isReached: false })
  })
})
