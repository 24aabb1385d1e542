import { expect, test } from 'vitest'
import type { JobSnapshot } from '../../../src-preload/contract/schemas.ts'
import { gradeOf, keptFromGood, type GradeFigures } from '../../../src-main/health/grade.ts'
import { createHappenings } from '../../../src-main/health/happenings.ts'
import { sentenceFor, type SentenceInput } from '../../../src-main/health/sentence.ts'
import type { Sight } from '../../../src-main/health/sight.ts'
import { createFlips } from '../../../src-main/health/streamFlips.ts'
import type { JudgedStream } from '../../../src-main/health/streamJudge.ts'
import { jobSnapshot, statistics } from '../../support/fakeJobs.ts'
import { manualClock } from '../../support/manualClock.ts'

const fair: GradeFigures = {
  memoryPercent: 72,
  cpuPercent: 63,
  responseMs: 5,
  cacheHitPercent: null,
  errorPercent: 0,
  streams: { all: 1, well: 1 },
  isWarned: false,
  isOverThreshold: false
}
const calm: SentenceInput = {
  sight: { captures: [] } as unknown as Sight,
  streams: [],
  reasons: [],
  explanations: [],
  busyOthers: [],
  keptFromGood: [],
  uptimeS: 60
}

test('a grade below good says what keeps it there, and "all is well" is said of a good one alone', () => {
  expect(sentenceFor(calm)).toMatchObject({ headline: 'All is well: nothing is being lost.', severity: 'good' })
  expect(gradeOf(fair)).toBe('fair')
  expect(sentenceFor({ ...calm, keptFromGood: keptFromGood(fair) })).toMatchObject({
    headline: 'Nothing is being lost, but the processors are 63 % busy (good: up to 50 %).',
    detail: 'No stream is open; running for 1 min. Besides, the memory of the machine is 72 % full (good: up to 60 %).',
    severity: 'info'
  })
  expect(keptFromGood({ ...fair, memoryPercent: 60, cpuPercent: 50 })).toEqual([])
})

test('blocks that were lost are told once in a detail', () => {
  const text = 'live-1: 12 blocks or rows are missing in the numbering of what was received'
  const stream = {
    jobId: 'live-1',
    severity: 'critical',
    reason: '12 blocks or rows lost in the last 2 s.',
    queue: { length: 0, capacity: 1, ageMs: 0 },
    trouble: { kind: 'lost', sinceMs: 0, lost: 12, shed: 0, isNow: true, isShedding: false }
  } as unknown as JudgedStream
  const because = {
    bottleneck: 'backend',
    cause: 'The backend leaves blocks out.',
    advice: 'Ask its operator.'
  } as const
  const { detail } = sentenceFor({
    ...calm,
    streams: [stream],
    explanations: [{ ...because, evidence: [{ text, reading: null }], strength: 2, action: null }]
  })
  expect(detail.match(/blocks or rows/g)).toHaveLength(1)
})

test('a stream that stops and goes on again and again is one line with its count and span, after a restart too', async () => {
  const clock = manualClock()
  const kept: unknown[] = []
  const happenings = createHappenings(clock, (happening) => void kept.push(structuredClone(happening)))
  const flips = createFlips(happenings, () => clock.nowMs())
  const stalled = jobSnapshot({ id: 'live-1', state: 'stalled', reason: 'No data.' } as Partial<JobSnapshot>)
  const back = { ...stalled, state: 'streaming' as const, statistics: { ...statistics, gapS: 3 } }
  happenings.change('capture', 'info', 'Something else.')
  for (let time = 0; time < 40; time++) {
    flips.stopped(stalled, 'streaming')
    await clock.advance(500)
    flips.again(back)
    await clock.advance(1500)
  }
  const texts = happenings.changes(0).map(({ text }) => text)
  expect(texts).toHaveLength(2)
  expect(texts[0]).toMatch(
    /^live-1 streams again: it stopped 40 × from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d, 3 s missing in all\.$/
  )
  // Long after it is a trouble of its own; stalled and then connected anew is one stop.
  await clock.advance(300_000)
  flips.stopped(stalled, 'streaming')
  flips.stopped({ ...stalled, state: 'reconnecting' }, 'stalled')
  expect(happenings.changes(0)).toHaveLength(3)
  expect(happenings.changes(0)[0]!.text).toBe('live-1: reconnecting. No data.')
  const restored = createHappenings(clock, () => undefined)
  restored.restore(kept)
  expect(restored.changes(0).map(({ text }) => text)).toEqual(happenings.changes(0).map(({ text }) => text))
})
