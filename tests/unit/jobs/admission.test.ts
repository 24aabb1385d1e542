import { expect, test } from 'vitest'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import { createAdmission, type AdmissionEntry } from '../../../src-main/jobs/admission.ts'
import { manualClock } from '../../support/manualClock.ts'

interface Entry extends AdmissionEntry {
  isAdmitted: boolean
  position: number | null
  reason: string
}

const entry = (id: string, live = true): Entry => ({
  id,
  live,
  isAdmitted: false,
  position: null,
  reason: '',
  admitted() {
    this.isAdmitted = true
  },
  waiting(position, reason) {
    this.position = position
    this.reason = reason
  }
})

test('at most N at once, a place that is given back goes to the next, live before historic', () => {
  const admission = createAdmission({ ...defaultSettings().jobs, concurrentMax: 2 }, () => null, manualClock())
  const entries = [entry('a'), entry('b'), entry('h1', false), entry('h2', false), entry('c')]
  for (const each of entries) expect(admission.enter(each)).toBeNull()
  expect(entries.map((each) => each.isAdmitted)).toEqual([true, true, false, false, false])
  expect(entries.map((each) => each.position)).toEqual([null, null, 2, 3, 1])
  expect(entries[2]!.reason).toBe('2 of 2 jobs are running')
  admission.leave('a')
  expect(entries[4]!.isAdmitted).toBe(true)
  admission.leave('h1')
  admission.leave('b')
  expect([entries[2]!.isAdmitted, entries[3]!.isAdmitted]).toEqual([false, true])
  expect([admission.running(), admission.queued()]).toEqual([2, 0])
})

test.each([
  ['CPU', { cpuPercent: 85.6, memoryPercent: 10 }, "the machine's CPU is at 86 % (limit 85 %)"],
  ['memory', { cpuPercent: 5, memoryPercent: 90.7 }, "the machine's memory is at 91 % (limit 90 %)"]
])(
  'none is admitted while the machine is overloaded (%s), and the queue moves on by itself',
  async (_name, load, reason) => {
    const clock = manualClock()
    let now: typeof load | null = load
    const admission = createAdmission(defaultSettings().jobs, () => now, clock)
    const waiting = entry('a')
    expect(admission.enter(waiting)).toBeNull()
    expect(waiting).toMatchObject({ isAdmitted: false, position: 1, reason })
    now = { cpuPercent: 85, memoryPercent: 90 }
    await clock.advance(1000)
    expect(waiting.isAdmitted).toBe(true)
  }
)

test('a full queue refuses with the reason and when to try again', () => {
  const settings = { ...defaultSettings().jobs, concurrentMax: 1, queueMax: 1 }
  const admission = createAdmission(settings, () => null, manualClock())
  admission.enter(entry('a'))
  admission.enter(entry('b'))
  expect(admission.enter(entry('c'))).toEqual({
    reason: '1 of 1 jobs are running, and 1 jobs wait already; try again in 5 s',
    retryAfterMs: 5000
  })
})

test('a place is never lost: a thousand random comings and goings end with all places free', () => {
  const admission = createAdmission(
    { ...defaultSettings().jobs, concurrentMax: 3, queueMax: 50 },
    () => null,
    manualClock()
  )
  let inside: string[] = []
  let seed = 7
  for (let k = 0; k < 1000; k++) {
    seed = (seed * 1103515245 + 12345) % 2147483648
    if (seed % 2 === 0 && inside.length > 0) {
      const id = inside[seed % inside.length]!
      inside = inside.filter((other) => other !== id)
      admission.leave(id)
    } else if (admission.enter(entry(`j${k}`, seed % 3 === 0)) === null) inside.push(`j${k}`)
    expect(admission.running()).toBe(Math.min(3, inside.length))
    expect(admission.queued()).toBe(Math.max(0, inside.length - 3))
  }
  for (const id of inside) admission.leave(id)
  expect([admission.running(), admission.queued()]).toEqual([0, 0])
})
