import { afterEach, expect, test } from 'vitest'
import type { Annotation } from '../../../src-preload/contract/annotations.ts'
import { failure, ok } from '../../../src-preload/contract/errors.ts'
import { createAnnotationsStore, type AnnotationsStore } from '../../../src-renderer/stores/annotationsStore.ts'
import { eventually } from '../../support/eventually.ts'
import { FakeConnection } from '../../support/fakeConnection.ts'

let store: AnnotationsStore | null = null
afterEach(() => store?.dispose())

const mark = (id: string, label = id): Annotation => ({
  id,
  kind: 'point',
  points: [{ timeNs: '5', channel: 3 }],
  band: null,
  label,
  colour: 'blue',
  note: '',
  measured: null,
  createdAtNs: '0',
  changedAtNs: '0'
})

/** A core that keeps one list, and refuses when it is told to. */
function fakeCore() {
  const kept = new Map<string, Annotation>()
  const core = { kept, refusal: null as string | null, connection: null as unknown as FakeConnection }
  core.connection = new FakeConnection({
    'annotations.list': () => ok({ subject: 'fibre-1', annotations: [...kept.values()], kept: 'a file' }),
    'annotations.put': ({ annotations }) => {
      if (core.refusal !== null) return failure('refused', core.refusal)
      for (const one of annotations) kept.set(one.id, one)
      return ok({ added: annotations.length, changed: 0 })
    },
    'annotations.remove': ({ ids }) => {
      for (const id of ids) kept.delete(id)
      return ok({ removed: ids.length })
    }
  })
  return core
}

test('what was added, changed and removed is taken back and done again, step by step', async () => {
  const { connection, kept } = fakeCore()
  store = createAnnotationsStore(connection)
  store.follow('live-1')
  await store.put('live-1', [mark('a'), mark('b')])
  await store.put('live-1', [mark('a', 'renamed')])
  await store.remove('live-1', ['b', 'unknown'])
  expect(store.of('live-1').map(({ label }) => label)).toEqual(['renamed'])
  expect(store.getState()).toMatchObject({ undoable: 'removing one mark', redoable: null })
  await store.undo()
  await store.undo()
  expect([...kept.values()].map(({ label }) => label).sort()).toEqual(['a', 'b'])
  expect(store.getState()).toMatchObject({ undoable: 'adding 2 marks', redoable: 'changing one mark' })
  await store.undo()
  expect(kept.size).toBe(0)
  await store.undo()
  await store.redo()
  await store.redo()
  expect([...kept.values()].map(({ label }) => label).sort()).toEqual(['b', 'renamed'])
  await store.put('live-1', [mark('c')])
  // A new change ends what could be done again.
  expect(store.getState()).toMatchObject({ undoable: 'adding one mark', redoable: null })
})

test('what the core refuses is told and is no step back', async () => {
  const core = fakeCore()
  store = createAnnotationsStore(core.connection)
  store.follow('live-1')
  core.refusal = 'There is no room.'
  expect(await store.put('live-1', [mark('a')])).toBe(false)
  expect(store.getState()).toMatchObject({ problem: 'There is no room.', undoable: null })
  core.refusal = null
  expect(await store.put('live-1', [mark('a')])).toBe(true)
  expect(store.getState().problem).toBeNull()
  core.refusal = 'There is no room.'
  await store.remove('live-1', ['a'])
  await store.undo()
  // The step back failed and can be tried again.
  expect(store.getState()).toMatchObject({ problem: 'There is no room.', undoable: 'removing one mark' })
})

test('marks made elsewhere come by the event, only where they are shown', async () => {
  const { connection, kept } = fakeCore()
  store = createAnnotationsStore(connection)
  const stop = store.follow('live-1')
  await eventually('the list is there', () => store!.getState().lists.has('live-1'))
  kept.set('x', mark('x'))
  connection.emit('annotations.changed', { subject: 'another' })
  connection.emit('annotations.changed', { subject: 'fibre-1' })
  await eventually('the mark is there', () => store!.of('live-1').length === 1)
  expect(connection.recorded.filter(({ name }) => name === 'annotations.list')).toHaveLength(2)
  stop()
  expect(store.getState().lists.size).toBe(0)
})

test('many marks go in several calls', async () => {
  const { connection, kept } = fakeCore()
  store = createAnnotationsStore(connection)
  expect(
    await store.put(
      'live-1',
      Array.from({ length: 450 }, (_, k) => mark(`m${k}`))
    )
  ).toBe(true)
  expect(kept.size).toBe(450)
  expect(connection.recorded.filter(({ name }) => name === 'annotations.put')).toHaveLength(3)
})

test('undo asked for before the core has answered takes back that very change', async () => {
  const { connection, kept } = fakeCore()
  store = createAnnotationsStore(connection)
  store.follow('live-1')
  await store.put('live-1', [mark('a')])
  const removal = store.remove('live-1', ['a'])
  const undo = store.undo()
  await Promise.all([removal, undo])
  expect([...kept.keys()]).toEqual(['a'])
  expect(store.getState()).toMatchObject({ undoable: 'adding one mark', redoable: 'removing one mark' })
})
