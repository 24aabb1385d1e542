import { expect, test } from 'vitest'
import { createCollector, type CollectorOptions } from '../../../src-main/health/collector.ts'
import { manualClock } from '../../support/manualClock.ts'

function started(more: Partial<CollectorOptions> = {}) {
  const clock = manualClock()
  const seen = { collections: 0, checks: [] as number[], silent: [] as boolean[], errors: 0 }
  const collector = createCollector({
    clock,
    intervalMs: () => 1000,
    collect: () => void seen.collections++,
    checked: (seconds) => seen.checks.push(seconds),
    silent: (isSilent) => seen.silent.push(isSilent),
    failed: () => seen.errors++,
    cpuMs: () => 0,
    ...more
  })
  return { clock, collector, seen }
}

test('collects in its interval, and nothing after it was disposed', async () => {
  const { clock, collector, seen } = started()
  await clock.advance(10_000)
  expect(seen.collections).toBe(10)
  expect(collector.reading()).toMatchObject({ active: true, isWidened: false, abandonedChecks: 0, restarts: 0 })
  collector.dispose()
  await clock.advance(10_000)
  expect(seen.collections).toBe(10)
})

test('above 5 % of a processor the interval widens and says so; it comes back when that is over', async () => {
  let spentMs = 0
  let costMs = 80
  const { clock, collector } = started({
    cpuMs: () => spentMs,
    collect: () => void (spentMs += costMs)
  })
  await clock.advance(20_000)
  const wide = collector.reading()
  expect(wide.isWidened).toBe(true)
  expect(wide.intervalMs).toBe(2000)
  expect(wide.note).toMatch(/took 8\.0 % of a processor: readings are collected every 2\.0 s now/)
  costMs = 1
  await clock.advance(120_000)
  expect(collector.reading()).toMatchObject({ isWidened: false, intervalMs: 1000, note: '' })
})

test('a check that takes over two seconds is abandoned and counted, and the next one comes', async () => {
  let hangs = true
  const { clock, collector, seen } = started({
    collect: () => (hangs ? new Promise<void>(() => undefined) : undefined)
  })
  await clock.advance(2999)
  expect(collector.reading().abandonedChecks).toBe(0)
  await clock.advance(2)
  expect(collector.reading().abandonedChecks).toBe(1)
  hangs = false
  await clock.advance(3000)
  expect(seen.checks.length).toBeGreaterThan(0)
})

test('silence over three intervals is told once, begun anew, counted off the availability, and told when it is over', async () => {
  let hangs = true
  const { clock, collector, seen } = started({
    abandonAfterMs: 3_600_000,
    collect: () => (hangs ? new Promise<void>(() => undefined) : undefined)
  })
  await clock.advance(4500)
  expect(seen.silent).toEqual([true])
  expect(collector.reading()).toMatchObject({ active: false, restarts: 1 })
  expect(collector.reading().note).toMatch(/No readings for 4\.0 s: the collection was begun anew/)
  hangs = false
  // The hanging check is left alone; the collection that was begun anew works.
  await clock.advance(8000)
  expect(seen.silent.at(-1)).toBe(false)
  const { active, availabilityPercent } = collector.reading()
  expect(active).toBe(true)
  expect(availabilityPercent).toBeGreaterThan(20)
  expect(availabilityPercent).toBeLessThan(90)
})

test('a collection that throws is no silence of the timer, but none of readings either', async () => {
  const { clock, seen } = started({
    collect() {
      throw new Error('a bug')
    }
  })
  await clock.advance(5000)
  expect(seen.errors).toBeGreaterThan(2)
  expect(seen.silent[0]).toBe(true)
})
