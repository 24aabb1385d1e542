import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Notice } from '../../src-preload/contract/schemas.ts'

export interface NoticesModel {
  /** The core's, which every window sees. */
  fromCore: Notice[]
  /** This window's own (its graphics, its files). */
  own: Notice[]
}

export interface NoticesStore extends StoreApi<NoticesModel> {
  replace(notices: Notice[]): void
  /** Equal ones (same id) are counted. */
  add(notice: Omit<Notice, 'count'>): void
  dismissOwn(id: string): boolean
}

const ownMost = 50

/** All of them, newest first. */
export const allNotices = (model: NoticesModel): Notice[] =>
  [...model.fromCore, ...model.own].sort((a, b) => (BigInt(b.atNs) > BigInt(a.atNs) ? 1 : -1))

export function createNoticesStore(): NoticesStore {
  const store = createStore<NoticesModel>(() => ({ fromCore: [], own: [] }))
  return {
    ...store,
    replace(fromCore) {
      store.setState({ fromCore })
    },
    add(notice) {
      store.setState(({ own }) => {
        const before = own.find((known) => known.id === notice.id)
        const next = { ...notice, count: (before?.count ?? 0) + 1 }
        return { own: [next, ...own.filter((known) => known.id !== notice.id)].slice(0, ownMost) }
      })
    },
    dismissOwn(id) {
      const isOwn = store.getState().own.some((notice) => notice.id === id)
      if (isOwn) store.setState(({ own }) => ({ own: own.filter((notice) => notice.id !== id) }))
      return isOwn
    }
  }
}
