import { createStore, type StoreApi } from 'zustand/vanilla'
import type { CallResult } from '../../src-preload/contract/calls.ts'
import type { sessionSortKeys } from '../../src-preload/contract/sessions.ts'
import type { CoreConnection } from '../../src-preload/contract/transport.ts'

export type SessionSortKey = (typeof sessionSortKeys)[number]

export interface SessionsModel extends CallResult<'sessions.list'> {
  search: string
  sort: SessionSortKey
  isDescending: boolean
  /** Why the list could not be read; null when it was. */
  problem: string | null
  /** Null: not asked yet. */
  isLoaded: boolean
  /** Sessions that are being read through: part done. */
  verifying: ReadonlyMap<string, number>
  /** What the last verification of each found, in words. */
  verified: ReadonlyMap<string, { whole: boolean; text: string }>
}

export interface SessionsStore extends StoreApi<SessionsModel> {
  /** Asks for the list again. Of answers that overtake each other only the newest counts. */
  load(): Promise<void>
  show(wish: Partial<Pick<SessionsModel, 'search' | 'sort' | 'isDescending'>>): void
}

export function createSessionsStore(connection: CoreConnection): SessionsStore {
  const store = createStore<SessionsModel>(() => ({
    sessions: [],
    folder: '',
    totalBytes: 0,
    freeBytes: null,
    search: '',
    sort: 'changed',
    isDescending: true,
    problem: null,
    isLoaded: false,
    verifying: new Map(),
    verified: new Map()
  }))
  let asked = 0

  async function load(): Promise<void> {
    const mine = ++asked
    const { search, sort, isDescending } = store.getState()
    const answer = await connection.call('sessions.list', { search, sort, descending: isDescending })
    if (mine !== asked) return
    if (answer.ok) store.setState({ ...answer.value, problem: null, isLoaded: true })
    else store.setState({ problem: answer.error.message, isLoaded: true })
  }

  return {
    ...store,
    load,
    show(wish) {
      store.setState(wish)
      void load()
    }
  }
}
