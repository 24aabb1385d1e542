import { expect, test } from 'vitest'
import { createBlockGrid } from '../../../src-main/jobs/blockGrid.ts'
import type { StoredBlock } from '../../../src-main/analysis/analysis.ts'

const startNs = 1_700_000_000_000_000_000n
const block = (sequence: number, firstSample: number, atSample = firstSample, sampleCount = 10): StoredBlock => ({
  sequence,
  startNs: startNs + BigInt(atSample) * 1_000_000n,
  firstSample,
  sampleCount,
  channelCount: 2,
  sampleIntervalNs: 1e6,
  elementType: 'int16',
  scale: 1,
  position: 7000 + atSample
})

test('blocks of the first job pass as they are; its origin is its sample 0', () => {
  const first = block(5, 50)
  const grid = createBlockGrid(first)
  expect(grid.originNs).toBe(startNs)
  expect(grid.place(first)).toEqual(first)
  expect(grid.endNs()).toBe(startNs + 60_000_000n)
})

test('a job that was created again goes on at its time, with sequence numbers that go on', () => {
  const grid = createBlockGrid(block(0, 0))
  grid.place(block(0, 0))
  grid.place(block(1, 10))
  grid.beginAgain()
  expect(grid.place(block(0, 0, 500))).toMatchObject({ sequence: 2, firstSample: 500 })
  expect(grid.place(block(1, 10, 510))).toMatchObject({ sequence: 3, firstSample: 510 })
})

test('what was there already is cut off to the sample', () => {
  const grid = createBlockGrid(block(0, 0))
  grid.place(block(0, 0))
  grid.place(block(1, 10))
  grid.beginAgain()
  expect(grid.place(block(0, 0, 5))).toBeNull()
  const cut = grid.place(block(1, 10, 15))!
  expect(cut).toMatchObject({ firstSample: 20, sampleCount: 5, startNs: startNs + 20_000_000n })
  // 5 samples into the block, which lies from 7015 on.
  expect(cut.position).toBe(7020)
})
