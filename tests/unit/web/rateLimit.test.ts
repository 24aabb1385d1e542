import { expect, it } from 'vitest'
import { createRateLimit } from '../../../src-main/rateLimit.ts'
import { manualClock } from '../../support/manualClock.ts'

it('lets a burst pass, then so many a second, for each address by itself', async () => {
  const clock = manualClock()
  const limit = createRateLimit(clock, 10, 3)
  expect([1, 2, 3, 4].map(() => limit.take('a'))).toEqual([0, 0, 0, 1])
  expect(limit.take('b')).toBe(0)
  await clock.advance(100)
  expect([limit.take('a'), limit.take('a')]).toEqual([0, 1])
  await clock.advance(60_000)
  expect([1, 2, 3, 4].map(() => limit.take('a') === 0)).toEqual([true, true, true, false])
})
