import { expect, test } from 'vitest'
import { createSeeking } from '../../../src-main/jobs/seeking.ts'
import { manualClock } from '../../support/manualClock.ts'

function start() {
  const clock = manualClock()
  const went: { toNs: bigint; atMs: number }[] = []
  const state: { position: bigint | null } = { position: null }
  const seeking = createSeeking({
    clock,
    go: (toNs) => went.push({ toNs, atMs: clock.monotonicMs() }),
    position: () => state.position
  })
  return { clock, went, state, seeking }
}

test('the first place is gone to at once; of those that come before its data the last one counts', async () => {
  const { clock, went, seeking } = start()
  seeking.seek(10n)
  expect(went).toEqual([{ toNs: 10n, atMs: 0 }])
  for (let toNs = 11n; toNs <= 30n; toNs++) {
    seeking.seek(toNs)
    await clock.advance(5)
  }
  expect(seeking.target()).toBe(30n)
  expect(went).toHaveLength(1)
  // Data of the first place came: it is shown for a moment, then the last one has its turn.
  seeking.arrived()
  expect(seeking.target()).toBe(30n)
  await clock.advance(39)
  expect(went).toHaveLength(1)
  await clock.advance(1)
  expect(went.at(-1)).toEqual({ toNs: 30n, atMs: 140 })
  seeking.arrived()
  expect(seeking.target()).toBeNull()
  seeking.dispose()
})

test('a backend that does not answer holds nobody up: the next place is gone to all the same', async () => {
  const { clock, went, seeking } = start()
  seeking.seek(1n)
  seeking.seek(2n)
  await clock.advance(399)
  expect(went).toHaveLength(1)
  await clock.advance(1)
  expect(went.map(({ toNs }) => toNs)).toEqual([1n, 2n])
  seeking.dispose()
})

test('no more than about twelve places a second, however fast the backend is', async () => {
  const { clock, went, seeking } = start()
  for (let step = 0n; step < 200n; step++) {
    seeking.seek(step)
    seeking.arrived()
    await clock.advance(5)
  }
  await clock.advance(100)
  expect(went.length).toBeGreaterThanOrEqual(12)
  expect(went.length).toBeLessThanOrEqual(15)
  expect(went.at(-1)!.toNs).toBe(199n)
  seeking.dispose()
})

test('a loop goes back when its end is reached, not more often than five times a second, and not while nothing plays', async () => {
  const { clock, went, state, seeking } = start()
  const loop = { startNs: '100', endNs: '200' }
  state.position = 250n
  seeking.setLoop(loop, false)
  await clock.advance(1000)
  expect(went).toEqual([])
  seeking.setLoop(loop)
  await clock.advance(40)
  expect(went.map(({ toNs }) => toNs)).toEqual([100n])
  // Shorter than it takes to look: the end is passed again at once.
  for (let round = 0; round < 20; round++) {
    seeking.arrived()
    await clock.advance(50)
  }
  expect(went.length).toBeGreaterThanOrEqual(5)
  expect(went.length).toBeLessThanOrEqual(6)
  state.position = 150n
  seeking.arrived()
  const before = went.length
  await clock.advance(1000)
  expect(went).toHaveLength(before)
  // The recording ends within the loop.
  expect(seeking.endReached()).toBe(true)
  await clock.advance(200)
  expect(went).toHaveLength(before + 1)
  seeking.setLoop(null)
  expect(seeking.endReached()).toBe(false)
  seeking.dispose()
})
