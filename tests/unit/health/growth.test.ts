import { expect, test } from 'vitest'
import { growthOf } from '../../../src-main/health/growth.ts'

const points = (count: number, value: (at: number) => number) =>
  Array.from({ length: count }, (_, at) => ({ atMs: at * 1000, value: value(at) }))
const noise = (at: number): number => ((Math.sin(at * 12.9898) * 43758.5453) % 1) * 2e6

test('a saw-tooth with a level floor is healthy, however steep its teeth', () => {
  const saw = points(301, (at) => 100e6 + (at % 23) * 4e6 + noise(at))
  expect(growthOf(saw, 300, 300_000, 'floor')?.isSteady).toBe(false)
})

test('a floor that rises under the same teeth is steady growth, with the right slope', () => {
  const leak = points(301, (at) => 100e6 + at * 50e3 + (at % 23) * 4e6 + noise(at))
  const growth = growthOf(leak, 300, 300_000, 'floor')!
  expect(growth.isSteady).toBe(true)
  expect(growth.perS.perUnit).toBeGreaterThan(40e3)
  expect(growth.perS.perUnit).toBeLessThan(60e3)
  expect(growth.perS.low).toBeGreaterThan(0)
})

test('one step, as of a job that was opened, is no steady growth', () => {
  const step = points(301, (at) => (at < 140 ? 100e6 : 160e6) + noise(at))
  expect(growthOf(step, 300, 300_000, 'floor')?.isSteady).toBe(false)
})

test('warming up to a level and staying there is no steady growth', () => {
  const warming = points(301, (at) => 100e6 + 60e6 * (1 - Math.exp(-at / 30)) + noise(at))
  expect(growthOf(warming, 300, 300_000, 'floor')?.isSteady).toBe(false)
})

test('a window that is not covered says nothing', () => {
  expect(
    growthOf(
      points(200, (at) => at * 1e6),
      300,
      300_000,
      'floor'
    )
  ).toBeNull()
})
