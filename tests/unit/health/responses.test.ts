import { expect, test } from 'vitest'
import { createReadingStore } from '../../../src-main/health/readingStore.ts'
import { readingKinds } from '../../../src-main/health/kinds.ts'
import { createResponses } from '../../../src-main/health/responses.ts'
import { manualClock } from '../../support/manualClock.ts'

function begin() {
  const clock = manualClock()
  const store = createReadingStore(clock)
  store.declare(...readingKinds)
  const responses = createResponses(store, clock)
  const read = (name: string): number | undefined => {
    store.beginCollection()
    responses.collect()
    store.endCollection()
    return store.matching(name, { service: 'api' })[0]?.value
  }
  return { clock, responses, read }
}

test('answers of the last minute are summed up, older ones are not', async () => {
  const { clock, responses, read } = begin()
  expect(read('wavefall_requests_per_second')).toBeUndefined()
  responses.observe('api', 9, true)
  await clock.advance(50_000)
  for (let at = 1; at <= 100; at++) responses.observe('api', at / 1000, at % 10 === 0)
  expect(read('wavefall_requests_per_second')).toBeCloseTo(101 / 50, 6)
  expect(read('wavefall_error_ratio')).toBeCloseTo(11 / 101, 6)
  await clock.advance(15_000)
  expect(read('wavefall_response_p95_seconds')).toBeCloseTo(0.095, 6)
  expect(read('wavefall_response_mean_seconds')).toBeCloseTo(0.0505, 6)
  expect(read('wavefall_error_ratio')).toBeCloseTo(0.1, 6)
  await clock.advance(60_000)
  expect(read('wavefall_requests_per_second')).toBeUndefined()
})

test('of very many the newest count', () => {
  const { responses, read } = begin()
  for (let at = 0; at < 5000; at++) responses.observe('api', at < 3000 ? 100 : 0.25, false)
  expect(read('wavefall_response_mean_seconds')).toBeCloseTo(0.25, 6)
  expect(read('wavefall_requests_per_second')).toBe(2000)
})
