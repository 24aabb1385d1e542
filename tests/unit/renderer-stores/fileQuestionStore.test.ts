import { describe, expect, it } from 'vitest'
import { failure, ok } from '../../../src-preload/contract/errors.ts'
import { problemsOfStated, type FileQuestion } from '../../../src-preload/contract/files.ts'
import { createFileQuestionStore } from '../../../src-renderer/stores/fileQuestionStore.ts'
import { FakeConnection, type FakeAnswers } from '../../support/fakeConnection.ts'

const question = (change: Partial<FileQuestion> = {}): FileQuestion => ({
  token: 'one',
  windowId: 'fake-window',
  name: 'array.npy',
  folder: 'recordings',
  format: 'npy',
  missing: 'its sample rate and when it was recorded',
  known: { sampleRateHz: null, startNs: null, channelSpacingM: null, firstDistanceM: null, hasDistances: false },
  shapes: [
    { timeAxis: 0, rows: 1000, channels: 20 },
    { timeAxis: 1, rows: 20, channels: 1000 }
  ],
  ...change
})

const nowMs = Date.UTC(2024, 0, 1)

function storeWith(answers: FakeAnswers = {}) {
  const connection = new FakeConnection({ 'files.dismiss': () => ok({}), ...answers })
  return { connection, store: createFileQuestionStore(connection, () => nowMs) }
}

describe('what is asked of a file', () => {
  it('is shown for files of this window and of none', async () => {
    const others = question({ token: 'other', windowId: 'another-window' })
    const { store } = storeWith({
      'files.questions': () => ok([others, question({ token: 'any', windowId: null }), question()])
    })
    await store.load()
    expect(store.getState().questions.map(({ token }) => token)).toEqual(['any', 'one'])
  })

  it('needs a rate and a start, and says for each field what is wrong, as it is typed', async () => {
    const { store, connection } = storeWith()
    store.replace([question()])
    expect(store.getState().problems).toEqual({})
    expect(await store.answer()).toBeNull()
    expect(Object.keys(store.getState().problems).sort()).toEqual(['sampleRateHz', 'startNs'])
    store.type({ sampleRateHz: 'fast', startNs: 'yesterday', channelSpacingM: '-1', firstDistanceM: 'near' })
    expect(store.getState().problems).toEqual({
      sampleRateHz: 'Write a number.',
      startNs: 'Write a UTC time such as 2026-01-31 16:30:00.',
      channelSpacingM: expect.stringContaining('above 0') as string,
      firstDistanceM: 'Write a number.'
    })
    store.type({ sampleRateHz: '1000', startNs: '2024-01-02', channelSpacingM: '', firstDistanceM: '' })
    expect(store.getState().problems).toEqual({ startNs: 'The start is in the future.' })
    expect(connection.callsOf('files.answer')).toEqual([])
  })

  it('goes to the core as numbers; decimal commas and dates alone are understood', async () => {
    const { store, connection } = storeWith({ 'files.answer': () => ok({ jobIds: ['historic-1'] }) })
    store.replace([question()])
    store.type({
      sampleRateHz: '0,5',
      startNs: '2023-06-01',
      channelSpacingM: '1.02',
      firstDistanceM: '-10',
      timeAxis: 1
    })
    expect(await store.answer()).toEqual(ok({ jobIds: ['historic-1'] }))
    expect(connection.callsOf('files.answer')).toEqual([
      {
        token: 'one',
        windowId: 'fake-window',
        stated: {
          sampleRateHz: 0.5,
          startNs: '1685577600000000000',
          channelSpacingM: 1.02,
          firstDistanceM: -10,
          timeAxis: 1
        }
      }
    ])
  })

  it('a start that nobody knows is 1970', async () => {
    const { store, connection } = storeWith({ 'files.answer': () => ok({ jobIds: [] }) })
    store.replace([question({ shapes: [{ timeAxis: 0, rows: 1000, channels: 20 }] })])
    store.type({ sampleRateHz: '100', startNs: 'whatever was typed', isStartUnknown: true })
    await store.answer()
    expect(connection.callsOf('files.answer')[0]?.stated).toMatchObject({ startNs: '0', timeAxis: null })
  })

  it('what the core finds wrong is told at its field; a file that failed after all is told to who asked', async () => {
    const { store } = storeWith({
      'files.answer': () =>
        failure('invalid', 'no', { fields: [{ path: 'startNs', message: 'The start is in the future.' }] })
    })
    store.replace([question()])
    store.type({ sampleRateHz: '100', startNs: '2023-12-31 23:59' })
    expect(await store.answer()).toBeNull()
    expect(store.getState()).toMatchObject({ problems: { startNs: 'The start is in the future.' }, isOpening: false })

    const { store: next, connection } = storeWith({
      'files.answer': () => {
        next.replace([question({ token: 'two' })])
        return failure('unreadable', 'It is damaged.')
      }
    })
    next.replace([question()])
    next.type({ sampleRateHz: '100', isStartUnknown: true })
    expect(await next.answer()).toMatchObject({ ok: false })
    expect(next.getState()).toMatchObject({ failure: null, draft: { sampleRateHz: '' } })
    await next.skip()
    expect(connection.callsOf('files.dismiss')).toEqual([{ token: 'two' }])
    expect(next.getState().questions).toEqual([])
  })

  it('a draft stays while the list changes behind its file', () => {
    const { store } = storeWith()
    store.replace([question()])
    store.type({ sampleRateHz: '100' })
    store.replace([question(), question({ token: 'two' })])
    expect(store.getState().draft.sampleRateHz).toBe('100')
    store.replace([question({ token: 'two' })])
    expect(store.getState().draft.sampleRateHz).toBe('')
  })
})

describe('what may be said of a file', () => {
  const nowNs = BigInt(nowMs) * 1_000_000n
  const nothing = { sampleRateHz: null, startNs: null, channelSpacingM: null, firstDistanceM: null, timeAxis: null }

  it('is not needed where the file says it', () => {
    const known = { ...question().known, sampleRateHz: 100, startNs: '5' }
    expect(problemsOfStated(question({ known }), nothing, nowNs)).toEqual({})
  })

  it.each([
    [{ sampleRateHz: 0 }, 'sampleRateHz'],
    [{ sampleRateHz: 1e9 }, 'sampleRateHz'],
    [{ sampleRateHz: 1e-7 }, 'sampleRateHz'],
    [{ startNs: '-9000000000000000000' }, 'startNs'],
    [{ channelSpacingM: 0 }, 'channelSpacingM'],
    [{ channelSpacingM: 1e6 }, 'channelSpacingM'],
    [{ firstDistanceM: 1e9 }, 'firstDistanceM']
  ])('%j is wrong', (say, field) => {
    const stated = { ...nothing, sampleRateHz: 100, startNs: '0', ...say }
    expect(Object.keys(problemsOfStated(question(), stated, nowNs))).toEqual([field])
  })

  it('an axis that the file says itself cannot be changed', () => {
    const shapes: FileQuestion['shapes'] = [{ timeAxis: 0, rows: 10, channels: 2 }]
    const stated = { ...nothing, sampleRateHz: 100, startNs: '0', timeAxis: 1 as const }
    expect(Object.keys(problemsOfStated(question({ shapes }), stated, nowNs))).toEqual(['timeAxis'])
  })
})
