import { expect, test } from 'vitest'
import { createRowTimes } from '../../../src-main/streams/rowTimes.ts'

const startMs = 1_700_000_000_000

test('rows follow the interval without drift from the first row on, whatever milliseconds round to', () => {
  const times = createRowTimes(33_333_333.333)
  for (let k = 4; k < 10_000; k++) expect(times.place(k, Math.round(startMs + k * 33.333333333))).toBe(k)
  expect(Number(times.timeOf(9999) - BigInt(startMs) * 1_000_000n) / 1e6).toBeCloseTo(9999 * 33.333333333, -0.5)
})

test('a server that counts anew after a reconnect keeps its rows at their times', () => {
  const times = createRowTimes(50e6)
  for (let k = 0; k < 10; k++) times.place(k, startMs + k * 50)
  times.reconnected()
  expect(times.place(0, startMs + 5000)).toBe(100)
  expect(times.place(1, startMs + 5050)).toBe(101)
})

test('a server whose counter runs on after a reconnect is left alone', () => {
  const times = createRowTimes(50e6)
  times.place(0, startMs)
  times.reconnected()
  expect(times.place(100, startMs + 5001)).toBe(100)
})

test('missing indices: times say; missing times: the counter says; neither at first: unknown', () => {
  const times = createRowTimes(50e6)
  expect(times.place(3, null)).toBeNull()
  expect(times.place(null, startMs)).toBe(0)
  expect(times.place(null, startMs + 149)).toBe(3)
  expect(times.place(null, null)).toBe(4)
  expect(times.place(7, null)).toBe(7)
})
