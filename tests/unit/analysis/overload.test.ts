import { expect, test } from 'vitest'
import { createOverloadGovernor } from '../../../src-main/analysis/overload.ts'
import { partition } from '../../../src-main/analysis/partition.ts'
import { createRowQueue } from '../../../src-main/analysis/rowQueue.ts'

test('late rows double the stride, no faster than it can tell; idle time lets it fall again within two seconds', () => {
  const governor = createOverloadGovernor(0)
  expect(governor.isLate(200, 0)).toBe(false)
  let nowMs = 1000
  for (let k = 0; k < 200; k++, nowMs += 10) {
    governor.busy(true, nowMs)
    governor.isLate(400, nowMs)
  }
  expect(governor.stride).toBe(16)
  // A tenth of the time busy.
  const calmSinceMs = nowMs
  while (governor.stride > 1 && nowMs < calmSinceMs + 10_000) {
    governor.busy(true, nowMs)
    governor.busy(false, nowMs + 5)
    nowMs += 50
  }
  expect(nowMs - calmSinceMs).toBeLessThan(2000)
})

test('the stride stays where twice the rows would be too many', () => {
  const governor = createOverloadGovernor(0)
  governor.isLate(400, 1000)
  expect(governor.stride).toBe(2)
  for (let nowMs = 1000; nowMs < 6000; nowMs += 50) {
    governor.busy(true, nowMs)
    governor.busy(false, nowMs + 30)
  }
  expect(governor.stride).toBe(2)
})

test('waiting rows are taken together where they follow each other; a mark between them keeps its place', () => {
  const queue = createRowQueue()
  queue.add(0, 3, 100, 1)
  queue.add(3, 4, 100, 2)
  queue.add(4, 6, 70, 3)
  expect(queue.take(2)).toMatchObject({ firstRow: 0, endRow: 2, readyMs: 1 })
  expect(queue.take(9)).toMatchObject({ firstRow: 2, endRow: 4, positionOffset: 100 })
  expect(queue.take(9)).toMatchObject({ firstRow: 4, endRow: 6, positionOffset: 70 })
  expect(queue.take(9)).toBeNull()
  const told: string[] = []
  queue.add(6, 8, 70, 4)
  queue.addMark(() => told.push('gap'))
  queue.add(10, 13, 70, 5)
  expect(queue.takeMark()).toBeNull()
  expect(queue.take(9)).toMatchObject({ firstRow: 6, endRow: 8 })
  expect(queue.take(9)).toBeNull()
  queue.takeMark()!()
  expect(told).toEqual(['gap'])
  expect(queue).toMatchObject({ length: 3, readySinceMs: 5, isEmpty: false })
})

test.each([
  [2222, 1, 2],
  [17_500, 3, 4],
  [203, 6, 3]
])(
  '%i channels, %i a column, are divided at whole columns and groups of four',
  (channelCount, channelsPerColumn, workers) => {
    const plan = {
      channelCount,
      channelsPerColumn,
      sampleIntervalNs: 5e5,
      elementType: 'int16' as const,
      scale: 1,
      nfft: 1024,
      rowIntervalS: 0.05,
      lowHz: 0,
      highHz: 100,
      output: 'energy' as const,
      content: 'samples' as const,
      live: true
    }
    const parts = partition(plan, workers)
    expect(parts).toHaveLength(workers)
    let next = 0
    for (const { firstChannel, channelCount: count } of parts) {
      expect(firstChannel).toBe(next)
      expect(firstChannel % channelsPerColumn).toBe(0)
      expect(firstChannel % 4).toBe(0)
      expect(Math.abs(count - channelCount / workers)).toBeLessThan(25)
      next += count
    }
    expect(next).toBe(channelCount)
  }
)
