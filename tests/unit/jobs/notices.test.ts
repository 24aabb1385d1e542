import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createNotices } from '../../../src-main/jobs/notices.ts'
import { openOpenJobs } from '../../../src-main/jobs/openJobs.ts'
import { manualClock } from '../../support/manualClock.ts'

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'wavefall-jobs-'))))
afterEach(() => rm(folder, { recursive: true, force: true }))

const lost = { severity: 'error', title: 'Lost', detail: 'It was lost.', jobId: 'live-1' } as const

test('equal notices are counted, others are kept, all until dismissed', () => {
  let told = 0
  const notices = createNotices(manualClock(), () => told++)
  notices.add(lost)
  notices.add({ ...lost, jobId: 'live-2' })
  notices.add(lost)
  expect(notices.list().map(({ jobId, count }) => ({ jobId, count }))).toEqual([
    { jobId: 'live-2', count: 1 },
    { jobId: 'live-1', count: 2 }
  ])
  expect(notices.dismiss(notices.list()[0]!.id)).toBe(true)
  expect(notices.dismiss('notice-99')).toBe(false)
  notices.add(lost)
  expect(notices.list()).toMatchObject([{ jobId: 'live-1', count: 3 }])
  expect(told).toBe(5)
})

test('the list is bounded', () => {
  const notices = createNotices(manualClock(), () => undefined, 10)
  for (let k = 0; k < 1000; k++) notices.add({ ...lost, title: `Lost ${k}` })
  expect(notices.list()).toHaveLength(10)
  expect(notices.list().at(-1)!.title).toBe('Lost 999')
})

test('open jobs are remembered; those of a living process are its own business', async () => {
  const file = join(folder, 'open-jobs.json')
  const fail = (error: unknown): never => {
    throw error
  }
  const first = await openOpenJobs(file, fail)
  expect(first.leftOver).toEqual([])
  first.add({ backend: 'embedded', backendJobId: '1-1', createdAtNs: '1' })
  first.add({ backend: 'embedded', backendJobId: '1-2', createdAtNs: '2' })
  first.remove('embedded', '1-1')
  first.remove('elsewhere', '1-2')
  await first.settled()
  expect((await openOpenJobs(file, fail)).leftOver).toMatchObject([{ backend: 'embedded', backendJobId: '1-2' }])
  const other = { backend: 'embedded', createdAtNs: '3' }
  const jobs = [
    { ...other, backendJobId: 'parent', pid: process.ppid },
    { ...other, backendJobId: 'gone', pid: 999_999_999 },
    { nonsense: true }
  ]
  await writeFile(file, JSON.stringify({ version: 1, jobs }))
  expect((await openOpenJobs(file, fail)).leftOver.map((job) => job.backendJobId)).toEqual(['gone'])
  await writeFile(file, '{')
  expect(await openOpenJobs(file, fail)).toMatchObject({ leftOver: [], damaged: 'is not JSON' })
})
