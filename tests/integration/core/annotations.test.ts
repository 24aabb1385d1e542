import { afterEach, expect, test } from 'vitest'
import type { Annotation } from '../../../src-preload/contract/annotations.ts'
import type { CallArguments, CallName, CallResult } from '../../../src-preload/contract/calls.ts'
import { openRecordingHere } from '../../../src-main/recordings/openRecordingHere.ts'
import { liveRequest, startCore, type CoreFixture, type TestWindow } from '../../support/coreFixture.ts'
import { embeddedServer } from '../../support/embeddedServer.ts'
import { eventually } from '../../support/eventually.ts'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

type Call = <Name extends CallName>(name: Name, args: CallArguments<Name>) => Promise<CallResult<Name>>

const calling =
  (fixture: CoreFixture, window: TestWindow): Call =>
  async (name, args) => {
    const result = await fixture.core.handlers[name](args as never, window)
    if (!result.ok) throw new Error(`${name}: ${result.error.message}`)
    return result.value as never
  }

test('marks of a live job are kept with the fibre, go into the session of their time, and come back with it', async () => {
  const server = embeddedServer(['--source', 'simulated:channels=120,prr=500,seed=3'])
  const fixture = await startCore({ spawnBackend: () => server.spawn() })
  cleanups.push(() => fixture.dispose())
  const window = fixture.window()
  const call = calling(fixture, window)
  await eventually('the backend is up', () => window.of('backend.changed').at(-1)?.state === 'up', 20_000)
  const job = await fixture.open({ ...liveRequest, channels: { min: 11, max: 40 } })
  await fixture.becomes(job.id, 'streaming')

  const capture = await call('captures.start', { jobId: job.id })
  const running = () =>
    window
      .of('captures.changed')
      .at(-1)
      ?.find(({ id }) => id === capture.id)
  await eventually('samples are captured', () => (running()?.samples ?? 0) > 100)
  const atNs = BigInt(running()!.startNs!) + 50_000_000n
  const mark: Annotation = {
    id: 'event-1',
    kind: 'point',
    points: [{ timeNs: atNs.toString(), channel: 20 }],
    band: null,
    label: 'hammer',
    colour: 'orange',
    note: '',
    measured: null,
    createdAtNs: '0',
    changedAtNs: '0'
  }
  const before = { ...mark, id: 'event-0', points: [{ timeNs: (atNs - 3_600_000_000_000n).toString(), channel: 20 }] }
  expect(await call('annotations.put', { jobId: job.id, annotations: [mark, before] })).toEqual({
    added: 2,
    changed: 0
  })
  expect((await call('annotations.list', { jobId: job.id })).annotations.map(({ id }) => id)).toEqual([
    'event-0',
    'event-1'
  ])
  await call('captures.stop', { captureId: capture.id })
  await eventually('the session is closed', () => running()?.state === 'closed')
  const folder = running()!.folder!
  await eventually('the session has the mark', async () => {
    const recording = await openRecordingHere(folder)
    await recording.close()
    return recording.info.annotations === 1
  })

  const { jobIds } = await fixture.core.openFiles([folder], null)
  const list = await call('annotations.list', { jobId: jobIds[0]! })
  expect(list.annotations).toEqual([mark])
  expect(list.kept).toContain(folder)
  // A mark that is made while it is played stays with the session, not with the fibre.
  await call('annotations.put', { jobId: jobIds[0]!, annotations: [{ ...mark, id: 'event-2' }] })
  expect((await call('annotations.list', { jobId: job.id })).annotations).toHaveLength(2)
  expect(window.of('annotations.changed').map(({ subject }) => subject)).toContain(list.subject)
  expect(await call('annotations.remove', { jobId: jobIds[0]!, ids: ['event-1', 'never there'] })).toEqual({
    removed: 1
  })
})
