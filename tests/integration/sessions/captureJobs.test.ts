import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { JobRequest } from '../../../src-preload/contract/schemas.ts'
import type { CallArguments, CallName, CallResult } from '../../../src-preload/contract/calls.ts'
import type { CaptureSnapshot } from '../../../src-preload/contract/sessions.ts'
import type { BackendProcess } from '../../../src-main/embeddedProcess.ts'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { verifySession } from '../../../src-main/recordings/session/verifySession.ts'
import { liveRequest, startCore, type CoreFixture, type TestWindow } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'
import { smallShape } from '../../support/sessionFixture.ts'
import { compareWithSimulator } from '../../support/simulatorTruth.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const fibre = { channels: 120, prrHz: 500, seed: 3 }
const simulated = ['--source', 'simulated:channels=120,prr=500,seed=3']
const live: JobRequest = { ...liveRequest, channels: { min: 11, max: 90 } }

interface Started {
  fixture: CoreFixture
  window: TestWindow
  processes: BackendProcess[]
  call<Name extends CallName>(name: Name, args: CallArguments<Name>): Promise<CallResult<Name>>
  capture(id: string): CaptureSnapshot
  jobId: string
}

async function start(folder?: string): Promise<Started> {
  const processes: BackendProcess[] = []
  const server = embeddedServer(simulated, (started) => processes.push(started))
  const fixture = await startCore({ spawnBackend: () => server.spawn(), ...(folder ? { dataFolder: folder } : {}) })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  await eventually('backend up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const { id: jobId } = await fixture.open(live, 'w1')
  await fixture.becomes(jobId, 'streaming')
  return {
    fixture,
    window,
    processes,
    jobId,
    async call(name, args) {
      const result = await fixture.core.handlers[name](args as never, window)
      if (!result.ok) throw new Error(`${name}: ${result.error.message}`)
      return result.value as never
    },
    capture: (id) => fixture.core.sessions.captures.list().find((capture) => capture.id === id)!
  }
}

async function check(path: string): Promise<{ samples: number; gaps: number }> {
  const verified = await verifySession(path)
  expect(verified.problems).toEqual([])
  const recording = await openRecordingHere(path)
  const { compared, firstWrong } = await compareWithSimulator(recording, fibre)
  const { shape, gaps, firstChannel, warnings } = recording.info
  await recording.close()
  expect(firstWrong).toBeNull()
  expect(warnings).toEqual([])
  expect(compared).toBe(shape.time * shape.channel)
  expect(firstChannel).toBe(11)
  return { samples: shape.time, gaps: gaps.length }
}

test('a live job is captured sample for sample; the catalogue lists, finds, renames, verifies, deletes', async () => {
  const { fixture, window, call, capture, jobId } = await start()
  const begun = await call('captures.start', { jobId, name: 'Digger at km 4', tags: ['third party'] })
  expect(begun).toMatchObject({ state: 'recording', name: 'Digger at km 4' })
  const twice = await fixture.core.handlers['captures.start']({ jobId }, window)
  expect(twice.ok || twice.error.message).toMatch(/is being captured already/)
  await eventually('two seconds', () => capture(begun.id).samples >= 1000)
  expect(window.of('captures.changed').at(-1)?.[0]?.state).toBe('recording')
  const while_ = await call('sessions.list', {})
  expect(while_.sessions[0]).toMatchObject({ state: 'recording', name: 'Digger at km 4' })
  expect(while_.sessions[0]!.samples).toBeGreaterThan(900)

  const closed = await call('captures.stop', { captureId: begun.id })
  expect(closed).toMatchObject({ state: 'closed', gaps: 0, lostBlocks: 0, pauses: 0 })
  expect(closed.acknowledgedBlocks).toBe(closed.blocks)
  const { samples } = await check(closed.folder!)
  expect(samples).toBe(closed.samples)
  expect((await fixture.job(jobId)).state).toBe('streaming')

  const id = closed.sessionId!
  const found = await call('sessions.list', { search: 'party DIGGER' })
  expect(found.sessions).toHaveLength(1)
  expect(found.sessions[0]).toMatchObject({
    id,
    state: 'closed',
    channelCount: 80,
    sampleRateHz: 500,
    samples,
    gaps: 0
  })
  expect((await call('sessions.list', { search: 'no such' })).sessions).toEqual([])
  await eventually('a picture', async () => (await call('sessions.list', {})).sessions[0]!.thumbnail !== null)
  await call('sessions.update', { id, labels: { name: 'Excavator', place: 'km 4.2' } })
  expect((await call('sessions.show', { id })).name).toBe('Excavator')
  expect((await call('sessions.verify', { id })).whole).toBe(true)
  const { jobIds } = await call('sessions.open', { id, windowId: 'w1' })
  const played = await fixture.becomes(jobIds[0]!, 'completed', 20_000)
  expect(played.statistics).toMatchObject({ service: 'blocks', gaps: 0, lostBlocks: 0 })

  await rm(join(fixture.folder, 'sessions', 'catalogue.json'))
  const before = (await call('sessions.list', {})).sessions
  await call('sessions.reindex', {})
  const after = (await call('sessions.list', {})).sessions
  expect(after.map((one) => ({ ...one, thumbnail: null }))).toEqual(before.map((one) => ({ ...one, thumbnail: null })))

  const asked = await call('sessions.delete', { id })
  expect(asked).toMatchObject({ deleted: false })
  expect(asked.message).toContain('Excavator')
  expect(await call('sessions.delete', { id, confirmation: 'guess' })).toMatchObject({ deleted: false })
  expect((await stat(closed.folder!)).isDirectory()).toBe(true)
  expect(await call('sessions.delete', { id, confirmation: asked.confirmation! })).toMatchObject({ deleted: true })
  expect((await call('sessions.list', {})).sessions).toEqual([])
  expect(await readdir(join(fixture.folder, 'sessions', '.trash'))).toHaveLength(1)
})

test('its window closes: the capture goes on and says so; when it is stopped the job goes', async () => {
  const { fixture, window, call, capture, jobId } = await start()
  const other = fixture.window('w2')
  const begun = await call('captures.start', { jobId, name: 'All night' })
  window.leave()
  await eventually('said', () =>
    other.of('notices.changed').some((list) => list.some(({ title }) => title === 'The capture "All night" goes on'))
  )
  const then = capture(begun.id).samples
  await eventually('more samples', () => capture(begun.id).samples > then + 300)
  expect((await fixture.job(jobId)).state).toBe('streaming')
  const closed = await call('captures.stop', { captureId: begun.id })
  await check(closed.folder!)
  await fixture.becomes(jobId, 'cancelled')
})

test('the seconds before the trigger come first, and a duration ends it by itself to the sample', async () => {
  const { call, capture, jobId } = await start()
  const armed = await call('captures.arm', { jobId, preTriggerS: 1 })
  expect(armed).toMatchObject({ state: 'armed', preTriggerS: 1 })
  await eventually('a second in memory', () => {
    const { startNs, endNs } = capture(armed!.id)
    return startNs !== null && endNs !== null && Number(BigInt(endNs) - BigInt(startNs)) >= 0.95e9
  })
  const begun = await call('captures.start', { jobId, durationS: 1.5 })
  expect(begun.id).toBe(armed!.id)
  await eventually('closed', () => capture(begun.id).state === 'closed')
  const closed = capture(begun.id)
  const { samples } = await check(closed.folder!)
  // The second before it and the one and a half after it.
  expect(samples).toBeGreaterThanOrEqual(500 * 2.4)
  expect(samples).toBeLessThanOrEqual(500 * 2.6)
})

test('the backend is killed while it captures: one session with a gap, every sample true', async () => {
  const { fixture, call, capture, processes, jobId } = await start()
  const begun = await call('captures.start', { jobId })
  await eventually('some samples', () => capture(begun.id).samples > 300)
  processes[0]!.end(true)
  await fixture.becomes(jobId, 'reconnecting')
  await fixture.becomes(jobId, 'streaming', 25_000)
  const then = capture(begun.id).samples
  await eventually('samples after it', () => capture(begun.id).samples > then + 300)
  const closed = await call('captures.stop', { captureId: begun.id })
  expect(closed.gaps).toBeGreaterThanOrEqual(1)
  expect(closed.gapS).toBeGreaterThan(0)
  const { gaps } = await check(closed.folder!)
  expect(gaps).toBe(closed.gaps)
  const shown = await call('sessions.show', { id: closed.sessionId! })
  expect(shown.gapList[0]!.reason).not.toBe('')
})

test('the program was killed while it captured: its next start puts the session in order and says so', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wavefall-killed-core-'))
  cleanups.push(() => rm(folder, { recursive: true, force: true }))
  const left = join(folder, 'sessions', 'left')
  const child = spawn(process.execPath, [
    resolve(import.meta.dirname, '../../support/captureChild.ts'),
    left,
    JSON.stringify({ shape: smallShape, blocks: 1e9, segmentBytes: 1e9, pauseMs: 1 })
  ])
  const closed = once(child, 'close')
  const written = (): Promise<number> =>
    stat(join(left, 'segment-000001.wfs')).then(
      ({ size }) => size,
      () => 0
    )
  await eventually('blocks on the disk', async () => (await written()) > 20_000)
  child.kill('SIGKILL')
  await closed
  const fixture = await startCore({ dataFolder: folder })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window('w1')
  const titles = async (): Promise<string[]> => {
    const notices = await fixture.core.handlers['notices.list']({}, window)
    return notices.ok ? notices.value.map(({ title }) => title) : []
  }
  await eventually('said', async () => (await titles()).includes('The session "A test" was put in order'))
  const [session] = await fixture.core.sessions.catalogue.list({})
  expect(session).toMatchObject({ id: 'left', state: 'recovered' })
  expect(session!.samples).toBeGreaterThan(0)
  expect((await verifySession(left)).problems).toEqual([])
})

test('the program stops: its captures are closed and whole', async () => {
  const { fixture, call, capture, jobId } = await start()
  const begun = await call('captures.start', { jobId })
  await eventually('some samples', () => capture(begun.id).samples > 200)
  await fixture.core.dispose()
  expect(capture(begun.id)).toMatchObject({ state: 'closed', reason: 'The program was closed.' })
  await check(capture(begun.id).folder!)
})
