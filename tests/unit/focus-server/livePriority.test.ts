import { expect, it } from 'vitest'
import { createLivePriority } from '../../../src-main/focus-server/livePriority.ts'
import { manualClock } from '../../support/manualClock.ts'

it('lets historic jobs stand back while live ones are late, and not a moment longer', async () => {
  const clock = manualClock()
  const priority = createLivePriority(clock)
  expect(priority.standBackMs()).toBe(0)
  priority.woke(5)
  expect(priority.standBackMs()).toBe(0)
  priority.woke(40)
  expect(priority.standBackMs()).toBe(40)
  priority.woke(5000)
  expect(priority.standBackMs()).toBe(100)
  priority.woke(2)
  expect(priority.standBackMs()).toBe(0)
  priority.woke(40)
  await clock.advance(501)
  expect(priority.standBackMs()).toBe(0)
})
