import { expect, test } from 'vitest'
import type { JobSnapshot, StreamStatistics } from '../../../src-preload/contract/schemas.ts'
import { defaultSettings } from '../../../src-preload/contract/settings.ts'
import type { Sight } from '../../../src-main/health/sight.ts'
import { createStreamJudge } from '../../../src-main/health/streamJudge.ts'
import { jobSnapshot, liveRequest, statistics } from '../../support/fakeJobs.ts'

const settings = defaultSettings().health
const share = (): { ratio: number; bytes: number } => ({ ratio: 0, bytes: 0 })

/** One job seen at a second, with what its stream counted so far. */
function sightOf(second: number, request: JobSnapshot['request'], counted: Partial<StreamStatistics>): Sight {
  const job = jobSnapshot({ state: 'streaming', request, statistics: { ...statistics, ...counted } })
  return { atMs: 1000 * second, monotonicMs: 1000 * second, jobs: [job], captures: [] } as unknown as Sight
}

function wordAfter(request: JobSnapshot['request'], counted: Partial<StreamStatistics>): string {
  const judge = createStreamJudge()
  judge.judge(sightOf(0, request, {}), settings, share)
  return judge.judge(sightOf(1, request, counted), settings, share)[0]!.word
}

const historic = { ...liveRequest, timeRange: { startNs: '0', endNs: '60000000000' } }

test("a live stream's gap is a loss; a recording's own hole is none", () => {
  const hole = { gaps: 1, gapS: 2, lostRows: 40 }
  expect(wordAfter(liveRequest, hole)).toBe('losing')
  expect(wordAfter(historic, hole)).toBe('streaming')
})

test('blocks that went missing on the way are lost, whatever is played', () => {
  expect(wordAfter(liveRequest, { lostBlocks: 3 })).toBe('losing')
  expect(wordAfter(historic, { lostBlocks: 3 })).toBe('losing')
})

test('a loss that has ended is over within two seconds, though its episode is remembered for ten', () => {
  const judge = createStreamJudge()
  const at = (second: number, lostBlocks: number) =>
    judge.judge(sightOf(second, liveRequest, { lostBlocks }), settings, share)[0]!
  at(0, 0)
  expect(at(1, 5)).toMatchObject({ word: 'losing', severity: 'critical', trouble: { isNow: true } })
  expect(at(2, 5).word).toBe('losing')
  const over = at(4, 5)
  expect(over).toMatchObject({ word: 'streaming', severity: 'good', trouble: { isNow: false, sinceMs: 1000 } })
  // It begins again within the episode: since when it is so does not change.
  expect(at(6, 7)).toMatchObject({ word: 'losing', trouble: { isNow: true, sinceMs: 1000, lost: 7 } })
})
