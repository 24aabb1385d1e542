import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { AnalysedRows, AnalysisHost, AnalysisListener, AnalysisPlan } from '../../../src-main/analysis/analysis.ts'
import { createAnalysisHost } from '../../../src-main/analysis/analysisHost.ts'
import { shareAnalyses } from '../../../src-main/analysis/sharedAnalyses.ts'
import { createSampleRing } from '../../../src-main/analysis/sampleRing.ts'
import { ringLayoutFor } from '../../../src-main/analysis/ringSize.ts'
import { eventually } from '../../support/eventually.ts'
import { openFed } from '../../support/ringFeeder.ts'

const workerFile = join(import.meta.dirname, '../../../src-main/analysis/worker.ts')
const blockSamples = 50
const blockMs = 25
const plan = (changes: Partial<AnalysisPlan>): AnalysisPlan => ({
  channelCount: 64,
  channelsPerColumn: 1,
  sampleIntervalNs: 500_000,
  elementType: 'int16',
  scale: 1,
  nfft: 256,
  rowIntervalS: 0.05,
  lowHz: 0,
  highHz: 1000,
  output: 'energy',
  content: 'samples',
  originNs: 0n,
  live: true,
  ...changes
})

let host: AnalysisHost
afterEach(() => host.dispose())

/** A live source of its own: blocks in real time, and how late their rows are. */
function play(played: AnalysisPlan) {
  const startedMs = performance.now()
  const lateMs: number[] = []
  const rows: number[] = []
  let shed = 0
  const analysis = openFed(
    host,
    played,
    {
      rows({ firstRow, rowCount }: AnalysedRows) {
        for (let row = firstRow; row < firstRow + rowCount; row++) {
          rows.push(row)
          const dueMs = startedMs + row * played.rowIntervalS * 1000 + (played.nfft * played.sampleIntervalNs) / 1e6
          lateMs.push(performance.now() - dueMs)
        }
      },
      shed: ({ first, count }) => {
        shed += count
        for (let row = first; row < first + count; row++) rows.push(row)
      },
      gap: (gap) => expect.fail(gap.reason),
      failed: (reason) => expect.fail(reason)
    },
    blockSamples
  )
  const data = new Uint8Array(blockSamples * played.channelCount * 2).fill(3)
  let sequence = 0
  const timer = setInterval(() => {
    while ((sequence + 1) * blockMs < performance.now() - startedMs) {
      const firstSample = sequence * blockSamples
      const startNs = BigInt(firstSample * played.sampleIntervalNs)
      const { channelCount, sampleIntervalNs, elementType, scale } = played
      const shape = { sampleCount: blockSamples, channelCount, sampleIntervalNs, elementType, scale }
      expect(analysis.feed({ sequence: sequence++, startNs, firstSample, ...shape, data })).toBe(true)
    }
  }, 5)
  return {
    analysis,
    rows,
    lateMs,
    shed: () => shed,
    stop() {
      clearInterval(timer)
      analysis.dispose()
    }
  }
}

test('beside a job that cannot be kept up with, a light one is never late and loses no row; the other sheds and recovers', async () => {
  host = createAnalysisHost({ workerFile, workerCount: 1 })
  const light = play(plan({}))
  const middle = play(plan({ channelCount: 512, nfft: 512, rowIntervalS: 0.025 }))
  await eventually('rows of both', () => light.rows.length > 5 && middle.rows.length > 5)
  // Several times what a worker can do.
  const heavy = play(plan({ channelCount: 4096, nfft: 2048, rowIntervalS: 0.002 }))
  await eventually('it sheds', () => heavy.shed() > 200 && heavy.analysis.queue().stride > 1)
  const rowsBefore = light.rows.length
  await eventually('rows of the light one', () => light.rows.length > rowsBefore + 30)
  expect(Math.max(...light.lateMs)).toBeLessThan(1000)
  expect(light.shed()).toBe(0)
  expect(heavy.lateMs.length).toBeGreaterThan(5)
  // Shed or computed, each row is told once and in order.
  for (const { rows } of [light, middle, heavy]) expect(rows).toEqual(rows.map((_, k) => rows[0]! + k))
  heavy.stop()
  await eventually('all rows again', () => middle.analysis.queue().stride === 1, 5000)
  const shedBefore = middle.shed()
  const calmFrom = middle.rows.length
  await eventually('rows after it', () => middle.rows.length > calmFrom + 40)
  expect(middle.shed() - shedBefore).toBeLessThan(20)
  light.stop()
  middle.stop()
})

test('equal plans on one ring are computed once; closing one leaves the other', async () => {
  host = shareAnalyses(createAnalysisHost({ workerFile, workerCount: 1 }))
  const shared = plan({})
  const ring = createSampleRing(ringLayoutFor({ ...shared, windowSamples: 256, blockSamples }), false)
  const heard = [0, 0, 0]
  const listener = (index: number): AnalysisListener => ({
    rows: ({ rowCount }) => void (heard[index]! += rowCount),
    shed: () => undefined,
    gap: (gap) => expect.fail(gap.reason),
    failed: (reason) => expect.fail(reason)
  })
  const first = host.open(shared, ring, listener(0))
  const second = host.open(plan({}), ring, listener(1))
  const other = host.open(plan({ rowIntervalS: 0.1 }), ring, listener(2))
  expect(host.workers()[0]!.jobs).toBe(2)
  const block = (sequence: number) => {
    const shape = { channelCount: 64, sampleIntervalNs: 5e5, elementType: 'int16' as const, scale: 1 }
    const at = { firstSample: sequence * 1000, position: sequence * 1000, sampleCount: 1000 }
    return { sequence, startNs: BigInt(sequence * 1000 * 5e5), ...at, ...shape }
  }
  for (const analysis of [first, second, other]) analysis.push(block(0))
  await Promise.all([first.flush(), other.flush()])
  expect(heard).toEqual([8, 8, 4])
  first.dispose()
  for (const analysis of [second, other]) analysis.push(block(1))
  await Promise.all([second.flush(), other.flush()])
  expect(heard).toEqual([8, 18, 9])
  second.dispose()
  other.dispose()
  expect(host.workers()[0]!.jobs).toBe(0)
})
