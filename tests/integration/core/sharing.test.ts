import { afterEach, expect, test } from 'vitest'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'
import { liveRequest, startCore, type TestWindow } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const request: JobRequest = { ...liveRequest, channels: { min: 1, max: 80 } }

async function start() {
  const server = embeddedServer(['--source', 'simulated:channels=100,prr=500'], () => undefined)
  const fixture = await startCore({ spawnBackend: () => server.spawn() })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const opened = async (wanted: JobRequest, windowId: string) => {
    const { id } = await fixture.open(wanted, windowId)
    const { backendJobId } = await fixture.becomes(id, 'streaming')
    const view = fixture.window(windowId)
    await view.watch(id)
    await eventually(`rows of ${id}`, () => rows(view) > 3)
    return { id, backendJobId, view }
  }
  return { fixture, opened }
}

const rows = (window: TestWindow): number => window.rows().reduce((sum, frame) => sum + frame.rowCount, 0)

test('jobs on the same channels share stream and backend job, whatever their settings; closing one leaves the others', async () => {
  const { fixture, opened } = await start()
  const first = await opened(request, 'a')
  const other = await opened({ ...request, nfft: 512, rowIntervalS: 0.1, band: { minHz: 5, maxHz: 100 } }, 'b')
  const equal = await opened(request, 'c')
  expect(new Set([first.id, other.id, equal.id]).size).toBe(3)
  expect([other.backendJobId, equal.backendJobId]).toEqual([first.backendJobId, first.backendJobId])
  // What came before it joined is not counted to a job.
  const counted = async (id: string) => (await fixture.job(id)).statistics.bytes
  expect(await counted(equal.id)).toBeLessThan(await counted(first.id))
  // The one that asked the backend goes first: its stream stays for the others.
  first.view.leave()
  const left = await fixture.becomes(first.id, 'cancelled')
  await eventually('told', async () =>
    (await fixture.job(first.id)).steps.some(
      (step) => step.detail === `the stream goes on for ${other.id}, ${equal.id}`
    )
  )
  expect(left.reason).toContain('window was closed')
  const before = [rows(other.view), rows(equal.view), rows(first.view)]
  await eventually('rows of the others', () => rows(other.view) > before[0]! + 5 && rows(equal.view) > before[1]! + 10)
  expect(rows(first.view)).toBe(before[2])
  expect((await fixture.job(equal.id)).statistics).toMatchObject({ gaps: 0, lostRows: 0, reconnects: 0 })
  other.view.leave()
  equal.view.leave()
  await fixture.becomes(equal.id, 'cancelled')
  await eventually('the backend is told', async () =>
    (await fixture.job(equal.id)).steps.some(
      (step) => step.name === 'clean-up' && step.detail.includes(first.backendJobId!)
    )
  )
})

test('other channels, and windows too long for the ring, have a stream of their own', async () => {
  const { opened } = await start()
  const first = await opened(request, 'a')
  const narrow = await opened({ ...request, channels: { min: 1, max: 79 } }, 'b')
  expect(narrow.backendJobId).not.toBe(first.backendJobId)
})

test('the thread that receives is killed: every job goes on in its picture, each row came once', async () => {
  const { fixture, opened } = await start()
  const job = await opened(request, 'a')
  const other = await opened({ ...request, nfft: 128 }, 'b')
  await fixture.core.ingest.kill()
  const before = [rows(job.view), rows(other.view)]
  await eventually('rows after it', () => rows(job.view) > before[0]! + 20 && rows(other.view) > before[1]! + 20)
  for (const { id, view } of [job, other]) {
    expect(view.of('view.described').filter((described) => described.jobId === id)).toHaveLength(1)
    const covered = view.frames.flatMap((frame) => Array.from({ length: frame.rowCount }, (_, k) => frame.firstRow + k))
    const sorted = covered.sort((a, b) => a - b)
    expect(sorted).toEqual(sorted.map((_, k) => sorted[0]! + k))
    expect((await fixture.job(id)).statistics).toMatchObject({ workerRestarts: 1, reconnects: 0 })
  }
})
