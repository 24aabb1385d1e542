import { expect, test } from 'vitest'
import type { CircuitState } from '../../../src-preload/contract/schemas.ts'
import { backoffDelayMs } from '../../../src-main/streams/backoff.ts'
import { createCircuitBreaker } from '../../../src-main/streams/circuitBreaker.ts'
import { manualClock } from '../../support/manualClock.ts'

test('opens after five failures in a row, refuses for 60 s, then lets one probe through', async () => {
  const clock = manualClock()
  const seen: CircuitState['state'][] = []
  const circuit = createCircuitBreaker({ failures: 5, openMs: 60_000 }, clock, ({ state }) => seen.push(state))
  for (let i = 0; i < 4; i++) {
    expect(circuit.admits()).toBe(true)
    circuit.failed()
  }
  circuit.succeeded()
  for (let i = 0; i < 5; i++) {
    expect(circuit.admits()).toBe(true)
    circuit.failed()
  }
  expect(circuit.state()).toEqual({ state: 'open', failures: 5, retryInMs: 60_000 })
  await clock.advance(18_000)
  expect(circuit.admits()).toBe(false)
  expect(circuit.state().retryInMs).toBe(42_000)
  await clock.advance(42_000)
  expect(circuit.admits()).toBe(true)
  expect(circuit.admits()).toBe(false)
  circuit.failed()
  expect(circuit.state()).toEqual({ state: 'open', failures: 6, retryInMs: 60_000 })
  await clock.advance(60_000)
  expect(circuit.admits()).toBe(true)
  circuit.succeeded()
  expect(circuit.admits()).toBe(true)
  expect(circuit.admits()).toBe(true)
  expect(circuit.state()).toEqual({ state: 'closed', failures: 0, retryInMs: null })
  expect(seen).toEqual(['open', 'probing', 'open', 'probing', 'closed'])
})

test('other evidence that the peer is back allows the probe at once', () => {
  const circuit = createCircuitBreaker({ failures: 1, openMs: 60_000 }, manualClock())
  circuit.admits()
  circuit.failed()
  expect(circuit.admits()).toBe(false)
  circuit.allowProbe()
  expect(circuit.admits()).toBe(true)
})

test('waits double up to the limit, half of them random, never below what the server asked for', () => {
  const settings = { firstMs: 1000, maxMs: 30_000 }
  const longest = [1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => backoffDelayMs(attempt, settings, () => 1))
  expect(longest).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
  const shortest = [1, 2, 100].map((attempt) => backoffDelayMs(attempt, settings, () => 0))
  expect(shortest).toEqual([500, 1000, 15_000])
  expect(backoffDelayMs(1, settings, () => 0, 45_000)).toBe(45_000)
})
