import { afterEach, describe, expect, it } from 'vitest'
import { failure, ok } from '../../../src-preload/contract/errors.ts'
import {
  armedCapture,
  createCapturesStore,
  runningCapture,
  runningCaptures
} from '../../../src-renderer/stores/capturesStore.ts'
import { createExportStore, type ExportStore } from '../../../src-renderer/stores/exportStore.ts'
import { createSessionActions } from '../../../src-renderer/stores/sessionActions.ts'
import { createSessionsStore } from '../../../src-renderer/stores/sessionsStore.ts'
import { createStores } from '../../../src-renderer/stores/stores.ts'
import { createTasksStore } from '../../../src-renderer/stores/tasksStore.ts'
import { FakeConnection, type FakeAnswers } from '../../support/fakeConnection.ts'
import { captureSnapshot, exportCheck, sessionSummary, taskList, taskSnapshot } from '../../support/fakeSessions.ts'

const open: ExportStore[] = []
afterEach(() => {
  for (const store of open.splice(0)) store.dispose()
})

describe('captures of a job', () => {
  const store = createCapturesStore()
  store.setState({
    captures: [
      captureSnapshot({ id: 'capture-1', jobId: 'live-1', state: 'closed' }),
      captureSnapshot({ id: 'capture-2', jobId: 'live-1', state: 'recording' }),
      captureSnapshot({ id: 'capture-3', jobId: 'live-2', state: 'armed', preTriggerS: 30 })
    ]
  })
  it('are told apart by what they do', () => {
    expect(runningCapture(store.getState(), 'live-1')?.id).toBe('capture-2')
    expect(runningCapture(store.getState(), 'live-2')).toBeNull()
    expect(armedCapture(store.getState(), 'live-2')?.preTriggerS).toBe(30)
    expect(runningCaptures(store.getState()).map(({ id }) => id)).toEqual(['capture-2'])
  })
})

describe('the list of sessions', () => {
  it('is asked for with what was typed, and an answer that was overtaken does not count', async () => {
    const answers: ((name: string) => void)[] = []
    const connection = new FakeConnection({
      'sessions.list': ({ search }) =>
        new Promise((resolve) => {
          answers.push((name) =>
            resolve(
              ok({
                sessions: [sessionSummary({ id: search ?? '', name })],
                folder: 'f',
                totalBytes: 1,
                freeBytes: null
              })
            )
          )
        })
    })
    const store = createSessionsStore(connection)
    store.show({ search: 'old' })
    store.show({ search: 'new' })
    await FakeConnection.until(() => answers.length === 2, 'both asked')
    answers[1]!('second')
    answers[0]!('first')
    await FakeConnection.until(() => store.getState().isLoaded, 'loaded')
    expect(store.getState().sessions.map(({ id, name }) => [id, name])).toEqual([['new', 'second']])
  })

  it('says why it could not be read, and keeps what was known', async () => {
    let isBroken = false
    const connection = new FakeConnection({
      'sessions.list': () =>
        isBroken
          ? failure('failed', 'The folder cannot be read.')
          : ok({ sessions: [sessionSummary()], folder: 'f', totalBytes: 1, freeBytes: null })
    })
    const store = createSessionsStore(connection)
    await store.load()
    isBroken = true
    await store.load()
    expect(store.getState().problem).toBe('The folder cannot be read.')
    expect(store.getState().sessions).toHaveLength(1)
  })
})

describe('the list of tasks', () => {
  it('takes changes in, keeps the order of the core, and lets go of what is forgotten', () => {
    const store = createTasksStore()
    store.replace(
      taskList([taskSnapshot({ id: 'task-1' }), taskSnapshot({ id: 'task-2', createdNs: '1698416631000000000' })])
    )
    store.changed({
      ...taskList(),
      tasks: [
        taskSnapshot({ id: 'task-2', createdNs: '1698416631000000000', state: 'running', progress: 0.5 }),
        taskSnapshot({ id: 'task-3', createdNs: '1698416632000000000', priority: 'high' }),
        taskSnapshot({
          id: 'task-4',
          createdNs: '1698416632000000000',
          state: 'failed',
          endedNs: '1698416640000000000'
        })
      ],
      forgotten: []
    })
    expect(store.getState().list?.tasks.map(({ id }) => id)).toEqual(['task-2', 'task-3', 'task-1', 'task-4'])
    store.changed({ ...taskList(), tasks: [], forgotten: ['task-4'] })
    expect(store.getState().list?.tasks.map(({ id }) => id)).toEqual(['task-2', 'task-3', 'task-1'])
  })
})

describe('the export dialog', () => {
  async function begin(check: Parameters<typeof exportCheck>[0] = {}) {
    const connection = new FakeConnection({ 'exports.check': () => ok(exportCheck(check)) })
    const store = createExportStore(connection)
    open.push(store)
    store.begin(sessionSummary())
    await FakeConnection.until(() => store.getState().check !== null, 'the first check')
    return { connection, store }
  }

  it('asks for all of it under the suggested name where nothing is typed', async () => {
    const { store } = await begin()
    expect(store.request()).toEqual({
      source: 'session-1',
      format: 'prodml',
      selection: { time: null, channels: null, band: null, decimate: 1 },
      target: { place: 'exports', name: 'quarry-blast.h5' },
      overwrite: false
    })
  })

  it('turns seconds into exact times, and an open end into the end of the recording', async () => {
    const { store } = await begin()
    store.type({ fromS: '1.000000001' })
    expect(store.request()?.selection.time).toEqual({ fromNs: '1698416618000000001', toNs: '1698416627000000000' })
    store.type({ fromS: '', toS: '2.5' })
    expect(store.request()?.selection.time).toEqual({ fromNs: '1698416617000000000', toNs: '1698416619500000000' })
  })

  it('says which field is wrong, and asks for nothing meanwhile', async () => {
    const { store } = await begin()
    store.type({ fromS: 'soon', firstChannel: '7', decimate: '0' })
    expect(Object.keys(store.getState().problems).sort()).toEqual(['decimate', 'fromS', 'lastChannel'])
    expect(store.request()).toBeNull()
  })

  it('a path that the dialog of the system gave goes before the name', async () => {
    const { store } = await begin()
    store.type({ name: 'ignored.h5', path: 'chosen/blast.h5', overwrite: true })
    expect(store.request()).toMatchObject({ target: { place: 'chosen', path: 'chosen/blast.h5' }, overwrite: true })
  })
})

describe('actions', () => {
  function begin(answers: FakeAnswers) {
    const connection = new FakeConnection(answers)
    const stores = createStores(connection)
    const told: string[] = []
    const actions = createSessionActions(
      connection,
      stores,
      (severity, _id, title, detail) => told.push(`${severity}: ${title}: ${detail}`),
      (_id, title, result) => {
        if (result.ok) return result.value
        told.push(`error: ${title}: ${result.error.message}`)
        return null
      }
    )
    return { connection, stores, actions, told }
  }

  it('one key starts a capture with what the job is armed with, and ends the one that runs', async () => {
    const asked: unknown[] = []
    const { stores, actions } = begin({
      'captures.start': (args) => (asked.push(args), ok(captureSnapshot())),
      'captures.stop': (args) => (asked.push(args), ok(captureSnapshot({ state: 'closed' })))
    })
    stores.captures.setState({ captures: [captureSnapshot({ state: 'armed', preTriggerS: 60 })] })
    await actions.toggleCapture('live-1')
    stores.captures.setState({ captures: [captureSnapshot()] })
    await actions.toggleCapture('live-1')
    expect(asked).toEqual([{ jobId: 'live-1', preTriggerS: 60 }, { captureId: 'capture-1' }])
  })

  it('a session that is not whole is told with file and byte', async () => {
    const { actions, stores, told } = begin({
      'sessions.verify': ({ id }) =>
        ok({
          id,
          whole: false,
          frames: 10,
          bytes: 1e6,
          samples: 500,
          gaps: 0,
          problems: [{ file: 'segment-000001.wfs', offset: 4096, message: 'the sum of the samples is wrong' }],
          furtherProblems: 2
        })
    })
    await actions.verifySession(sessionSummary())
    expect(stores.sessions.getState().verified.get('session-1')?.whole).toBe(false)
    expect(told).toEqual([
      expect.stringMatching(
        /^warning: Quarry blast is not whole: .*segment-000001\.wfs at byte 4096: the sum.*and 2 more\.$/
      )
    ])
  })

  it('a refusal is told in the words of the core', async () => {
    const { actions, told } = begin({
      'captures.start': () => failure('unavailable', 'The disk has 3 s left at this rate.')
    })
    await actions.toggleCapture('live-1')
    expect(told).toEqual(['error: live-1 is not captured: The disk has 3 s left at this rate.'])
  })
})
