import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Result } from '../../src-preload/contract/errors.ts'
import type { RecordingOverview } from '../../src-preload/contract/overview.ts'
import type { TimeSpan } from '../../src-preload/contract/schemas.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

/** What is looked at: all jobs of a recording with the same band share one picture. */
export interface OverviewSubject {
  recording: string
  range: TimeSpan
  band: { minHz: number; maxHz: number } | null
}

export type OverviewState =
  | { kind: 'making'; fraction: number }
  | { kind: 'ready'; overview: RecordingOverview }
  /** There is none, and why; `isFinal`: asking again is of no use. */
  | { kind: 'none'; reason: string; isFinal: boolean }

export interface OverviewModel {
  states: ReadonlyMap<string, OverviewState>
}

/** Pictures of whole recordings, kept as long as the window lives. */
export interface OverviewStore extends StoreApi<OverviewModel> {
  /** Has it made, where it was not asked for before. */
  want(subject: OverviewSubject): void
  /** Asks again after it was cancelled or failed. */
  askAgain(subject: OverviewSubject): void
  cancel(subject: OverviewSubject): void
  dispose(): void
}

/** Finer along time than a bar is wide on most screens; along the fibre a few pixels each. */
const rows = 600
const columns = 24
const keptMost = 32
const askedAgainMost = 30

export const overviewKey = ({ recording, range, band }: OverviewSubject): string =>
  JSON.stringify([recording, range.startNs, range.endNs, band])

export function createOverviewStore(connection: CoreConnection): OverviewStore {
  const store = createStore<OverviewModel>(() => ({ states: new Map() }))
  /** Key by the name of a request. */
  const requests = new Map<string, string>()
  /** Who asked last for a key: what was cancelled answers late. */
  const newest = new Map<string, object>()
  let nextRequest = 1
  let isDisposed = false

  function put(key: string, state: OverviewState): void {
    const states = new Map(store.getState().states)
    states.delete(key)
    states.set(key, state)
    for (const [old, { kind }] of states) {
      if (states.size <= keptMost) break
      if (kind !== 'making') states.delete(old)
    }
    store.setState({ states })
  }

  async function ask(key: string, subject: OverviewSubject): Promise<Result<RecordingOverview>> {
    const request = `${connection.windowId}-overview-${nextRequest++}`
    requests.set(request, key)
    try {
      return await connection.call('recordings.overview', { request, ...subject, rows, columns })
    } finally {
      requests.delete(request)
    }
  }

  const isMaking = (key: string): boolean => !isDisposed && store.getState().states.get(key)?.kind === 'making'

  async function load(subject: OverviewSubject): Promise<void> {
    const key = overviewKey(subject)
    const mine = {}
    newest.set(key, mine)
    const isWanted = (): boolean => isMaking(key) && newest.get(key) === mine
    put(key, { kind: 'making', fraction: 0 })
    let answer = await ask(key, subject)
    for (let tries = 0; isWanted() && !answer.ok && tries < askedAgainMost; tries++) {
      const { code, retryAfterMs } = answer.error
      // Windows of an overview are too short for a narrow band: then all frequencies are shown.
      if (code === 'invalid' && subject.band) answer = await ask(key, (subject = { ...subject, band: null }))
      else if (retryAfterMs !== undefined) {
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
        answer = await ask(key, subject)
      } else break
    }
    if (!isWanted()) return
    newest.delete(key)
    if (answer.ok) put(key, { kind: 'ready', overview: answer.value })
    else put(key, { kind: 'none', reason: answer.error.message, isFinal: answer.error.code === 'unsupported' })
  }

  const stops = [
    connection.on('recordings.overviewProgress', ({ request, fraction }) => {
      const key = requests.get(request)
      if (key !== undefined && isMaking(key)) put(key, { kind: 'making', fraction })
    }),
    connection.onState((state) => {
      // Answers of a core that went away never come.
      if (state === 'open') return
      for (const key of new Set(requests.values()))
        if (isMaking(key)) put(key, { kind: 'none', reason: 'The connection to the core was lost.', isFinal: false })
      requests.clear()
    })
  ]

  return {
    ...store,
    want(subject) {
      if (!store.getState().states.has(overviewKey(subject))) void load(subject)
    },
    askAgain(subject) {
      const state = store.getState().states.get(overviewKey(subject))
      if (state?.kind === 'none' && !state.isFinal) void load(subject)
    },
    cancel(subject) {
      const key = overviewKey(subject)
      if (!isMaking(key)) return
      put(key, { kind: 'none', reason: 'The overview was cancelled.', isFinal: false })
      for (const [request, of] of requests)
        if (of === key) void connection.call('recordings.cancelOverview', { request })
    },
    dispose() {
      isDisposed = true
      for (const stop of stops) stop()
      for (const request of requests.keys()) void connection.call('recordings.cancelOverview', { request })
    }
  }
}
