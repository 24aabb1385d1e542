import { expect, it } from 'vitest'
import { createFaultSchedule } from '../../../src-main/focus-server/faultSchedule.ts'

it('a lasting fault covers its time, and comes again where it repeats', () => {
  const once = createFaultSchedule([{ kind: 'stall', atS: 2, durationS: 3, everyS: null }])
  expect([1.9, 2, 4.9, 5, 100].map((s) => once.covers('stall', s))).toEqual([false, true, true, false, false])
  const again = createFaultSchedule([{ kind: 'gap', atS: 1, durationS: 0.5, everyS: 10 }])
  expect([1.2, 1.6, 11.2, 21.4, 21.6].map((s) => again.covers('gap', s))).toEqual([true, false, true, true, false])
  expect(again.covers('stall', 1.2)).toBe(false)
})

it('a momentary fault is taken once each time it comes', () => {
  const faults = createFaultSchedule([{ kind: 'cut', atS: 2, durationS: 0, everyS: 10 }])
  expect([0, 1.9, 2.1, 2.2, 11, 12.5, 13, 40].map((s) => faults.takes('cut', s))).toEqual([
    false,
    false,
    true,
    false,
    false,
    true,
    false,
    true
  ])
})
