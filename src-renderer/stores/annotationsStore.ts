import { createStore, type StoreApi } from 'zustand/vanilla'
import { annotationsPerCall, type Annotation, type AnnotationList } from '../../src-preload/contract/annotations.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

export interface AnnotationsModel {
  /** By job, of those that are shown in this window. */
  lists: ReadonlyMap<string, AnnotationList>
  /** What can be taken back and done again, in words; null where there is nothing. */
  undoable: string | null
  redoable: string | null
  /** The mark that lists and pictures emphasise. */
  selectedId: string | null
  /** Why the last change was refused; null otherwise. */
  problem: string | null
}

/** One change of the operator: what was there before and after, by id; null: it was not there. */
interface Change {
  jobId: string
  words: string
  before: (Annotation | null)[]
  after: (Annotation | null)[]
}

const changesMost = 200

/** The marks of the jobs in this window, and what this window changed of them. */
export interface AnnotationsStore extends StoreApi<AnnotationsModel> {
  /** Keeps the list of a job up to date while it is shown; the returned function ends that. */
  follow(jobId: string): () => void
  of(jobId: string): readonly Annotation[]
  /** Adds or replaces. False where it was refused; `problem` says why. */
  put(jobId: string, annotations: Annotation[]): Promise<boolean>
  remove(jobId: string, ids: string[]): Promise<boolean>
  undo(): Promise<void>
  redo(): Promise<void>
  dispose(): void
}

export function createAnnotationsStore(connection: CoreConnection): AnnotationsStore {
  const store = createStore<AnnotationsModel>(() => ({
    lists: new Map(),
    undoable: null,
    redoable: null,
    selectedId: null,
    problem: null
  }))
  const followers = new Map<string, number>()
  const done: Change[] = []
  const undone: Change[] = []

  const load = async (jobId: string): Promise<void> => {
    const answer = await connection.call('annotations.list', { jobId })
    if (!answer.ok || !followers.has(jobId)) return
    store.setState(({ lists }) => ({ lists: new Map(lists).set(jobId, answer.value) }))
  }

  const of = (jobId: string): readonly Annotation[] => store.getState().lists.get(jobId)?.annotations ?? []

  const told = (): void =>
    store.setState({ undoable: done.at(-1)?.words ?? null, redoable: undone.at(-1)?.words ?? null })

  /** Makes the core's list say what one side of a change says. */
  const apply = async ({ jobId, before, after }: Change, side: 'before' | 'after'): Promise<boolean> => {
    const wanted = side === 'after' ? after : before
    const other = side === 'after' ? before : after
    const there = wanted.filter((one) => one !== null)
    const gone = other.filter((one, k) => one !== null && wanted[k] === null).map((one) => one!.id)
    for (let at = 0; at < there.length; at += annotationsPerCall) {
      const part = there.slice(at, at + annotationsPerCall)
      const answer = await connection.call('annotations.put', { jobId, annotations: part })
      if (!answer.ok) {
        store.setState({ problem: answer.error.message })
        return false
      }
    }
    if (gone.length > 0) {
      const answer = await connection.call('annotations.remove', { jobId, ids: gone })
      if (!answer.ok) {
        store.setState({ problem: answer.error.message })
        return false
      }
    }
    store.setState({ problem: null })
    if (followers.has(jobId)) await load(jobId)
    return true
  }

  let queue: Promise<unknown> = Promise.resolve()
  /** One change after the other: what the list shows may be heard of before the answer that makes it undoable is there. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const turn = queue.then(change)
    queue = turn.catch(() => undefined)
    return turn
  }

  const make = async (change: Change): Promise<boolean> => {
    if (!(await apply(change, 'after'))) return false
    done.push(change)
    if (done.length > changesMost) done.shift()
    undone.length = 0
    told()
    return true
  }

  const move = (from: Change[], to: Change[], side: 'before' | 'after'): Promise<void> =>
    inTurn(async () => {
      const change = from.pop()
      if (!change) return
      if (await apply(change, side)) to.push(change)
      else from.push(change)
      told()
    })

  const stops = [
    connection.on('annotations.changed', ({ subject }) => {
      for (const [jobId, list] of store.getState().lists) if (list.subject === subject) void load(jobId)
    }),
    connection.onState((state) => {
      if (state === 'open') for (const jobId of followers.keys()) void load(jobId)
    })
  ]

  const countText = (count: number): string => (count === 1 ? 'one mark' : `${count} marks`)

  return {
    ...store,
    of,
    follow(jobId) {
      followers.set(jobId, (followers.get(jobId) ?? 0) + 1)
      void load(jobId)
      return () => {
        const left = (followers.get(jobId) ?? 1) - 1
        if (left > 0) {
          followers.set(jobId, left)
          return
        }
        followers.delete(jobId)
        store.setState(({ lists }) => ({ lists: new Map([...lists].filter(([id]) => id !== jobId)) }))
      }
    },
    put: (jobId, annotations) =>
      inTurn(() => {
        const known = new Map(of(jobId).map((one) => [one.id, one]))
        const before = annotations.map(({ id }) => known.get(id) ?? null)
        const isNew = before.every((one) => one === null)
        const words = `${isNew ? 'adding' : 'changing'} ${countText(annotations.length)}`
        return make({ jobId, words, before, after: annotations })
      }),
    remove: (jobId, ids) =>
      inTurn(async () => {
        const before = of(jobId).filter(({ id }) => ids.includes(id))
        if (before.length === 0) return true
        const words = `removing ${countText(before.length)}`
        return make({ jobId, words, before, after: before.map(() => null) })
      }),
    undo: () => move(done, undone, 'before'),
    redo: () => move(undone, done, 'after'),
    dispose() {
      for (const stop of stops) stop()
    }
  }
}
